#!/usr/bin/env node
// A platform that is dead, in every way it can be: what comes in is answered as fast as before, what goes to others goes,
// and what it is owed comes, in order, when it is back.
//
//   tests/faults/dead_platform.mjs            160 messages a phase
//   MESSAGES=5000 tests/faults/dead_platform.mjs
//
// The time of an answer is printed for both, and their ratio; only what was and was not sent is asserted.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import { house, run, test, until } from '../journeys/house.mjs';

const messages = Number(process.env.MESSAGES ?? 160);
const token = 'platform-token-1';
const senders = 8;
const patience = 5 + messages / 20; // seconds, until thousands of calls one after the other are done
let count = 0;

async function post(it, from, text) {
    count += 1;
    const body = `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[${from}]]></FromUserName><CreateTime>${1700000000 + count}</CreateTime>` +
        `<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${text}]]></Content><MsgId>${8000000000000000 + count}</MsgId></xml>`;
    const timestamp = String(Math.floor(Date.now() / 1000)), nonce = String(randomInt(1e9));
    const signature = createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex');
    const began = performance.now();
    const answer = await fetch(`${it.url}/hooks/oa?signature=${signature}&timestamp=${timestamp}&nonce=${nonce}`, { method: 'POST', body, headers: { 'Content-Type': 'text/xml' } });
    const said = await answer.text();
    assert.equal(answer.status, 200, said);
    return { ms: performance.now() - began, said };
}

// Everybody files one matter after the other: each is told to two other systems by webhook.
async function phase(it, name) {
    const times = [], filed = [];
    await Promise.all([...Array(senders).keys()].map(async (index) => {
        for (let turn = 0; turn < messages / senders / 2; ++turn) {
            const from = `openid-${name}-${index}-${turn}`;
            const told = await post(it, from, `${1 + (turn % 6)}栋${1 + (index % 3)}单元${1 + (turn % 9)}01卫生间漏水,电话1380000${1000 + index}`);
            const done = await post(it, from, '对');
            times.push(told.ms, done.ms);
            const number = /T\d{8}-\d+/.exec(done.said)?.[0];
            if (number) filed.push(number);
        }
    }));
    times.sort((a, b) => a - b);
    return { p50: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)], filed };
}

// Another system that listens; `how` it answers is changed under way.
async function listener(to_end) {
    const it = { how: 'well', calls: 0, heard_of: new Set() };
    const server = createServer((request, response) => {
        let body = '';
        request.on('data', (part) => (body += part)).on('error', () => {}).on('end', () => {
            it.calls += 1;
            if (it.how === 'hang') return undefined;
            if (it.how === 'reset') return request.socket.destroy();
            if (it.how === 'drip') return response.writeHead(200, { 'Content-Length': 1000 }).write(' ');
            if (it.how === '503') return response.writeHead(503, { 'Content-Type': 'text/html' }).end('<html></html>');
            for (const [number] of body.matchAll(/T\d{8}-\d+/g)) it.heard_of.add(number);
            return response.end('{}');
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    to_end(() => server.close().closeAllConnections());
    it.url = `http://127.0.0.1:${server.address().port}/huiyin`;
    it.let_go = () => server.closeAllConnections();
    return it;
}

test('a dead platform makes nobody else wait', async (to_end) => {
    const [dead, well] = [await listener(to_end), await listener(to_end)];
    const secret = () => `whsec_${randomBytes(32).toString('base64')}`;
    const it = await house({
        channels: [{ id: 'oa', type: 'wechat_official_account', app_id: 'wx0123456789abcdef', app_secret: 'secret', token, encoding_aes_key: '', can_custom_send: false },
            { id: 'dead', type: 'webhook', secret: secret(), url: dead.url }, { id: 'well', type: 'webhook', secret: secret(), url: well.url }],
        notify: { staff: ['dead', 'well'], fallback: [] },
    });
    to_end(() => it.destroy());
    const admin = await it.sign_in('admin');
    await phase(it, 'warm');
    const sums = { well: [], dead: [] };
    const filed = [];
    for (const how of ['hang', 'reset', '503', 'drip']) {
        sums.well.push(await phase(it, `well-${how}`));
        dead.how = how;
        const calls = dead.calls;
        const some = await phase(it, `dead-${how}`);
        sums.dead.push(some);
        filed.push(...some.filed);
        await until('the other system hears of each meanwhile', () => some.filed.every((number) => well.heard_of.has(number)), patience);
        assert.ok(dead.calls - calls <= 12, `${how}: ${dead.calls - calls} calls to a platform that says nothing`);
        dead.how = 'well';
        dead.let_go(); // whoever hangs hears so
        await it.to('6 minutes');
    }
    const worst = (phases, name) => Math.max(...phases.map((one) => one[name]));
    const middle = (phases, name) => phases.map((one) => one[name]).sort((a, b) => a - b)[phases.length >> 1];
    console.log(`      answers with it well: p50 ${middle(sums.well, 'p50').toFixed(1)} ms, p99 ${middle(sums.well, 'p99').toFixed(1)} ms (${worst(sums.well, 'p99').toFixed(1)} at most); ` +
        `dead: p50 ${middle(sums.dead, 'p50').toFixed(1)} ms, p99 ${middle(sums.dead, 'p99').toFixed(1)} ms (${worst(sums.dead, 'p99').toFixed(1)} at most); ` +
        `p99 dead/well ${(middle(sums.dead, 'p99') / middle(sums.well, 'p99')).toFixed(2)}`);
    // It goes out as fast as it is taken: whoever waits here waits for as long as more comes. The clock is moved only when
    // nothing comes any more: what was tried while it was silent has a time of its own.
    const began = Date.now(), calls = dead.calls;
    let seen = -1;
    while ((await admin.outbox('waiting')).some((one) => one.channel === 'dead')) {
        if (dead.calls === seen) await it.to('5 minutes');
        seen = dead.calls;
        await until('more of what it is owed', async () => dead.calls > seen || !(await admin.outbox('waiting')).some((one) => one.channel === 'dead'), 2).catch(() => {});
        assert.ok(Date.now() - began < 60_000 + messages * 60, 'what it is owed goes out');
    }
    const seconds = (Date.now() - began) / 1000;
    console.log(`      ${dead.calls - calls} calls in ${seconds.toFixed(1)} s until nothing waited for it any more`);
    assert.deepEqual((await admin.outbox('dead')).filter((one) => one.channel === 'dead'), []);
    for (const number of filed) assert.ok(dead.heard_of.has(number), number);
    console.log(`      ${filed.length} matters filed while it was dead, each told when it was back`);
});

await run();
