// Signing in and what a session is worth: fixed, stolen, old, forged, forced open, sent from elsewhere.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { in_the_world_of, Unkind } from '../faults/unkind.mjs';
import { house, run, test } from './house.mjs';

const minute = 60e3, hour = 60 * minute;
const is_in = async (person) => (await person.ask('GET', '/api/v1/me')).status;
const tries = async (it, login, password, headers = {}) => {
    const answer = await fetch(it.url + '/api/v1/sessions', { method: 'POST', headers, body: JSON.stringify({ login, password }) });
    const text = await answer.text();
    return { status: answer.status, text, headers: answer.headers, body: JSON.parse(text) };
};

test('a session is made by us, ends where it is ended, and follows what its holder is', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const chosen = 'a1'.repeat(32);
    const fixed = await tries(it, 'li.na', 'huiyin-demo', { Cookie: `huiyin_session=${chosen}`, Authorization: `Bearer ${chosen}` });
    assert.equal(fixed.status, 200);
    assert.match(fixed.body.token, /^[0-9a-f]{64}$/);
    assert.notEqual(fixed.body.token, chosen);
    assert.ok(!fixed.headers.get('set-cookie').includes(chosen));
    assert.equal((await fetch(it.url + '/api/v1/me', { headers: { Cookie: `huiyin_session=${chosen}` } })).status, 401, 'what the client chose opens nothing');

    const [phone, desk] = [await it.sign_in('li.na'), await it.sign_in('li.na')];
    assert.notEqual(phone.token, desk.token);
    assert.equal((await phone.ask('DELETE', '/api/v1/sessions/current')).status, 204);
    assert.deepEqual([await is_in(phone), await is_in(desk)], [401, 200], 'signed out of one device');

    const admin = await it.sign_in('admin');
    const { link } = await admin.good('POST', '/api/v1/directory/staff/li.na/commands', { command: 'reset_password' });
    assert.equal(await is_in(desk), 401, 'whoever was given a link is signed out everywhere');
    const secret = /[0-9a-f]{64}/.exec(JSON.stringify(link))[0];
    const renewed = await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ link: secret, password: 'a quite new password' }) });
    assert.equal(renewed.status, 200);
    assert.equal((await tries(it, 'li.na', 'huiyin-demo')).status, 401);
    // The same new password of two people is two hashes, of the costly kind.
    const { link: other } = await admin.good('POST', '/api/v1/directory/staff/sun.mei/commands', { command: 'reset_password' });
    assert.equal((await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ link: /[0-9a-f]{64}/.exec(JSON.stringify(other))[0], password: 'a quite new password' }) })).status, 200);

    const li = await it.sign_in('li.na', 'a quite new password');
    const number = await it.resident().files();
    await admin.good('PATCH', '/api/v1/directory/staff/li.na', { roles: ['environment'] });
    assert.deepEqual((await li.get('/api/v1/me')).roles, ['environment']);
    assert.equal((await li.try(number, 'accept')).status, 403, 'a role that he had yesterday');
    await admin.good('PATCH', '/api/v1/directory/staff/li.na', { roles: ['front_desk'], unit: 'cuihu-centre' });
    assert.equal((await li.try(number, 'accept')).status, 404, 'a unit that was his');
    await admin.good('PATCH', '/api/v1/directory/staff/li.na', { disabled: true });
    assert.equal(await is_in(li), 401);
    await admin.good('PATCH', '/api/v1/directory/staff/li.na', { disabled: false });
    assert.equal((await tries(it, 'li.na', 'a quite new password')).status, 200);

    if (!it.settings.store.startsWith('sqlite:')) return;
    await it.stop();
    const kept = readFileSync(join(it.folder, 'huiyin.db'), 'latin1');
    const hashes = new Set([...kept.matchAll(/\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]+\$[\w+/]+/g)].map((one) => one[0]));
    assert.ok(hashes.size >= 2, `${hashes.size} hashes`);
    for (const password of ['a quite new password', 'huiyin-demo']) assert.ok(!kept.includes(password));
});

