// WeChat customer service (KF) as WeCom serves it: what it hands out page by page, what it lets us say, and to whom.
"use strict";
const crypto = require("node:crypto");
const callbacks = require("./callbacks.js");
const { bytes, code, ok } = require("./answers.js");

const hours = 3600e3;
const days = 24 * hours;
const msgid_form = /^[0-9a-zA-Z_-]{1,32}$/;
const unknown_fields = (body, known) => Object.keys(body).filter((name) => !known.includes(name));

class Kf {
    constructor(house) {
        this.house = house;
        this.settings = {
            agent_id: 1000003,       // the app that may call
            accounts: [{ open_kfid: "wkTESTkfid0001", name: "物业服务", manage_privilege: true,
                         servicers: [{ userid: "li.na", status: 0 }] }],
            page: 1000,              // items a page at most, whatever was asked
            empty_pages: 0,          // so many empty pages with has_more come first
            tokenless_per_minute: 6, // sync_msg without token: more is 45009
            duplicate_code: 95099,   // for a msgid that was used before; the real number is not published
            over_budget: "code",     // "code": 95001 at once; "event": accepted, msg_send_fail 6 later
            shuffled: false,         // items of a page come in another order than they happened
            refuses: [],             // msgtypes that the account's settings forbid: 95030
        };
        this.items = [];             // all that happened: {at, open_kfid, item}
        this.tokens = new Map();     // of doorbells: token -> until
        this.customers = new Map();  // external_userid/open_kfid -> {state, servicer, wrote_at, sent, welcomed_at}
        this.codes = new Map();      // welcome_code, msg_code -> {customer, open_kfid, until, types, used, state}
        this.used = new Set();       // open_kfid/msgid of what we sent
        this.times = [];             // of calls without token
        this.count = 0;
    }

    customer(id, open_kfid) {
        const key = `${open_kfid}/${id}`;
        if (!this.customers.has(key)) this.customers.set(key, { id, state: 4, servicer: "", wrote_at: 0, sent: 0, welcomed_at: 0 });
        return this.customers.get(key);
    }
    add(open_kfid, item) {
        this.count += 1;
        const whole = { msgid: `kfmsg${String(this.count).padStart(6, "0")}`, send_time: Math.floor(this.house.now() / 1000), ...item };
        this.items.push({ at: this.house.now(), open_kfid, item: whole });
        return whole;
    }
    event(open_kfid, event) {
        return this.add(open_kfid, { origin: 4, msgtype: "event", event: { open_kfid, ...event } });
    }
    newCode(what, id, open_kfid, span, types, state) {
        const made = `${what}_${this.codes.size + 1}_${crypto.randomBytes(6).toString("hex")}`;
        this.codes.set(made, { what, id, open_kfid, until: this.house.now() + span, types, state, used: false });
        return made;
    }

    // {refused} or {account}: the token is the app's that may call, the account is known and given to it.
    caller(call, needs_account = true) {
        const { token, refused } = this.house.wecom.caller(call);
        if (refused) return { refused };
        if (token.agent_id !== this.settings.agent_id) return { refused: code(48002, "api forbidden for this app") };
        if (call.method === "POST" && !call.json) return { refused: code(47001, "data format error") };
        if (!needs_account) return {};
        const id = call.json?.open_kfid ?? call.query.open_kfid;
        if (typeof id !== "string" || id === "") return { refused: code(95000, "invalid open_kfid") };
        const account = this.settings.accounts.find((one) => one.open_kfid === id);
        if (!account) return { refused: code(95004, "open_kfid not exist") };
        if (!account.manage_privilege) return { refused: code(95017, "api switch is off") };
        return { account };
    }

