#!/usr/bin/env node
// The stand-in platform: WeChat Official Account, WeCom app, customer service, AI bot and group robot, Feishu and DingTalk with theirs on one loopback
// port, strict, recording, and able to fail on request. README.md beside this file tells how to drive it. It ends when its standard input does.
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const http = require("node:http");
const callbacks = require("./callbacks.js");
const { code } = require("./answers.js");
const { AiBot } = require("./aibot.js");
const { DingTalk } = require("./dingtalk.js");
const { Feishu } = require("./feishu.js");
const { fileParts } = require("./forms.js");
const { Kf } = require("./kf.js");
const { WeChat } = require("./wechat.js");
const { WeCom } = require("./wecom.js");

const house = {
    offset: 0, system_offset: 0,
    now: () => Date.now() + house.offset,
    // What tokens, signatures and addresses for one answer go by: the clock of the machines, which a story that is told
    // faster than it happened leaves alone.
    system: () => Date.now() + house.system_offset,
    calls: [],       // every call of the service, in order
    delivered: [],   // what reached a person or a group
    media: new Map(),
    faults: [],
    held: 0,         // calls that hang or drip at this moment
    deliver(message) { house.delivered.push({ n: house.delivered.length + 1, at: house.now(), ...message }); },
};
house.wechat = new WeChat(house);
house.wecom = new WeCom(house);
house.kf = new Kf(house);
house.feishu = new Feishu(house);
house.dingtalk = new DingTalk(house);
house.aibot = new AiBot(house);

function keepMedia(bytes, name, type) {
    const id = `media_${house.media.size + 1}_${crypto.randomBytes(8).toString("hex")}`;
    house.media.set(id, { bytes, name, type });
    return id;
}

const callerRefused = (call) => {
    const owner = house.wecom.owns(call.query.access_token) ? house.wecom : house.wechat;
    return owner === house.wecom ? owner.caller(call).refused : owner.refused(call);
};
const shared = {
    "POST /cgi-bin/media/upload": (call) => {
        const refused = callerRefused(call);
        if (refused) return refused;
        const [part] = fileParts(call);
        if (!part || part.name !== "media" || !/\.\w+$/.test(part.filename ?? "")) return code(41005, "media data missing");
        if (!["image", "voice", "video", "file", "thumb"].includes(call.query.type)) return code(40004, "invalid media type");
        if (part.bytes.length > 10 << 20) return code(45001, "media size out of limit");
        return { errcode: 0, errmsg: "ok", type: call.query.type, media_id: keepMedia(part.bytes, part.filename, part.type),
                 created_at: Math.floor(house.now() / 1000) };
    },
    "GET /cgi-bin/media/get": (call) => {
        const refused = callerRefused(call);
        if (refused) return refused;
        const kept = house.media.get(call.query.media_id);
        if (!kept) return code(40007, "invalid media_id");
        // Of a video WeChat tells where it lies: an address that takes no token.
        if (kept.type.startsWith("video/") && !house.wecom.owns(call.query.access_token))
            return { video_url: `http://${call.headers.host}/video?id=${call.query.media_id}` };
        return { file: kept };
    },
    // One address for both: the appid says whose page it is.
    "GET /connect/oauth2/authorize": (call) => call.query.appid === house.wechat.settings.app_id
        ? house.wechat.service.authorize(call) : house.wecom.signInPage(call, true),
    "GET /video": (call) => {
        const kept = house.media.get(call.query.id);
        if (call.query.access_token || !kept) return { http: true, status: call.query.access_token ? 400 : 404, headers: {}, body: {} };
        return { file: kept };
    },
    "GET /cgi-bin/get_api_domain_ip": (call) => callerRefused(call) ?? { ip_list: ["203.0.113.7"] },
    "GET /cgi-bin/getcallbackip": (call) => callerRefused(call) ?? { errcode: 0, errmsg: "ok", ip_list: ["203.0.113.*"] },
};
const routes = { ...house.wechat.routes(), ...house.wecom.routes(), ...house.kf.routes(), ...house.aibot.routes(), ...shared };

const merge = (into, from) => {
    for (const [name, value] of Object.entries(from)) {
        if (!(name in into)) throw new Error(`unknown setting ${name}: known are ${Object.keys(into).join(", ")}`);
        into[name] = value;
    }
};
// The page for a person: its files, and where the service is that it speaks to.
const page_types = { html: "text/html", css: "text/css", js: "text/javascript" };
const page = (name) => ({ file: { type: `${page_types[name.split(".").pop()]}; charset=utf-8`, bytes: fs.readFileSync(path.join(__dirname, "page", name)) } });
const service_at = process.argv.indexOf("--service");
const service = service_at > 0 ? process.argv[service_at + 1] : "";

