// The page of the stand-in: phones of people who do not exist, at platforms that are not there.
import { kinds } from '/_page/platforms.js';

const kept = 'stand-in.phones';
const $ = (id) => document.getElementById(id);
const element = (name, parts = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), parts);
    made.append(...inside);
    return made;
};

async function call(path, body) {
    const answer = await fetch(path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
    const json = await answer.json();
    if (!answer.ok) throw new Error(json.error ?? answer.statusText);
    return json;
}

const service = $('service');
const url_of = (hook) => `${service.value.replace(/\/+$/, '')}/hooks/${hook}`;

// ---- addresses --------------------------------------------------------------------------------------------------------

for (const [name, kind] of Object.entries(kinds)) {
    $('kinds').append(element('option', { value: name, textContent: kind.title }));
    if (!kind.verify) continue;
    const hook = element('input', { value: kind.hook, ariaLabel: `${kind.title}的渠道名`, spellcheck: false, autocomplete: 'off' });
    hook.addEventListener('input', () => (kind.hook = hook.value));
    const result = element('p', { className: 'result meta' });
    const button = element('button', { type: 'button', className: 'button', textContent: '验证' });
    button.addEventListener('click', async () => {
        button.disabled = true;
        try {
            const [path, order] = kind.verify(url_of(kind.hook));
            const told = await call(path, order);
            const problem = told.problem ?? told.deliveries?.[0]?.problem ?? '';
            result.className = `result meta ${problem ? 'bad' : 'good'}`;
            result.textContent = problem ? `没有通过：${problem}` : `通过，${told.deliveries?.[0]?.ms ?? 0} 毫秒。`;
        } catch (error) {
            result.className = 'result meta bad';
            result.textContent = `没有通过：${error.message}`;
        }
        button.disabled = false;
    });
    $('hooks').append(element('li', {}, element('label', {}, kind.title, hook), button, result));
}

// ---- phones -----------------------------------------------------------------------------------------------------------

const phones = [];
const keep = () => localStorage.setItem(kept, JSON.stringify(phones.map(({ name, who }) => ({ name, who }))));

function bubble(phone, said, own = false, delivered = null) {
    const made = element('div', { className: `bubble${own ? ' own' : ''}${said.note ? ' note meta' : ''}` });
    if (said.title) made.append(element('b', { textContent: said.title }));
    made.append(said.text ?? '');
    if (said.link) made.append(element('div', {}, element('a', { href: said.link, textContent: '打开', target: '_blank', rel: 'noreferrer' })));
    if (said.buttons?.length) {
        const choices = element('div', { className: 'choices' });
        for (const button of said.buttons) {
            const tap = element('button', { type: 'button', className: 'button', textContent: button.title });
            tap.addEventListener('click', () => act(phone, button.title, phone.kind.tap(url_of(phone.kind.hook), phone.who, button, delivered)));
            choices.append(tap);
        }
        made.append(choices);
    }
    phone.talk.querySelector('.empty')?.remove();
    phone.talk.append(made);
    phone.talk.scrollTop = phone.talk.scrollHeight;
}

async function act(phone, words, [path, order]) {
    bubble(phone, { text: words }, true);
    try {
        const told = await call(path, order);
        const answer = phone.kind.answer?.(told.reply);
        if (answer) bubble(phone, answer);
        if (told.problem) bubble(phone, { note: true, text: `平台会显示“服务暂不可用”：${told.problem}` });
    } catch (error) {
        bubble(phone, { note: true, text: `没有送到：${error.message}` });
    }
}

function add(name, who) {
    const kind = kinds[name];
    if (!kind || phones.some((one) => one.name === name && one.who === who)) return;
    const talk = element('div', { className: 'talk', tabIndex: 0, ariaLabel: `${kind.title} ${who}` }, element('p', { className: 'empty', textContent: kind.say ? '说一句话开始，比如：3栋2单元501漏水' : '群里还没有消息。' }));
    const away = element('button', { type: 'button', className: 'button quiet', textContent: '收起', ariaLabel: `收起 ${who}` });
    const card = element('section', { className: 'phone' }, element('header', {}, element('p', {}, element('b', { textContent: kind.title }), ` ${who}`), away), talk);
    const phone = { name, who, kind, talk };
    if (kind.say) {
        const words = element('input', { name: 'words', required: true, maxLength: 2000, placeholder: '说点什么', ariaLabel: `${who} 说`, autocomplete: 'off' });
        const form = element('form', {}, words, element('button', { type: 'submit', className: 'button main', textContent: '发送' }));
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            const said = words.value;
            words.value = '';
            void act(phone, said, kind.say(url_of(kind.hook), who, said));
        });
        card.append(form);
    }
    away.addEventListener('click', () => {
        phones.splice(phones.indexOf(phone), 1);
        card.remove();
        keep();
    });
    phones.push(phone);
    $('phones').append(card);
    for (const delivered of heard) show(phone, delivered);
    keep();
}

$('adding').addEventListener('submit', (event) => {
    event.preventDefault();
    const { kind, who } = event.target.elements;
    add(kind.value, who.value.trim());
});
$('kinds').addEventListener('change', () => ($('adding').elements.who.value = kinds[$('kinds').value].sample));

// ---- what is delivered ------------------------------------------------------------------------------------------------

const heard = [];
function show(phone, delivered) {
    const same = phone.kind.same ?? ((a, b) => a === b);
    const to = String(delivered.to ?? '');
    const his = to === '@all' || to.split('|').some((one) => same(one, phone.who));
    if (delivered.platform === phone.name && his) bubble(phone, phone.kind.one(delivered), false, delivered);
}
async function listen() {
    try {
        const { delivered } = await call(`/_recorded?after=999999999&after_delivered=${heard.length ? heard.at(-1).n : 0}`);
        for (const one of delivered) {
            heard.push(one);
            for (const phone of phones) show(phone, one);
        }
    } catch {
        // the stand-in was ended: the next look says so again
    }
    setTimeout(listen, 1000);
}

const { service: given } = await call('/_hooks');
service.value = given || 'http://127.0.0.1:8080';
$('adding').elements.who.value = kinds.wechat.sample;
let before = [];
try { before = JSON.parse(localStorage.getItem(kept) ?? '[]'); } catch { /* begun anew */ }
if (!before.length) before = [{ name: 'wechat', who: 'oUser-wang' }, { name: 'kf', who: 'wmUser-li' }, { name: 'wecom', who: 'li.na' }, { name: 'wecom', who: 'zhang.qiang' }];
for (const { name, who } of before) add(name, who);
await listen();