test('a session that nobody uses ends after half an hour, any after twelve', async (to_end) => {
    const unkind = new Unkind(to_end);
    const it = await in_the_world_of(unkind, () => house({ clock: 'system' }));
    to_end(() => it.destroy());
    const [used, unused] = [await it.sign_in('li.na'), await it.sign_in('wang.fang')];
    // That he was seen is noted behind the answer; what is written after it waits for it.
    const uses = async (after) => {
        unkind.set_clock_off(after);
        assert.equal(await is_in(used), 200, `used every twenty minutes, after ${after / minute}`);
        await used.put('/api/v1/me/filters', { items: [] });
    };
    await uses(29 * minute);
    unkind.set_clock_off(31 * minute);
    assert.deepEqual([await is_in(used), await is_in(unused)], [200, 401]);
    for (let after = 31 * minute; after < 12 * hour; after += 20 * minute) await uses(after);
    unkind.set_clock_off(12 * hour + minute);
    assert.equal(await is_in(used), 401, 'twelve hours are all');
});

test('with https the cookie is for this host alone and never for scripts', async (to_end) => {
    const it = await house({ over: { public_url: 'https://localhost' } });
    to_end(() => it.destroy());
    const signed = await tries(it, 'li.na', 'huiyin-demo');
    const cookie = signed.headers.get('set-cookie');
    assert.match(cookie, /^__Host-huiyin_session=[0-9a-f]{64}; /);
    for (const part of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']) assert.ok(cookie.split('; ').includes(part), `${part}: ${cookie}`);
    assert.doesNotMatch(cookie, /Domain/i);
    const token = signed.body.token;
    const me = (headers) => fetch(it.url + '/api/v1/me', { headers });
    assert.equal((await me({ Cookie: `__Host-huiyin_session=${token}` })).status, 200);
    assert.equal((await me({ Cookie: `huiyin_session=${token}` })).status, 401, 'by no other name');
    const talk = await fetch(it.url + '/chat/web/messages', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"text":"你好"}' });
    assert.match(talk.headers.get('set-cookie'), /HttpOnly.*Secure|Secure.*HttpOnly/);
});

test('who is unknown, disabled or locked hears the same no as who mistyped', async (to_end) => {
    const it = await house({ over: { public_url: 'http://127.0.0.1', trusted_proxies: ['127.0.0.1/32'] } });
    to_end(() => it.destroy());
    const admin = await it.sign_in('admin');
    await admin.good('PATCH', '/api/v1/directory/staff/sun.mei', { disabled: true });
    let address = 0;
    const from = () => ({ 'X-Forwarded-For': `198.51.100.${++address}` });
    const kinds = { 'wrong password': ['li.na', 'x'], 'unknown login': ['no.body', 'x'], disabled: ['sun.mei', 'huiyin-demo'] };
    const answers = {}, times = {};
    for (const [kind, [login, password]] of Object.entries(kinds)) {
        const began = performance.now();
        answers[kind] = await tries(it, login, password, from());
        times[kind] = Math.round(performance.now() - began);
    }
    const said = ({ status, text, headers }) => [status, text, headers.get('content-type'), headers.get('set-cookie')];
    for (const [kind, answer] of Object.entries(answers)) assert.deepEqual(said(answer), said(answers['wrong password']), kind);
    assert.equal(answers.disabled.status, 401);
    console.log(`      ${Object.entries(times).map(([kind, ms]) => `${kind} ${ms} ms`).join(', ')}`);
    // Five tries each: then neither a known nor an unknown login says more than that it is enough.
    const locked = {};
    for (const login of ['li.na', 'no.body']) {
        for (let i = 0; i < 5; ++i) await tries(it, login, 'x', from());
        locked[login] = await tries(it, login, login === 'li.na' ? 'huiyin-demo' : 'x', from());
    }
    assert.deepEqual(said(locked['li.na']), said(locked['no.body']));
    assert.equal(locked['li.na'].status, 429);
    assert.ok(Number(locked['li.na'].headers.get('retry-after')) > 0);
});

test('guessing is stopped by login and by address, shuts out nobody else, and the administrator opens again', async (to_end) => {
    const it = await house({ over: { public_url: 'http://127.0.0.1', trusted_proxies: ['127.0.0.1/32'] } });
    to_end(() => it.destroy());
    const from = (n) => ({ 'X-Forwarded-For': `203.0.113.${n}` });
    const admin = await it.sign_in('admin');
    const statuses = [];
    for (let i = 0; i < 20; ++i) statuses.push((await tries(it, 'li.na', `guess ${i}`, from(i + 1))).status);
    assert.deepEqual(statuses, [...Array(5).fill(401), ...Array(15).fill(429)], 'from twenty addresses, five tries are all');
    assert.equal((await tries(it, 'li.na', 'huiyin-demo', from(99))).status, 429);
    // Two hundred from one address: twenty are looked at; whoever sits elsewhere notices nothing.
    let looked_at = 0;
    for (let i = 0; i < 200; ++i) looked_at += (await tries(it, `nobody.${i}`, 'x', from(200))).status === 401;
    assert.equal(looked_at, 20);
    assert.equal((await tries(it, 'wang.fang', 'huiyin-demo', from(200))).status, 429);
    for (const login of ['wang.fang', 'zhang.qiang', 'zhao.min']) assert.equal((await tries(it, login, 'huiyin-demo', from(201))).status, 200, login);
    assert.match(it.said(), /"event":"access.too_many"/, 'it is written down for who looks after the service');
    // He who is locked out is let in by a link, and his new password opens at once.
    const { link } = await admin.good('POST', '/api/v1/directory/staff/li.na/commands', { command: 'reset_password' });
    const secret = /[0-9a-f]{64}/.exec(JSON.stringify(link))[0];
    assert.equal((await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ link: secret, password: 'a quite new password' }) })).status, 200);
    assert.equal((await tries(it, 'li.na', 'a quite new password', from(202))).status, 200);
});

