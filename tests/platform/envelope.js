// The platforms' envelope and their XML, written apart from the service's own code so that each checks the other.
"use strict";
const crypto = require("node:crypto");

const sign = (...parts) => crypto.createHash("sha1").update(parts.map(String).sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b))).join("")).digest("hex");

const keyOf = (encodingAesKey) => Buffer.from(`${encodingAesKey}=`, "base64");

function seal(encodingAesKey, message, receiver) {
    const key = keyOf(encodingAesKey);
    const text = Buffer.from(message);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(text.length);
    const plain = Buffer.concat([crypto.randomBytes(16), size, text, Buffer.from(receiver)]);
    const pad = 32 - (plain.length % 32);
    const cipher = crypto.createCipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
    return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString("base64");
}

// Throws with the reason in words if anything about the envelope is not as the platform's own would be.
function open(encodingAesKey, encrypted, receiver) {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encrypted)) throw new Error("Encrypt is no base64");
    const key = keyOf(encodingAesKey);
    const sealed = Buffer.from(encrypted, "base64");
    if (sealed.length % 32) throw new Error("the ciphertext is no multiple of 32");
    const cipher = crypto.createDecipheriv("aes-256-cbc", key, key.subarray(0, 16)).setAutoPadding(false);
    const plain = Buffer.concat([cipher.update(sealed), cipher.final()]);
    const pad = plain[plain.length - 1];
    if (pad < 1 || pad > 32 || !plain.subarray(plain.length - pad).every((byte) => byte === pad))
        throw new Error("wrong padding");
    const frame = plain.subarray(0, plain.length - pad);
    const size = frame.readUInt32BE(16);
    if (size > frame.length - 20) throw new Error("wrong length field");
    if (frame.subarray(20 + size).toString() !== receiver) throw new Error("sealed for another receiver");
    return new TextDecoder("utf-8", { fatal: true }).decode(frame.subarray(20, 20 + size));
}

const cdata = (text) => `<![CDATA[${String(text).split("]]>").join("]]]]><![CDATA[>")}]]>`;
// {A: "x", B: 7, C: [{D: 1}]} -> elements in that order; numbers stand bare, lists repeat their element.
function elements(object) {
    return Object.entries(object).map(([name, value]) => {
        if (value === undefined || value === null) return "";
        if (Array.isArray(value)) return value.map((one) => elements({ [name]: one })).join("");
        if (typeof value === "object") return `<${name}>${elements(value)}</${name}>`;
        return `<${name}>${typeof value === "number" || typeof value === "bigint" ? value : cdata(value)}</${name}>`;
    }).join("");
}
const xml = (object) => `<xml>${elements(object)}</xml>`;

// A strict reader: throws on anything not well formed. Gives {name: text or {…} or [repeated…]} of the root's children.
function parse(text) {
    let at = 0;
    const fail = (why) => { throw new Error(`not well-formed XML at ${at}: ${why}`); };
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) fail("a forbidden character");
    const entity = (raw) => raw.replace(/&([^;\s]*;?)/g, (whole, name) => {
        const known = { "lt;": "<", "gt;": ">", "amp;": "&", "quot;": "\"", "apos;": "'" };
        if (name in known) return known[name];
        if (/^#\d+;$/.test(name)) return String.fromCodePoint(Number(name.slice(1, -1)));
        return fail(`entity &${name}`);
    });
    function element() {
        const head = /^<([A-Za-z_][\w.-]*)\s*>/.exec(text.slice(at, at + 200));
        if (!head) fail("an element was expected");
        at += head[0].length;
        const name = head[1];
        let words = "";
        const children = {};
        let any = false;
        for (;;) {
            if (at >= text.length) fail(`no </${name}>`);
            if (text.startsWith("<![CDATA[", at)) {
                const end = text.indexOf("]]>", at);
                if (end < 0) fail("CDATA without end");
                words += text.slice(at + 9, end);
                at = end + 3;
            } else if (text.startsWith("</", at)) {
                const close = `</${name}>`;
                if (!text.startsWith(close, at)) fail(`</${name}> was expected`);
                at += close.length;
                return [name, any ? children : words];
            } else if (text[at] === "<") {
                const [child, value] = element();
                any = true;
                if (child in children) children[child] = [].concat(children[child], [value]);
                else children[child] = value;
            } else {
                const next = text.indexOf("<", at);
                if (next < 0) fail("text without end");
                const raw = text.slice(at, next);
                if (raw.includes("]]>")) fail("]]> in text");
                words += entity(raw);
                at = next;
            }
        }
    }
    const [name, value] = element();
    if (text.slice(at).trim() !== "") fail("something after the root");
    if (name !== "xml") fail(`the root is <${name}>`);
    return value;
}

module.exports = { sign, seal, open, xml, parse };
