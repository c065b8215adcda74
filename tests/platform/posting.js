// One call to the service, as every platform makes it.
"use strict";
const http = require("node:http");
const { bytes } = require("./answers.js");

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

// Gives {status, ms, type, body} or {error, ms}. 5 s, as most platforms wait.
function post(method, url, body, wait = 5000, headers = { "content-type": "text/xml" }) {
    const started = Date.now();
    return new Promise((resolve) => {
        const done = (more) => resolve({ ms: Date.now() - started, ...more });
        const request = http.request(url, { method, agent, headers: body === undefined ? {} : { ...headers, "content-length": bytes(body) } }, (answer) => {
            const parts = [];
            answer.on("data", (part) => parts.push(part));
            answer.on("error", (error) => done({ error: error.message }));
            answer.on("end", () => done({ status: answer.statusCode, type: answer.headers["content-type"] ?? "",
                                          body: Buffer.concat(parts).toString() }));
        });
        request.setTimeout(wait, () => request.destroy(new Error("no answer in time")));
        request.on("error", (error) => done({ error: error.message }));
        request.end(body);
    });
}

module.exports = { post };
