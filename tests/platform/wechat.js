// WeChat's Official Account API: what it takes, what it refuses, and with which code.
"use strict";
const { bytes, code, ok } = require("./answers.js");
const { ServiceAccount } = require("./wechat_service.js");

const hour = 3600e3;
// How many custom messages an interaction allows, and for how long.
const allowances = { message: [5, 48 * hour], menu: [3, 60e3], subscribe: [3, 60e3], scan: [3, 60e3] };

class WeChat {
    constructor(house) {
        this.house = house;
        this.settings = {
            app_id: "wx0123456789abcdef", app_secret: "wechat-secret-0123456789abcdef01", original_id: "gh_0a1b2c3d4e5f",
            token: "Tower7token", encoding_aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", mode: "safe",
            windows: true,       // keep to the allowances of custom messages
            custom_send: true,   // false: 48001
            msgmenu: true,       // false: 40200
            users: {},           // openid -> the code that a custom message to it is refused with
            ip_refused: "",      // an address: the token call is refused with 40164
            // a verified service account; false: 48001
            template_send: true, subscriptions_send: true, qrcode: true, menu: true,
            templates: { TPL_progress: ["character_string1", "thing2", "phrase3", "time4"] },  // template -> its keys
            subscriptions: { SUB_progress: ["thing1", "time2"] },
            permanent_codes: 100000,
            oauth_host: "127.0.0.1", signs_in: "oTest0000000000000000000AAA", snapshot: false,  // who opens the authorization page
        };
        this.left = new Map();   // openid -> {left, until}
        this.tokens = [];        // {token, until, expired}
        this.stable = null;
        this.service = new ServiceAccount(house, this);
    }

    interaction(openid, kind) {
        const [count, span] = allowances[kind];
        const now = this.house.now();
        const held = this.left.get(openid);
        if (held && held.until > now && held.left >= count) return;
        this.left.set(openid, { left: count, until: now + span });
    }

    issue() {
        const token = { token: `wechat_${this.tokens.length + 1}_${"t".repeat(120)}`, until: this.house.system() + 7200e3 };
        this.tokens.push(token);
        return token;
    }
    expire() { this.stable = null; for (const one of this.tokens) one.expired = true; }

    // Nothing, or the refusal of this call's access_token.
    refused(call) {
        const given = call.query.access_token;
        if (!given) return code(41001, "access_token missing");
        const known = this.tokens.find((one) => one.token === given);
        if (!known) return code(40001, "invalid credential, access_token is invalid or not latest");
        return known.expired || known.until < this.house.system() ? code(42001, "access_token expired") : null;
    }
    owns(token) { return this.tokens.some((one) => one.token === token); }

    stableToken(call) {
        const body = call.json;
        if (!body) return code(47001, "data format error");
        if (body.grant_type !== "client_credential") return code(40002, "invalid grant_type");
        if (body.appid !== this.settings.app_id) return code(40013, "invalid appid");
        if (body.secret !== this.settings.app_secret) return code(40125, "invalid appsecret");
        if (this.settings.ip_refused)
            return code(40164, `invalid ip ${this.settings.ip_refused}, not in whitelist`);
        if (!this.stable || this.stable.until - 300e3 < this.house.system() || body.force_refresh === true)
            this.stable = this.issue();
        return { access_token: this.stable.token,
                 expires_in: Math.floor((this.stable.until - this.house.system()) / 1000) };
    }

    customSend(call) {
        const refused = this.refused(call);
        if (refused) return refused;
        if (!this.settings.custom_send) return code(48001, "api unauthorized");
        if (/\\u[0-9a-fA-F]{4}/.test(call.text)) return code(40033, "invalid charset, \\uXXXX escapes are refused");
        const body = call.json;
        if (!body) return code(47001, "data format error");
        if (typeof body.touser !== "string" || !/^[\w-]{6,64}$/.test(body.touser)) return code(40003, "invalid openid");
        const content = this.contentProblem(body);
        if (content) return content;
        const own = this.settings.users[body.touser];
        if (own) return code(own, `refused for this user: ${own}`);
        if (this.settings.windows) {
            const held = this.left.get(body.touser);
            if (!held || held.until <= this.house.now())
                return code(45015, "response out of time limit or subscription is canceled");
            if (held.left === 0) return code(45047, "out of response count limit");
            held.left -= 1;
        }
        this.house.deliver({ platform: "wechat", to: body.touser, type: body.msgtype, message: body });
        return ok();
    }

    contentProblem(body) {
        const part = body[body.msgtype];
        switch (body.msgtype) {
            case "text":
                if (!part || typeof part.content !== "string" || part.content === "") return code(44004, "empty content");
                return bytes(part.content) > 2048 ? code(45002, "content size out of limit") : null;
            case "image":
                return this.house.media.has(part?.media_id) ? null : code(40007, "invalid media_id");
            case "news":
                return part?.articles?.length === 1 ? null : code(45008, "article count out of limit");
            case "msgmenu": {
                if (!this.settings.msgmenu) return code(40200, "invalid account type");
                const list = part?.list;
                if (!Array.isArray(list) || list.length === 0) return code(44004, "empty list");
                if (list.length > 10) return code(45098, "msgmenu list too big");
                for (const item of list) {
                    if (typeof item.id !== "string" || typeof item.content !== "string" || !item.content)
                        return code(47001, "msgmenu items are {id, content}, both strings");
                    if (bytes(item.content) > 60 || bytes(item.id) > 128) return code(45099, "msgmenu item too long");
                }
                return typeof part.head_content === "string" ? null : code(44004, "empty head_content");
            }
            default: return code(40008, "invalid message type");
        }
    }

    routes() {
        return {
            "POST /cgi-bin/stable_token": (call) => this.stableToken(call),
            "POST /cgi-bin/message/custom/send": (call) => this.customSend(call),
            "POST /cgi-bin/message/custom/typing": (call) => this.refused(call) ?? ok(),
            ...this.service.routes(),
        };
    }
}

module.exports = { WeChat };
