// Feishu's open API, events and group robot: what it takes, what it refuses, with which code, and what it sends to us.
"use strict";
const crypto = require("node:crypto");
const { post } = require("./posting.js");
const { fileParts } = require("./forms.js");
const { bytes } = require("./answers.js");

const hour = 3600e3;
const day = 24 * hour;
const refused = (code, msg, status = 400, headers = {}) => ({ http: true, status, headers, body: { code, msg } });
const fine = (data) => ({ http: true, status: 200, body: { code: 0, msg: "success", data } });
const is_object = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// Why a card of form 2.0 is refused; "" if it is not. `robot`: in a group by its own robot, where nothing calls back.
function cardProblem(card, robot = false) {
    if (!is_object(card)) return "the card is no object";
    const only = (object, names, where) => {
        const other = Object.keys(object).find((name) => !names.includes(name));
        return other === undefined ? "" : `200861: unknown property ${other} in ${where}`;
    };
    const plain = (text) => is_object(text) && text.tag === "plain_text" && typeof text.content === "string" && text.content !== "";
    if (card.schema !== "2.0") return "200621: schema must be 2.0";
    const outer = only(card, ["schema", "config", "header", "body"], "the card");
    if (outer) return outer;
    if (card.config !== undefined && (!is_object(card.config) || only(card.config, ["update_multi"], "config"))) return "200861: config";
    if (card.header !== undefined) {
        const wrong = only(card.header, ["title", "template"], "header");
        if (wrong) return wrong;
        if (!plain(card.header.title)) return "200621: header.title";
    }
    const elements = card.body?.elements;
    if (!Array.isArray(elements) || elements.length === 0) return "200621: body.elements";
    if (elements.length > 200) return "200570: more than 200 elements";
    for (const one of elements) {
        if (one.tag === "markdown") {
            const wrong = only(one, ["tag", "content"], "markdown");
            if (wrong) return wrong;
            if (typeof one.content !== "string" || one.content === "") return "200621: markdown.content";
        } else if (one.tag === "button") {
            const wrong = only(one, ["tag", "text", "type", "behaviors"], "button");
            if (wrong) return wrong;
            if (!plain(one.text)) return "200621: button.text";
            if (!Array.isArray(one.behaviors) || one.behaviors.length !== 1) return "200621: button.behaviors";
            const [does] = one.behaviors;
            if (does.type === "callback" ? robot || !is_object(does.value) : does.type !== "open_url" || !/^https?:\/\//.test(does.default_url ?? ""))
                return "200621: behaviors";
        } else {
            return `200621: unknown tag ${one.tag}`;
        }
    }
    return "";
}

class Feishu {
    constructor(house) {
        this.house = house;
        this.settings = {
            app_id: "cli_demo", app_secret: "feishu-secret-0123456789abcdef01", verification_token: "vtok-demo-01",
            encrypt_key: "fs-demo-encrypt-key", tenant_key: "tk_demo",
            people: null,          // null: every open_id is one; a list: others are outside the app's range
            left: [], declined: [], elsewhere: [],   // open_ids
            words_refused: [],     // whoever says one of them is refused (230022)
            audit: true,           // telephone numbers and mail addresses are refused (230028)
            robots: [{ key: "feishu-robot-1", secret: "fsBotSecretDemo01", keywords: [] }],
            ip_refused: "",        // every call but the token's is refused with 99991401
            scope_missing: "",     // … with 99991672, which names it
        };
        this.tokens = [];
        this.messages = new Map();  // message_id -> {to, type, content, at}
        this.names = new Map();     // uuid -> {at, answer}
        this.rates = new Map();
        this.files = new Map();     // message_id/key -> {bytes, name, type}
        this.images = new Map();
        this.count = 0;
    }

    expire() { for (const one of this.tokens) one.until = 0; }
    id(prefix) { return `${prefix}_${++this.count}${crypto.randomBytes(6).toString("hex")}`; }

    getToken(call) {
        if (!is_object(call.json)) return refused(9499, "bad request");
        if (call.json.app_id !== this.settings.app_id) return { http: true, status: 200, body: { code: 10003, msg: "invalid param" } };
        if (call.json.app_secret !== this.settings.app_secret) return { http: true, status: 200, body: { code: 10015, msg: "app secret invalid" } };
        const now = this.house.system();
        let token = this.tokens.find((one) => one.until - now >= 30 * 60e3);
        if (!token) this.tokens.push(token = { token: `t-g${this.tokens.length + 1}${"x".repeat(40)}`, until: now + 7200e3 });
        return { http: true, status: 200, body: { code: 0, msg: "ok", tenant_access_token: token.token, expire: Math.floor((token.until - now) / 1000) } };
    }

    // The refusal of whoever calls, or nothing.
    caller(call) {
        const bearer = /^Bearer (\S+)$/.exec(call.headers.authorization ?? "")?.[1];
        if (!bearer) return refused(99991661, "Missing access token for authorization");
        const token = this.tokens.find((one) => one.token === bearer);
        if (!token || token.until < this.house.system()) return refused(99991663, "Invalid access token for authorization");
        if (this.settings.ip_refused) return refused(99991401, `ip ${this.settings.ip_refused} is denied by app setting`);
        if (this.settings.scope_missing) return refused(99991672, `Access denied. One of the following scopes is required: [${this.settings.scope_missing}]`);
        return null;
    }

    // True while fewer than `most` times fell into the span.
    within(key, most, span) {
        const now = this.house.now();
        const times = (this.rates.get(key) ?? []).filter((at) => at > now - span);
        this.rates.set(key, times);
        if (times.length >= most) return false;
        times.push(now);
        return true;
    }

    wordsProblem(text) {
        if (this.settings.words_refused.some((word) => text.includes(word))) return refused(230022, "The content of the message contains sensitive information");
        if (this.settings.audit && (/(?<!\d)1[3-9]\d{9}(?!\d)/.test(text) || /[\w.+-]{2,}@[\w-]+\.\w+/.test(text)))
            return refused(230028, "The messages do NOT pass the audit");
        return null;
    }

    contentProblem(type, content, text) {
        const keys = Object.keys(content).join();
        const most = { text: 150 * 1024, post: 30 * 1024, interactive: 30 * 1024, image: 1024 }[type];
        if (!most) return refused(230001, `unknown msg_type ${type}`);
        if (bytes(text) > most) return refused(230025, "The length of the message content reaches its limit");
        switch (type) {
            case "text":
                if (keys !== "text" || typeof content.text !== "string" || content.text === "") return refused(230001, "content of text");
                break;
            case "post": {
                const post = content.zh_cn;
                if (keys !== "zh_cn" || !Array.isArray(post.content) || post.content.length === 0) return refused(230001, "content of post");
                for (const piece of post.content.flat())
                    if (!["text", "a", "at", "img", "media", "emotion", "hr", "code_block", "md"].includes(piece.tag)) return refused(230001, `tag ${piece.tag}`);
                break;
            }
            case "image":
                return this.images.has(content.image_key) ? null : refused(230001, "image_key");
            case "interactive": {
                const problem = cardProblem(content);
                if (problem) return refused(230099, `Failed to create card content, ext=ErrCode: ${problem}`);
                break;
            }
        }
        return this.wordsProblem(text);
    }

    send(call) {
        const no = this.caller(call);
        if (no) return no;
        const body = call.json;
        const kind = call.query.receive_id_type;
        if (!["open_id", "union_id", "user_id", "email", "chat_id"].includes(kind)) return refused(230001, "receive_id_type");
        if (!is_object(body) || typeof body.receive_id !== "string" || typeof body.content !== "string" || typeof body.msg_type !== "string")
            return refused(230001, "invalid request body");
        if (body.uuid !== undefined && (typeof body.uuid !== "string" || bytes(body.uuid) > 50)) return refused(230001, "uuid");
        const before = this.names.get(body.uuid);
        if (body.uuid && before && before.at > this.house.now() - hour) return before.answer;
        let content;
        try { content = JSON.parse(body.content); } catch { content = null; }
        if (!is_object(content)) return refused(230001, "content is not a string in json format");
        const to = body.receive_id;
        if (kind === "open_id" ? !/^ou_\w+$/.test(to) : kind === "union_id" ? !/^on_\w+$/.test(to) : to === "") return refused(230034, "The receive_id is invalid");
        if (this.settings.people && !this.settings.people.includes(to)) return refused(230013, "Bot has NO availability to this user");
        if (this.settings.left.includes(to)) return refused(230029, "user has resigned");
        if (this.settings.declined.includes(to)) return refused(230053, "The user has stopped the bot");
        if (this.settings.elsewhere.includes(to)) return refused(230038, "cross tenant p2p chat is forbidden");
        const problem = this.contentProblem(body.msg_type, content, body.content);
        if (problem) return problem;
        if (!this.within("send", 50, 1e3) || !this.within("send minute", 1000, 60e3))
            return refused(99991400, "request trigger frequency limit", 429, { "x-ogw-ratelimit-limit": "50", "x-ogw-ratelimit-reset": "1" });
        if (!this.within(`to ${to}`, 5, 1e3)) return refused(230020, "This operation triggers the frequency limit.");
        const message_id = this.id("om");
        this.messages.set(message_id, { to, type: body.msg_type, content, at: this.house.now() });
        this.house.deliver({ platform: "feishu", to, type: body.msg_type, message: content, message_id });
        const answer = fine({ message_id, msg_type: body.msg_type, chat_id: `oc_${to}`, sender: { id: this.settings.app_id, id_type: "app_id", sender_type: "app", tenant_key: this.settings.tenant_key } });
        if (body.uuid) this.names.set(body.uuid, { at: this.house.now(), answer });
        return answer;
    }

    patch(call, message_id) {
        const no = this.caller(call);
        if (no) return no;
        const known = this.messages.get(message_id);
        if (!known) return refused(230001, "invalid message_id");
        if (known.recalled) return refused(230011, "The message was recalled");
        if (known.at < this.house.now() - 14 * day) return refused(230031, "message is too old");
        let card = null;
        try { card = JSON.parse(call.json.content); } catch { /* no card */ }
        const problem = known.type !== "interactive" ? "NOT a card" : cardProblem(card);
        if (problem) return refused(230099, `Failed to create card content, ext=ErrCode: ${problem}`);
        if (bytes(call.json.content) > 30 * 1024) return refused(230025, "The length of the message content reaches its limit");
        if (!card.config?.update_multi || !known.content.config?.update_multi) return refused(230001, "update_multi");
        const words = this.wordsProblem(call.json.content);
        if (words) return words;
        if (!this.within(`patch ${message_id}`, 5, 1e3)) return refused(230020, "This operation triggers the frequency limit.");
        known.content = card;
        this.house.deliver({ platform: "feishu", to: known.to, type: "card_update", message: card, message_id });
        return fine({});
    }

    upload(call) {
        const no = this.caller(call);
        if (no) return no;
        const parts = fileParts(call);
        const type = parts.find((one) => one.name === "image_type"), image = parts.find((one) => one.name === "image");
        if (parts.length !== 2 || type?.bytes.toString() !== "message" || !image?.filename) return refused(230001, "image_type, image");
        if (image.bytes.length === 0 || image.bytes.length > 10 << 20) return refused(230001, "size of image");
        const image_key = this.id("img_v3");
        this.images.set(image_key, { bytes: image.bytes, name: image.filename, type: image.type });
        return fine({ image_key });
    }

    resource(call, message_id, key) {
        const no = this.caller(call);
        if (no) return no;
        if (!["image", "file"].includes(call.query.type)) return refused(230001, "type");
        const kept = this.files.get(`${message_id}/${key}`);
        return kept ? { file: kept } : refused(230001, "file_key does not belong to the message");
    }

    robot(call, key) {
        const robot = this.settings.robots.find((one) => one.key === key);
        const body = call.json;
        const no = (code, msg) => ({ http: true, status: 200, body: { code, msg, data: {} } });
        if (!robot) return no(19001, "param invalid: incoming webhook access token invalid");
        if (!is_object(body)) return no(9499, "Bad Request");
        if (this.settings.ip_refused) return no(19022, "Ip Not Allowed");
        if (typeof body.msg_type !== "string") return no(19002, "params error, msg_type need");
        if (robot.secret) {
            const right = crypto.createHmac("sha256", `${body.timestamp}\n${robot.secret}`).update("").digest("base64");
            if (typeof body.timestamp !== "string" || !/^\d{10}$/.test(body.timestamp) || Math.abs(Number(body.timestamp) * 1000 - this.house.system()) > hour || body.sign !== right)
                return no(19021, "sign match fail or timestamp is not within one hour from current time");
        }
        if (bytes(call.text) > 20 * 1024) return no(19036, "request body too large");
        const part = body.msg_type === "interactive" ? body.card : body.content;
        if (!is_object(part)) return no(9499, "Bad Request");
        if (body.msg_type === "interactive" ? cardProblem(part, true) : body.msg_type !== "text" || !part.text) return no(9499, `Bad Request ${cardProblem(part, true)}`);
        if (robot.keywords.length && !robot.keywords.some((word) => call.text.includes(word))) return no(19024, "Key Words Not Found");
        if (!this.within(`robot ${key}`, 5, 1e3) || !this.within(`robot minute ${key}`, 100, 60e3)) return no(11232, "too many request");
        this.house.deliver({ platform: "feishu_robot", to: key, type: body.msg_type, message: part });
        return { http: true, status: 200, body: { code: 0, msg: "success", data: {}, StatusCode: 0, StatusMessage: "success" } };
    }

    // Gives nothing for what is none of its own.
    route(call) {
        if (!call.path.startsWith("/open-apis/")) return null;
        const named = `${call.method} ${call.path.slice(11)}`;
        if (named === "POST auth/v3/tenant_access_token/internal") return this.getToken(call);
        if (named === "POST im/v1/messages") return this.send(call);
        if (named === "POST im/v1/images") return this.upload(call);
        const changed = /^PATCH im\/v1\/messages\/(\w+)$/.exec(named);
        if (changed) return this.patch(call, changed[1]);
        const fetched = /^GET im\/v1\/messages\/(\w+)\/resources\/(\w+)$/.exec(named);
        if (fetched) return this.resource(call, fetched[1], fetched[2]);
        const hooked = /^POST bot\/v2\/hook\/([\w-]+)$/.exec(named);
        if (hooked) return this.robot(call, hooked[1]);
        return refused(99991672, "no such interface here", 404);
    }

    // ---- What it sends to us

    seal(key, text) {
        const chance = crypto.randomBytes(16);
        const cipher = crypto.createCipheriv("aes-256-cbc", crypto.createHash("sha256").update(key).digest(), chance);
        return Buffer.concat([chance, cipher.update(text, "utf8"), cipher.final()]).toString("base64");
    }

    person(open_id) { return { open_id, union_id: open_id.replace("ou_", "on_"), user_id: open_id.replace("ou_", "") }; }

    event(type, event, order, as, create_time = String(this.house.now())) {
        return { schema: "2.0", header: { event_id: order.event_id ?? this.id("ev"), token: as.token, create_time, event_type: type,
            tenant_key: this.settings.tenant_key, app_id: this.settings.app_id }, event };
    }

    message(order, as) {
        const message_id = order.message_id ?? this.id("om");
        const type = order.msgtype ?? "text";
        const content = { ...(order.content ?? { text: order.text }) };
        if (order.base64 !== undefined) {  // a picture, voice or file of his
            const key = this.id(type === "image" ? "img_v3" : "file_v3");
            content[type === "image" ? "image_key" : "file_key"] = key;
            this.files.set(`${message_id}/${key}`, { bytes: Buffer.from(order.base64, "base64"), name: order.name ?? "a", type: order.type ?? "image/png" });
        }
        return this.event("im.message.receive_v1", {
            sender: { sender_id: this.person(order.from), sender_type: order.sender_type ?? "user", tenant_key: order.tenant_key ?? this.settings.tenant_key },
            message: { message_id, root_id: "", parent_id: "", create_time: String(this.house.now()), update_time: String(this.house.now()), chat_id: "oc_demo",
                thread_id: "", chat_type: order.chat_type ?? "p2p", message_type: type, content: JSON.stringify(content), mentions: order.mentions ?? [] },
        }, order, as);
    }

    // The newest card of this person's with a button of that title.
    pressed(order) {
        const cards = [...this.messages].filter(([, one]) => one.type === "interactive" && (order.card_of ?? order.from) === one.to).reverse();
        for (const [message_id, one] of cards) {
            const button = one.content.body.elements.find((element) => element.tag === "button" && element.text.content === order.text && element.behaviors[0].type === "callback");
            if (button && (!order.message_id || order.message_id === message_id)) return { message_id, value: button.behaviors[0].value };
        }
        throw new Error(`no card of ${order.from} has a button "${order.text}"`);
    }

    inner(order, as) {
        switch (order.do) {
            case "say": return this.message(order, as);
            case "enter":
                return this.event("im.chat.access_event.bot_p2p_chat_entered_v1", { chat_id: "oc_demo", operator_id: this.person(order.from) }, order, as);
            case "menu":
                return this.event("application.bot.menu_v6", { operator: { operator_id: this.person(order.from) }, event_key: order.key,
                    timestamp: Math.floor(this.house.now() / 1000) }, order, as);
            case "tap": {
                const { message_id, value } = this.pressed(order);
                return this.event("card.action.trigger", { operator: { ...this.person(order.from), tenant_key: this.settings.tenant_key }, token: this.id("c"),
                    action: { tag: "button", value, name: "", form_value: {}, input_value: "", option: "", options: [], checked: false, timezone: "" },
                    host: "im_message", context: { open_message_id: message_id, open_chat_id: "oc_demo" } }, order, as, String(this.house.now() * 1000));
            }
            case "old_tap": return { open_id: order.from, user_id: order.user_id ?? "", tenant_key: order.tenant_key ?? this.settings.tenant_key, action: { tag: "button", value: order.value ?? this.pressed(order).value } };
            case "verify": return { challenge: order.challenge ?? this.id("c0ffee"), token: as.token, type: "url_verification" };
            case "event": return this.event(order.type, order.event ?? {}, order, as);
            case "raw": return order.raw;
            default: throw new Error(`unknown ${order.do}`);
        }
    }

    // The request as the platform would make it: {method, url, body, headers, text}. `tamper` replaces or (null) leaves out
    // headers; `body` replaces the body after it was signed; `plain` leaves the encryption out.
    request(order, text = null) {
        const as = { token: this.settings.verification_token, encrypt_key: this.settings.encrypt_key, ...order.as };
        const event = text ?? (order.do === "raw" && typeof order.raw === "string" ? order.raw : JSON.stringify(this.inner(order, as)));
        const old = order.do === "old_tap";
        const body = old || order.plain ? event : JSON.stringify({ encrypt: this.seal(as.encrypt_key, event) });
        const timestamp = String(order.timestamp ?? Math.floor(this.house.system() / 1000)), nonce = String(order.nonce ?? crypto.randomInt(1e9, 2e9));
        const headers = { "content-type": "application/json; charset=utf-8" };
        if (order.do !== "verify")
            Object.assign(headers, { "x-lark-request-timestamp": timestamp, "x-lark-request-nonce": nonce,
                "x-lark-signature": crypto.createHash(old ? "sha1" : "sha256").update(timestamp + nonce + (old ? as.token : as.encrypt_key) + body).digest("hex") });
        for (const [name, value] of Object.entries(order.tamper ?? {})) {
            if (value === null) delete headers[name];
            else headers[name] = value;
        }
        return { method: "POST", url: order.url ?? "http://nowhere.invalid/", headers, body: order.body ?? (order.respace ? body.replace(":", ": ") : body), text: event };
    }

    // What it would think of an answer; the numbers are what the user's client shows after a press.
    judge(answer, order, text) {
        if (answer.error) return { ...answer, problem: `200341 ${answer.error}` };
        const out = { status: answer.status, ms: answer.ms, type: answer.type, body: answer.body, reply: null, problem: "" };
        const problem = (why) => { out.problem = why; return out; };
        if (answer.status !== 200) return problem(`200671 status ${answer.status}`);
        if (!["verify", "tap", "old_tap"].includes(order.do)) return out;
        try { out.reply = JSON.parse(answer.body); } catch { return problem("200672 the body is no JSON"); }
        if (!/^application\/json/.test(answer.type)) return problem("200672 the type is not JSON");
        if (order.do === "verify") return out.reply.challenge === JSON.parse(text).challenge ? out : problem("another challenge");
        const { toast, card, ...rest } = out.reply;
        if (Object.keys(rest).length) return problem("200672 unknown fields");
        if (toast && (!["info", "success", "error", "warning"].includes(toast.type) || typeof toast.content !== "string")) return problem("200672 toast");
        if (card && cardProblem(card.data)) return problem(`200673 ${cardProblem(card.data)}`);
        return out;
    }

    // Runs one order; repeats what was not answered 200 four times, but never a press.
    async control(order) {
        if (order.do === "recall") { this.messages.get(order.message_id).recalled = true; return {}; }
        const first = this.request(order);
        if (order.dry) return { method: first.method, query: {}, headers: first.headers, body: first.body, sent: first.text, echo: "" };
        const once = async () => {
            const made = this.request(order, first.text);
            return this.judge(await post(made.method, made.url, made.body, order.wait_ms ?? (order.do === "verify" ? 1000 : 3000), made.headers), order, first.text);
        };
        const deliveries = [];
        if (order.together) {
            deliveries.push(...await Promise.all(Array.from({ length: order.together }, once)));
        } else {
            const most = order.attempts ?? (["verify", "tap", "old_tap"].includes(order.do) ? 1 : 5);
            do deliveries.push(await once());
            while (deliveries.length < most && (order.repeat || deliveries.at(-1).status !== 200));
        }
        const answered = deliveries.find((one) => !one.problem) ?? deliveries.at(-1);
        return { deliveries, reply: answered.reply, problem: answered.problem, sent: first.text };
    }
}

module.exports = { Feishu };
