// What the platforms send to us: callbacks signed and sealed as theirs, repeated as theirs, and the answers judged.
"use strict";
const crypto = require("node:crypto");
const envelope = require("./envelope.js");
const { bytes } = require("./answers.js");
const { post } = require("./posting.js");

let serial = 24800000000000000n + BigInt(Date.now() % 1e9) * 1000n;

// Who we play in this callback: {token, encoding_aes_key, receiver, mode, own (the address of the account), wecom}.
function role(house, order) {
    if (order.platform === "wecom") {
        const app = order.agent_id ? house.wecom.app(order.agent_id) : house.wecom.settings.apps[0];
        return { wecom: true, token: app.token, encoding_aes_key: app.encoding_aes_key, mode: "safe", agent_id: app.agent_id,
                 receiver: house.wecom.settings.corp_id, own: house.wecom.settings.corp_id, ...order.as };
    }
    const own = house.wechat.settings;
    return { wecom: false, token: own.token, encoding_aes_key: own.encoding_aes_key, mode: own.mode, receiver: own.app_id,
             own: own.original_id, ...order.as };
}

function inner(house, order, as) {
    if (order.xml !== undefined) return order.xml;
    const message = { ...order.message };
    const from = message.FromUserName;
    delete message.FromUserName;
    const whole = { ToUserName: as.own, FromUserName: from, CreateTime: Math.floor(house.now() / 1000), ...message };
    if (whole.MsgType !== "event" && whole.MsgId === undefined) whole.MsgId = serial += 1n;
    if (as.wecom && whole.AgentID === undefined) whole.AgentID = as.agent_id;
    return envelope.xml(whole);
}

