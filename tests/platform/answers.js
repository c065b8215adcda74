"use strict";
// What an answer of either platform looks like.
const bytes = (text) => Buffer.byteLength(text);
const code = (errcode, errmsg) => ({ errcode, errmsg });
const ok = (more = {}) => ({ errcode: 0, errmsg: "ok", ...more });
module.exports = { bytes, code, ok };