// Every route that changes something, as a page of somebody else's would call it from the browser of one who is signed in.
test('no page of somebody else\'s changes anything by the cookie', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const { paths } = await (await fetch(it.url + '/api/v1/openapi.json')).json();
    const changing = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).filter(([method, about]) => method !== 'get' && about.tags.includes('staff')).map(([method]) => ({ method: method.toUpperCase(), path })));
    assert.ok(changing.length > 15);
    const number = await it.resident().files();
    const zhao = await it.sign_in('zhao.min');
    const host = new URL(it.url).host;
    const json = { 'Content-Type': 'application/json' };
    const forged = [
        { ...json }, { ...json, Origin: 'null' }, { ...json, Origin: 'https://evil.example' }, { ...json, Origin: `http://${host}.evil.example` }, { ...json, Origin: `http://evil.example/${host}` },
        { ...json, Origin: 'https://evil.example', Referer: `${it.url}/console/` }, { ...json, 'X-Huiyin-CSRF': '' }, { ...json, 'X-Huiyin-CSRF': 'f'.repeat(32) },
        { 'Content-Type': 'text/plain', Origin: 'https://evil.example' }, { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null' }, { 'Content-Type': 'multipart/form-data; boundary=x', Origin: 'https://evil.example' },
    ];
    const state = async () => JSON.stringify([await zhao.ticket(number), (await zhao.tickets()).length, (await zhao.events(number)).length]);
    const before = await state();
    const found = [];
    for (const login of ['li.na', 'wang.fang', 'admin']) {
        const { token } = await it.sign_in(login);
        for (const { method, path } of changing)
            for (const headers of forged) {
                const target = path.replace('{number}', number).replace('{kind}', 'staff').replace(/\{\w+\}/g, '1');
                const answer = await fetch(it.url + target, { method, headers: { Cookie: `huiyin_session=${token}`, ...headers }, body: headers['Content-Type'] === json['Content-Type'] ? '{"command":"accept"}' : 'command=accept' });
                if (answer.status !== 403) found.push(`${method} ${target} ${JSON.stringify(headers)}: ${answer.status}`);
                await answer.arrayBuffer();
            }
        assert.equal(await is_in({ ask: (method, path) => fetch(it.url + path, { method, headers: { Cookie: `huiyin_session=${token}` } }) }), 200, 'nobody was signed out');
    }
    assert.deepEqual(found, []);
    assert.equal(await state(), before);
    // No other site may read, either: no answer allows it.
    for (const path of ['/api/v1/me', '/api/v1/tickets', '/chat/web/messages']) {
        const answer = await fetch(it.url + path, { headers: { Origin: 'https://evil.example' } });
        assert.deepEqual([...answer.headers.keys()].filter((name) => name.startsWith('access-control')), [], path);
        await answer.arrayBuffer();
    }
});

