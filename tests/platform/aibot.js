// WeCom's AI bot: members talk to it, its answers ride on the callback's, and each message brings one address for later.
"use strict";
const crypto = require("node:crypto");
const envelope = require("./envelope.js");
const { bytes, code, ok } = require("./answers.js");
const { post } = require("./posting.js");

const most = 20480;
const hour = 3600e3;

// As the platform seals files: the key's own first half as the chance, padded to 32, no frame.
function sealFile(encodingAesKey, plain) {
    const key = Buffer.from(`${encodingAesKey}=`, "base64");
    const pad = 32 - (plain.length % 32);
    const cipher = crypto.createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
    return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]);
}

class AiBot {
    constructor(house) {
        this.house = house;
        this.settings = {
            bot_id: "AIBOTtest", token: "aibotToken9", encoding_aes_key: "obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8",
            url_life: hour,  // of an address for a later answer
        };
        this.urls = new Map();   // response_code -> {to, until, used}
        this.files = new Map();  // name -> {bytes, until}
        this.count = 0;
    }

    id(mark) { this.count += 1; return `${mark}${Date.now().toString(36)}${this.count}`; }

    message(order, base) {
        const inside = { msgid: order.msgid ?? this.id("CAIQ"), aibotid: this.settings.bot_id, chattype: order.group ? "group" : "single",
                         ...(order.group ? { chatid: order.group } : {}), from: { userid: order.from } };
        const file = (name) => {
            const id = this.id("f");
            this.files.set(id, { bytes: sealFile(this.settings.encoding_aes_key, Buffer.from(name, "base64")), until: this.house.now() + 300e3 });
            return { url: `${base}/aibot/file?id=${id}` };
        };
        const kinds = {
            say: () => ({ msgtype: "text", text: { content: order.group ? `@回音 ${order.text}` : order.text } }),
            photo: () => (order.text ? { msgtype: "mixed", mixed: { msg_item: [{ msgtype: "text", text: { content: order.text } }, { msgtype: "image", image: file(order.base64) }] } }
                : { msgtype: "image", image: file(order.base64) }),
            voice: () => ({ msgtype: "voice", voice: { content: order.text } }),
            enter: () => ({ msgtype: "event", event: { eventtype: "enter_chat" } }),
            feedback: () => ({ msgtype: "event", event: { eventtype: "feedback_event", feedback_event: { id: order.id, type: order.type ?? 1, content: order.text ?? "", inaccurate_reason_list: order.reasons ?? [] } } }),
            poll: () => ({ msgtype: "stream", stream: { id: order.id } }),
            raw: () => order.message,
        };
        if (!kinds[order.do]) throw new Error(`unknown ${order.do}: known are ${Object.keys(kinds).join(", ")}`);
        if (["say", "photo", "voice"].includes(order.do)) {
            const made = this.id("rc");
            this.urls.set(made, { to: order.group ?? order.from, until: this.house.system() + this.settings.url_life, used: false });
            inside.response_url = `${base}/cgi-bin/aibot/response?response_code=${made}`;
        }
        return { ...inside, ...kinds[order.do]() };
    }

    request(order, text) {
        const as = { ...this.settings, ...order.as };
        const timestamp = String(order.timestamp ?? Math.floor(this.house.system() / 1000));
        const nonce = String(order.nonce ?? crypto.randomInt(1e9, 2e9));
        const url = new URL(order.url);
        const encrypt = envelope.seal(as.encoding_aes_key, order.do === "verify" ? order.echo : text, as.receiver ?? "");
        const parameters = { msg_signature: envelope.sign(as.token, timestamp, nonce, encrypt), timestamp, nonce, ...(order.do === "verify" ? { echostr: encrypt } : {}) };
        for (const [name, value] of Object.entries(order.tamper ?? {})) {
            if (value === null) delete parameters[name];
            else parameters[name] = value;
        }
        for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
        return { method: order.do === "verify" ? "GET" : "POST", url: url.toString().replace(/\+/g, "%20"), nonce,
                 body: order.do === "verify" ? undefined : order.body ?? JSON.stringify({ encrypt }) };
    }