    sync(call) {
        const { account, refused } = this.caller(call);
        if (refused) return refused;
        const body = call.json;
        const strange = unknown_fields(body, ["cursor", "token", "limit", "voice_format", "open_kfid"]);
        if (strange.length) return code(40058, `unknown field ${strange[0]}`);
        if (body.cursor !== undefined && (typeof body.cursor !== "string" || body.cursor === "" || bytes(body.cursor) > 64))
            return code(40058, "invalid cursor");
        if (body.limit !== undefined && (!Number.isInteger(body.limit) || body.limit < 1 || body.limit > 1000))
            return code(40058, "invalid limit");
        if (body.voice_format !== undefined && ![0, 1].includes(body.voice_format)) return code(40058, "invalid voice_format");
        const now = this.house.now();
        if (body.token !== undefined) {
            if (typeof body.token !== "string" || body.token === "" || bytes(body.token) > 128) return code(40058, "invalid token");
            if (!(this.tokens.get(body.token) > this.house.system())) return code(95007, "invalid token");
        } else {
            this.times = this.times.filter((at) => at > now - 60e3);
            if (this.times.length >= this.settings.tokenless_per_minute) return code(45009, "api freq out of limit");
            this.times.push(now);
        }
        let from = 0;
        if (body.cursor !== undefined) {
            const at = /^kfc_(\d+)_([0-9a-f]{8})$/.exec(body.cursor);
            if (!at || this.cursor(Number(at[1])) !== body.cursor) return code(40058, "invalid cursor");
            from = Number(at[1]);
        }
        if (this.settings.empty_pages > 0) {
            this.settings.empty_pages -= 1;
            return ok({ next_cursor: this.cursor(from), has_more: 1, msg_list: [] });
        }
        while (from < this.items.length && this.items[from].at < now - 3 * days) from += 1;  // only three days are kept
        const most = Math.min(body.limit ?? 1000, this.settings.page);
        const list = [];
        let next = from;
        for (; next < this.items.length && list.length < most; ++next)
            if (this.items[next].open_kfid === account.open_kfid) list.push(this.items[next].item);
        if (this.settings.shuffled) list.reverse();
        const more = this.items.slice(next).some((one) => one.open_kfid === account.open_kfid);
        return ok({ next_cursor: this.cursor(next), has_more: more ? 1 : 0, msg_list: list });
    }
    cursor(n) { return `kfc_${n}_${crypto.createHash("sha1").update(`cursor ${n}`).digest("hex").slice(0, 8)}`; }

