// The second factor: an authenticator of the test's own beside the real service, whose clock the test moves. Set up, asked
// for at every sign-in, lost, taken off by others, and asked of administrators.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { office } from './authenticator.mjs';
import { program, run, test } from './house.mjs';

const second = 1e3, minute = 60 * second;
const mine = '/api/v1/me/second-factor', change = mine + '/commands';
const password = 'huiyin-demo';

async function post(it, path, body, headers = {}) {
    const answer = await fetch(it.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: JSON.parse(text), text, cookies: answer.headers.getSetCookie(), headers: answer.headers };
}
const begins = (it, login, headers) => post(it, '/api/v1/sessions', { login, password }, headers);
const half_of = async (it, login, headers) => {
    const answer = await begins(it, login, headers);
    assert.equal(answer.status, 202, answer.text);
    return answer.body.half_session;
};
// What a code opens, by a fresh half: 200, or the reason why not.
const brings = async (it, login, code, headers) => {
    const answer = await post(it, '/api/v1/sessions/code', { half_session: await half_of(it, login, headers), code }, headers);
    return answer.status === 200 ? 200 : `${answer.status} ${answer.body.code}`;
};
const me = async (it, headers) => (await fetch(it.url + '/api/v1/me', { headers })).status;
const bearer = (token) => ({ Authorization: `Bearer ${token}` });

async function set_up(at, login) {
    const person = await at.it.sign_in(login);
    const { secret } = await person.good('POST', mine, { password });
    const { recovery_codes } = await person.good('POST', change, { command: 'switch_on', code: at.code(secret) });
    at.tick();
    return { person, secret, recovery_codes };
}

