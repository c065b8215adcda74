// DingTalk's two APIs, cards, group robot, and what it sends to us: robot messages, presses on cards, events.
"use strict";
const crypto = require("node:crypto");
const envelope = require("./envelope.js");
const { post } = require("./posting.js");
const { fileParts } = require("./forms.js");
const { bytes, code, ok } = require("./answers.js");

const minute = 60e3;
const hour = 3600e3;
const is_object = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const word = (name, message = name, status = 400) => ({ http: true, status, headers: {}, body: { code: name, message, requestid: crypto.randomUUID() } });
const done = (body) => ({ http: true, status: 200, headers: {}, body });
const hmac = (key, text) => crypto.createHmac("sha256", key).update(text).digest("base64");
const is_link = (text) => /^https?:\/\/\S+$/.test(text ?? "");

// What each msgKey wants in its msgParam.
const templates = {
    sampleText: ["content"], sampleMarkdown: ["title", "text"], sampleImageMsg: ["photoURL"], sampleLink: ["title", "text", "messageUrl", "picUrl"],
    sampleActionCard: ["title", "text", "singleTitle", "singleURL"],
};

class DingTalk {
    constructor(house) {
        this.house = house;
        this.settings = {
            app_key: "dingdemoappkey0001", app_secret: "demo-app-secret-7f3a", robot_code: "dingdemoappkey0001", corp_id: "dingdemo",
            token: "dtEventToken01", aes_key: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP0",
            template: "TEMPLATE.schema", card_values: ["title", "text", "number", "url", "notice", ...[1, 2, 3, 4, 5, 6].flatMap((n) => [`b${n}`, `p${n}`])],
            members: null,          // null: every id is one; a list: others come back in invalidStaffIdList
            flow_controlled: [],    // ids that are let through later
            groups: ["cidGroup001"],
            words_refused: [],
            robots: [{ token: "ding-robot-1", secret: "SEC0a1b2c3d4e5f60718293a4b5c6d7e8f90", keywords: [] }],
            ip_refused: "", permission_missing: "",
            agent_id: 123456789,    // of the app, for work notices
            forbidden: {},          // id -> code with which a notice to it is refused
        };
        this.tokens = [];
        this.notices = [];              // tasks of work notices
        this.routes_known = new Map();  // callbackRouteKey -> {callbackUrl, apiSecret}
        this.cards = new Map();         // outTrackId -> {to, values, route}
        this.sessions = new Map();      // session -> {to, until}
        this.media = new Map();
        this.files = new Map();         // downloadCode -> file
        this.names = new Map();
        this.rates = new Map();
        this.muted = new Map();
        this.count = 0;
    }

    expire() { for (const one of this.tokens) one.until = 0; }
    id(prefix) { return `${prefix}${++this.count}${crypto.randomBytes(6).toString("hex")}`; }

    within(key, most, span) {
        const now = this.house.now();
        const times = (this.rates.get(key) ?? []).filter((at) => at > now - span);
        this.rates.set(key, times);
        if (times.length >= most) return false;
        times.push(now);
        return true;
    }

    token() {
        const now = this.house.system();
        let token = this.tokens.find((one) => one.until > now);
        if (token) token.until = now + 7200e3;
        else this.tokens.push(token = { token: `dt${this.tokens.length + 1}${"x".repeat(30)}`, until: now + 7200e3 });
        return token.token;
    }

    getToken(call) {
        if (call.json?.appKey !== this.settings.app_key || call.json?.appSecret !== this.settings.app_secret) return word("invalidClientIdOrSecret", "invalid clientId or clientSecret");
        return done({ accessToken: this.token(), expireIn: 7200 });
    }
    getOldToken(call) {
        if (call.query.appkey !== this.settings.app_key || call.query.appsecret !== this.settings.app_secret) return code(40089, "invalid appkey or appsecret");
        return ok({ access_token: this.token(), expires_in: 7200 });
    }