    // What is wrong with a message, or nothing.
    problem(body, types) {
        const part = body[body.msgtype];
        if (!types.includes(body.msgtype)) return code(40008, "invalid message type");
        if (this.settings.refuses.includes(body.msgtype)) return code(95030, "message type forbidden by the component");
        if (body.msgid !== undefined && !msgid_form.test(body.msgid)) return code(40058, "invalid msgid");
        if (!part || typeof part !== "object") return code(40063, "some parameters are empty");
        switch (body.msgtype) {
            case "text":
                if (unknown_fields(part, ["content", "menu_id"]).length) return code(40058, "unknown field in text");
                if (typeof part.content !== "string" || part.content.trim() === "") return code(44004, "empty content");
                return bytes(part.content) > 2048 ? code(45002, "content size out of limit") : null;
            case "image": case "voice": case "video": case "file":
                return this.house.media.has(part.media_id) ? null : code(40007, "invalid media_id");
            case "link":
                if (!part.thumb_media_id || !this.house.media.has(part.thumb_media_id)) return code(40007, "invalid thumb_media_id");
                if (!part.title || bytes(part.title) > 128 || bytes(part.desc ?? "") > 512) return code(40058, "title or desc");
                return /^https?:\/\//.test(part.url ?? "") && bytes(part.url) <= 2048 ? null : code(40058, "invalid url");
            case "location":
                return Number.isFinite(part.latitude) && Number.isFinite(part.longitude) ? null : code(95022, "invalid location");
            case "msgmenu": return this.menu_problem(part);
            default: return null;
        }
    }
    menu_problem(menu) {
        if (unknown_fields(menu, ["head_content", "list", "tail_content"]).length) return code(40058, "unknown field in msgmenu");
        for (const name of ["head_content", "tail_content"])
            if (menu[name] !== undefined && (typeof menu[name] !== "string" || bytes(menu[name]) > 1024)) return code(40058, `invalid ${name}`);
        const list = menu.list ?? [];
        if (!Array.isArray(list)) return code(40058, "list is no list");
        if (!menu.head_content && !list.length && !menu.tail_content) return code(40063, "empty menu");
        if (list.length > 10) return code(95008, "menu has more than 10 items");
        for (const one of list) {
            if (!["click", "view", "miniprogram", "text"].includes(one.type)) return code(95009, "unknown menu item type");
            const part = one[one.type];
            if (!part || !part.content) return code(40063, "empty menu item");
            if (one.type === "click" && (!part.id || bytes(part.id) > 64 || bytes(part.content) > 128)) return code(40058, "invalid click");
            if (one.type === "view" && (!/^https?:\/\//.test(part.url ?? "") || bytes(part.url) > 2048 || bytes(part.content) > 1024))
                return code(40058, "invalid view");
            if (one.type === "text" && bytes(part.content) > 256) return code(40058, "invalid text");
        }
        return null;
    }

    send(call) {
        const { account, refused } = this.caller(call);
        if (refused) return refused;
        const body = call.json;
        const types = ["text", "image", "voice", "video", "file", "link", "miniprogram", "msgmenu", "location", "business_card", "ca_link"];
        const strange = unknown_fields(body, ["touser", "open_kfid", "msgid", "msgtype", body.msgtype]);
        if (strange.length) return code(40058, `unknown field ${strange[0]}`);
        if (!this.customers.has(`${account.open_kfid}/${body.touser}`)) return code(40096, "invalid external userid");
        const problem = this.problem(body, types);
        if (problem) return problem;
        const customer = this.customer(body.touser, account.open_kfid);
        const now = this.house.now();
        if (body.msgid !== undefined && this.used.has(`${account.open_kfid}/${body.msgid}`))
            return code(this.settings.duplicate_code, "msgid used before");
        if (customer.wrote_at === 0 || customer.wrote_at < now - 48 * hours) return code(95002, "over 48 hours since the customer's message");
        if (![0, 1].includes(customer.state)) return code(95018, "session state not allow");
        if (customer.sent >= 5) {
            if (this.settings.over_budget === "code") return code(95001, "5 message limit");
            const msgid = this.took(account, body);
            this.event(account.open_kfid, { event_type: "msg_send_fail", external_userid: body.touser, fail_msgid: msgid, fail_type: 6 });
            return ok({ msgid });
        }
        customer.sent += 1;
        customer.state = 1;
        const msgid = this.took(account, body);
        this.house.deliver({ platform: "kf", to: body.touser, type: body.msgtype, message: body, open_kfid: account.open_kfid });
        return ok({ msgid });
    }
    took(account, body) {
        const msgid = body.msgid ?? `made${this.count += 1}`;
        this.used.add(`${account.open_kfid}/${msgid}`);
        return msgid;
    }

    sendOnEvent(call) {
        const { refused } = this.caller(call, false);
        if (refused) return refused;
        const body = call.json;
        const strange = unknown_fields(body, ["code", "msgid", "msgtype", body.msgtype]);
        if (strange.length) return code(40058, `unknown field ${strange[0]}`);
        const known = this.codes.get(body.code);
        if (!known) return code(40058, "invalid code");
        const problem = this.problem(body, known.types);
        if (problem) return problem;
        if (known.used || known.until < this.house.now()) return code(40058, "code used or over");
        const customer = this.customer(known.id, known.open_kfid);
        if (known.state !== undefined && customer.state !== known.state) return code(95018, "session state not allow");
        known.used = true;
        if (known.what === "welcome") customer.welcomed_at = this.house.now();
        const msgid = this.took({ open_kfid: known.open_kfid }, body);
        this.house.deliver({ platform: "kf", to: known.id, type: body.msgtype, message: body, open_kfid: known.open_kfid, by: known.what });
        return ok({ msgid });
    }

    stateGet(call) {
        const { account, refused } = this.caller(call);
        if (refused) return refused;
        if (!this.customers.has(`${account.open_kfid}/${call.json.external_userid}`)) return code(40096, "invalid external userid");
        const customer = this.customer(call.json.external_userid, account.open_kfid);
        return ok({ service_state: customer.state, ...(customer.state === 3 ? { servicer_userid: customer.servicer } : {}) });
    }
    stateTrans(call) {
        const { account, refused } = this.caller(call);
        if (refused) return refused;
        const body = call.json;
        const strange = unknown_fields(body, ["open_kfid", "external_userid", "service_state", "servicer_userid"]);
        if (strange.length) return code(40058, `unknown field ${strange[0]}`);
        if (!this.customers.has(`${account.open_kfid}/${body.external_userid}`)) return code(40096, "invalid external userid");
        const customer = this.customer(body.external_userid, account.open_kfid);
        const may = { 0: [1, 2, 3], 1: [2, 3], 2: [3], 3: [3, 4], 4: [] }[customer.state];
        if (!may.includes(body.service_state)) return code(95016, "state change not allow");
        if (body.service_state === 3) {
            const servicer = account.servicers.find((one) => one.userid === body.servicer_userid);
            if (!servicer) return code(95014, "not a servicer");
            if (servicer.status !== 0) return code(95019, "servicer has stopped reception");
            customer.servicer = servicer.userid;
        }
        customer.state = body.service_state;
        if (body.service_state < 2) return ok();
        const text = body.service_state === 4 ? ["text", "msgmenu"] : ["text"];
        return ok({ msg_code: this.newCode("msg_code", customer.id, account.open_kfid,
            body.service_state === 4 ? 20e3 : 48 * hours, text, body.service_state) });
    }

    accounts(call) {
        const { refused } = this.caller(call, false);
        if (refused) return refused;
        const offset = Number(call.json?.offset ?? call.query.offset ?? 0);
        const limit = Number(call.json?.limit ?? call.query.limit ?? 100);
        if (!(limit >= 1 && limit <= 100)) return code(40058, "invalid limit");
        return ok({ account_list: this.settings.accounts.slice(offset, offset + limit).map(({ open_kfid, name, manage_privilege }) =>
            ({ open_kfid, name, avatar: "", manage_privilege })) });
    }
    servicers(call) {
        const { account, refused } = this.caller(call);
        if (refused) return refused;
        return ok({ servicer_list: account.servicers.map(({ userid, status }) => ({ userid, status })) });
    }

    // --- what people and the platform do; asked for by the test ---------------------------------------------------------

    token() {  // of a doorbell
        const token = `ENC${crypto.randomBytes(20).toString("hex")}`;
        this.tokens.set(token, this.house.system() + 600e3);
        return token;
    }

    // A doorbell for an account: many for one, or one for many, as the platform likes.
    async ring(order) {
        const open_kfid = order.open_kfid ?? this.settings.accounts[0].open_kfid;
        const token = order.token ?? this.token();
        return callbacks.send(this.house, { agent_id: this.settings.agent_id, ...order.callback, url: order.url, platform: "wecom",
            message: { MsgType: "event", Event: "kf_msg_or_event", Token: token, OpenKfId: open_kfid } });
    }

    // {do, from, …}: changes what there is to be pulled. Gives the items.
    happen(order) {
        const open_kfid = order.open_kfid ?? this.settings.accounts[0].open_kfid;
        const who = order.from;
        const customer = who && this.customer(who, open_kfid);
        const said = (item) => {
            customer.wrote_at = this.house.now();
            customer.sent = 0;
            if (customer.state === 4) customer.state = 0;
            return [this.add(open_kfid, { open_kfid, external_userid: who, origin: 3, servicer_userid: "", ...item, ...order.over })];
        };
        switch (order.do) {
            case "say":
                if (order.texts) return order.texts.flatMap((text) => said({ msgtype: "text", text: { content: text } }));
                if (order.msgtype) return said({ msgtype: order.msgtype, [order.msgtype]: order.body ?? {} });
                return said({ msgtype: "text", text: { content: order.text, ...(order.menu_id ? { menu_id: order.menu_id } : {}) } });
            case "tap": {  // the newest menu that was delivered and has this item
                const menus = this.house.delivered.filter((one) => one.platform === "kf" && one.to === who && one.type === "msgmenu").reverse();
                const item = menus.flatMap((one) => one.message.msgmenu.list ?? []).find((one) => one.type === "click" && one.click.content === order.text);
                if (!item) throw new Error(`no menu has "${order.text}"`);
                return said({ msgtype: "text", text: { content: item.click.content, menu_id: item.click.id } });
            }
            case "enter": {
                const fresh = customer.wrote_at === 0 && customer.welcomed_at < this.house.now() - 48 * hours;
                const event = { event_type: "enter_session", external_userid: who, scene: order.scene ?? "", scene_param: order.scene_param ?? "" };
                if (fresh) event.welcome_code = this.newCode("welcome", who, open_kfid, 20e3, ["text", "msgmenu"]);
                return [this.event(open_kfid, event)];
            }
            case "recall":
                return [this.event(open_kfid, { event_type: "user_recall_msg", external_userid: who, recall_msgid: order.msgid })];
            case "fail":
                return [this.event(open_kfid, { event_type: "msg_send_fail", external_userid: who, fail_msgid: order.msgid, fail_type: order.type })];
            case "take": {  // a servicer takes the session in his client
                const change = customer.state === 2 ? 1 : customer.state === 4 ? 4 : 2;
                const old = customer.servicer;
                customer.state = 3;
                customer.servicer = order.servicer;
                const event = { event_type: "session_status_change", external_userid: who, change_type: change, old_servicer_userid: old, new_servicer_userid: order.servicer };
                if (change === 1) event.msg_code = this.newCode("msg_code", who, open_kfid, 48 * hours, ["text"], 3);
                return [this.event(open_kfid, event)];
            }
            case "servicer_says":
                return [this.add(open_kfid, { open_kfid, external_userid: who, origin: 5, servicer_userid: customer.servicer, msgtype: "text", text: { content: order.text } })];
            case "end": {
                customer.state = 4;
                return [this.event(open_kfid, { event_type: "session_status_change", external_userid: who, change_type: 3, old_servicer_userid: customer.servicer,
                    new_servicer_userid: "", msg_code: this.newCode("msg_code", who, open_kfid, 20e3, ["text", "msgmenu"], 4) })];
            }
            case "raw": return [this.add(open_kfid, order.item)];
            case "again": {  // the platform lists an item a second time
                const known = this.items.find((one) => one.item.msgid === order.msgid);
                this.items.push({ ...known, at: this.house.now() });
                return [known.item];
            }
            case "many":  // {count, people}: numbered messages of several customers
                return Array.from({ length: order.count }, (_, i) => {
                    const id = `${order.prefix ?? "wmMany"}${String(i % (order.people ?? 1)).padStart(3, "0")}`;
                    return this.happen({ ...order, do: "say", from: id, text: (order.text ?? "第#条").replace("#", String(i + 1)) })[0];
                });
            default: throw new Error(`unknown ${order.do}`);
        }
    }
    // `ring`: how many doorbells follow (1 unless said, 0: lost), `url`: the hook; all at once if `together`.
    async control(order) {
        if (order.do === "token") return { token: this.token() };
        const items = order.do === "ring" ? [] : this.happen(order);
        const times = order.url ? order.ring ?? 1 : 0;
        const rings = [];
        if (order.together) rings.push(...await Promise.all(Array.from({ length: times }, () => this.ring(order))));
        else for (let i = 0; i < times; ++i) rings.push(await this.ring(order));
        return { items, rings, problem: rings.map((one) => one.problem).find(Boolean) ?? "" };
    }

    state(order) {
        const open_kfid = order.open_kfid ?? this.settings.accounts[0].open_kfid;
        const customer = this.customers.get(`${open_kfid}/${order.from}`);
        return customer ? { ...customer, left: Math.max(0, 5 - customer.sent) } : {};
    }

    routes() {
        return {
            "POST /cgi-bin/kf/sync_msg": (call) => this.sync(call),
            "POST /cgi-bin/kf/send_msg": (call) => this.send(call),
            "POST /cgi-bin/kf/send_msg_on_event": (call) => this.sendOnEvent(call),
            "POST /cgi-bin/kf/service_state/get": (call) => this.stateGet(call),
            "POST /cgi-bin/kf/service_state/trans": (call) => this.stateTrans(call),
            "GET /cgi-bin/kf/account/list": (call) => this.accounts(call),
            "POST /cgi-bin/kf/account/list": (call) => this.accounts(call),
            "GET /cgi-bin/kf/servicer/list": (call) => this.servicers(call),
        };
    }
}

module.exports = { Kf };
