// The real service in a process of its own, the stand-in platform beside it, and people who use them by HTTP alone.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fresh_schema } from '../postgres/schema.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const program = process.env.HUIYIN ?? join(root, 'build/huiyin');

// Starts a program and waits for the line that names its address.
export function start(command, args, options = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'], ...options });
        let said = '';
        const read = (text) => {
            said = (said + text).slice(-20000);
            const found = /listening on (http:\/\/[\w.:[\]]+)/.exec(said);
            if (found) resolve({ child, url: found[1], said: () => said });
        };
        child.stdout.setEncoding('utf8').on('data', read);
        child.stderr.setEncoding('utf8').on('data', read);
        child.on('error', reject);
        child.on('exit', (code, signal) => reject(new Error(`${command} ${args.join(' ')} ended (${code ?? signal}): ${said}`)));
    });
}

export function end(child, signal = 'SIGTERM') {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
    return new Promise((resolve) => {
        child.once('exit', (code) => resolve(code));
        child.kill(signal);
    });
}

export async function platform() {
    const { child, url } = await start('node', [join(root, 'tests/platform/platform.js')]);
    const call = async (path, body, method = body === undefined ? 'GET' : 'POST') => {
        const answer = await fetch(url + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
        const text = await answer.text();
        assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
        return text ? JSON.parse(text) : null;
    };
    return { url, call, delivered: async (to) => (await call('/_recorded?path=/-' + (to ? `&to=${to}` : ''))).delivered, stop: () => end(child) };
}

// A folder of its own; the service may be stopped, killed and started again on it.
export async function house({ clock = '2026-03-02T09:00:00+08:00', channels, notify, limits, share, over = {} } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-journey-'));
    const config = join(folder, 'huiyin.json');
    const settings = {
        listen: '127.0.0.1:0',
        store: process.env.HUIYIN_TEST_DATABASE ? fresh_schema(process.env.HUIYIN_TEST_DATABASE) : 'sqlite:huiyin.db',
        media: 'media',
        policy: 'templates/policies/property-group.json',
        directory: 'templates/demo/directory.json',
        answers: 'templates/demo/answers.json',
        secret: randomBytes(32).toString('hex'),
        data_key: randomBytes(32).toString('hex'),
        limits: { messages_per_minute_per_user: 100000, ...limits },
        channels: channels ?? [{ id: 'web', type: 'webchat' }],
        ...(notify ? { notify } : {}),
        ...over,
    };
    writeFileSync(config, JSON.stringify(settings));
    const it = { folder, config, settings };
    it.start = async (at = clock) => {
        const args = ['serve', '--config', config, ...(share ? ['--share', share] : []), ...(at ? ['--clock', at === 'system' ? 'system' : `manual:${at}`] : [])];
        const running = await start(program, args);
        it.child = running.child;
        it.url = running.url;
        it.said = running.said;
        return it;
    };
    it.stop = () => end(it.child);
    it.kill = () => end(it.child, 'SIGKILL');
    it.destroy = async () => {
        await it.stop();
        rmSync(folder, { recursive: true, force: true });
    };
    it.command = (...args) => spawnSync(program, [...args, '--config', config], { encoding: 'utf8', cwd: root });
    it.sign_in = (login, password) => sign_in(it, login, password);
    it.resident = () => new Resident(it);
    it.to = async (time) => {
        it.admin ??= await it.sign_in('admin');
        const body = /^\d{4}-/.test(time) ? { now: time.includes('T') ? time : time.replace(' ', 'T') + ':00+08:00' } : { advance: time };
        return it.admin.put('/api/v1/clock', body);
    };
    return it.start();
}

export async function sign_in(it, login, password = 'huiyin-demo') {
    const answer = await fetch(it.url + '/api/v1/sessions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login, password }) });
    assert.equal(answer.status, 200, await answer.clone().text());
    return new Person(it, (await answer.json()).token, login);
}

class Person {
    constructor(it, token, login) {
        Object.assign(this, { it, token, login });
    }
    async ask(method, path, body, headers = {}) {
        const answer = await fetch(this.it.url + path, {
            method,
            headers: { Authorization: `Bearer ${this.token}`, ...(body && !(body instanceof FormData) ? { 'Content-Type': 'application/json' } : {}), ...headers },
            body: body instanceof FormData ? body : body ? JSON.stringify(body) : undefined,
        });
        const text = await answer.text();
        return { status: answer.status, headers: answer.headers, text, body: text.startsWith('{') ? JSON.parse(text) : null };
    }
    async good(method, path, body, headers) {
        const answer = await this.ask(method, path, body, headers);
        assert.ok(answer.status < 300, `${this.login}: ${method} ${path} ${JSON.stringify(body ?? '')}: ${answer.status} ${answer.text}`);
        return answer.body;
    }
    get(path) { return this.good('GET', path); }
    put(path, body) { return this.good('PUT', path, body); }
    ticket(number) { return this.get(`/api/v1/tickets/${number}`); }
    async tickets(query = '') { return (await this.get(`/api/v1/tickets?${query}`)).items; }
    give(number, command, fields = {}, headers) { return this.good('POST', `/api/v1/tickets/${number}/commands`, { command, ...fields }, headers); }
    try(number, command, fields = {}, headers) { return this.ask('POST', `/api/v1/tickets/${number}/commands`, { command, ...fields }, headers); }
    async events(number) { return (await this.get(`/api/v1/tickets/${number}/events?limit=200`)).items; }
    async deadlines(number) { return (await this.get(`/api/v1/tickets/${number}/deadlines`)).items; }
    async outbox(state = '') { return (await this.get(`/api/v1/outbox?limit=200&state=${state}`)).items; }
}

export class Resident {
    constructor(it, channel = 'web') {
        Object.assign(this, { it, channel, token: null, last: [], heard: 0 });
    }
    async post(body, headers = {}) {
        const form = body instanceof FormData;
        const answer = await fetch(`${this.it.url}/chat/${this.channel}/messages`, {
            method: 'POST',
            headers: { ...(form ? {} : { 'Content-Type': 'application/json' }), ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}), ...headers },
            body: form ? body : JSON.stringify(body),
        });
        const text = await answer.text();
        const json = text.startsWith('{') ? JSON.parse(text) : null;
        if (answer.status === 200) {
            this.token = json.token;
            this.last = json.messages;
        }
        return { status: answer.status, body: json, text, headers: answer.headers };
    }
    // Says it; gives the bot's words, one text.
    async says(text, headers) {
        const answer = await this.post({ text }, { 'Idempotency-Key': randomUUID(), ...headers });
        assert.equal(answer.status, 200, answer.text);
        return answer.body.messages.map((message) => message.text).join('\n');
    }
    // Taps the newest choice with that title.
    async taps(title) {
        const choice = [...(await this.messages())].reverse().flatMap((message) => message.choices ?? []).find((one) => one.title === title);
        assert.ok(choice, `no choice "${title}"`);
        const answer = await this.post({ choice: choice.payload });
        assert.equal(answer.status, 200, answer.text);
        return answer.body.messages.map((message) => message.text).join('\n');
    }
    async messages(after = 0) {
        const answer = await fetch(`${this.it.url}/chat/${this.channel}/messages?after=${after}`, { headers: { Authorization: `Bearer ${this.token}` } });
        return (await answer.json()).messages;
    }
    // What was pushed since the last look, one text.
    async hears() {
        const news = await this.messages(this.heard);
        if (news.length) this.heard = Number(news.at(-1).id);
        return news.filter((message) => message.from !== 'resident').map((message) => message.text).join('\n');
    }
    async photo(bytes, text, name = 'photo.png', type = 'image/png') {
        const form = new FormData();
        form.set('image', new Blob([bytes], { type }), name);
        if (text) form.set('text', text);
        return this.post(form);
    }
    // Files the usual complaint and gives the ticket's number.
    async files(text = '3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678') {
        await this.says(text);
        const said = await this.says('对');
        const number = /T\d{8}-\d+/.exec(said)?.[0];
        assert.ok(number, `no ticket: ${said}`);
        return number;
    }
}

