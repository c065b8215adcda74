// What a verified service account may do besides: notices outside of the talk, printed codes, menus.
"use strict";
const { bytes, code, ok } = require("./answers.js");

const escapes = /\\u[0-9a-fA-F]{4}/;
const unknown_fields = (body, known) => Object.keys(body).filter((name) => !known.includes(name));
const characters = (text) => [...text].length;

// What a value of a template may be, by the word its key begins with.
const values = {
    thing: (text) => characters(text) <= 20,
    short_thing: (text) => characters(text) <= 5,
    phrase: (text) => /^\p{Script=Han}{1,5}$/u.test(text),
    const: (text) => characters(text) <= 20,
    character_string: (text) => text.length <= 32 && /^[\x21-\x7e]+$/.test(text),
    number: (text) => text.length <= 32 && /^\d+(\.\d+)?$/.test(text),
    letter: (text) => /^[A-Za-z]{1,32}$/.test(text),
    symbol: (text) => text.length <= 5 && /^[^\p{L}\p{N}\s]+$/u.test(text),
    time: (text) => /^((\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{2}-\d{2}) )?\d{1,2}:\d{2}(:\d{2})?$/.test(text),
    date: (text) => /^(\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{2}-\d{2})( \d{1,2}:\d{2})?$/.test(text),
    amount: (text) => /^[¥$€￥]?\d{1,10}(\.\d+)?元?$/.test(text),
    phone_number: (text) => /^[\d+\-() ]{1,17}$/.test(text),
    car_number: (text) => characters(text) <= 8,
    name: (text) => /^(\p{Script=Han}{1,10}|[A-Za-z .]{1,20})$/u.test(text),
};
const menu_types = ["click", "view", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"];

class ServiceAccount {
    constructor(house, account) {
        this.house = house;
        this.account = account;
        this.said = new Map();   // openid/client_msg_id -> {msgid, until}
        this.grants = new Map(); // openid/template -> how many notices he allowed
        this.menu = null;
        this.codes = new Map();  // ticket -> {scene, action, until}
        this.permanent = new Set();
        this.oauth = new Map();  // code -> {openid, until, used}
        this.messages = 200163835;
    }
    get settings() { return this.account.settings; }

    started(call) {
        const refused = this.account.refused(call);
        if (refused) return refused;
        if (call.method !== "POST") return null;
        if (escapes.test(call.text)) return code(40033, "invalid charset, \\uXXXX escapes are refused");
        return call.json && typeof call.json === "object" ? null : code(47001, "data format error");
    }

    // Nothing, or why these values do not fit the template.
    dataProblem(data, keys) {
        if (!data || typeof data !== "object") return code(47003, "argument invalid! data missing");
        for (const key of Object.keys(data)) if (!keys.includes(key)) return code(47003, `argument invalid! data.${key} is no key of this template`);
        for (const key of keys) {
            const value = data[key]?.value;
            const word = key.replace(/\d+$/, "");
            if (typeof value !== "string" || value.trim() === "" || /[\r\n]/.test(value) || !values[word]?.(value))
                return code(47003, `argument invalid! data.${key}.value invalid`);
        }
        return null;
    }

    templateSend(call) {
        const refused = this.started(call);
        if (refused) return refused;
        if (!this.settings.template_send) return code(48001, "api unauthorized");
        const body = call.json;
        const strange = unknown_fields(body, ["touser", "template_id", "url", "miniprogram", "client_msg_id", "data"]);
        if (strange.length) return code(47001, `unknown field ${strange[0]}`);
        if (typeof body.touser !== "string" || !/^[\w-]{6,64}$/.test(body.touser)) return code(40003, "invalid openid");
        const keys = this.settings.templates[body.template_id];
        if (!keys) return code(40037, "invalid template_id");
        if (body.url !== undefined && !/^https?:\/\//.test(body.url)) return code(47001, "url");
        if (body.client_msg_id !== undefined && !/^[\x21-\x7e]{1,32}$/.test(body.client_msg_id)) return code(47001, "client_msg_id");
        const own = this.settings.users[body.touser];
        if (own) return code(own, `refused for this user: ${own}`);
        const wrong = this.dataProblem(body.data, keys);
        if (wrong) return wrong;
        const name = body.client_msg_id && `${body.touser}/${body.client_msg_id}`;
        const before = name && this.said.get(name);
        if (before && before.until > this.house.now()) return ok({ msgid: before.msgid });
        const msgid = ++this.messages;
        if (name) this.said.set(name, { msgid, until: this.house.now() + 600e3 });
        this.house.deliver({ platform: "wechat", to: body.touser, type: "template", message: body, msgid });
        return ok({ msgid });
    }

    bizsend(call) {
        const refused = this.started(call);
        if (refused) return refused;
        if (!this.settings.subscriptions_send) return code(48001, "api unauthorized");
        const body = call.json;
        const strange = unknown_fields(body, ["touser", "template_id", "page", "miniprogram", "data"]);
        if (strange.length) return code(47001, `unknown field ${strange[0]}`);
        if (typeof body.touser !== "string" || !/^[\w-]{6,64}$/.test(body.touser)) return code(40003, "invalid openid");
        const keys = this.settings.subscriptions[body.template_id];
        if (!keys) return code(40037, "invalid template_id");
        if (body.page !== undefined && !/^https?:\/\//.test(body.page)) return code(41030, "invalid page");
        const wrong = this.dataProblem(body.data, keys);
        if (wrong) return wrong;
        const own = this.settings.users[body.touser];
        if (own) return code(own, `refused for this user: ${own}`);
        const grant = `${body.touser}/${body.template_id}`;
        const left = this.grants.get(grant) ?? 0;
        if (left <= 0) return code(43101, "user refuse to accept the msg");
        this.grants.set(grant, left - 1);
        const msgid = ++this.messages;
        this.house.deliver({ platform: "wechat", to: body.touser, type: "subscription", message: body, msgid });
        return ok({ msgid });
    }

    // He tapped on the subscribe control: so many later notices of each template.
    allow(openid, templates) {
        for (const template of templates) {
            const grant = `${openid}/${template}`;
            this.grants.set(grant, (this.grants.get(grant) ?? 0) + 1);
        }
    }

    createCode(call) {
        const refused = this.started(call);
        if (refused) return refused;
        if (!this.settings.qrcode) return code(48001, "api unauthorized");
        const body = call.json;
        const scene = body.action_info?.scene ?? {};
        const permanent = body.action_name === "QR_LIMIT_STR_SCENE" || body.action_name === "QR_LIMIT_SCENE";
        const named = body.action_name === "QR_STR_SCENE" || body.action_name === "QR_LIMIT_STR_SCENE";
        if (!permanent && !named && body.action_name !== "QR_SCENE") return code(40053, "invalid action info");
        if (named && (typeof scene.scene_str !== "string" || characters(scene.scene_str) < 1 || characters(scene.scene_str) > 64))
            return code(40053, "invalid action info");
        if (!named && (!Number.isInteger(scene.scene_id) || scene.scene_id < 1 || (permanent && scene.scene_id > 100000)))
            return code(40053, "invalid action info");
        const value = String(named ? scene.scene_str : scene.scene_id);
        if (permanent) {
            if (!this.permanent.has(value) && this.permanent.size >= this.settings.permanent_codes) return code(45029, "qrcode count out of limit");
            this.permanent.add(value);
        }
        const life = permanent ? 0 : body.expire_seconds ?? 30;
        if (!Number.isInteger(life) || life > 2592000 || (!permanent && life < 1)) return code(40053, "invalid expire_seconds");
        const ticket = `gQ_${this.codes.size + 1}`;
        this.codes.set(ticket, { scene: value, until: permanent ? Infinity : this.house.now() + life * 1000 });
        return { ticket, ...(permanent ? {} : { expire_seconds: life }), url: `http://weixin.qq.com/q/${ticket}` };
    }
    // What a phone that scans the picture of this address makes of it; null: it is past its time or none of ours.
    scanned(url) {
        const kept = this.codes.get(String(url).replace("http://weixin.qq.com/q/", ""));
        return kept && kept.until > this.house.now() ? kept.scene : null;
    }

    buttonProblem(button, top) {
        if (typeof button?.name !== "string" || button.name === "") return code(40018, "invalid button name size");
        if (bytes(button.name) > (top ? 16 : 60)) return code(top ? 40018 : 40027, "invalid button name size");
        if (button.sub_button !== undefined) {
            if (!top || !Array.isArray(button.sub_button) || button.sub_button.length < 1 || button.sub_button.length > 5)
                return code(40023, "invalid sub button size");
            for (const one of button.sub_button) {
                const wrong = this.buttonProblem(one, false);
                if (wrong) return wrong;
            }
            return null;
        }
        if (!menu_types.includes(button.type)) return code(40017, "invalid button type");
        if (button.type === "view") return /^https?:\/\//.test(button.url ?? "") && bytes(button.url) <= 1024 ? null : code(40020, "invalid button url size");
        return typeof button.key === "string" && button.key && bytes(button.key) <= 128 ? null : code(40019, "invalid button key size");
    }

    createMenu(call) {
        const refused = this.started(call);
        if (refused) return refused;
        if (!this.settings.menu) return code(48001, "api unauthorized");
        const buttons = call.json.button;
        if (!Array.isArray(buttons) || buttons.length < 1 || buttons.length > 3) return code(40016, "invalid button size");
        for (const button of buttons) {
            const wrong = this.buttonProblem(button, true);
            if (wrong) return wrong;
        }
        this.menu = buttons;
        return ok();
    }

    // The page that asks him nothing (snsapi_base): {http …}, a redirect back with a code.
    authorize(call) {
        const page = (body) => ({ http: true, status: 200, headers: {}, body });
        const order = ["appid", "redirect_uri", "response_type", "scope", "state"];
        if (Object.keys(call.query).join() !== order.join()) return page({ wrong: "parameters and their order" });
        const { appid, redirect_uri, response_type, scope, state } = call.query;
        if (appid !== this.settings.app_id || response_type !== "code") return page({ wrong: "appid or response_type" });
        if (!["snsapi_base", "snsapi_userinfo"].includes(scope) || !/^[A-Za-z0-9]{1,128}$/.test(state)) return page({ wrong: "scope or state" });
        const host = /^https?:\/\/([^/:]+)/.exec(redirect_uri)?.[1];
        if (host !== this.settings.oauth_host) return page({ wrong: "10003 redirect_uri" });
        const given = `code_${this.oauth.size + 1}`;
        this.oauth.set(given, { openid: this.settings.signs_in, until: this.house.now() + 300e3, used: false });
        return { http: true, status: 302, headers: { Location: `${redirect_uri}?code=${given}&state=${state}` }, body: {} };
    }
    oauthToken(call) {
        const { appid, secret, code: given, grant_type } = call.query;
        if (appid !== this.settings.app_id) return code(40013, "invalid appid");
        if (secret !== this.settings.app_secret) return code(40125, "invalid appsecret");
        if (grant_type !== "authorization_code") return code(40002, "invalid grant_type");
        const kept = this.oauth.get(given);
        if (!kept) return code(40029, "invalid code");
        if (kept.used) return code(40163, "code been used");
        if (kept.until < this.house.now()) return code(42003, "code expired");
        kept.used = true;
        return { access_token: "user_token", expires_in: 7200, refresh_token: "refresh", openid: kept.openid, scope: "snsapi_base",
                 ...(this.settings.snapshot ? { is_snapshotuser: 1 } : {}) };
    }

    templates(call) {
        return this.account.refused(call) ?? {
            template_list: Object.entries(this.settings.templates).map(([template_id, keys]) =>
                ({ template_id, title: template_id, content: keys.map((key) => `${key}: {{${key}.DATA}}`).join("\n"), example: "" })) };
    }

    routes() {
        return {
            "POST /cgi-bin/message/template/send": (call) => this.templateSend(call),
            "POST /cgi-bin/message/subscribe/bizsend": (call) => this.bizsend(call),
            "POST /cgi-bin/qrcode/create": (call) => this.createCode(call),
            "POST /cgi-bin/menu/create": (call) => this.createMenu(call),
            "GET /sns/oauth2/access_token": (call) => this.oauthToken(call),
            "GET /cgi-bin/menu/delete": (call) => this.account.refused(call) ?? ((this.menu = null), ok()),
            "GET /cgi-bin/get_current_selfmenu_info": (call) => this.account.refused(call) ??
                { is_menu_open: this.menu ? 1 : 0, selfmenu_info: { button: this.menu ?? [] } },
            "GET /cgi-bin/template/get_all_private_template": (call) => this.templates(call),
        };
    }
}

module.exports = { ServiceAccount };
