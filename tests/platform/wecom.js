// WeCom's application and group robot API: what it takes, what it refuses, and with which code.
"use strict";
const crypto = require("node:crypto");
const { bytes, code, ok } = require("./answers.js");

class WeCom {
    constructor(house) {
        this.house = house;
        this.settings = {
            corp_id: "ww0123456789abcdef",
            apps: [{ agent_id: 1000002, secret: "wecom-app-secret-0123456789abcdefghijklmnop", token: "tsCallbackTok01",
                     encoding_aes_key: "ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA", callback: true },
                   { agent_id: 1000003, secret: "wecom-kf-secret-0123456789abcdefghijklmnopq", token: "kfCallbackTok02",
                     encoding_aes_key: "obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8", callback: true }],
            day_messages: 0,      // of one app in a day, by person; 0: as many as it likes
            members: null,        // null: everybody is one; a list: others come back as invaliduser
            robots: ["robot-key-1"],
            ip_refused: "",       // an address: every call but gettoken is refused with 60020
            departments: [{ id: 1, parentid: 0, name: "悦居物业集团" }, { id: 2, parentid: 1, name: "锦绣花园" }, { id: 3, parentid: 2, name: "工程部" }],
            people: [{ userid: "zhang.qiang", name: "张强", department: [3], status: 1 }, { userid: "Wu.Di", name: "吴迪", department: [3], status: 1 }],
            large_department: 0,  // user/list of this one is refused with 45029
            trusted_domains: null, // hosts with ports that sign-in may lead back to; null: any
            in_browser: "",       // who is signed in to WeCom in the browser: he is not asked; else the page asks who
        };
        this.tokens = [];
        this.sent = new Map();    // duplicate check: app and text of the request -> {at, answer}
        this.tasks = new Map();   // agent_id/task_id -> {card, to}
        this.codes = new Map();   // response_code -> {agent_id, task, used, until}
        this.rates = new Map();   // robot key, or agent/member -> times
        this.messages = new Map(); // msgid -> {agent_id, to, at}
        this.signing = new Map(); // code of a sign-in -> {agent_id, who, until, used}
        this.count = 0;
    }

    app(agentId) { return this.settings.apps.find((one) => one.agent_id === agentId); }
    expire() { for (const one of this.tokens) one.expired = true; }
    owns(token) { return this.tokens.some((one) => one.token === token); }

    getToken(call) {
        if (call.query.corpid !== this.settings.corp_id) return code(40013, "invalid corpid");
        const app = this.settings.apps.find((one) => one.secret === call.query.corpsecret);
        if (!app) return code(40001, "invalid credential");
        const now = this.house.system();
        let token = this.tokens.find((one) => one.agent_id === app.agent_id && !one.expired && one.until > now);
        if (!token) {
            token = { token: `wecom_${this.tokens.length + 1}_${"t".repeat(200)}`, agent_id: app.agent_id, until: now + 7200e3 };
            this.tokens.push(token);
        }
        return ok({ access_token: token.token, expires_in: Math.floor((token.until - now) / 1000) });
    }

    // {token} or {refused}
    caller(call) {
        if (!call.query.access_token) return { refused: code(41001, "access_token missing") };
        const token = this.tokens.find((one) => one.token === call.query.access_token);
        if (!token) return { refused: code(40014, "invalid access_token") };
        if (token.expired || token.until < this.house.system()) return { refused: code(42001, "access_token expired") };
        if (this.settings.ip_refused)
            return { refused: code(60020, `not allow to access from your ip, from ip: ${this.settings.ip_refused}`) };
        return { token };
    }

    // True while fewer than `most` times fell into the last minute, or another span.
    within(key, most, span = 60e3) {
        const now = this.house.now();
        const times = (this.rates.get(key) ?? []).filter((at) => at > now - span);
        this.rates.set(key, times);
        if (times.length >= most) return false;
        times.push(now);
        return true;
    }

