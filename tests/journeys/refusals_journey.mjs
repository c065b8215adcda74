// Bad input: each gets the status and text of the outside's description, and nothing is lost or half done.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, png, program, root, run, test } from './house.mjs';

test('every malformed configuration is refused with file, pointer and mend, before anything starts', async (to_end) => {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-config-'));
    to_end(() => rmSync(folder, { recursive: true }));
    const good = { listen: '127.0.0.1:0', store: 'sqlite:huiyin.db', media: 'media', policy: 'templates/policies/property-group.json', directory: 'templates/demo/directory.json', secret: 's'.repeat(32), data_key: '0'.repeat(64), channels: [{ id: 'web', type: 'webchat' }] };
    const cases = [
        [{ secret: 'short' }, /\/secret: only 5 bytes/],
        [{ secret: '${HUIYIN_NOT_SET}' }, /\/secret: the environment has no HUIYIN_NOT_SET/],
        [{ data_key: 'abc' }, /\/data_key: not 32 bytes/],
        [{ data_key: undefined }, /\/data_key: missing/],
        [{ data_key: '' }, /\/data_key: missing/],
        [{ data_key: 'file:nothing.key' }, /\/data_key: cannot read .*nothing\.key/],
        [{ data_key: ['file:empty.key', '0'.repeat(64)] }, /\/data_key\/0: the file is empty: .*empty\.key/],
        [{ listen: 'localhost' }, /\/listen: cannot read "localhost"/],
        [{ listen: '127.0.0.1:99999' }, /\/listen/],
        [{ lisen: 'x' }, /\/lisen: unknown key: did you mean "listen"\?/],
        [{ policy: 'nothing.json' }, /\/policy: no such file/],
        [{ store: 'mysql://x' }, /\/store: cannot read/],
        [{ channels: [] }, /\/channels: no channel/],
        [{ channels: [{ id: 'web', type: 'webchatt' }] }, /\/channels\/0\/type: unknown word "webchatt"/],
        [{ channels: [{ id: 'web', type: 'webchat' }, { id: 'web', type: 'webchat' }] }, /\/channels\/1\/id: the id "web" stands twice/],
        [{ channels: [{ id: 'oa', type: 'wechat_official_account', app_id: 'wx', app_secret: 'x', token: 't', encoding_aes_key: 'short' }] }, /\/channels\/0\/encoding_aes_key/],
        [{ channels: [{ id: 'app', type: 'wecom_app' }] }, /\/channels\/0\/corp_id: missing/],
        [{ notify: { staff: ['ap'] } }, /\/notify\/staff: unknown channel "ap"/],
        [{ notify: { staff: ['wbe'] } }, /\/notify\/staff: unknown channel "wbe": did you mean "web"\?/],
        [{ limits: { media_bytes: 1 } }, /\/limits\/media_bytes: write a number from/],
        [{ trusted_proxies: ['here'] }, /\/trusted_proxies: cannot read "here"/],
        [{ understanding: { model: 'oracle' } }, /\/understanding\/model: unknown word/],
        [{ listen: '0.0.0.0:0' }, /\/demo_password: this service listens on 0\.0\.0\.0/],
        [{ public_url: 'https://service.example.com' }, /\/demo_password: "public_url" is https:\/\/service\.example\.com/],
        [{ trusted_proxies: ['127.0.0.1/32'] }, /\/demo_password: "trusted_proxies" says/],
    ];
    writeFileSync(join(folder, 'empty.key'), '\n');
    const serve = (text) => {
        writeFileSync(join(folder, 'huiyin.json'), text);
        return spawnSync(program, ['serve', '--config', join(folder, 'huiyin.json')], { encoding: 'utf8', cwd: root, timeout: 20000 });
    };
    for (const [change, expected] of cases) {
        const outcome = serve(JSON.stringify({ ...good, ...change }));
        assert.equal(outcome.status, 1, JSON.stringify(change) + outcome.stderr);
        assert.match(outcome.stderr, expected);
        assert.match(outcome.stderr, /^huiyin: |\nhuiyin: /);
        const [pointer] = /\/(?:secret|data_key)(?:\/\d)?/.exec(expected.source.replaceAll('\\', '')) ?? [];
        if (pointer) assert.equal(outcome.stderr.split(` ${pointer}: `).length, 2, `said once: ${outcome.stderr}`);
        assert.doesNotMatch(outcome.stderr, /listening on/);
        assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('huiyin.db')), [], 'no store is left behind');
    }
    const broken = serve('{"listen": ');
    assert.equal(broken.status, 1);
    assert.match(broken.stderr, /not readable as JSON at line 1, column \d+ \(unexpected end of input[^)]*\): \S+huiyin\.json/);
    const several = serve(JSON.stringify({ ...good, secret: 'x', data_key: 'y', channels: [] }));
    assert.ok(several.stderr.split('\n').filter((line) => line.startsWith('huiyin: ')).length >= 3, 'all findings at once');
    const missing = spawnSync(program, ['serve', '--config', join(folder, 'none.json')], { encoding: 'utf8' });
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /cannot read the file/);
    assert.equal(spawnSync(program, ['serve', '--what'], { encoding: 'utf8' }).status, 2);
});

