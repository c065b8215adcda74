// Feishu's sealed events against its own library, which opens and checks but does not seal: that is done by the stand-in platform.
"use strict";
const { randomBytes } = require("node:crypto");
const lark = require("@larksuiteoapi/node-sdk");
const { Feishu } = require("../../platform/feishu.js");

const text_of = (one) => Buffer.from(one.message ?? "", "base64").toString();
const silent = { error() {}, warn() {}, info() {}, debug() {}, trace() {} };

module.exports = async function feishu({ ask, check, request, rounds }) {
    const cipher = new Feishu({ now: Date.now });
    const requests = Array.from({ length: rounds }, (_, i) => {
        const { message, timestamp, nonce, token } = request(i);
        const event = { schema: "2.0", header: { event_id: `ev_${i}`, token, event_type: "im.message.receive_v1", app_id: "cli_demo" },
            event: { message: { content: JSON.stringify({ text: message }) } } };
        return { encrypt_key: randomBytes(1 + (i % 40)).toString("base64"), timestamp, nonce, token, message, text: JSON.stringify(event) };
    });
    // What the library's dispatcher hands to whoever listens; nothing if it refuses the delivery.
    const heard = async (r, body, signature) => {
        let got;
        const dispatcher = new lark.EventDispatcher({ encryptKey: r.encrypt_key, verificationToken: r.token, loggerLevel: lark.LoggerLevel.fatal, logger: silent })
            .register({ "im.message.receive_v1": async (data) => { got = JSON.parse(data.message.content).text; } });
        const headers = { "x-lark-request-timestamp": r.timestamp, "x-lark-request-nonce": r.nonce, "x-lark-signature": signature };
        await dispatcher.invoke(Object.assign(Object.create({ headers }), JSON.parse(body)));
        return got;
    };
    const ours = ask(requests.map((r) => ({ do: "feishu_seal", encrypt_key: r.encrypt_key, timestamp: r.timestamp, nonce: r.nonce, message: r.text })));
    let wrong = 0, taken = 0;
    for (const [i, r] of requests.entries()) {
        const body = JSON.stringify({ encrypt: ours[i].encrypt });
        if (await heard(r, body, ours[i].signature) !== r.message) wrong += 1;
        if (await heard(r, body, ours[i].signature.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))) !== undefined) taken += 1;
    }
    check(`${rounds} events sealed and signed by us, heard by @larksuiteoapi/node-sdk`, wrong === 0, `${wrong} differ`);
    check(`${rounds} events with another signature, refused by @larksuiteoapi/node-sdk`, taken === 0, `${taken} taken`);

    const sealed = requests.map((r) => cipher.seal(r.encrypt_key, r.text));
    wrong = requests.filter((r, i) => new lark.AESCipher(r.encrypt_key).decrypt(sealed[i]) !== r.text).length;
    check(`${rounds} events sealed by the stand-in, opened by @larksuiteoapi/node-sdk`, wrong === 0, `${wrong} differ`);
    const opened = ask(requests.map((r, i) => ({ do: "feishu_open", encrypt_key: r.encrypt_key, encrypt: sealed[i] })));
    wrong = opened.filter((one, i) => text_of(one) !== requests[i].text).length;
    check(`${rounds} events sealed by the stand-in, opened by us`, wrong === 0, `${wrong} differ`);
    const strangers = ask(requests.map((r, i) => ({ do: "feishu_open", encrypt_key: `${r.encrypt_key}x`, encrypt: sealed[i] })));
    wrong = strangers.filter((one, i) => text_of(one) === requests[i].text).length;
    check(`${rounds} events of another key, opened by us to nothing of theirs`, wrong === 0, `${wrong} opened`);
};
