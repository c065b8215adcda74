// Our envelope and our webhooks against independent implementations, both ways: what one side seals, the other opens.
// Usage: node interop.js PATH_OF_crypto_peer. The last line counts; exit 1 if anything failed.
"use strict";
const { spawnSync } = require("node:child_process");
const { randomBytes, randomInt } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const wecom = require("@wecom/crypto");
const WeChat = require("wechat-crypto");
const { Webhook } = require("standardwebhooks");

const peer = process.argv[2];
let passed = 0;
let failed = 0;
function check(name, fine, detail) {
    if (fine) passed += 1;
    else failed += 1;
    console.log(`${fine ? "ok    " : "FAILED"} ${name}${fine ? "" : `: ${detail}`}`);
}

// One shape for both: seal gives {encrypt, signature}, open gives {message, receiver} or throws.
const libraries = {
    "@wecom/crypto": {
        seal: (r) => {
            const encrypt = wecom.encrypt(r.aes_key, r.message, r.receiver);
            return { encrypt, signature: wecom.getSignature(r.token, r.timestamp, r.nonce, encrypt) };
        },
        open: (r) => {
            if (wecom.getSignature(r.token, r.timestamp, r.nonce, r.encrypt) !== r.signature) throw new Error("signature");
            const { message, id } = wecom.decrypt(r.aes_key, r.encrypt);
            return { message, receiver: id };
        },
    },
    "wechat-crypto": {
        seal: (r) => {
            const library = new WeChat(r.token, r.aes_key, r.receiver);
            const encrypt = library.encrypt(r.message);
            return { encrypt, signature: library.getSignature(r.timestamp, r.nonce, encrypt) };
        },
        open: (r) => {
            const library = new WeChat(r.token, r.aes_key, r.receiver);
            if (library.getSignature(r.timestamp, r.nonce, r.encrypt) !== r.signature) throw new Error("signature");
            const { message, id } = library.decrypt(r.encrypt);
            return { message, receiver: id };
        },
    },
};

function ask(requests) {
    const run = spawnSync(peer, [], {
        input: requests.map((r) => JSON.stringify(r) + "\n").join(""), maxBuffer: 1 << 28, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`crypto_peer ended with ${run.status ?? run.error}: ${run.stderr}`);
    return run.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

const pieces = ["电梯坏了", "😡", "<xml>", "]]>", "a", "\n", " ", "5栋2单元", "\u0001", "é", "1"];
function request(i) {
    let message = "";
    for (let n = randomInt(0, 120); n > 0; --n) message += pieces[randomInt(0, pieces.length)];
    return {
        token: randomBytes(randomInt(2, 16)).toString("hex"),
        aes_key: randomBytes(33).toString("base64").replace(/[+/]/g, "x").slice(0, 43),  // spare bits as they fall
        receiver: `wx${randomBytes(8).toString("hex")}`,
        timestamp: String(1735689600 + i),
        nonce: randomBytes(5).toString("base64"),
        message,
    };
}

for (const file of ["wechat.json", "wecom.json"]) {
    const vectors = JSON.parse(readFileSync(join(__dirname, "..", file), "utf8"));
    for (const [name, library] of Object.entries(libraries))
        for (const vector of vectors.positive) {
            if (vector.receiver === "" && name === "wechat-crypto") continue;  // it takes no empty receiver
            let opened = {};
            try {
                opened = library.open(vector);
            } catch (error) {
                opened = { error: error.message };
            }
            check(`${name} opens ${file} ${vector.name}`,
                opened.message === vector.message && opened.receiver === vector.receiver, JSON.stringify(opened));
        }
}

const rounds = 10000;
for (const [name, library] of Object.entries(libraries)) {
    const requests = Array.from({ length: rounds }, (_, i) => request(i));
    const ours = ask(requests.map((r) => ({ do: "seal", ...r })));
    let wrong = 0;
    requests.forEach((r, i) => {
        const opened = library.open({ ...r, ...ours[i] });
        if (opened.message !== r.message || opened.receiver !== r.receiver) wrong += 1;
    });
    check(`${rounds} messages sealed by us, opened by ${name}`, wrong === 0, `${wrong} differ`);

    const answers = ask(requests.map((r) => ({ do: "open", ...r, ...library.seal(r) })));
    wrong = requests.filter((r, i) => answers[i].message !== r.message).length;
    check(`${rounds} messages sealed by ${name}, opened by us`, wrong === 0, `${wrong} differ`);

    const strangers = ask(requests.map((r) => ({ do: "open", ...r, ...library.seal({ ...r, receiver: "wx0000000000000000" }) })));
    wrong = strangers.filter((a) => a.refused !== "codec.receiver").length;
    check(`${rounds} messages sealed by ${name} for somebody else, refused by us`, wrong === 0, `${wrong} opened`);
}

// Signed webhooks: the scheme's own library checks the time too, so its clock is set to each message's.
{
    const requests = Array.from({ length: rounds }, (_, i) => {
        const { message, timestamp } = request(i);
        return { secret: `whsec_${randomBytes(randomInt(24, 65)).toString("base64")}`, id: `msg_${randomBytes(9).toString("hex")}`, timestamp,
                 body: JSON.stringify({ type: "message.received", data: { from: "u", text: message } }) };
    });
    const at = (r, work) => {
        const clock = Date.now;
        Date.now = () => Number(r.timestamp) * 1000;
        try { return work(new Webhook(r.secret), new Date(Number(r.timestamp) * 1000)); } finally { Date.now = clock; }
    };
    const signed = ask(requests.map((r) => ({ do: "sign", ...r })));
    let wrong = requests.filter((r, i) => {
        try {
            at(r, (library) => library.verify(r.body, { "webhook-id": r.id, "webhook-timestamp": r.timestamp, "webhook-signature": signed[i].signature }));
            return false;
        } catch { return true; }
    }).length;
    check(`${requests.length} webhooks signed by us, taken by standardwebhooks`, wrong === 0, `${wrong} refused`);
    const theirs = requests.map((r) => at(r, (library, time) => library.sign(r.id, time, r.body)));
    wrong = ask(requests.map((r, i) => ({ do: "check", ...r, signature: theirs[i] }))).filter((a) => !a.fits).length;
    check(`${requests.length} webhooks signed by standardwebhooks, taken by us`, wrong === 0, `${wrong} refused`);
    wrong = ask(requests.map((r, i) => ({ do: "check", ...r, body: `${r.body} `, signature: theirs[i] }))).filter((a) => a.fits).length;
    check(`${requests.length} webhooks altered on the way, refused by us`, wrong === 0, `${wrong} taken`);
}

require("./feishu.js")({ ask, check, request, rounds }).then(() => {
    console.log(`${passed} passed, ${failed} failed, 0 skipped`);
    process.exitCode = failed ? 1 : 0;
});
