#!/usr/bin/env node
// Kills the service without warning, again and again, while residents write and repeat what was not answered, and then
// looks for anything that was answered and is gone, came twice, or changed its place.
//
//   tests/faults/kill.mjs                 10 rounds
//   ROUNDS=50 SEED=7 tests/faults/kill.mjs
//
// A round: everybody writes; 0-400 ms after the first answer of the round the process gets SIGKILL; it is started again
// on the same folder and the same port. Eight residents on the web chat (Idempotency-Key) and two on an Official Account
// in plaintext mode (MsgId); whoever gets no answer sends the same again until there is one.
import assert from 'node:assert/strict';
import { createHash, randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { chances } from '../journeys/chances.mjs';
import { house, Resident, run, test } from '../journeys/house.mjs';

const rounds = Number(process.env.ROUNDS ?? 10);
const seed = Number(process.env.SEED ?? randomInt(1 << 30));
const token = 'platform-token-1';

// SEED repeats the moments of the kills.
const chance = chances(seed);

const free_port = () => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// What all senders share: whether to go on, and who is told of answers.
class Scene {
    over = false;
    answers = 0;
    repeats = 0;
    #first = null;
    answered() {
        this.answers += 1;
        this.#first?.();
        this.#first = null;
    }
    first_answer() {
        return new Promise((resolve) => (this.#first = resolve));
    }
    // Until it is answered; the same bytes every time.
    async insist(ask) {
        for (;;) {
            try {
                const answer = await ask();
                if (answer) {
                    this.answered();
                    return answer;
                }
            } catch (problem) {
                if (!['TypeError', 'TimeoutError', 'AbortError', 'SyntaxError'].includes(problem.name)) throw problem;
            }
            this.repeats += 1;
            await pause(10);
        }
    }
}

const matters = ['卫生间漏水,已经漏到楼下了', '楼道灯不亮', '厨房下水道堵了', '门禁坏了,刷卡没有反应', '垃圾没有人清运', '邻居半夜装修,吵得睡不着'];
const place = (index, turn) => `${1 + ((index + turn) % 6)}栋${1 + (turn % 2)}单元${1 + (turn % 9)}0${1 + (index % 2)}`;
const number_in = (text) => /T\d{8}-\d+/.exec(text)?.[0];

// A resident who files one complaint after the other, and asks how far it is.
class WebSender {
    constructor(scene, it, index) {
        Object.assign(this, { scene, it, index, count: 0, said: [], filed: new Set(), resident: new Resident(it) });
    }
    async say(text) {
        const key = `${this.index}-${(this.count += 1)}`;
        const answer = await this.scene.insist(async () => {
            const got = await fetch(`${this.it.url}/chat/web/messages`, {
                method: 'POST', body: JSON.stringify({ text }), signal: AbortSignal.timeout(15000),
                headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key, ...(this.resident.token ? { Authorization: `Bearer ${this.resident.token}` } : {}) },
            });
            const body = await got.text();
            if (got.status === 503) return null;
            assert.equal(got.status, 200, `${key}: ${got.status} ${body}`);
            return JSON.parse(body);
        });
        this.resident.token = answer.token;
        this.said.push({ key, text, answer: answer.messages });
        return answer.messages.map((message) => message.text ?? '').join('\n');
    }
    async work() {
        await this.say('你好');
        for (let turn = 0; !this.scene.over; ++turn) {
            let heard = await this.say(`${place(this.index, turn)}${matters[(this.index + turn) % matters.length]}`);
            if (turn === 0 && !number_in(heard)) heard = await this.say(`电话1380000${1000 + this.index}`);
            heard = await this.say('对');
            const number = number_in(heard);
            if (number) this.filed.add(number);
            await this.say('查进度');
        }
    }
}

const escaped = (text) => text.replace(/]]>/g, '');
// The same on an Official Account: a message is repeated with its MsgId, as the platform does.
class AccountSender {
    constructor(scene, it, index) {
        Object.assign(this, { scene, it, index, count: 0, said: [], filed: new Set(), from: `openid-of-sender-${index}` });
    }
    async say(text) {
        this.count += 1;
        const id = `${7000000000 + this.index}${String(this.count).padStart(8, '0')}`;
        const body = `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[${this.from}]]></FromUserName><CreateTime>${1700000000 + this.count}</CreateTime>` +
            `<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${escaped(text)}]]></Content><MsgId>${id}</MsgId></xml>`;
        const answer = await this.scene.insist(async () => {
            const timestamp = String(Math.floor(Date.now() / 1000)), nonce = String(randomInt(1e9));
            const signature = createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex');
            const got = await fetch(`${this.it.url}/hooks/oa?signature=${signature}&timestamp=${timestamp}&nonce=${nonce}`, { method: 'POST', body, headers: { 'Content-Type': 'text/xml' }, signal: AbortSignal.timeout(15000) });
            const back = await got.text();
            if (got.status === 500) return null;
            assert.equal(got.status, 200, `${id}: ${got.status} ${back}`);
            return { text: back };
        });
        this.said.push({ key: id, text });
        return answer.text;
    }
    work = WebSender.prototype.work;
}