    refusal(call) {
        const token = this.tokens.find((one) => one.token === call.headers["x-acs-dingtalk-access-token"]);
        if (!token || token.until < this.house.system()) return word("InvalidAuthentication", "access token invalid", 401);
        if (this.settings.ip_refused) return word("Forbidden.AccessDenied.IpNotInWhiteList", `ip ${this.settings.ip_refused}`, 403);
        if (this.settings.permission_missing) return word("Forbidden.AccessDenied.AccessTokenPermissionDenied", this.settings.permission_missing, 403);
        if (!this.within(`api ${call.path}`, 20, 1e3)) return word("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "qps", 403);
        if (call.method !== "GET" && !/^application\/json/.test(call.headers["content-type"] ?? "")) return word("invalidParameter.contentType");
        return is_object(call.json) ? null : word("invalidParameter.body");
    }

    paramProblem(body, most) {
        if (body.robotCode !== this.settings.robot_code) return word(`invalidParameter.robotCode.${body.robotCode ? "notExist" : "empty"}`);
        const wanted = templates[body.msgKey];
        if (!wanted) return word("invalidParameter.msgKey.invalid");
        if (typeof body.msgParam !== "string") return word("invalidParameter.msgParam.invalid");
        if (bytes(body.msgParam) > most) return word("invalidParameter.msgParam.tooLong");
        let param = null;
        try { param = JSON.parse(body.msgParam); } catch { /* none */ }
        if (!is_object(param) || Object.keys(param).sort().join() !== [...wanted].sort().join() || wanted.some((name) => typeof param[name] !== "string" || param[name] === ""))
            return word("invalidParameter.msgParam.invalid");
        if (body.msgKey === "sampleImageMsg" && !is_link(param.photoURL) && !this.media.has(param.photoURL)) return word("invalidParameter.msgParam.invalid");
        if (param.singleURL !== undefined && !is_link(param.singleURL)) return word("invalidParameter.msgParam.invalid");
        if (this.settings.words_refused.some((one) => body.msgParam.includes(one))) return word("contain.sensitive.words");
        return null;
    }

    batch(call) {
        const body = call.json;
        const people = body.userIds;
        if (!Array.isArray(people) || people.length === 0) return word("invalidParameter.userIds.empty");
        if (people.length > 20) return word("invalidParameter.userIds.overMax");
        const problem = this.paramProblem(body, 20000);
        if (problem) return problem;
        const invalid = people.filter((one) => this.settings.members && !this.settings.members.includes(one));
        const slowed = people.filter((one) => this.settings.flow_controlled.includes(one));
        for (const to of people.filter((one) => !invalid.includes(one) && !slowed.includes(one)))
            this.house.deliver({ platform: "dingtalk", to, type: body.msgKey, message: JSON.parse(body.msgParam) });
        return done({ processQueryKey: this.id("pqk"), invalidStaffIdList: invalid, flowControlledStaffIdList: slowed });
    }

    group(call) {
        const body = call.json;
        const problem = this.paramProblem(body, 15000);
        if (problem) return problem;
        if (!this.settings.groups.includes(body.openConversationId)) return word("group.disbanded");
        this.house.deliver({ platform: "dingtalk", to: body.openConversationId, type: body.msgKey, message: JSON.parse(body.msgParam) });
        return done({ processQueryKey: this.id("pqk") });
    }

    download(call) {
        const kept = this.files.get(call.json.downloadCode);
        if (call.json.robotCode !== this.settings.robot_code) return word("invalidParameter.robotCode.notExist");
        if (!kept) return word("invalidParameter.downloadCode.invalid");
        return done({ downloadUrl: kept.url ?? `http://${call.headers.host}/dingtalk-files/${call.json.downloadCode}` });
    }

    valuesProblem(values) {
        if (!is_object(values)) return word("param.error", "cardParamMap");
        for (const [name, value] of Object.entries(values)) {
            if (typeof value !== "string" || bytes(value) > 1024 || bytes(name) > 100) return word("param.error", `${name} is no text of at most 1 KB`);
            if (!this.settings.card_values.includes(name)) return word("param.error", `the template has no ${name}`);
        }
        return this.settings.words_refused.some((one) => JSON.stringify(values).includes(one)) ? word("param.contentUnsafe") : null;
    }

    register(call) {
        const { callbackRouteKey, callbackUrl, apiSecret } = call.json;
        if (!callbackRouteKey || !is_link(callbackUrl) || !apiSecret) return word("param.error", "callbackRouteKey, callbackUrl, apiSecret");
        if (this.routes_known.has(callbackRouteKey) && call.json.forceUpdate !== true) return word("param.error", "known, and forceUpdate is not true");
        this.routes_known.set(callbackRouteKey, { callbackUrl, apiSecret });
        return done({ success: true, result: { callbackUrl, apiSecret } });
    }

    deliverCard(call) {
        const body = call.json;
        if (body.cardTemplateId !== this.settings.template) return word("param.templateNotExist");
        if (typeof body.outTrackId !== "string" || body.outTrackId === "" || body.outTrackId.length > 64) return word("param.error", "outTrackId");
        if (this.cards.has(body.outTrackId)) return word("param.cardAlreadyExist");
        if (body.callbackType !== "HTTP" || !this.routes_known.has(body.callbackRouteKey)) return word("param.error", "callbackRouteKey");
        if (body.userIdType !== 1) return word("param.error", "userIdType");
        const space = /^dtv1\.card\/\/(IM_ROBOT|IM_GROUP)\.(.+)$/.exec(body.openSpaceId ?? "");
        if (!space) return word("param.openSpaceIdInvalid");
        const [, kind, to] = space;
        const model = kind === "IM_ROBOT" ? body.imRobotOpenSpaceModel : body.imGroupOpenSpaceModel;
        const deliver = kind === "IM_ROBOT" ? body.imRobotOpenDeliverModel : body.imGroupOpenDeliverModel;
        if (!is_object(model) || typeof model.supportForward !== "boolean") return word("param.openDeliverModelError", "supportForward");
        if (!is_object(deliver) || deliver.robotCode !== this.settings.robot_code || (kind === "IM_ROBOT" && deliver.spaceType !== "IM_ROBOT")) return word("param.openDeliverModelError");
        if (kind === "IM_ROBOT" && this.settings.members && !this.settings.members.includes(to)) return word("param.userIdNotExist");
        if (kind === "IM_GROUP" && !this.settings.groups.includes(to)) return word("param.openSpaceIdInvalid");
        const problem = this.valuesProblem(body.cardData?.cardParamMap);
        if (problem) return problem;
        const values = { ...body.cardData.cardParamMap };
        this.cards.set(body.outTrackId, { to, values, route: body.callbackRouteKey });
        this.house.deliver({ platform: "dingtalk", to, type: "card", message: values, out_track_id: body.outTrackId });
        return done({ success: true, result: { outTrackId: body.outTrackId, deliverResults: [{ spaceType: kind, spaceId: to, success: true }] } });
    }

    updateCard(call) {
        const card = this.cards.get(call.json.outTrackId);
        if (!card) return word("param.cardNotExist");
        if (card.pressing) return word("param.error", "the press on this card is not answered yet");
        if (call.json.cardUpdateOptions?.updateCardDataByKey !== true) return word("param.error", "updateCardDataByKey");
        const problem = this.valuesProblem(call.json.cardData?.cardParamMap);
        if (problem) return problem;
        Object.assign(card.values, call.json.cardData.cardParamMap);
        this.house.deliver({ platform: "dingtalk", to: card.to, type: "card_update", message: { ...card.values }, out_track_id: call.json.outTrackId });
        return done({ success: true });
    }

    // A message in the form of the group's robot and of a talk's own address.
    hookProblem(body) {
        if (!is_object(body) || typeof body.msgtype !== "string") return code(40035, "msgtype missing");
        const part = body[body.msgtype];
        switch (body.msgtype) {
            case "text": return part?.content ? null : code(40035, "text.content");
            case "markdown": return part?.title && part?.text ? null : code(40035, "markdown");
            case "actionCard":
                if (!part?.title || !part?.text) return code(40035, "actionCard");
                if (part.singleTitle) return is_link(part.singleURL) ? null : code(40035, "singleURL");
                return Array.isArray(part.btns) && part.btns.every((one) => one.title && is_link(one.actionURL)) ? null : code(40035, "btns");
            case "link": return part?.title && part?.text && is_link(part?.messageUrl) ? null : code(40035, "link");
            case "feedCard": return Array.isArray(part?.links) ? null : code(40035, "links");
            default: return code(400105, "unsupported msgtype");
        }
    }

    robot(call) {
        const robot = this.settings.robots.find((one) => one.token === call.query.access_token);
        if (!robot) return code(400101, "token is not exist");
        if (!/^application\/json/.test(call.headers["content-type"] ?? "")) return code(43004, "need content type application/json");
        const now = this.house.now();
        if (this.muted.get(robot.token) > now) return { errcode: 130101, errmsg: "send too fast", status: 1111, wait: 5, punish: "deny" };
        if (robot.secret) {
            if (!/^\d{13}$/.test(call.query.timestamp ?? "") || Math.abs(Number(call.query.timestamp) - this.house.system()) > hour) return code(310000, "invalid timestamp");
            if (call.query.sign !== hmac(robot.secret, `${call.query.timestamp}\n${robot.secret}`)) return code(310000, "sign not match");
        }
        const body = call.json;
        const problem = this.hookProblem(body);
        if (problem) return problem;
        if (bytes(call.text) > 20000) return code(40035, "too long");
        if (robot.keywords.length && !robot.keywords.some((one) => call.text.includes(one))) return code(310000, "keywords not in content");
        if (this.settings.words_refused.some((one) => call.text.includes(one))) return code(430104, "unsafe content");
        if (body.msgUuid && this.names.has(body.msgUuid)) return this.names.get(body.msgUuid);
        if (!this.within(`robot ${robot.token}`, 20, minute)) {
            this.muted.set(robot.token, now + 10 * minute);
            return code(410100, "send too fast");
        }
        this.house.deliver({ platform: "dingtalk_robot", to: robot.token, type: body.msgtype, message: body[body.msgtype] });
        if (body.msgUuid) this.names.set(body.msgUuid, ok());
        return ok();
    }

    inSession(call) {
        const session = this.sessions.get(call.query.session);
        if (!session) return word("session.notExisted");
        if (session.until < this.house.system()) return word("session.expired");
        const problem = this.hookProblem(call.json);
        if (problem) return problem;
        if (this.settings.words_refused.some((one) => call.text.includes(one))) return code(430104, "unsafe content");
        this.house.deliver({ platform: "dingtalk", to: session.to, type: call.json.msgtype, message: call.json[call.json.msgtype], session: true });
        return ok();
    }

    // ---- work notices: asynchronous, silent about what is dropped

    notify(call) {
        if (!this.tokens.some((one) => one.token === call.query.access_token && one.until > this.house.system())) return code(40014, "invalid access_token");
        const body = call.json;
        if (!is_object(body) || body.agent_id !== this.settings.agent_id) return code(41002, "agent_id");
        const people = typeof body.userid_list === "string" ? body.userid_list.split(",").filter(Boolean) : [];
        if (!people.length || people.length > 100) return code(33012, "userid_list");
        if (!is_object(body.msg) || bytes(JSON.stringify(body.msg)) > 2048) return code(34016, "message too long");
        const part = body.msg[body.msg.msgtype];
        if (body.msg.msgtype === "text" ? !part?.content
            : body.msg.msgtype !== "action_card" || !part?.title || !part.markdown || !part.single_title || part.single_title.length > 20 || !is_link(part.single_url) || part.single_url.length > 500)
            return code(40035, "msg");
        const task = { invalid: people.filter((one) => this.settings.members && !this.settings.members.includes(one)), forbidden: [] };
        for (const to of people.filter((one) => !task.invalid.includes(one))) {
            const day = `${to} ${Math.floor(this.house.now() / (24 * hour))} ${JSON.stringify(body.msg)}`;
            const why = this.settings.forbidden[to] ?? (this.names.has(day) ? 143106 : 0);
            if (why) task.forbidden.push({ userid: to, code: String(why), count: 0 });
            else this.house.deliver({ platform: "dingtalk", to, type: body.msg.msgtype, message: part, notice: true, dropped: !this.within(`notices ${to}`, 500, 24 * hour) });
            this.names.set(day, true);
        }
        this.notices.push(task);
        return ok({ task_id: this.notices.length, request_id: this.id("r") });
    }
    notified(call) {
        if (!this.tokens.some((one) => one.token === call.query.access_token && one.until > this.house.system())) return code(40014, "invalid access_token");
        const task = this.notices[(call.json?.task_id ?? 0) - 1];
        if (!task || call.json.agent_id !== this.settings.agent_id) return code(40035, "task_id");
        return ok({ send_result: { invalid_user_id_list: task.invalid, forbidden_list: task.forbidden, failed_user_id_list: [], read_user_id_list: [], unread_user_id_list: [] } });
    }

    upload(call) {
        if (!this.tokens.some((one) => one.token === call.query.access_token && one.until > this.house.system())) return code(40014, "invalid access_token");
        const [part] = fileParts(call);
        if (call.query.type !== "image" || part?.name !== "media" || !/\.(jpe?g|gif|png|bmp)$/.test(part.filename ?? "")) return code(40035, "media");
        if (part.bytes.length > 20 << 20) return code(40035, "too large");
        const media_id = `@${this.id("lAD")}`;
        this.media.set(media_id, part);
        return ok({ media_id, type: "image", created_at: this.house.now() });
    }

    // Gives nothing for what is none of its own.
    route(call) {
        const own = { "POST /v1.0/oauth2/accessToken": "getToken", "GET /gettoken": "getOldToken", "POST /robot/send": "robot", "POST /robot/sendBySession": "inSession",
                      "POST /media/upload": "upload", "POST /topapi/message/corpconversation/asyncsend_v2": "notify",
                      "POST /topapi/message/corpconversation/getsendresult": "notified" }[`${call.method} ${call.path}`];
        if (own) return this[own](call);
        if (call.path.startsWith("/dingtalk-files/")) {
            const kept = this.files.get(call.path.slice(16));
            return kept ? { file: kept } : word("notFound", "no such file", 404);
        }
        if (!call.path.startsWith("/v1.0/")) return null;
        const work = { "POST /v1.0/robot/oToMessages/batchSend": "batch", "POST /v1.0/robot/groupMessages/send": "group", "POST /v1.0/robot/messageFiles/download": "download",
                       "POST /v1.0/card/callbacks/register": "register", "POST /v1.0/card/instances/createAndDeliver": "deliverCard",
                       "PUT /v1.0/card/instances": "updateCard" }[`${call.method} ${call.path}`];
        if (!work) return word("InvalidAction.NotFound", "no such interface here", 404);
        return this.refusal(call) ?? this[work](call);
    }

    // ---- What it sends to us

    words(order) {
        const now = this.house.now();
        const type = order.msgtype ?? "text";
        const session = this.id("session");
        const outside = order.outsider === true;
        const body = { msgtype: type, msgId: order.msg_id ?? `${this.id("msg")}==`, createAt: order.text_times ? String(now) : now, conversationType: order.group ? "2" : "1",
            conversationId: order.group ?? `cid${order.from}`, senderId: `$:LWCP_v1:$${order.from}`, senderNick: order.from, senderCorpId: this.settings.corp_id,
            chatbotCorpId: this.settings.corp_id, chatbotUserId: "$:LWCP_v1:$bot", robotCode: this.settings.robot_code, isAdmin: false,
            sessionWebhook: `${order.old_api}/robot/sendBySession?session=${session}`,
            sessionWebhookExpiredTime: order.text_times ? String(this.house.system() + 90 * minute) : this.house.system() + 90 * minute, ...(outside ? { senderStaffId: "" } : { senderStaffId: order.from }) };
        this.sessions.set(session, { to: order.from, until: this.house.system() + 90 * minute });
        const kept = (one) => {
            const downloadCode = this.id("dc");
            this.files.set(downloadCode, { bytes: Buffer.from(one.base64, "base64"), name: "a", type: one.type ?? "image/png", url: one.file_url });
            return downloadCode;
        };
        if (type === "text") body.text = { content: order.text };
        else if (type === "richText") body.content = { richText: order.pieces.map((one) => (one.base64 === undefined ? one : { type: "picture", downloadCode: kept(one) })) };
        else body.content = { ...order.content, ...(order.base64 === undefined ? {} : { downloadCode: kept(order) }) };
        return { ...body, ...order.more };
    }

    pressed(order) {
        const cards = [...this.cards].filter(([, one]) => one.to === (order.card_of ?? order.from)).reverse();
        for (const [name, card] of cards)
            for (let n = 1; n <= 6; ++n)
                if (card.values[`b${n}`] === order.text) return { name, card, n };
        throw new Error(`no card of ${order.from} has a button "${order.text}"`);
    }

    // {method, url, body, headers, query, text}: `tamper` replaces or (null) leaves out headers or query parameters.
    request(order, made) {
        const as = { ...this.settings, ...order.as };
        const time = String(order.timestamp ?? this.house.system());
        const headers = { "content-type": "application/json; charset=utf-8" };
        const query = {};
        let text, body;
        if (order.do === "tap") {
            const { name, card, n } = made ?? this.pressed(order);
            const secret = order.as?.card_secret ?? this.routes_known.get(card.route).apiSecret;
            body = text = JSON.stringify({ type: "actionCallback", outTrackId: name, corpId: this.settings.corp_id, userId: order.from,
                content: JSON.stringify({ cardPrivateData: { actionIds: [`a${n}`], params: { p: card.values[`p${n}`], t: card.values[`b${n}`] } } }) });
            Object.assign(headers, { "x-ddpaas-signature-timestamp": time, "x-ddpaas-signature": hmac(secret, time) });
        } else if (order.do === "event" || order.do === "verify") {
            text = made ?? (typeof order.event === "string" ? order.event : JSON.stringify(order.do === "verify" ? { EventType: "check_url" } : order.event));
            const encrypt = envelope.seal(as.aes_key, text, order.as?.owner ?? as.app_key);
            const nonce = String(order.nonce ?? crypto.randomBytes(4).toString("hex"));
            body = JSON.stringify({ encrypt });
            Object.assign(query, { [order.signature_name ?? "signature"]: envelope.sign(as.token, time, nonce, encrypt), timestamp: time, nonce });
        } else {
            body = text = made ?? JSON.stringify(order.do === "raw" ? order.raw : this.words(order));
            Object.assign(headers, { timestamp: time, sign: hmac(as.app_secret, `${time}\n${as.app_secret}`) });
        }
        for (const [name, value] of Object.entries(order.tamper ?? {})) {
            const where = name in query ? query : headers;
            if (value === null) delete where[name];
            else where[name] = value;
        }
        const url = new URL(order.url ?? "http://nowhere.invalid/");
        for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
        return { method: "POST", url: url.toString(), headers, query, body: order.body ?? body, text };
    }

    judge(answer, order) {
        if (answer.error) return { ...answer, problem: answer.error };
        const out = { status: answer.status, ms: answer.ms, type: answer.type, body: answer.body, reply: null, problem: "" };
        const problem = (why) => { out.problem = why; return out; };
        if (answer.status !== 200) return problem(`status ${answer.status}`);
        try { out.reply = JSON.parse(answer.body || "{}"); } catch { return problem("the body is no JSON"); }
        if (order.do === "event" || order.do === "verify") {
            const { msg_signature, timeStamp, nonce, encrypt } = out.reply;
            const as = { ...this.settings, ...order.as };
            if (envelope.sign(as.token, timeStamp, nonce, encrypt) !== msg_signature) return problem("71009: the receipt's signature does not match");
            try {
                if (envelope.open(as.aes_key, encrypt, order.as?.owner ?? as.app_key) !== "success") return problem("71009: not success");
            } catch (error) { return problem(`71009: ${error.message}`); }
        } else if (order.do === "tap") {
            for (const part of [out.reply.cardData, out.reply.userPrivateData])
                if (part !== undefined && this.valuesProblem(part.cardParamMap)) return problem(`values: ${JSON.stringify(part)}`);
            const other = Object.keys(out.reply).find((name) => !["cardUpdateOptions", "cardData", "userPrivateData"].includes(name));
            if (other) return problem(`unknown ${other}`);
        }
        return out;
    }

    // Runs one order. Events are repeated twice when they were not answered well, robot messages once; presses never.
    async control(order) {
        const first = this.request(order);
        const again = order.do === "tap" ? this.pressed(order) : first.text;
        if (order.dry) return { method: first.method, query: first.query, headers: first.headers, body: first.body, sent: first.text, echo: "" };
        const waits = { tap: 2000, event: 2500, verify: 2500 }[order.do] ?? 5000;
        const once = async () => {
            const made = this.request(order, again);
            if (again.card) again.card.pressing = true;
            const answer = await post(made.method, made.url, made.body, order.wait_ms ?? waits, made.headers);
            if (again.card) again.card.pressing = false;
            return this.judge(answer, order);
        };
        const deliveries = [];
        if (order.together) {
            deliveries.push(...await Promise.all(Array.from({ length: order.together }, once)));
        } else {
            const most = order.attempts ?? ({ tap: 1, verify: 1, event: 3 }[order.do] ?? 2);
            do deliveries.push(await once());
            while (deliveries.length < most && (order.repeat || deliveries.at(-1).problem));
        }
        const answered = deliveries.find((one) => !one.problem) ?? deliveries.at(-1);
        return { deliveries, reply: answered.reply, problem: answered.problem, sent: first.text };
    }
}

module.exports = { DingTalk };