test('nobody is signed in by a page that is not ours', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const host = new URL(it.url).host;
    for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { Origin: `http://${host}.evil.example` }, { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }]) {
        const answer = await tries(it, 'li.na', 'huiyin-demo', headers);
        assert.equal(answer.status, 403, JSON.stringify(headers));
        assert.equal(answer.headers.get('set-cookie'), null);
        const code = await fetch(it.url + '/api/v1/sessions/code', { method: 'POST', headers, body: JSON.stringify({ code: '123456' }) });
        assert.equal(code.status, 403);
        await code.arrayBuffer();
    }
    // Under the configured name, in whatever letters, and under the one that is asked: in the house another than outside.
    const named = await house({ over: { public_url: 'http://LocalHost:80/' } });
    to_end(() => named.destroy());
    for (const [origin, status] of [['http://localhost', 200], [named.url, 200], ['http://other.example', 403]])
        assert.equal((await tries(named, 'li.na', 'huiyin-demo', { Origin: origin })).status, status, origin);
    // Our own page, also behind a proxy that tells us another name; and programs, which send none.
    for (const headers of [{ Origin: it.url }, { Origin: `https://${host}` }, { Origin: 'https://service.example', 'Sec-Fetch-Site': 'same-origin' }, {}])
        assert.equal((await tries(it, 'li.na', 'huiyin-demo', headers)).status, 200, JSON.stringify(headers));
});

// The bytes as they go over the wire: what a client library would tidy up first.
function raw(url, target) {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
        let said = '';
        const socket = createConnection({ host: hostname, port }, () => socket.write(`GET ${target} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`));
        socket.setEncoding('latin1').on('data', (text) => (said += text)).on('end', () => resolve(said)).on('error', reject);
    });
}

test('whatever is asked, nobody is led to another site', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const away = ['//evil.example', 'https:evil.example', 'https://evil.example', '\\\\evil.example', '/\\evil.example', '%2f%2fevil.example', '/%0d%0aLocation:https://evil.example', '/.evil.example', '@evil.example', '/%09/evil.example', '///evil.example'];
    const targets = away.flatMap((to) => [to.startsWith('/') ? to : '/' + to, `/console/${to}`, ...['next', 'url', 'redirect', 'return_to'].flatMap((name) => [`/?${name}=${to}`, `/console?${name}=${to}`, `/console/?${name}=${encodeURIComponent(to)}`, `/api/v1/sessions/ways?${name}=${to}`])]);
    for (const target of targets) {
        const answer = await raw(it.url, target);
        assert.match(answer, /^HTTP\/1.1 \d{3}/, target);
        const places = [...answer.split('\r\n\r\n')[0].matchAll(/^location: *(.*)$/gim)].map((one) => one[1].trim());
        for (const place of places) assert.match(place, /^\/(?![/\\])[\w/.#-]*$/, `${target} leads to ${place}`);
    }
});

await run();
