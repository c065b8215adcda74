#!/usr/bin/env node
// Secrets are changed while people write: a restart with [newer, older], one with the newer alone. No message that was
// rightly signed is refused meanwhile, no link or talk ends, and what was sealed with the older data key is read.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { house, Resident, run, test } from '../journeys/house.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const free_port = () => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
});

test('every secret is changed under load, and nothing rightly signed is refused', async (to_end) => {
    const secrets = { older: { token: 'older-token-1', secret: randomBytes(32).toString('hex'), data_key: randomBytes(32).toString('hex') }, newer: { token: 'newer-token-2', secret: randomBytes(32).toString('hex'), data_key: randomBytes(32).toString('hex') } };
    const account = (token) => [{ id: 'web', type: 'webchat' }, { id: 'oa', type: 'wechat_official_account', app_id: 'wx0123456789abcdef', app_secret: 'secret', token, encoding_aes_key: '', can_custom_send: false }];
    const { older, newer } = secrets;
    const it = await house({ over: { listen: `127.0.0.1:${await free_port()}`, secret: older.secret, data_key: older.data_key }, channels: account(older.token) });
    to_end(() => it.destroy());
    const write = (over) => writeFileSync(it.config, JSON.stringify({ ...it.settings, ...over }));
    const restart = async (over) => {
        write(over);
        assert.equal(await it.stop(), 0);
        await it.start();
    };
    let signing = [older.token], over = false, count = 0;
    const sums = { answered: 0, unanswered: 0, by: {} };
    const deliver = async (from) => {
        const MsgId = 9_000_000_000_000 + ++count;
        const body = `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[${from}]]></FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[查进度 ${count}]]></Content><MsgId>${MsgId}</MsgId></xml>`;
        for (;;) {
            const token = signing[randomInt(signing.length)], timestamp = String(Math.floor(Date.now() / 1000)), nonce = String(randomInt(1e9));
            const signature = createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex');
            const answer = await fetch(`${it.url}/hooks/oa?signature=${signature}&timestamp=${timestamp}&nonce=${nonce}`, { method: 'POST', body, headers: { 'Content-Type': 'text/xml' } }).catch(() => null);
            if (answer?.status === 200) {
                sums.answered += 1;
                sums.by[token] = (sums.by[token] ?? 0) + 1;
                return void (await answer.text().catch(() => ''));
            }
            if (answer) assert.ok([500, 503].includes(answer.status), `signed with ${token} and refused: ${answer.status}`);
            sums.unanswered += 1;
            await pause(10);
        }
    };
    const visitor = new Resident(it);
    const number = await visitor.files();
    const li = await it.sign_in('li.na');
    let broken = null;
    const lanes = ['openid-a', 'openid-b', 'openid-c'].map(async (from) => {
        while (!over) await deliver(from);
    });
    for (const lane of lanes) lane.catch((problem) => (broken ??= problem));
    const some = async (more) => {
        const wanted = sums.answered + more;
        while (sums.answered < wanted && !broken) await pause(5);
        if (broken) throw broken;
    };
    await some(60);
    // Both are known; the platform still signs with the older, then with either, then with the newer.
    await restart({ secret: [newer.secret, older.secret], data_key: [newer.data_key, older.data_key], channels: account([newer.token, older.token]) });
    await some(60);
    signing = [older.token, newer.token];
    await some(60);
    assert.equal((await li.ticket(number)).customer.phone_masked, '138****5678', 'the session goes on, and what the older key sealed is read');
    assert.match(await visitor.says('查进度'), new RegExp(number), 'the talk goes on');
    signing = [newer.token];
    await some(60);
    over = true;
    await Promise.all(lanes);
    // The older are taken out: nothing is signed with them any more. The data key stays as long as it sealed anything.
    await restart({ secret: newer.secret, data_key: [newer.data_key, older.data_key], channels: account(newer.token) });
    await deliver('openid-a');
    signing = [older.token];
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHash('sha1').update([older.token, timestamp, '1'].sort().join('')).digest('hex');
    assert.equal((await fetch(`${it.url}/hooks/oa?signature=${signature}&timestamp=${timestamp}&nonce=1`, { method: 'POST', body: '<xml/>' })).status, 403, 'what was taken out is refused');
    await it.stop();
    const verified = it.command('verify');
    assert.equal(verified.status, 0, verified.stderr);
    console.log(`      ${sums.answered} rightly signed and taken (${JSON.stringify(sums.by)}), ${sums.unanswered} while it was away`);
});

await run();
