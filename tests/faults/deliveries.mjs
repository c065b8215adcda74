#!/usr/bin/env node
// Deliveries of one platform to the whole service: each twice or three times now and then, older ones again, many at once, and a
// process that is killed in between. In the end the counters balance: nothing lost, nothing doubled, each sender's in order.
//
//   tests/faults/deliveries.mjs                                   4,000 deliveries, 3 kills
//   DELIVERIES=1000000 KILLS=40 SEED=7 tests/faults/deliveries.mjs   the long form
import assert from 'node:assert/strict';
import { createHash, randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { chances } from '../journeys/chances.mjs';
import { house, run, test } from '../journeys/house.mjs';

const wanted = Number(process.env.DELIVERIES ?? 4000);
const kills = Number(process.env.KILLS ?? 3);
const seed = Number(process.env.SEED ?? randomInt(1 << 30));
const token = 'platform-token-1';
const lanes = 16;
const people = Math.max(32, Math.min(2000, Math.round(wanted / 60)));

const chance = chances(seed);
const free_port = () => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const said_in = (xml) => /<Content><!\[CDATA\[([\s\S]*?)]]>/.exec(xml)?.[1] ?? '';

const words = ['楼道灯不亮', '有人吗', '电梯又停了', '物业费怎么交', '你好', '门口积水', '谢谢', '查进度'];
const sums = { deliveries: 0, answered: 0, refused: 0, unanswered: 0, repeats: 0, unique: 0 };
let it;

// A million messages are kept until the end: what makes one, and each different answer once.
const answers = new Map();
const kept = (said) => answers.get(said) ?? (answers.set(said, said), said);
const body_of = ({ from, id, at, text }) => `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[${from}]]></FromUserName><CreateTime>${1700000000 + at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${text}]]></Content><MsgId>${id}</MsgId></xml>`;

async function deliver(message) {
    sums.deliveries += 1;
    const timestamp = String(Math.floor(Date.now() / 1000)), nonce = String(randomInt(1e9));
    const signature = createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex');
    try {
        const answer = await fetch(`${it.url}/hooks/oa?signature=${signature}&timestamp=${timestamp}&nonce=${nonce}`, { method: 'POST', body: body_of(message), headers: { 'Content-Type': 'text/xml' }, signal: AbortSignal.timeout(15000) });
        const text = await answer.text();
        if (answer.status !== 200) {
            assert.equal(answer.status, 500, text);
            sums.refused += 1;
            return false;
        }
        sums.answered += 1;
        const said = kept(said_in(text));
        if (message.answer === undefined) message.answer = said;
        else if (said !== message.answer) throw new assert.AssertionError({ message: `${message.id} was answered "${message.answer}", and then "${said}"` });
        return true;
    } catch (problem) {
        if (problem instanceof assert.AssertionError) throw problem;
        sums.unanswered += 1;
        await pause(5);
        return false;
    }
}
async function insist(message) {
    for (;;) if (await deliver(message)) return;
}

// One lane brings the messages of its people one after the other; a person's next only when the one before was taken.
async function lane(number, over) {
    const mine = [...Array(people).keys()].filter((one) => one % lanes === number).map((one) => ({ from: `openid-${String(one).padStart(5, '0')}`, sent: [] }));
    while (!over()) {
        const person = mine[chance(mine.length)];
        const at = person.sent.length + 1;
        const id = `${9_000_000_000 + Number(person.from.slice(7))}${String(at).padStart(7, '0')}`;
        const text = `第${at}条 ${words[chance(words.length)]}`;
        const message = { from: person.from, id, at, text };
        sums.unique += 1;
        const times = chance(10) < 2 ? 2 + chance(2) : 1;
        sums.repeats += times - 1;
        await Promise.all(Array.from({ length: times }, () => insist(message)));
        person.sent.push(message);
        // One of before, as a platform's late repeat.
        if (chance(10) === 0) {
            sums.repeats += 1;
            await insist(person.sent[chance(person.sent.length)]);
        }
    }
    return mine;
}

async function* pages(person, path) {
    for (let cursor = '';;) {
        const page = await person.get(`${path}?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
        yield page.items;
        cursor = page.next_cursor;
        if (!cursor) return;
    }
}
async function all_pages(person, path) {
    const all = [];
    for await (const items of pages(person, path)) all.push(...items);
    return all;
}

test(`${wanted} deliveries of ${people} people, ${kills} kills (SEED=${seed}): the counters balance`, async (to_end) => {
    it = await house({
        over: { listen: `127.0.0.1:${await free_port()}` },
        channels: [{ id: 'oa', type: 'wechat_official_account', app_id: 'wx0123456789abcdef', app_secret: 'secret', token, encoding_aes_key: '', can_custom_send: false }],
    });
    to_end(() => it.destroy());
    const began = performance.now();
    let done = false;
    const work = Promise.all([...Array(lanes).keys()].map((number) => lane(number, () => done || sums.answered >= wanted)));
    work.catch(() => (done = true));
    for (let kill = 1; kill <= kills && !done; ++kill) {
        while (!done && sums.answered < (wanted * kill) / (kills + 1)) await pause(20);
        if (done) break;
        await it.kill();
        await it.start();
    }
    const everybody = (await work).flat();
    const seconds = (performance.now() - began) / 1000;
    assert.equal(sums.deliveries, sums.answered + sums.refused + sums.unanswered, 'every delivery has an end');
    assert.equal(sums.answered, sums.unique + sums.repeats, 'each message was taken as often as it was brought');

    const li = await it.sign_in('li.na'); // the front desk sees what names no place yet, too
    const talks = (await all_pages(li, '/api/v1/conversations')).filter((one) => one.channel === 'oa');
    const wrote = everybody.filter((one) => one.sent.length);
    assert.equal(talks.length, wrote.length, 'as many talks as people');
    const heard = new Map();
    let stored = 0;
    for (const talk of talks) {
        const texts = (await all_pages(li, `/api/v1/conversations/${talk.id}/messages`)).filter((one) => one.from === 'resident').map((one) => one.text);
        stored += texts.length;
        heard.set(texts.join('\n'), talk.id);
    }
    assert.equal(stored, sums.unique, 'received = handled: nothing lost, nothing doubled');
    for (const one of wrote) assert.ok(heard.has(one.sent.map((message) => message.text).join('\n')), `${one.from}: what he wrote, in his order`);

    // owed = sent + waiting + dead: every row of the outbox is in one of its states.
    const admin = await it.sign_in('admin');
    const states = {};
    let owed = 0;
    for await (const rows of pages(admin, '/api/v1/outbox')) {
        owed += rows.length;
        for (const row of rows) states[row.state] = (states[row.state] ?? 0) + 1;
    }
    const { sent = 0, waiting = 0, dead = 0, undeliverable = 0 } = states;
    assert.equal(owed, sent + waiting + dead + undeliverable, JSON.stringify(states));
    assert.ok(owed >= sums.unique, `${owed} rows: each message has its answer`);
    await it.stop();
    const verified = it.command('verify');
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    console.log(`      ${sums.deliveries} deliveries = ${sums.answered} answered + ${sums.refused} refused + ${sums.unanswered} without an answer; ` +
        `${sums.unique} messages, ${sums.repeats} repeats; ${stored} stored once, in order; outbox ${JSON.stringify(states)}; ` +
        `${Math.round(sums.answered / seconds)} a second; ${verified.stdout.trim()}`);
});

await run();