test('it is set up with the password again and a right code, then asked for at every sign-in; each code opens once', async (to_end) => {
    const at = await office(to_end);
    const { it } = at;
    const [li, elsewhere] = [await it.sign_in('li.na'), await it.sign_in('li.na')];
    assert.deepEqual(await li.get(mine), { on: false, required: false, since: null, recovery_codes_left: 0 });
    const early = await li.ask('POST', change, { command: 'switch_on', code: '123456' });
    assert.deepEqual([early.status, early.body.code], [409, 'second_factor.conflict']);
    for (const wrong of [{}, { password: 'wrong' }]) {
        const refused = await li.ask('POST', mine, wrong);
        assert.deepEqual([refused.status, refused.body.errors[0].pointer], [422, '/password'], refused.text);
    }
    const shown = await li.good('POST', mine, { password });
    assert.match(shown.secret, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    const address = new URL(shown.address);
    assert.deepEqual([address.protocol, decodeURIComponent(address.pathname.split(':').at(-1)), address.searchParams.get('secret'), address.searchParams.get('issuer')], ['otpauth:', 'li.na', shown.secret.replaceAll(' ', ''), '悦居物业集团']);
    assert.match(Buffer.from(shown.picture.replace('data:image/svg+xml;base64,', ''), 'base64').toString(), /^<svg [^>]*>(<path [^>]*\/>)+<\/svg>$/);
    const mistyped = await li.ask('POST', change, { command: 'switch_on', code: at.code(shown.secret, 3) });
    assert.deepEqual([mistyped.status, mistyped.body.errors[0].pointer], [422, '/code']);
    assert.equal((await begins(it, 'li.na')).status, 200, 'what was only shown is asked of nobody');
    const used = at.code(shown.secret);
    const { recovery_codes } = await li.good('POST', change, { command: 'switch_on', code: used });
    assert.equal(new Set(recovery_codes).size, 10);
    for (const one of recovery_codes) assert.match(one, /^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/);
    assert.deepEqual([await me(it, bearer(li.token)), await me(it, bearer(elsewhere.token))], [200, 401], 'who came by the password alone comes again');
    const state = await li.get(mine);
    assert.deepEqual([state.on, state.recovery_codes_left, typeof state.since], [true, 10, 'string']);

    const half = await begins(it, 'li.na');
    assert.equal(half.status, 202);
    assert.match(half.body.half_session, /^[0-9a-f]{64}$/);
    assert.ok(!('token' in half.body) && !('csrf' in half.body) && !half.cookies.some((one) => one.startsWith('huiyin_session=')), half.text);
    assert.match(half.cookies[0], /^huiyin_half_session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=300$/);
    for (const headers of [bearer(half.body.half_session), { Cookie: `huiyin_session=${half.body.half_session}` }, { Cookie: half.cookies[0].split(';')[0] }])
        assert.equal(await me(it, headers), 401, 'half a session opens nothing');
    const of_half = (code) => post(it, '/api/v1/sessions/code', { half_session: half.body.half_session, code });
    const replayed = await of_half(used);
    assert.deepEqual([replayed.status, replayed.body.code], [401, 'access.wrong_code'], 'the code that switched it on');
    at.tick();
    const code = at.code(shown.secret);
    const opened = await of_half(code);
    assert.equal(opened.status, 200, opened.text);
    assert.equal(await me(it, bearer(opened.body.token)), 200);
    assert.ok(opened.cookies.includes('huiyin_half_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0'));
    assert.equal((await of_half(at.code(shown.secret, 1))).body.code, 'access.no_session', 'a half makes one whole');
    assert.equal(await brings(it, 'li.na', code), '401 access.wrong_code');
    // The browser brings its half by the cookie.
    at.tick();
    const browser = (await begins(it, 'li.na')).cookies[0].split(';')[0];
    assert.equal((await post(it, '/api/v1/sessions/code', { code: at.code(shown.secret) }, { Cookie: browser })).status, 200);
    const last = at.code(shown.secret);

    await it.kill();
    await at.again();
    assert.equal(await brings(it, 'li.na', last), '401 access.wrong_code', 'also when the process is another one');
    if (!it.settings.store.startsWith('sqlite:')) {
        const two = await at.other();
        to_end(() => two.destroy());
        at.tick();
        const shared = at.code(shown.secret);
        const halves = [await half_of(it, 'li.na'), await half_of(two, 'li.na')];
        const came = await Promise.all([it, two].map((one, index) => post(one, '/api/v1/sessions/code', { half_session: halves[1 - index], code: shared })));
        assert.deepEqual(came.map((one) => one.status).sort(), [200, 401], 'of two processes one takes it, whoever gave the half');
    }
    // One step early or late is the clock of a phone; two are not.
    at.tick();
    assert.equal(await brings(it, 'li.na', at.code(shown.secret, -2)), '401 access.wrong_code');
    assert.equal(await brings(it, 'li.na', at.code(shown.secret, 2)), '401 access.wrong_code');
    assert.equal(await brings(it, 'li.na', at.code(shown.secret, 1)), 200);
    assert.equal(await brings(it, 'li.na', at.code(shown.secret)), '401 access.wrong_code', 'older than one that was taken');
    at.tick(), at.tick(), at.tick();
    assert.equal(await brings(it, 'li.na', at.code(shown.secret, -1)), 200);

    const audit = (await (await it.sign_in('admin')).get('/api/v1/audit')).items.filter((one) => one.action.startsWith('second_factor.'));
    assert.deepEqual(audit.map((one) => [one.action, one.by.login]), [['second_factor.set_up', 'li.na']]);
    const said = it.said();
    await it.stop();
    const secrets = [shown.secret, shown.secret.replaceAll(' ', ''), ...recovery_codes, ...recovery_codes.map((one) => one.replace('-', ''))];
    const kept = readdirSync(it.folder, { recursive: true }).map((name) => join(it.folder, name)).filter((name) => statSync(name).isFile());
    for (const text of [said, ...kept.map((name) => readFileSync(name, 'latin1'))]) for (const secret of secrets) assert.ok(!text.includes(secret));
});

test('wrong codes lock the login as wrong passwords do; half a session is over after five minutes', async (to_end) => {
    const at = await office(to_end, { over: { public_url: 'http://127.0.0.1', trusted_proxies: ['127.0.0.1/32'] } });
    const { it } = at;
    const { secret } = await set_up(at, 'li.na');
    let address = 0;
    const from = () => ({ 'X-Forwarded-For': `198.51.100.${++address}` });
    for (let i = 0; i < 5; ++i) assert.equal(await brings(it, 'li.na', '000000', from()), '401 access.wrong_code');
    const locked = await begins(it, 'li.na', from());
    assert.equal(locked.status, 429, 'the right password forgave none of them');
    assert.ok(Number(locked.headers.get('retry-after')) > 0);
    at.pass(15 * minute + second);
    const half = await half_of(it, 'li.na');
    const with_half = (code, headers = from()) => post(it, '/api/v1/sessions/code', { half_session: half, code }, headers);
    // Many at once: five are looked at, the right one among the later ones is not.
    const answers = await Promise.all(Array.from({ length: 12 }, () => with_half('000000')));
    assert.deepEqual(answers.map((one) => one.status).sort(), [...Array(5).fill(401), ...Array(7).fill(429)]);
    assert.equal((await with_half(at.code(secret))).status, 429);
    at.pass(15 * minute + second);
    assert.equal((await with_half(at.code(secret))).body.code, 'access.no_session');
    const slow = await half_of(it, 'li.na');
    at.pass(5 * minute + second);
    assert.equal((await post(it, '/api/v1/sessions/code', { half_session: slow, code: at.code(secret) })).body.code, 'access.no_session');
    assert.equal(await brings(it, 'li.na', at.code(secret)), 200);
    // Whoever sits elsewhere notices nothing.
    assert.equal((await begins(it, 'wang.fang', from())).status, 200);
});

test('what is no code is refused clearly', async (to_end) => {
    const at = await office(to_end);
    const { it } = at;
    const { person } = await set_up(at, 'li.na');
    const code = '/api/v1/sessions/code';
    for (const [body, status] of [['{', 400], ['[]', 422], [{}, 422], [{ code: 123456 }, 422], [{ code: '123456', half_session: 5 }, 422], [{ code: '123456', more: 1 }, 422], [{ code: '123456' }, 401], [{ code: '', half_session: 'x' }, 401], [{ code: '1'.repeat(4000), half_session: 'x' }, 401], [{ code: '1'.repeat(5000) }, 413]])
        assert.equal((await post(it, code, body)).status, status, JSON.stringify(body).slice(0, 60));
    for (const odd of ['', ' ', '12345', '1234567', '١٢٣٤٥٦', '12 34 5x', '0000000000']) {
        assert.equal(await brings(it, 'li.na', odd), '401 access.wrong_code', odd);
        at.pass(4 * minute); // so that they are not too many
    }
    for (const [body, status] of [[{}, 422], [{ command: 'none', code: '1' }, 422], [{ command: 'switch_off' }, 422], [{ command: 'switch_on', code: '1', password }, 422], [{ command: 'switch_on', code: '123456' }, 409]])
        assert.equal((await person.ask('POST', change, body)).status, status, JSON.stringify(body));
    assert.equal((await person.ask('POST', mine, { password, more: 1 })).status, 422);
});

test('who has lost the phone comes by a recovery code, once each, and takes a new phone; or another administrator lets him in', async (to_end) => {
    const at = await office(to_end);
    const { it } = at;
    const { secret, recovery_codes } = await set_up(at, 'admin');
    assert.equal(await brings(it, 'admin', recovery_codes[0].toUpperCase().replace('-', ' ')), 200);
    assert.equal(await brings(it, 'admin', recovery_codes[0]), '401 access.wrong_code');
    const half = await half_of(it, 'admin');
    const { body } = await post(it, '/api/v1/sessions/code', { half_session: half, code: recovery_codes[1] });
    const admin = { ask: async (method, path, wish) => post(it, path, wish, bearer(body.token)), get: async (path) => (await fetch(it.url + path, { headers: bearer(body.token) })).json() };
    assert.equal((await admin.get(mine)).recovery_codes_left, 8);
    // A new phone: the password and a code, here one for recovery; until it is confirmed the old one opens.
    const without = await admin.ask('POST', mine, { password });
    assert.deepEqual([without.status, without.body.errors[0].pointer], [422, '/code']);
    const fresh = (await admin.ask('POST', mine, { password, code: recovery_codes[2] })).body;
    assert.equal(await brings(it, 'admin', at.code(secret)), 200);
    at.tick();
    const changed = await admin.ask('POST', change, { command: 'switch_on', code: at.code(fresh.secret) });
    assert.equal(changed.status, 200, changed.text);
    at.tick();
    assert.equal(await brings(it, 'admin', at.code(secret)), '401 access.wrong_code');
    assert.equal(await brings(it, 'admin', recovery_codes[3]), '401 access.wrong_code', 'the codes are new, too');
    assert.equal(await brings(it, 'admin', at.code(fresh.secret)), 200);
    at.tick();
    const renewed = await admin.ask('POST', change, { command: 'new_recovery_codes', code: at.code(fresh.secret) });
    assert.equal(await brings(it, 'admin', changed.body.recovery_codes[0]), '401 access.wrong_code');
    assert.equal(await brings(it, 'admin', renewed.body.recovery_codes[0]), 200);

    // A link gives a new password; the phone is still wanted.
    const lost = await set_up(at, 'zhang.qiang');
    const { link } = (await admin.ask('POST', '/api/v1/directory/staff/zhang.qiang/commands', { command: 'reset_password' })).body;
    const by_link = await post(it, '/api/v1/sessions', { link: /[0-9a-f]{64}/.exec(link)[0], password: 'a quite new password' });
    assert.equal(by_link.status, 202, by_link.text);
    assert.equal((await post(it, '/api/v1/sessions/code', { half_session: by_link.body.half_session, code: at.code(lost.secret) })).status, 200);
    assert.equal((await admin.get('/api/v1/directory/staff/zhang.qiang')).second_factor, true);
    const reset = await admin.ask('POST', '/api/v1/directory/staff/zhang.qiang/commands', { command: 'reset_second_factor' });
    assert.deepEqual([reset.status, reset.body], [200, { login: 'zhang.qiang', second_factor: false }]);
    assert.equal((await admin.ask('POST', '/api/v1/directory/staff/zhang.qiang/commands', { command: 'reset_second_factor' })).status, 409, 'he has none');
    assert.equal((await admin.ask('POST', '/api/v1/directory/staff/admin/commands', { command: 'reset_second_factor' })).status, 409, 'nobody his own');
    assert.equal((await post(it, '/api/v1/sessions', { login: 'zhang.qiang', password: 'a quite new password' })).status, 200);
    // Or whoever looks after the machine, while the service runs and while it does not.
    assert.match(it.command('user', 'list').stdout, /^admin\t.*\tsecond factor$/m);
    assert.equal(at.command('user', 'reset-second-factor', 'admin').stdout, 'reset admin\n');
    assert.equal(await me(it, bearer(body.token)), 401, 'all his sessions are over');
    assert.equal((await begins(it, 'admin')).status, 200);
    const none = at.command('user', 'reset-second-factor', 'admin');
    assert.deepEqual([none.status, none.stdout], [1, '']);
    assert.match(none.stderr, /"admin" has no second factor/);
    assert.match(at.command('user', 'reset-second-factor', 'nobody').stderr, /no such login/);
    assert.match(spawnSync(program, ['user', '--help'], { encoding: 'utf8' }).stdout, /reset-second-factor .*phone is lost/);
    await set_up(at, 'li.na');
    await it.stop();
    assert.equal(at.command('user', 'reset-second-factor', 'li.na').stdout, 'reset li.na\n');
    await at.again();
    assert.equal((await begins(it, 'li.na')).status, 200);

    const audit = (await (await it.sign_in('admin')).get('/api/v1/audit?limit=200')).items.filter((one) => /second_factor/.test(one.action)).reverse();
    const told = (action, login, reason = '') => [action, login, reason];
    assert.deepEqual(audit.map((one) => [one.action, one.by.login, one.reason]), [
        told('second_factor.set_up', 'admin'), told('second_factor.recovery_code_used', 'admin', '还剩 9 个'), told('second_factor.recovery_code_used', 'admin', '还剩 8 个'),
        told('second_factor.recovery_code_used', 'admin', '还剩 7 个'), told('second_factor.changed', 'admin'), told('second_factor.new_recovery_codes', 'admin'),
        told('second_factor.recovery_code_used', 'admin', '还剩 9 个'), told('second_factor.set_up', 'zhang.qiang'), told('directory.reset_second_factor', 'admin', 'zhang.qiang'),
        told('directory.reset_second_factor', null, 'admin'), told('second_factor.set_up', 'li.na'), told('directory.reset_second_factor', null, 'li.na'),
    ]);
});

test('it is switched off by password and code, and then asked for no more', async (to_end) => {
    const at = await office(to_end);
    const { it } = at;
    const { person, secret } = await set_up(at, 'li.na');
    const off = (fields) => person.ask('POST', change, { command: 'switch_off', ...fields });
    for (const [fields, pointer] of [[{ password: 'wrong', code: at.code(secret) }, '/password'], [{ code: at.code(secret) }, '/password'], [{ password, code: '000000' }, '/code']]) {
        const refused = await off(fields);
        assert.deepEqual([refused.status, refused.body.errors[0].pointer], [422, pointer], refused.text);
    }
    assert.deepEqual((await off({ password, code: at.code(secret) })).body, { on: false });
    assert.deepEqual([(await begins(it, 'li.na')).status, (await off({ password, code: at.code(secret) })).status], [200, 409]);
    const audit = (await (await it.sign_in('admin')).get('/api/v1/audit')).items;
    assert.deepEqual([audit[0].action, audit[0].by.login], ['second_factor.switched_off', 'li.na']);
});

test('where administrators must have one, nothing else is open to them before, and they cannot switch it off', async (to_end) => {
    const at = await office(to_end, { over: { sign_in: { second_factor: 'administrators' } } });
    const { it } = at;
    const begun = await begins(it, 'admin');
    assert.deepEqual([begun.status, begun.body.me.second_factor_wanted], [200, true]);
    const admin = await it.sign_in('admin');
    const { paths } = await (await fetch(it.url + '/api/v1/openapi.json')).json();
    const open = [], answers = new Set();
    for (const [path, methods] of Object.entries(paths))
        for (const [method, about] of Object.entries(methods)) {
            if (!about.tags.includes('staff')) continue;
            const answer = await fetch(it.url + path.replace('{kind}', 'staff').replace(/\{\w+\}/g, '1'), { method: method.toUpperCase(), headers: { ...bearer((await it.sign_in('admin')).token), 'Content-Type': 'application/json' }, body: method === 'get' ? undefined : '{}' });
            const text = /event-stream/.test(answer.headers.get('content-type')) ? (await answer.body.cancel(), 'a stream') : await answer.text();
            if (text.includes('access.second_factor_wanted')) answers.add(answer.status);
            else open.push(`${method.toUpperCase()} ${path}`);
        }
    assert.deepEqual(open.sort(), ['DELETE /api/v1/sessions/current', `GET ${mine}`, 'GET /api/v1/me', `POST ${mine}`, `POST ${change}`].sort());
    assert.deepEqual([...answers], [403]);
    assert.equal((await admin.get('/api/v1/me')).second_factor_wanted, true);
    const li = await it.sign_in('li.na');
    assert.equal((await li.get('/api/v1/me')).second_factor_wanted, false, 'it is asked of nobody else');
    assert.ok((await li.get('/api/v1/tickets')).items);

    const { secret } = await admin.good('POST', mine, { password });
    assert.equal((await admin.ask('GET', '/api/v1/audit')).status, 403, 'what was only shown opens nothing');
    await admin.good('POST', change, { command: 'switch_on', code: at.code(secret) });
    assert.equal((await admin.ask('GET', '/api/v1/audit')).status, 200, 'the same session goes on');
    assert.equal((await admin.get('/api/v1/me')).second_factor_wanted, false);
    at.tick();
    const kept = await admin.ask('POST', change, { command: 'switch_off', password, code: at.code(secret) });
    assert.deepEqual([kept.status, kept.body.code], [409, 'second_factor.conflict']);
    assert.deepEqual([(await admin.get(mine)).on, (await admin.get(mine)).required], [true, true]);
    assert.equal(await brings(it, 'admin', at.code(secret)), 200);
    // Lost and reset, he is led to it anew.
    assert.equal(at.command('user', 'reset-second-factor', 'admin').status, 0);
    assert.equal((await (await it.sign_in('admin')).ask('GET', '/api/v1/audit')).body.code, 'access.second_factor_wanted');
    assert.match(it.command('doctor').stdout, /look {2}sign_in: 0 of 1 administrators have a second factor/);
});

test('doctor says what it recommends, and a wrong word in the configuration is named', async (to_end) => {
    const at = await office(to_end);
    const { it } = at;
    assert.match(it.command('doctor').stdout, /look {2}sign_in: 0 of 1 administrators have a second factor, and none must: write "sign_in": \{"second_factor": "administrators"\}/);
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-journey-'));
    to_end(() => rmSync(folder, { recursive: true, force: true }));
    for (const [sign_in, expected] of [[{ second_factor: 'administrator' }, /\/sign_in\/second_factor: .*administrators/], [{ second_factors: 'offered' }, /\/sign_in\/second_factors: .*second_factor/], [true, /\/sign_in: /]]) {
        writeFileSync(join(folder, 'huiyin.json'), JSON.stringify({ ...it.settings, store: 'sqlite:other.db', sign_in }));
        const refused = spawnSync(program, ['serve', '--config', join(folder, 'huiyin.json')], { encoding: 'utf8', timeout: 20000 });
        assert.equal(refused.status, 1, refused.stderr);
        assert.match(refused.stderr, expected);
    }
});

await run();
