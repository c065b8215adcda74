#!/usr/bin/env node
// Whoever does not know a platform's token learns nothing from how he is refused: the same status and body whatever is
// wrong, however much of his signature is right. How long it took is printed; it is for people to look at.
//
//   tests/faults/signatures.mjs                 200 of each kind
//   TIMES=5000 tests/faults/signatures.mjs
import assert from 'node:assert/strict';
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { house, run, test } from '../journeys/house.mjs';

const times = Number(process.env.TIMES ?? 200);
const account = { app_id: 'wx0123456789abcdef', token: 'Tower7token', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
const other = { app_id: 'wx9999999999999999', token: 'Another8token', encoding_aes_key: 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA' };
const sha1 = (...parts) => createHash('sha1').update(parts.sort().join('')).digest('hex');

// As the platform's page describes it; nothing of ours is used.
function sealed({ token, encoding_aes_key, app_id }, message, change = (framed) => framed) {
    const key = Buffer.from(encoding_aes_key + '=', 'base64');
    const text = Buffer.from(message), length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    let framed = Buffer.concat([randomBytes(16), length, text, Buffer.from(app_id)]);
    const pad = 32 - (framed.length % 32);
    framed = change(Buffer.concat([framed, Buffer.alloc(pad, pad)]));
    const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    const encrypt = Buffer.concat([cipher.update(framed), cipher.final()]).toString('base64');
    const timestamp = String(Math.floor(Date.now() / 1000)), nonce = randomBytes(5).toString('hex');
    return { encrypt, timestamp, nonce, signature: sha1(token, timestamp, nonce, encrypt) };
}
const put = (at, value) => (framed) => {
    framed.writeInt32BE(value, at);
    return framed;
};
// The first digits as they should be, the next one not.
const wrong_after = (digits) => (one) => ({ ...one, signature: one.signature.slice(0, digits) + (one.signature[digits] === '0' ? '1' : '0') + one.signature.slice(digits + 1) });

const message = '<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oTest]]></FromUserName><CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content><MsgId>1</MsgId></xml>';
const kinds = {
    'the first digit wrong': () => wrong_after(0)(sealed(account, message)),
    'half of it right': () => wrong_after(20)(sealed(account, message)),
    'the last digit wrong': () => wrong_after(39)(sealed(account, message)),
    'another token': () => sealed({ ...account, token: other.token }, message),
    'another tenant': () => sealed(other, message),
    'sealed for another app': () => sealed({ ...account, app_id: other.app_id }, message),
    'sealed with another key': () => sealed({ ...account, encoding_aes_key: other.encoding_aes_key }, message),
    'a padding of 0': () => sealed(account, message, (framed) => (framed.fill(0, framed.length - 1), framed)),
    'a padding beyond its block': () => sealed(account, message, (framed) => (framed.fill(200, framed.length - 1), framed)),
    'a length beyond the end': () => sealed(account, message, put(16, 1 << 20)),
    'a negative length': () => sealed(account, message, put(16, -1)),
    'nothing sealed': () => ({ ...sealed(account, message), encrypt: '', signature: undefined }),
};

test(`${Object.keys(kinds).length} ways of being nobody, ${times} times each: one answer for all of them`, async (to_end) => {
    const it = await house({ channels: [{ id: 'oa', type: 'wechat_official_account', app_secret: 'wechat-secret-0123456789abcdef01', can_custom_send: false, ...account }] });
    to_end(() => it.destroy());
    const post = async ({ encrypt, timestamp, nonce, signature = sha1(account.token, timestamp, nonce, encrypt) }) => {
        const began = performance.now();
        const answer = await fetch(`${it.url}/hooks/oa?msg_signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&encrypt_type=aes&signature=${sha1(account.token, timestamp, nonce)}`,
            { method: 'POST', headers: { 'Content-Type': 'text/xml' }, body: `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>` });
        const body = await answer.text();
        return { said: `${answer.status} ${answer.headers.get('content-type')} ${body}`, us: (performance.now() - began) * 1000 };
    };
    assert.match((await post(sealed(account, message))).said, /^200 /);  // who is somebody is heard
    const took = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
    const answers = new Set();
    for (let i = 0; i < times; ++i)
        for (const [kind, make] of Object.entries(kinds)) {  // by turns, so that a busy moment is everybody's
            const { said, us } = await post(make());
            answers.add(said);
            took[kind].push(us);
        }
    assert.deepEqual([...answers].map((said) => said.slice(0, 3)), ['403'], [...answers].join(' | '));
    for (const [kind, all] of Object.entries(took)) {
        all.sort((one, two) => one - two);
        console.log(`      ${kind.padEnd(28)} ${Math.round(all[all.length >> 1])} us in the middle, ${Math.round(all[Math.floor(all.length * 0.95)])} us of 95 in 100`);
    }
    assert.equal((await (await it.sign_in('li.na')).get('/api/v1/conversations?limit=100')).items.length, 1, 'one was heard');
});

await run();