test('the chat refuses what it cannot take, and the talk goes on', async (to_end) => {
    const it = await house({ limits: { media_bytes: 4096 } });
    to_end(() => it.destroy());
    const wang = it.resident();
    await wang.says('楼道灯坏了');
    const before = (await wang.messages()).length;
    const url = `${it.url}/chat/web/messages`;
    const token = { Authorization: `Bearer ${wang.token}` };
    const raw = async (body, headers, method = 'POST') => (await fetch(url, { method, body, headers: { ...token, ...headers } }));
    const json = { 'Content-Type': 'application/json' };
    for (const [body, headers, status] of [
        ['{"text":', json, 400], ['[]', json, 400], ['{"text":1}', json, 400], ['{"tex":"x"}', json, 400], ['{}', json, 400], ['{"text":"  "}', json, 400],
        ['{"text":"a","choice":"b"}', json, 400], ['{"choice":"p1.abc"}', json, 400], ['{"choice":"p1.' + 'A'.repeat(28) + '"}', json, 400],
        ['{"text":"' + '长'.repeat(12000) + '"}', json, 413], ['x', { 'Content-Type': 'text/plain' }, 415], ['{"a":'.repeat(50) + '1' + '}'.repeat(50), json, 400],
        ['--x\r\n', { 'Content-Type': 'multipart/form-data; boundary=y' }, 400],
    ]) {
        const answer = await raw(body, headers);
        assert.equal(answer.status, status, body.slice(0, 60) + (await answer.clone().text()));
        assert.match(answer.headers.get('content-type'), /application\/problem\+json/);
    }
    assert.equal((await wang.photo(Buffer.alloc(5000, 1))).status, 413);
    assert.equal((await wang.photo(Buffer.from('<svg onload="alert(1)"></svg>'.padEnd(100)), null, 'a.svg', 'image/svg+xml')).status, 415);
    assert.equal((await wang.photo(Buffer.from('<html>'.padEnd(100)), null, 'a.jpg', 'image/jpeg')).status, 415);
    assert.equal((await fetch(`${it.url}/chat/none/messages`, { method: 'POST', body: '{"text":"x"}', headers: json })).status, 404);
    assert.equal((await fetch(`${it.url}/chat/none`)).status, 404);
    assert.equal((await raw('{}', {}, 'DELETE')).status, 405);
    assert.equal((await wang.messages()).length, before, 'nothing of it was stored');
    assert.equal((await wang.photo(png, '在这里')).status, 200);
    // Somebody else's button is none.
    const other = it.resident();
    await other.says('你好');
    const payload = (await other.messages()).flatMap((message) => message.choices ?? [])[0].payload;
    assert.equal((await wang.post({ choice: payload })).status, 400);
    // A token of the client's own choosing is never taken over.
    const chosen = 'a'.repeat(64);
    const answer = await fetch(url, { method: 'POST', headers: { ...json, Authorization: `Bearer ${chosen}` }, body: '{"text":"你好"}' });
    assert.notEqual((await answer.json()).token, chosen);
    // Another one's picture is not found.
    const picture = (await wang.messages()).find((message) => message.image).image.url;
    assert.equal((await fetch(it.url + picture, { headers: token })).status, 200);
    assert.equal((await fetch(it.url + picture, { headers: { Authorization: `Bearer ${other.token}` } })).status, 404);
    assert.equal((await fetch(it.url + picture)).status, 404);
});