// The request as the platform would make it. `tamper` replaces or (null) leaves out parameters; `body` replaces the body.
function request(house, order, as, text) {
    const timestamp = String(order.timestamp ?? Math.floor(house.system() / 1000));
    const nonce = String(order.nonce ?? crypto.randomInt(1e9, 2e9));
    const url = new URL(order.url ?? "http://nowhere.invalid/");
    const parameters = {};
    const seals = as.wecom || as.mode !== "plain";
    if (!as.wecom) parameters.signature = envelope.sign(as.token, timestamp, nonce);
    Object.assign(parameters, { timestamp, nonce });
    let body;
    if (order.verify) {
        const echo = String(order.echostr ?? crypto.randomInt(1e9, 2e9) * 1e6);
        parameters.echostr = as.wecom ? envelope.seal(as.encoding_aes_key, echo, as.receiver) : echo;
        if (as.wecom) parameters.msg_signature = envelope.sign(as.token, timestamp, nonce, parameters.echostr);
        order.echo = echo;
    } else {
        const from = /<FromUserName>(?:<!\[CDATA\[)?([^<\]]*)/.exec(text)?.[1];
        if (!as.wecom && from) parameters.openid = from;
        if (seals) {
            const encrypt = envelope.seal(as.encoding_aes_key, text, as.receiver);
            parameters.msg_signature = envelope.sign(as.token, timestamp, nonce, encrypt);
            if (!as.wecom) parameters.encrypt_type = "aes";
            body = as.mode === "compat" ? text.replace(/<\/xml>\s*$/, `${envelope.xml({ Encrypt: encrypt }).slice(5)}`)
                : envelope.xml({ ToUserName: as.own, ...(as.wecom ? { AgentID: String(as.agent_id) } : {}), Encrypt: encrypt });
        } else {
            body = text;
        }
    }
    for (const [name, value] of Object.entries(order.tamper ?? {})) {
        if (value === null) delete parameters[name];
        else parameters[name] = value;
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { method: order.verify ? "GET" : "POST", url: url.toString().replace(/\+/g, "%20"), body: order.body ?? body, seals };
}

// What the platform thinks of an answer: the opened reply, and what would make the user see "not available".
function judge(answer, order, as, seals, text) {
    if (answer.error) return { ...answer, problem: answer.error };
    const out = { status: answer.status, ms: answer.ms, type: answer.type, body: answer.body, reply: null, problem: "" };
    const problem = (why) => { out.problem = why; return out; };
    if (answer.status !== 200) return problem(`status ${answer.status}`);
    if (order.verify) return answer.body === order.echo ? out : problem("the echo is another text");
    if (answer.body === "" || answer.body === "success") return out;
    try {
        let plain = answer.body;
        if (seals) {
            const shell = envelope.parse(answer.body);
            for (const name of ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"])
                if (typeof shell[name] !== "string" || shell[name] === "") return problem(`no ${name} in the reply`);
            if (!/^\d{10}$/.test(shell.TimeStamp)) return problem("TimeStamp is not in seconds");
            if (envelope.sign(as.token, shell.TimeStamp, shell.Nonce, shell.Encrypt) !== shell.MsgSignature)
                return problem("the reply's signature does not match");
            plain = envelope.open(as.encoding_aes_key, shell.Encrypt, as.receiver);
        }
        out.plain = plain;
        out.reply = envelope.parse(plain);
        const asked = envelope.parse(text);
        if (out.reply.ToUserName !== asked.FromUserName) return problem("the reply goes to another user");
        if (out.reply.FromUserName !== asked.ToUserName) return problem("the reply comes from another account");
        if (!/^\d{10}$/.test(out.reply.CreateTime ?? "")) return problem("CreateTime is not in seconds");
        if (out.reply.MsgType === "text") {
            if (!out.reply.Content) return problem("empty Content");
            if (bytes(out.reply.Content) > 2048) return problem("Content longer than 2048 bytes");
        }
    } catch (error) {
        return problem(error.message);
    }
    return out;
}

// An interaction as WeChat counts it, from the words of a callback.
function interactionOf(message) {
    const event = String(message.Event ?? "").toLowerCase();
    if (message.MsgType !== "event") return message.bizmsgmenuid !== undefined ? "menu" : "message";
    return { click: "menu", scancode_push: "menu", scancode_waitmsg: "menu", subscribe: "subscribe", scan: "scan" }[event] ?? "";
}

// Runs one order. Repeats what was not answered well, 3 attempts in all, unless `attempts` says otherwise; `together` sends
// the same delivery that many times at once.
async function send(house, order) {
    const as = role(house, order);
    const text = order.verify ? "" : inner(house, order, as);
    if (!order.verify && !as.wecom) {
        let message = null;
        try { message = envelope.parse(text); } catch { /* a broken one opens no window */ }
        const kind = message && interactionOf(message);
        if (kind) house.wechat.interaction(message.FromUserName, kind);
    }
    const once = async () => {
        const made = request(house, order, as, text);
        return judge(await post(made.method, made.url, made.body, order.wait_ms), order, as, made.seals, text);
    };
    if (order.dry) {
        const made = request(house, order, as, text);
        return { method: made.method, query: Object.fromEntries(new URL(made.url).searchParams), body: made.body ?? "", sent: text,
                 echo: order.echo ?? "" };
    }
    const deliveries = [];
    if (order.together) {
        deliveries.push(...await Promise.all(Array.from({ length: order.together }, once)));
    } else {
        const most = order.attempts ?? (order.verify ? 1 : 3);
        do deliveries.push(await once());
        while (deliveries.length < most && (order.repeat || deliveries.at(-1).error || deliveries.at(-1).status !== 200));
    }
    const answered = deliveries.find((one) => !one.problem) ?? deliveries.at(-1);
    return { deliveries, reply: answered.reply, problem: answered.problem, sent: text };
}

// What the platform would think of an answer to a dry order: {order, sent, echo, answer: {status, type, body}}.
function judged(house, { order, sent, echo, answer }) {
    if (order.platform === "dingtalk") return house.dingtalk.judge({ ms: 0, ...answer }, order);
    if (order.platform === "aibot") return house.aibot.judge({ ms: 0, ...answer }, { ...order, echo }, order.nonce);
    if (order.platform === "feishu") return house.feishu.judge({ ms: 0, ...answer }, order, sent);
    const as = role(house, order);
    return judge({ ms: 0, ...answer }, { ...order, echo }, as, as.wecom || as.mode !== "plain", sent);
}

// A tap on a button of a card that the app sent to this member.
function click(house, order) {
    const agentId = order.agent_id ?? house.wecom.settings.apps[0].agent_id;
    const task = house.wecom.tasks.get(`${agentId}/${order.task_id}`);
    if (!task) throw new Error(`no card with task_id ${order.task_id} was sent by app ${agentId}`);
    if (!task.to.some((one) => one.toLowerCase() === order.userid.toLowerCase()))
        throw new Error(`the card was not sent to ${order.userid}`);
    const button = (task.card.button_list ?? []).find((one) => one.key === order.key || one.text === order.text);
    if (!button) throw new Error(`the card has no button ${order.key ?? order.text}`);
    return send(house, { ...order, platform: "wecom", agent_id: agentId, message: {
        FromUserName: order.userid, MsgType: "event", Event: "template_card_event", EventKey: button.key, TaskId: order.task_id,
        CardType: task.card.card_type, ResponseCode: house.wecom.newCode(agentId, order.task_id), ...order.message } });
}

module.exports = { send, click, judged };