// The smallest real PNG: one white point.
export const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=', 'base64');

// Waits for something that comes by itself (a push through a courier), at most so many seconds.
export async function until(what, look, seconds = 5) {
    const give_up = Date.now() + seconds * 1000;
    for (;;) {
        const found = await look();
        if (found) return found;
        assert.ok(Date.now() < give_up, `it did not come: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

export function check_chain(events) {
    const outcome = spawnSync('node', [join(root, 'tests/chain/check.mjs')], { input: JSON.stringify({ items: events }), encoding: 'utf8' });
    assert.equal(outcome.status, 0, outcome.stderr);
    return outcome.stdout;
}

// Runs the tests of one file in order and counts them.
const tests = [];
export const test = (name, body) => tests.push({ name, body });
export async function run() {
    const only = process.env.ONLY;
    let passed = 0, failed = 0;
    for (const { name, body } of tests) {
        if (only && !name.includes(only)) continue;
        const to_end = [];
        const began = Date.now();
        try {
            await body((ending) => to_end.push(ending));
            passed += 1;
            console.log(`ok    ${name} (${Date.now() - began} ms)`);
        } catch (problem) {
            failed += 1;
            console.log(`FAIL  ${name}\n      ${String(problem.stack ?? problem).split('\n').join('\n      ')}`);
        }
        for (const ending of to_end.reverse()) await ending();
    }
    console.log(`${passed} passed, ${failed} failed, 0 skipped`);
    process.exitCode = failed ? 1 : 0;
}