    judge(answer, order, nonce) {
        if (answer.error) return { ...answer, problem: answer.error };
        const out = { status: answer.status, ms: answer.ms, type: answer.type, body: answer.body, reply: null, problem: "" };
        const problem = (why) => { out.problem = why; return out; };
        if (answer.status !== 200) return problem(`status ${answer.status}`);
        if (order.do === "verify") return answer.body === order.echo ? out : problem("the echo is another text");
        if (answer.body === "") return out;
        if (order.do === "feedback") return problem("feedback takes an empty answer only");
        try {
            const shell = JSON.parse(answer.body);
            if (typeof shell.encrypt !== "string" || typeof shell.msgsignature !== "string") return problem("no encrypt or msgsignature");
            if (!Number.isInteger(shell.timestamp)) return problem("timestamp is no whole number");
            if (shell.nonce !== nonce) return problem("another nonce than the request's");
            if (envelope.sign(this.settings.token, shell.timestamp, shell.nonce, shell.encrypt) !== shell.msgsignature)
                return problem("the reply's signature does not match");
            out.plain = envelope.open(this.settings.encoding_aes_key, shell.encrypt, "");
            out.reply = JSON.parse(out.plain);
            const { msgtype, stream, text } = out.reply;
            if (msgtype === "text") return order.do !== "enter" || !text?.content ? problem("text is for a welcome only") : out;
            if (msgtype !== "stream") return problem(`unknown msgtype ${msgtype}`);
            if (!stream?.id || typeof stream.finish !== "boolean") return problem("a stream has an id and finish");
            if (bytes(stream.content ?? "") > most) return problem("content longer than 20480 bytes");
            if (stream.finish && !stream.content) return problem("an empty end takes away what is shown");
            if (stream.feedback && bytes(stream.feedback.id ?? "") > 256) return problem("feedback.id longer than 256 bytes");
        } catch (error) {
            return problem(error.message);
        }
        return out;
    }

    // Repeats what was not answered well, 3 attempts in all; `together`: at once; `polls`: asks so often how far it is.
    async control(order, base) {
        if (order.do === "verify") order.echo = String(order.echostr ?? crypto.randomInt(1e9, 2e9) * 1e6);
        const message = order.do === "verify" ? null : this.message(order, base);
        const text = order.raw ?? JSON.stringify(message);
        if (order.dry) {
            const made = this.request({ url: "http://nowhere.invalid/", ...order }, text);
            return { method: made.method, query: Object.fromEntries(new URL(made.url).searchParams), body: made.body ?? "", sent: text, echo: order.echo ?? "" };
        }
        const once = async () => {
            const made = this.request(order, text);
            return this.judge(await post(made.method, made.url, made.body, order.wait_ms, { "content-type": "application/json" }), order, made.nonce);
        };
        const deliveries = [];
        if (order.together) {
            deliveries.push(...await Promise.all(Array.from({ length: order.together }, once)));
        } else {
            const attempts = order.attempts ?? (order.do === "verify" ? 1 : 3);
            do deliveries.push(await once());
            while (deliveries.length < attempts && (order.repeat || deliveries.at(-1).error || deliveries.at(-1).status !== 200));
        }
        const answered = deliveries.find((one) => !one.problem) ?? deliveries.at(-1);
        if (answered.reply && !answered.problem && !order.as && order.do !== "poll")
            this.house.deliver({ platform: "aibot", to: order.group ?? order.from, type: answered.reply.msgtype, message: answered.reply });
        return { deliveries, reply: answered.reply, problem: answered.problem, sent: text, msgid: message?.msgid };
    }

    respond(call) {
        const known = this.urls.get(call.query.response_code);
        if (!known || known.used || known.until < this.house.system()) return code(40058, "invalid response_code");
        const body = call.json;
        if (body?.msgtype !== "markdown") return code(40008, "invalid message type");
        const words = body.markdown?.content;
        if (!words) return code(44004, "empty content");
        if (bytes(words) > most) return code(45002, "content size out of limit");
        known.used = true;
        this.house.deliver({ platform: "aibot", to: known.to, type: "markdown", message: body });
        return ok();
    }

    file(call) {
        const kept = this.files.get(call.query.id);
        if (!kept || kept.until < this.house.now()) return { http: true, status: 404, headers: {}, body: {} };
        return { file: { bytes: kept.bytes, type: "application/octet-stream" } };
    }

    routes() {
        return { "POST /cgi-bin/aibot/response": (call) => this.respond(call), "GET /aibot/file": (call) => this.file(call) };
    }
}

module.exports = { AiBot };