test('a photo for which there is no room is asked for again', async (to_end) => {
    const it = await house();
    to_end(it.destroy);
    const media = join(it.folder, 'media');
    rmSync(media, { recursive: true, force: true });
    writeFileSync(media, '');
    const form = new FormData();
    form.set('text', '3栋楼道灯不亮');
    form.set('image', new Blob([png], { type: 'image/png' }), 'a.png');
    const answer = await fetch(`${it.url}/chat/web/messages`, { method: 'POST', body: form });
    assert.equal(answer.status, 503);
    assert.ok(answer.headers.get('retry-after'));
    assert.match(await answer.text(), /store\.not_writable/);
    rmSync(media);
    mkdirSync(media);
    const again = await fetch(`${it.url}/chat/web/messages`, { method: 'POST', body: form });
    assert.equal(again.status, 200);
});

test('too fast: 429 with Retry-After, nothing stored', async (to_end) => {
    const it = await house({ limits: { messages_per_minute_per_user: 3 } });
    to_end(() => it.destroy());
    const wang = it.resident();
    for (let i = 0; i < 2; ++i) await wang.says('楼道灯坏了');
    let last;
    for (let i = 0; i < 4; ++i) last = await wang.post({ text: '快点' });
    assert.equal(last.status, 429);
    assert.ok(Number(last.headers.get('retry-after')) > 0);
});

test('the API: who may do what, and how a no is said', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const number = await it.resident().files();
    const li = await it.sign_in('li.na'), zhou = await it.sign_in('zhou.jie'), zhang = await it.sign_in('zhang.qiang'), admin = await it.sign_in('admin');
    assert.equal((await zhou.ask('GET', `/api/v1/tickets/${number}`)).status, 404, 'a foreign ticket is an unknown one');
    assert.equal((await zhou.try(number, 'accept')).status, 404);
    assert.equal((await zhou.tickets()).length, 0);
    assert.equal((await zhang.try(number, 'accept')).status, 403);
    const extend = await li.try(number, 'extend', { clock: 'handle', until: '2026-03-20T17:30:00+08:00', reason: '忙' });
    assert.ok([403, 409].includes(extend.status), extend.text);
    const resolve = await li.try(number, 'resolve', { text: 'x' });
    assert.ok([403, 409].includes(resolve.status));
    assert.match(resolve.body.detail, /./);
    assert.equal((await li.try(number, 'acept')).status, 422);
    assert.equal((await li.try(number, 'assign', {})).status, 422);
    assert.equal((await li.try(number, 'accept', { colour: 'red' })).status, 422);
    assert.equal((await li.try(number, 'accept', {}, { 'If-Match': '"1000"' })).status, 412);
    assert.equal((await li.ask('GET', '/api/v1/tickets/T19990101-001')).status, 404);
    assert.equal((await li.ask('GET', '/api/v1/tickets?unti=x')).status, 400);
    assert.equal((await li.ask('GET', '/api/v1/tickets?unit=nowhere')).status, 400);
    assert.equal((await li.ask('GET', '/api/v1/outbox')).status, 403);
    assert.equal((await li.ask('PUT', '/api/v1/clock', { advance: '1 day' })).status, 403);
    assert.equal((await admin.ask('PUT', '/api/v1/clock', { now: '2020-01-01T00:00:00+08:00' })).status, 409);
    assert.equal((await admin.ask('PUT', '/api/v1/clock', { advance: '1 dayz' })).status, 422);
    const veiled = await admin.ticket(number);
    assert.equal(veiled.customer.phone_masked, null, 'administrators see no phone');
    assert.equal((await li.ask('POST', '/api/v1/tickets', { kind: 'complaint' })).status, 422);
    const opened = await li.ask('POST', '/api/v1/tickets', { kind: 'complaint', category: 'environment', description: '7栋楼下垃圾三天没收', household: { building: '7', unit: '1', room: '101' }, customer: { name: '王先生', phone: '13900001111' } }, { 'Idempotency-Key': 'one' });
    assert.equal(opened.status, 201, opened.text);
    assert.equal(opened.headers.get('location'), `/api/v1/tickets/${opened.body.number}`);
    const twice = await li.ask('POST', '/api/v1/tickets', { kind: 'complaint', category: 'environment', description: '7栋楼下垃圾三天没收', household: { building: '7', unit: '1', room: '101' }, customer: { name: '王先生', phone: '13900001111' } }, { 'Idempotency-Key': 'one' });
    assert.equal(twice.body.number, opened.body.number, 'the same key, the same ticket');
    const seen = await li.good('POST', `/api/v1/tickets/${opened.body.number}/reveal`, { field: 'phone', reason: '回电核实地址' });
    assert.equal(seen.value, '13900001111');
    const wrong = await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ login: 'li.na', password: 'x' }) });
    const nobody = await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ login: 'no.body', password: 'x' }) });
    assert.equal(wrong.status, 401);
    assert.equal(await wrong.text(), await nobody.text(), 'the same no for both');
    for (let i = 0; i < 5; ++i) await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ login: 'sun.mei', password: 'x' }) });
    assert.equal((await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ login: 'sun.mei', password: 'huiyin-demo' }) })).status, 429);
    await li.ask('DELETE', '/api/v1/sessions/current');
    assert.equal((await li.ask('GET', '/api/v1/me')).status, 401);
});