    send(call) {
        const { token, refused } = this.caller(call);
        if (refused) return refused;
        const body = call.json;
        if (!body) return code(47001, "data format error");
        if (!Number.isInteger(body.agentid)) return code(40056, "invalid agentid");
        if (body.agentid !== token.agent_id) return code(301002, "agentid does not belong to the token");
        const asked = String(body.touser ?? "").split("|").filter(Boolean);
        if (!asked.length && !body.toparty && !body.totag) return code(82001, "no recipient");
        if (asked.length > 1000) return code(40031, "userid list too long");
        const duplicate = `${body.agentid} ${call.text}`;
        const before = this.sent.get(duplicate);
        const interval = Math.min(body.duplicate_check_interval ?? 1800, 4 * 3600) * 1000;
        if (body.enable_duplicate_check === 1 && before && before.at > this.house.now() - interval) return before.answer;
        const problem = this.contentProblem(body);
        if (problem) return problem;
        const members = this.settings.members;
        const known = asked.filter((one) => !members || members.some((m) => m.toLowerCase() === one.toLowerCase()));
        const invalid = asked.filter((one) => !known.includes(one)).map((one) => one.toLowerCase());
        if (!known.length) return code(81013, "user & party & tag all invalid");

        if (this.settings.day_messages > 0 && !this.within(`day ${body.agentid}`, this.settings.day_messages, 86400e3))
            return code(45009, "reach max api daily quota limit");
        this.count += 1;
        const answer = ok({ invaliduser: invalid.join("|"), invalidparty: "", invalidtag: "", unlicenseduser: "",
                            msgid: `msg${this.count}` });
        this.messages.set(answer.msgid, { agent_id: body.agentid, to: known, at: this.house.now() });
        const card = body.msgtype === "template_card" ? body.template_card : null;
        if (card && card.task_id) this.tasks.set(`${body.agentid}/${card.task_id}`, { card, to: known });
        if (card && ["button_interaction", "vote_interaction", "multiple_interaction"].includes(card.card_type))
            answer.response_code = this.newCode(body.agentid, card.task_id);
        for (const one of known)
            this.house.deliver({ platform: "wecom", to: one, type: body.msgtype, message: body, task_id: card?.task_id,
                                 dropped: !this.within(`${body.agentid}/${one.toLowerCase()}`, 30) ||
                                     !this.within(`hour ${body.agentid}/${one.toLowerCase()}`, 1000, 3600e3) });
        this.sent.set(duplicate, { at: this.house.now(), answer });
        return answer;
    }

    // Within a day, of its own messages; on the company's own clients alone.
    recall(call) {
        const { token, refused } = this.caller(call);
        if (refused) return refused;
        const known = this.messages.get(call.json?.msgid);
        if (!known || known.agent_id !== token.agent_id || known.recalled) return code(40058, "invalid msgid");
        if (known.at < this.house.now() - 24 * 3600e3) return code(40058, "msgid too old");
        known.recalled = true;
        this.house.deliver({ platform: "wecom", to: known.to.join("|"), type: "recall", message: { msgid: call.json.msgid } });
        return ok();
    }

    newCode(agentId, task) {
        const made = `code${this.codes.size + 1}_${task}`;
        this.codes.set(made, { agent_id: agentId, task, used: false, until: this.house.now() + 72 * 3600e3 });
        return made;
    }

    contentProblem(body) {
        const part = body[body.msgtype];
        switch (body.msgtype) {
            case "text":
                return part?.content ? null : code(44004, "empty content");  // what is longer than 2048 bytes is cut
            case "markdown":
                if (!part?.content) return code(44004, "empty content");
                return bytes(part.content) > 2048 ? code(45002, "content size out of limit") : null;
            case "image": case "voice": case "file":
                return this.house.media.has(part?.media_id) ? null : code(40007, "invalid media_id");
            case "textcard":
                return part?.title && part?.description && part?.url ? null : code(41033, "textcard field missing");
            case "template_card": return this.cardProblem(part, body.agentid);
            default: return code(40008, "invalid message type");
        }
    }