const control = {
    "GET /": () => page("index.html"),
    "GET /_page/page.css": () => page("page.css"),
    "GET /_page/phones.js": () => page("phones.js"),
    "GET /_page/platforms.js": () => page("platforms.js"),
    "GET /_hooks": () => ({ service }),
    "GET /_recorded": (call) => ({
        calls: house.calls.filter((one) => one.n > Number(call.query.after ?? 0) && one.path.startsWith(call.query.path ?? "")),
        delivered: house.delivered.filter((one) => (!call.query.to || one.to === call.query.to) && one.n > Number(call.query.after_delivered ?? 0)),
    }),
    "POST /_setup": ({ json }) => {
        if (json.wechat) merge(house.wechat.settings, json.wechat);
        if (json.wecom) merge(house.wecom.settings, json.wecom);
        if (json.kf) merge(house.kf.settings, json.kf);
        if (json.feishu) merge(house.feishu.settings, json.feishu);
        if (json.dingtalk) merge(house.dingtalk.settings, json.dingtalk);
        if (json.aibot) merge(house.aibot.settings, json.aibot);
        return { wechat: house.wechat.settings, wecom: house.wecom.settings, kf: house.kf.settings, feishu: house.feishu.settings,
                 dingtalk: house.dingtalk.settings, aibot: house.aibot.settings };
    },
    "POST /_fault": ({ json }) => {
        if (!faults[json.kind]) throw new Error(`unknown fault ${json.kind}: known are ${Object.keys(faults).join(", ")}`);
        house.faults.push({ path: "/", times: 1, ...json });
        return {};
    },
    "DELETE /_fault": () => { house.faults.length = 0; return {}; },
    "POST /_expire": () => { house.wechat.expire(); house.wecom.expire(); house.feishu.expire(); house.dingtalk.expire(); return {}; },
    "POST /_clock": ({ json }) => {
        house.offset += json.advance_ms;
        if (!json.story) house.system_offset += json.advance_ms;
        return { now: house.now() };
    },
    "POST /_interaction": ({ json }) => { house.wechat.interaction(json.openid, json.kind ?? "message"); return {}; },
    "POST /_allow": ({ json }) => { house.wechat.service.allow(json.openid, json.templates); return {}; },
    "POST /_scan": ({ json }) => ({ scene: house.wechat.service.scanned(json.url) }),
    "POST /_media": ({ json }) => ({ media_id: keepMedia(Buffer.from(json.base64, "base64"), json.name ?? "a.jpg", json.type ?? "image/jpeg") }),
    "POST /_callback": ({ json }) => callbacks.send(house, json),
    "POST /_judge": ({ json }) => callbacks.judged(house, json),
    "POST /_click": ({ json }) => callbacks.click(house, json),
    "POST /_kf": ({ json }) => house.kf.control(json),
    "POST /_dingtalk": ({ json, headers }) => house.dingtalk.control({ old_api: `http://${headers.host}`, ...json }),
    "POST /_aibot": ({ json, headers }) => house.aibot.control(json, `http://${headers.host}`),
    "POST /_feishu": ({ json }) => house.feishu.control(json),
    "POST /_kf_state": ({ json }) => house.kf.state(json),
    "GET /_state": () => ({ held: house.held, now: house.now() }),
};