test('a write by cookie needs our own page', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const signed = await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ login: 'li.na', password: 'huiyin-demo' }) });
    const cookie = signed.headers.get('set-cookie');
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Strict/);
    const { csrf } = await signed.json();
    const number = await it.resident().files();
    const give = (headers) => fetch(`${it.url}/api/v1/tickets/${number}/commands`, { method: 'POST', headers: { Cookie: cookie.split(';')[0], 'Content-Type': 'application/json', ...headers }, body: '{"command":"accept"}' });
    assert.equal((await give({})).status, 403);
    assert.equal((await give({ Origin: 'https://evil.example' })).status, 403);
    assert.equal((await give({ 'X-Huiyin-CSRF': 'wrong' })).status, 403);
    assert.equal((await give({ 'X-Huiyin-CSRF': csrf })).status, 200);
});

test('every route: without a session 401, by a wrong method 405, with the headers that every answer has', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const { paths } = await (await fetch(it.url + '/api/v1/openapi.json')).json();
    let routes = 0;
    for (const [path, methods] of Object.entries(paths)) {
        const url = it.url + path.replace(/\{\w+\}/g, '1');
        for (const [method, operation] of Object.entries(methods)) {
            routes += 1;
            const staff = operation.tags.includes('staff');
            const answer = await fetch(url, { method: method.toUpperCase(), redirect: 'manual', ...(method === 'get' ? {} : { body: '{}', headers: { 'Content-Type': 'application/json' } }) });
            if (staff) assert.equal(answer.status, 401, `${method} ${path}`);
            else assert.ok(answer.status < 500, `${method} ${path} ${answer.status}`);
            assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
            assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
            assert.equal(answer.headers.get('server'), null);
            await answer.arrayBuffer();
        }
        const missing = ['put', 'patch', 'delete'].find((method) => !methods[method]);
        const answer = await fetch(url, { method: missing.toUpperCase(), body: '{}', headers: { 'Content-Type': 'application/json' } });
        assert.equal(answer.status, 405, `${missing} ${path}`);
        assert.ok(answer.headers.get('allow'));
    }
    assert.ok(routes > 25);
});

test('accounts by command, through the running service and without it', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const added = it.command('user', 'add', 'wu.gang', '--name', '吴刚', '--role', 'engineering', '--unit', '锦绣花园物业服务中心');
    assert.equal(added.status, 0, added.stderr);
    const link = /link\/([0-9a-f]{64})/.exec(added.stdout)[1];
    const signed = await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ link, password: 'a long password' }) });
    assert.equal(signed.status, 200);
    assert.equal((await fetch(it.url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ link, password: 'a long password' }) })).status, 401, 'once');
    assert.match(it.command('user', 'list').stdout, /wu\.gang\t吴刚\tengineering/);
    assert.match(it.command('user', 'add', 'wu.gang', '--name', 'x', '--role', 'engineering', '--unit', '锦绣花园物业服务中心').stderr, /taken/);
    assert.match(it.command('user', 'add', 'x.y', '--name', 'x', '--role', 'enginering', '--unit', '锦绣花园物业服务中心').stderr, /did you mean "engineering"/);
    const second = spawnSync(program, ['serve', '--config', it.config], { encoding: 'utf8', timeout: 20000, cwd: root });
    assert.equal(second.status, 1, 'a second process is refused');
    assert.match(second.stderr, /huiyin: /);
    await it.stop();
    assert.equal(it.command('user', 'disable', 'wu.gang').status, 0);
    assert.match(it.command('user', 'list').stdout, /wu\.gang.*disabled/);
    assert.equal(it.command('user', 'enable', 'wu.gang').stdout, 'enabled wu.gang\n');
    assert.doesNotMatch(it.command('user', 'list').stdout, /wu\.gang.*disabled/);
    assert.match(it.command('user', 'enable', 'nobody').stderr, /no such login/);
    const check = it.command('doctor');
    assert.equal(check.status, 0, check.stdout + check.stderr);
    assert.match(check.stdout, /ok    store/);
    assert.equal(it.command('migrate', '--check').status, 0);
});

await run();