    cardProblem(card, agentId, update = false) {
        if (!card || typeof card.card_type !== "string") return code(41016, "card_type missing");
        const kinds = ["text_notice", "news_notice", "button_interaction", "vote_interaction", "multiple_interaction"];
        if (!kinds.includes(card.card_type)) return code(42027, "unknown card_type");
        if (!card.main_title?.title && !(card.card_type === "text_notice" && card.sub_title_text))
            return code(42028, "main_title.title missing");
        if ((card.horizontal_content_list ?? []).length > 6) return code(42034, "more than 6 horizontal contents");
        for (const one of card.horizontal_content_list ?? [])
            if (!one.keyname) return code(42035, "keyname missing");
        if ((card.jump_list ?? []).length > 3) return code(42036, "more than 3 jumps");
        const action = card.card_action;
        if (["text_notice", "news_notice"].includes(card.card_type) && ![1, 2].includes(action?.type))
            return code(42038, "card_action must lead somewhere");
        if (action?.type === 1 && !/^https?:\/\//.test(action.url ?? "")) return code(42039, "card_action.url missing");
        if (card.card_type !== "button_interaction") return null;
        const buttons = card.button_list ?? [];
        if (buttons.length < 1 || buttons.length > 6) return code(42041, "1 to 6 buttons");
        const keys = new Set();
        for (const button of buttons) {
            if (!button.text) return code(42042, "button text missing");
            if ((button.type ?? 0) === 1) {
                if (!button.url) return code(42043, "button url missing");
                continue;
            }
            if (!button.key || bytes(button.key) > 1024 || keys.has(button.key)) return code(42044, "button key missing, too long or twice");
            keys.add(button.key);
        }
        if (!this.app(agentId).callback) return code(43012, "a callback URL is needed for interactive cards");
        if (update) return null;
        if (!/^[0-9A-Za-z_\-@]{1,128}$/.test(card.task_id ?? "")) return code(42014, "illegal task_id");
        return this.tasks.has(`${agentId}/${card.task_id}`) ? code(42014, "task_id used already") : null;
    }

    update(call) {
        const { token, refused } = this.caller(call);
        if (refused) return refused;
        const body = call.json;
        if (!body) return code(47001, "data format error");
        if (body.agentid !== token.agent_id) return code(301002, "agentid does not belong to the token");
        for (const [name, most] of [["userids", 1000], ["partyids", 100], ["tagids", 100]])
            if (name in body && (!Array.isArray(body[name]) || body[name].length > most)) return code(40063, `${name} is a list`);
        if (!body.userids?.length && !body.partyids?.length && !body.tagids?.length && body.atall !== 1)
            return code(82001, "no recipient");
        const known = this.codes.get(body.response_code);
        if (!known) return code(42016, "unknown response_code");
        if (known.agent_id !== body.agentid) return code(42015, "card of another app");
        if (known.used || known.until < this.house.now()) return code(42022, "response_code used already");
        if (body.button) {
            if (!body.button.replace_name) return code(42045, "replace_name missing");
        } else {
            const problem = this.cardProblem(body.template_card, body.agentid, true);
            if (problem) return problem;
        }
        known.used = true;
        this.house.deliver({ platform: "wecom", to: body.atall === 1 ? "@all" : body.userids.join("|"), type: "card_update",
                             message: body, task_id: known.task });
        return ok({ invaliduser: [] });
    }

    robot(call) {
        const body = call.json;
        if (!this.settings.robots.includes(call.query.key)) return code(93000, "invalid webhook url");
        if (!body) return code(47001, "data format error");
        const part = body[body.msgtype];
        const most = { text: 2048, markdown: 4096, markdown_v2: 4096 }[body.msgtype];
        if (most) {
            if (!part?.content) return code(44004, "empty content");
            if (bytes(part.content) > most) return code(40058, "content exceeds its length");
        } else if (body.msgtype === "template_card") {
            if (!["text_notice", "news_notice"].includes(part?.card_type)) return code(42027, "no interaction for a robot");
        } else {
            return code(40008, "invalid message type");
        }
        if (!this.within(`robot ${call.query.key}`, 20)) return code(45009, "api freq out of limit");
        this.house.deliver({ platform: "robot", to: call.query.key, type: body.msgtype, message: body });
        return ok();
    }

    // ---- the directory ------------------------------------------------------------------------------------------------

    department(call) {
        const { refused } = this.caller(call);
        if (refused) return refused;
        const found = this.settings.departments.find((one) => one.id === Number(call.query.id));
        return found ? ok({ department: { ...found, order: found.id } }) : code(60123, "invalid party id");
    }
    departments(call) {
        const { refused } = this.caller(call);
        if (refused) return refused;
        return ok({ department_id: this.settings.departments.map((one) => ({ id: one.id, parentid: one.parentid, order: one.id })) });
    }
    members(call, whole) {
        const { refused } = this.caller(call);
        if (refused) return refused;
        const id = Number(call.query.department_id);
        if (!this.settings.departments.some((one) => one.id === id)) return code(60003, "department not found");
        if (whole && id === this.settings.large_department) return code(45029, "response content too large");
        const these = this.settings.people.filter((one) => one.department.includes(id));
        return ok({ userlist: these.map((one) => (whole ? { ...one, order: [0], is_leader_in_dept: [0] }
            : { userid: one.userid, name: one.name, department: one.department })) });
    }
    member(call) {
        const { refused } = this.caller(call);
        if (refused) return refused;
        const found = this.settings.people.find((one) => one.userid.toLowerCase() === String(call.query.userid).toLowerCase());
        return found ? ok(found) : code(60111, "userid not found");
    }

    // ---- signing in ---------------------------------------------------------------------------------------------------

    // The page that a browser is sent to. Inside the client it leads back at once; on a desk it shows a code to be scanned.
    signInPage(call, inside) {
        const { query } = call;
        const page = (text) => ({ html: `<!doctype html><meta charset="utf-8"><title>企业微信</title><body>${text}</body>` });
        const app = this.app(Number(query.agentid));
        if (query.appid !== this.settings.corp_id || !app) return page("参数错误 40013");
        if (inside && (query.response_type !== "code" || query.scope !== "snsapi_base")) return page("参数错误");
        if (!inside && query.login_type !== "CorpApp") return page("参数错误");
        if (!/^[0-9A-Za-z]{1,128}$/.test(query.state ?? "")) return page("state 参数错误");
        let back = null;
        try { back = new URL(query.redirect_uri); } catch { return page("redirect_uri 参数错误 50001"); }
        if (this.settings.trusted_domains && !this.settings.trusted_domains.includes(back.host)) return page("redirect_uri 需使用应用可信域名 50001");
        const leads = (who) => {
            const made = `signin${this.signing.size + 1}_${crypto.randomBytes(12).toString("hex")}`;
            this.signing.set(made, { agent_id: app.agent_id, who, until: this.house.now() + 300e3, used: false });
            back.searchParams.set("code", made);
            back.searchParams.set("state", query.state);
            return back.toString();
        };
        if (this.settings.in_browser) return { location: leads({ userid: this.settings.in_browser }) };
        const people = [...this.settings.people.map((one) => ({ name: one.name, who: { userid: one.userid } })),
                        { name: "不是本企业成员", who: { openid: "oOutsider" } }];
        return page(`<h1>${inside ? "选择成员" : "请用企业微信扫码"}</h1>` +
            people.map((one) => `<p><a href="${leads(one.who).replace(/&/g, "&amp;")}">${one.name}</a></p>`).join(""));
    }
    whoSignsIn(call) {
        const { token, refused } = this.caller(call);
        if (refused) return refused;
        const known = this.signing.get(call.query.code);
        if (!known || known.used || known.agent_id !== token.agent_id) return code(40029, "invalid code");
        if (known.until < this.house.now()) return code(42003, "code expired");
        known.used = true;
        return ok(known.who);
    }

    routes() {
        return {
            "GET /cgi-bin/department/simplelist": (call) => this.departments(call),
            "GET /cgi-bin/department/get": (call) => this.department(call),
            "GET /cgi-bin/user/list": (call) => this.members(call, true),
            "GET /cgi-bin/user/simplelist": (call) => this.members(call, false),
            "GET /cgi-bin/user/get": (call) => this.member(call),
            "GET /cgi-bin/auth/getuserinfo": (call) => this.whoSignsIn(call),
            "GET /connect/oauth2/authorize": (call) => this.signInPage(call, true),
            "GET /wwlogin/sso/login": (call) => this.signInPage(call, false),
            "GET /cgi-bin/gettoken": (call) => this.getToken(call),
            "POST /cgi-bin/message/send": (call) => this.send(call),
            "POST /cgi-bin/message/recall": (call) => this.recall(call),
            "POST /cgi-bin/message/update_template_card": (call) => this.update(call),
            "POST /cgi-bin/webhook/send": (call) => this.robot(call),
        };
    }
}

module.exports = { WeCom };