// What can go wrong. Each gets (fault, response, work): work() does what the call asked for and gives its answer.
const faults = {
    errcode: (fault, response, work, call) => {
        const words = fault.errmsg ?? `asked for: ${fault.errcode}`;
        if (!call.path.startsWith("/open-apis/")) reply(response, 200, code(fault.errcode, words));
        else reply(response, 200, { http: true, status: fault.status ?? 400, headers: fault.headers ?? {}, body: { code: fault.errcode, msg: words } });
    },
    http: (fault, response) => {
        response.writeHead(fault.status ?? 502, { "Content-Type": "text/html", ...fault.headers });
        response.end(fault.body ?? "<html><body><h1>502 Bad Gateway</h1></body></html>");
    },
    hang: (fault, response) => hold(response),
    drip: (fault, response) => {
        hold(response);
        response.writeHead(200, { "Content-Type": "application/json", "Content-Length": 1000 });
        const timer = setInterval(() => response.write(" "), fault.every_ms ?? 1000);
        response.on("close", () => clearInterval(timer));
    },
    reset: (fault, response) => response.socket.resetAndDestroy(),
    lose: (fault, response, work) => { work(); response.socket.resetAndDestroy(); },
    delay: (fault, response, work) => setTimeout(() => reply(response, 200, work()), fault.ms),
    empty: (fault, response) => { response.writeHead(200); response.end(); },
    text: (fault, response) => { response.writeHead(200, { "Content-Type": "application/json" }); response.end(fault.body ?? "{\"errcode\":0,"); },
    large: (fault, response) => {
        response.writeHead(200, { "Content-Type": "application/json" });
        const part = " ".repeat(65536);
        let left = fault.bytes ?? 1 << 30;
        const more = () => { while (left > 0 && !response.destroyed) { left -= part.length; if (!response.write(part)) return; } response.end(); };
        response.on("drain", more);
        more();
    },
    redirect: (fault, response) => { response.writeHead(302, { Location: fault.to ?? "/cgi-bin/redirected" }); response.end(); },
};
function hold(response) {
    house.held += 1;
    response.on("close", () => { house.held -= 1; });
}

function reply(response, status, answer) {
    if (response.destroyed) return;
    if (answer.file) {
        response.writeHead(200, { "Content-Type": answer.file.type,
                                  ...(answer.file.name ? { "Content-Disposition": `attachment; filename="${answer.file.name}"` } : { "Cache-Control": "no-store" }) });
        response.end(answer.file.bytes);
        return;
    }
    if (answer.location) {
        response.writeHead(302, { Location: answer.location, "Cache-Control": "no-store" });
        response.end();
        return;
    }
    if (answer.html !== undefined) {
        response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
        response.end(answer.html);
        return;
    }
    // Platforms that refuse by the status give it with the body.
    const told = answer.http ? answer : { status, body: answer };
    response.writeHead(told.status, { "Content-Type": "application/json; charset=utf-8", ...told.headers });
    response.end(JSON.stringify(told.body));
}

function faultFor(path, text) {
    const at = house.faults.findIndex((one) => path.startsWith(one.path) && (!one.contains || text.includes(one.contains)));
    if (at < 0) return null;
    const fault = house.faults[at];
    if (fault.times > 0 && --fault.times === 0) house.faults.splice(at, 1);
    return fault;
}

function receive(request, response, raw) {
    const url = new URL(request.url, "http://stand-in");
    const call = { method: request.method, path: url.pathname, query: Object.fromEntries(url.searchParams), raw,
                   headers: request.headers, text: raw.toString() };
    try { call.json = call.text ? JSON.parse(call.text) : null; } catch { call.json = null; }
    const own = control[`${call.method} ${call.path}`];
    if (own) {
        Promise.resolve().then(() => own(call)).then((answer) => reply(response, 200, answer),
            (error) => reply(response, 400, { error: error.message }));
        return;
    }
    const record = { n: house.calls.length + 1, at: house.now(), method: call.method, path: call.path, query: call.query,
                     type: request.headers["content-type"] ?? "", body: call.json ?? (/\/(upload|images)$/.test(call.path) ? `${raw.length} bytes` : call.text) };
    house.calls.push(record);
    const work = () => {
        const elsewhere = house.feishu.route(call) ?? house.dingtalk.route(call);
        if (elsewhere) {
            record.errcode = elsewhere.body?.code ?? elsewhere.errcode ?? 0;
            return elsewhere;
        }
        const route = routes[`${call.method} ${call.path}`];
        const other = Object.keys(routes).some((name) => name.endsWith(` ${call.path}`));
        const answer = route ? route(call) : other ? code(call.method === "GET" ? 43002 : 43001, "wrong method") : code(40066, "invalid url");
        record.errcode = answer.errcode ?? 0;
        return answer;
    };
    const fault = faultFor(call.path, call.text);
    if (fault) {
        record.fault = fault.kind;
        faults[fault.kind](fault, response, work, call);
    } else {
        reply(response, 200, work());
    }
}

const server = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("error", () => {});
    request.on("end", () => receive(request, response, Buffer.concat(parts)));
});
server.keepAliveTimeout = 60000;
server.listen(Number(/^\d+$/.test(process.argv[2] ?? "") ? process.argv[2] : 0), "127.0.0.1", () => {
    process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();
