// The parts of a multipart form: [{name, filename, type, bytes}], empty if it is none.
"use strict";
function fileParts(call) {
    const boundary = /boundary="?([^";]+)"?/.exec(call.headers["content-type"] ?? "")?.[1];
    const parts = [];
    if (!boundary) return parts;
    for (let at = call.raw.indexOf(`--${boundary}\r\n`); at >= 0;) {
        const from = call.raw.indexOf("\r\n\r\n", at);
        const to = call.raw.indexOf(`\r\n--${boundary}`, from);
        if (from < 0 || to < from) return [];
        const head = call.raw.subarray(at, from).toString();
        parts.push({ name: / name="([^"]*)"/.exec(head)?.[1], filename: /filename="([^"]*)"/.exec(head)?.[1],
                     type: /content-type:\s*(\S+)/i.exec(head)?.[1] ?? "", bytes: call.raw.subarray(from + 4, to) });
        const next = call.raw.indexOf(`--${boundary}\r\n`, to);
        at = next;
    }
    return parts;
}

module.exports = { fileParts };