// Everything of a conversation, oldest first.
async function all_messages(sender) {
    const all = [];
    for (;;) {
        const some = await sender.resident.messages(all.length ? all.at(-1).id : 0);
        all.push(...some);
        if (some.length < 200) return all;
    }
}
async function all_pages(person, path) {
    const all = [];
    for (let cursor = '';;) {
        const page = await person.get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
        all.push(...page.items);
        cursor = page.next_cursor;
        if (!cursor) return all;
    }
}

const scene = new Scene();
const restarts = [];
let it, web, account, senders;

test(`${rounds} kills while ten people write: all is answered in the end (SEED=${seed})`, async () => {
    it = await house({
        over: { listen: `127.0.0.1:${await free_port()}` },
        channels: [{ id: 'web', type: 'webchat' }, { id: 'oa', type: 'wechat_official_account', app_id: 'wx0123456789abcdef', app_secret: 'secret', token, encoding_aes_key: '', can_custom_send: false }],
    });
    web = [...Array(8).keys()].map((index) => new WebSender(scene, it, index));
    account = [8, 9].map((index) => new AccountSender(scene, it, index));
    senders = [...web, ...account];
    const work = Promise.all(senders.map((sender) => sender.work()));
    let broken = null;
    work.catch((problem) => (broken = problem));
    for (let round = 0; round < rounds && !broken; ++round) {
        await Promise.race([scene.first_answer(), work]);
        await pause(chance(401));
        await it.kill();
        const began = performance.now();
        await it.start();
        restarts.push(performance.now() - began);
    }
    await Promise.race([scene.first_answer(), work]);
    scene.over = true;
    await work;
    restarts.sort((one, other) => one - other);
    console.log(`      ${scene.answers} answers, ${scene.repeats} repeats, ${senders.reduce((sum, sender) => sum + sender.filed.size, 0)} tickets; ` +
        `restart ${Math.round(restarts[restarts.length >> 1])} ms in the middle, ${Math.round(restarts.at(-1))} ms at most`);
    assert.ok(scene.answers >= rounds && scene.repeats > 0);
});

test('every answered message is there once, in the order of its sender, with its replies once', async () => {
    for (const sender of web) {
        const all = await all_messages(sender);
        assert.deepEqual(all.filter((message) => message.from === 'resident').map((message) => [message.key, message.text]), sender.said.map((one) => [one.key, one.text]), `sender ${sender.index}`);
        assert.equal(new Set(all.map((message) => message.id)).size, all.length);
        // Between two messages of a resident stand the replies to the first of them, as they were answered.
        const replies = new Map();
        let last = null;
        for (const message of all) {
            if (message.from === 'resident') replies.set((last = message.key), []);
            else replies.get(last).push([message.id, message.text]);
        }
        for (const one of sender.said) {
            assert.ok(one.answer.length > 0, `${one.key}: "${one.text}" was answered with nothing`);
            assert.deepEqual(replies.get(one.key), one.answer.map((message) => [message.id, message.text]), `replies to ${one.key} "${one.text}"`);
        }
    }
});

test('the same on the Official Account', async () => {
    const li = await it.sign_in('wang.fang');
    const talks = (await all_pages(li, '/api/v1/conversations')).filter((one) => one.channel === 'oa');
    assert.equal(talks.length, account.length);
    const texts = [];
    for (const talk of talks) texts.push((await all_pages(li, `/api/v1/conversations/${talk.id}/messages`)).filter((message) => message.from === 'resident').map((message) => message.text).join('\n'));
    const as_staff_read = (text) => text.replace(/1\d{10}/g, '[电话]');
    for (const sender of account) assert.ok(texts.includes(sender.said.map((one) => as_staff_read(one.text)).join('\n')), `what sender ${sender.index} wrote`);
});

test('as many tickets as were confirmed, each with its two limits once', async () => {
    const wang = await it.sign_in('wang.fang');
    const tickets = await all_pages(wang, '/api/v1/tickets');
    const confirmed = senders.flatMap((sender) => [...sender.filed]);
    assert.ok(confirmed.length > 0);
    assert.equal(new Set(confirmed).size, confirmed.length, 'a number was given twice');
    assert.deepEqual(tickets.map((ticket) => ticket.number).sort(), confirmed.sort());
    for (const ticket of tickets) assert.deepEqual(ticket.deadlines.map((one) => one.clock).sort(), ['accept', 'handle'], ticket.number);
    await it.to('2026-03-02 11:01');
    for (const ticket of tickets) {
        const missed = (await wang.events(ticket.number)).filter((event) => event.type === 'deadline.missed');
        assert.equal(missed.length, 1, `${ticket.number}: the limit for accepting was missed once`);
    }
});

test('every chain fits', async (to_end) => {
    to_end(() => it.destroy());
    await it.stop();
    const verified = it.command('verify');
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    assert.match(verified.stdout, /^\d+ tickets?, \d+ events: every chain fits/);
    console.log(`      ${verified.stdout.trim()}`);
});

await run();
if (it?.child) await it.destroy();
