// Every route as every role, in his own unit and in a foreign one, and without signing in: the answers are those of the
// table in channels/api/README.md. The routes are the service's own list; one without a row, or a row without a route, fails.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { branches, form, matter, over, photo, sides } from './branches.mjs';
import { root, run, test } from './house.mjs';

const leads = ['centre_manager', 'project_centre', 'quality_centre'];

// A resident of that side who asked for a person; gives the id of the talk.
async function talk(it, side) {
    const mark = `${sides[side]}${(it.talks = (it.talks ?? 0) + 1)}号`;
    const resident = it.resident();
    const said = await fetch(`${it.url}/chat/web/messages?unit=${side}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ text: `${mark}要找人工` }) });
    assert.equal(said.status, 200);
    resident.token = (await said.json()).token;
    const items = (await it.desk[side].get('/api/v1/conversations?limit=200')).items;
    const found = await Promise.all(items.map(async (one) => ((await it.desk[side].get(`/api/v1/conversations/${one.id}/messages`)).items.some((line) => line.text?.includes(mark)) ? one.id : null)));
    const id = found.find(Boolean);
    assert.ok(id, `no talk of ${mark}`);
    return id;
}

// A resident of that side who files a matter; by the end of the month somebody above has it, and he was told.
async function tells(it, side) {
    const resident = it.resident();
    const said = await fetch(`${it.url}/chat/web/messages?unit=${side}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ text: '我叫赵小满,3栋2单元501卫生间漏水,电话13987654321' }) });
    resident.token = (await said.json()).token;
    assert.match(await resident.says('对'), /T\d{8}-\d+/);
}

let counter = 0;
const fresh = () => `nr${++counter}`;
async function fresh_colleague(it, side) {
    const login = fresh();
    await it.top.good('POST', '/api/v1/directory/staff', { login, name: `${sides[side]}${login}`, roles: ['order'], unit: `${side}-centre` });
    return login;
}
const storm = (side, day) => ({ event: 'storm', unit: `${side}-centre`, from: `2027-01-01T00:00:00+08:00`, until: `2027-01-${day}T00:00:00+08:00`, reason: `${sides[side]}气象台8时发布` });

// A customer of that side, whom nobody knew, and what he wishes about his data.
const fresh_matter = async (it, side) => (await it.desk[side].good('POST', '/api/v1/tickets', matter(side))).number;
async function wish(it, side, kind = 'erase') {
    const number = await fresh_matter(it, side);
    const manager = (it.managers ??= {})[side] ??= await it.sign_in(`centre_manager.${side}`);
    return (await manager.good('POST', '/api/v1/privacy/requests', { ticket: number, kind })).id;
}
async function granted_copy(it, side) {
    const id = await wish(it, side, 'export');
    await it.managers[side].good('POST', `/api/v1/privacy/requests/${id}/commands`, { command: 'grant' });
    return id;
}

// What is asked of a unit, by route. `x` holds what lies in that unit.
const asks = {
    'GET /api/v1/attachments/{id}': (x) => `/api/v1/attachments/${x.attachment}`,
    'GET /api/v1/audit': () => '/api/v1/audit?limit=200',
    'GET /api/v1/clock': () => '/api/v1/clock',
    'PUT /api/v1/clock': () => ['/api/v1/clock', { advance: '1 minutes' }],
    'GET /api/v1/conversations': (x) => `/api/v1/conversations?unit=${x.side}-centre`,
    'GET /api/v1/conversations/{id}/messages': (x) => `/api/v1/conversations/${x.talk}/messages`,
    'POST /api/v1/conversations/{id}/commands': async (x, it) => [`/api/v1/conversations/${await talk(it, x.side)}/commands`, { command: 'take_over' }],
    'GET /api/v1/declared-events': () => '/api/v1/declared-events',
    'POST /api/v1/declared-events': (x) => ['/api/v1/declared-events', { ...storm(x.side, '03'), from: '2027-01-02T00:00:00+08:00' }],
    'POST /api/v1/declared-events/{id}/commands': (x) => [`/api/v1/declared-events/${x.storm}/commands`, { command: 'lift' }],
    'GET /api/v1/directory/{kind}': (x) => `/api/v1/directory/staff?unit=${x.side}-centre`,
    'POST /api/v1/directory/{kind}': (x) => ['/api/v1/directory/staff', { login: fresh(), name: `${sides[x.side]}新人`, roles: ['order'], unit: `${x.side}-centre` }],
    'GET /api/v1/directory/{kind}/export': () => '/api/v1/directory/staff/export?format=csv',
    'POST /api/v1/directory/{kind}/import': (x) => ['/api/v1/directory/staff/import?preview=true', form(`login,name,roles,unit\nwu.hao,吴昊,order,${x.side}-centre\n`, 'staff.csv', 'text/csv')],
    'GET /api/v1/directory/{kind}/{id}': (x) => `/api/v1/directory/staff/order.${x.side}`,
    'PATCH /api/v1/directory/{kind}/{id}': (x) => [`/api/v1/directory/staff/order.${x.side}`, { phone: '15400000177' }],
    'DELETE /api/v1/directory/{kind}/{id}': async (x, it) => `/api/v1/directory/staff/${await fresh_colleague(it, x.side)}`,
    'POST /api/v1/directory/staff/{id}/commands': async (x, it) => [`/api/v1/directory/staff/${await fresh_colleague(it, x.side)}/commands`, { command: 'reset_password' }],
    'GET /api/v1/exports/{kind}': (x) => `/api/v1/exports/tickets?unit=${x.side}-centre`,
    'GET /api/v1/me': () => '/api/v1/me',
    'GET /api/v1/me/filters': () => '/api/v1/me/filters',
    'PUT /api/v1/me/filters': (x) => ['/api/v1/me/filters', { items: [{ name: '我的', query: { q: '灯' } }] }],
    'GET /api/v1/me/second-factor': () => '/api/v1/me/second-factor',
    'POST /api/v1/me/second-factor': () => ['/api/v1/me/second-factor', { password: 'huiyin-demo' }],
    'POST /api/v1/me/second-factor/commands': () => ['/api/v1/me/second-factor/commands', { command: 'switch_off', password: 'huiyin-demo', code: '123456' }],
    'GET /api/v1/outbox': () => '/api/v1/outbox?limit=200',
    'POST /api/v1/outbox/{id}/commands': (x) => [`/api/v1/outbox/${x.sent}/commands`, { command: 'retry' }],
    'GET /api/v1/policies': () => '/api/v1/policies',
    'GET /api/v1/policies/{id}': () => '/api/v1/policies/property-group',
    'POST /api/v1/policies/{id}/explain': () => ['/api/v1/policies/property-group/explain', { kind: 'complaint', category: 'housing' }],
    'GET /api/v1/privacy/requests': () => '/api/v1/privacy/requests?state=all&limit=200',
    'POST /api/v1/privacy/requests': async (x, it) => ['/api/v1/privacy/requests', { ticket: await fresh_matter(it, x.side), kind: 'erase' }],
    'POST /api/v1/privacy/requests/{id}/commands': async (x, it) => [`/api/v1/privacy/requests/${await wish(it, x.side)}/commands`, { command: 'refuse', reason: '还在办' }],
    'GET /api/v1/privacy/requests/{id}/data': (x) => `/api/v1/privacy/requests/${x.wish}/data`,
    'GET /api/v1/retention': () => '/api/v1/retention',
    'GET /api/v1/reports': (x) => `/api/v1/reports?unit=${x.side}-centre`,
    'GET /api/v1/reports/{name}': (x) => `/api/v1/reports/register?period=2026-03&unit=${x.side}-centre`,
    'GET /api/v1/reports/sent': (x) => `/api/v1/reports/sent?unit=${x.side}-centre`,
    'GET /api/v1/reports/sent/{id}': (x) => `/api/v1/reports/sent/${encodeURIComponent(x.report)}`,
    'POST /api/v1/reports/sent/{id}': (x) => [`/api/v1/reports/sent/${encodeURIComponent(x.report)}`, { command: 'confirm' }],
    'DELETE /api/v1/sessions/current': () => '/api/v1/sessions/current',
    'GET /api/v1/tickets': (x) => `/api/v1/tickets?unit=${x.side}-centre`,
    'POST /api/v1/tickets': (x) => ['/api/v1/tickets', matter(x.side)],
    'POST /api/v1/tickets/import': (x) => ['/api/v1/tickets/import?preview=false', form(`unit,kind,description,phone\n${x.side},complaint,大堂的灯不亮${Math.random()},13812345678\n`, 'matters.csv', 'text/csv')],
    'GET /api/v1/tickets/{number}': (x) => `/api/v1/tickets/${x.number}`,
    'POST /api/v1/tickets/{number}/attachments': (x) => [`/api/v1/tickets/${x.number}/attachments`, photo()],
    'GET /api/v1/tickets/{number}/audit': (x) => `/api/v1/tickets/${x.number}/audit`,
    'POST /api/v1/tickets/{number}/commands': (x) => [`/api/v1/tickets/${x.number}/commands`, { command: 'note', text: `${sides[x.side]}已经看过` }],
    'GET /api/v1/tickets/{number}/deadlines': (x) => `/api/v1/tickets/${x.number}/deadlines`,
    'GET /api/v1/tickets/{number}/events': (x) => `/api/v1/tickets/${x.number}/events`,
    'GET /api/v1/tickets/{number}/holds': (x) => `/api/v1/tickets/${x.number}/holds`,
    'POST /api/v1/tickets/{number}/holds': (x) => [`/api/v1/tickets/${x.number}/holds`, { reason: '业主已起诉', until: '2028-01-01T00:00:00+08:00' }],
    'POST /api/v1/tickets/{number}/holds/{id}/lift': (x) => [`/api/v1/tickets/${x.number}/holds/1/lift`, { reason: '已撤诉' }],
    'POST /api/v1/tickets/{number}/reveal': (x) => [`/api/v1/tickets/${x.number}/reveal`, { field: 'name', reason: '要回电话' }],
    'POST /api/v1/tickets/{number}/undelivered/{id}/commands': (x) => [`/api/v1/tickets/${x.number}/undelivered/1/commands`, { command: 'retry' }],
    'GET /api/v1/words': () => '/api/v1/words',
    'GET /api/v1/news': () => '/api/v1/news',
    'GET /api/v1/openapi.json': () => '/api/v1/openapi.json',
    'POST /api/v1/sessions': () => ['/api/v1/sessions', { login: 'order.east', password: 'wrong' }],
    'POST /api/v1/sessions/code': () => ['/api/v1/sessions/code', { code: '123456' }],
    'GET /api/v1/sessions/ways': () => '/api/v1/sessions/ways',
    'GET /api/v1/sessions/wecom/{channel}/begin': () => '/api/v1/sessions/wecom/none/begin',
    'GET /api/v1/sessions/wecom/{channel}/back': () => '/api/v1/sessions/wecom/none/back',
    'GET /': () => '/',
    'GET /console': () => '/console',
    'GET /console/{path}': () => '/console/tickets',
    'GET /assets/{name}': () => '/assets/none.js',
    'GET /healthz': () => '/healthz',
    'GET /readyz': () => '/readyz',
    'GET /metrics': () => '/metrics',
};

// ---- the table ------------------------------------------------------------------------------------------------------------

function read_table() {
    const rows = new Map();
    let route;
    for (const line of readFileSync(join(root, 'channels/api/README.md'), 'utf8').split('\n')) {
        const cells = line.split('|').slice(1, -1).map((cell) => cell.trim());
        if (cells.length !== 4 || cells[0] === 'route' || /^-+$/.test(cells[0])) continue;
        if (cells[0]) {
            route = cells[0].replace(/ \(.*\)$/, '');
            assert.ok(!rows.has(route), `the table has ${route} twice`);
            rows.set(route, []);
        }
        rows.get(route).push({ who: cells[1], own: cells[2], foreign: cells[3] });
    }
    return rows;
}

const fits = (who, person) =>
    who === 'staff' ||
    (who === 'work' && person.role !== 'administrator') ||
    (who === 'leads' && leads.includes(person.role)) ||
    (who === 'top' && person.top) ||
    who === person.role;

async function routes_of(it) {
    const { paths } = await (await fetch(it.url + '/api/v1/openapi.json')).json();
    const all = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, about]) => ({ route: `${method.toUpperCase()} ${path}`, who: about.tags[0] })));
    // Residents and platforms come by other rooms.
    return all.filter(({ who }) => who !== 'resident' && who !== 'platform');
}

// ---- what lies in each unit -------------------------------------------------------------------------------------------------

async function furnish(it) {
    it.top = await it.sign_in('top');
    it.desk = {};
    const lying = {};
    for (const side of Object.keys(sides)) {
        it.desk[side] = await it.sign_in(`front_desk.${side}`);
        const { number } = await it.desk[side].good('POST', '/api/v1/tickets', matter(side));
        await it.desk[side].give(number, 'accept');
        await tells(it, side);
        const manager = await it.sign_in(`centre_manager.${side}`);
        lying[side] = {
            side, number,
            attachment: (await it.desk[side].good('POST', `/api/v1/tickets/${number}/attachments`, photo())).id,
            storm: (await manager.good('POST', '/api/v1/declared-events', storm(side, '02'))).id,
            talk: await talk(it, side),
            wish: await granted_copy(it, side),
        };
    }
    await it.top.put('/api/v1/clock', { now: '2026-03-25T09:00:00+08:00' }); // the month goes out
    for (const side of Object.keys(sides)) {
        lying[side].report = (await it.desk[side].get('/api/v1/reports/sent')).items[0].id;
        lying[side].sent = (await it.top.outbox('sent')).find((row) => row.preview.includes(sides[side])).id;
    }
    return lying;
}

async function everybody(it) {
    const list = [];
    for (const side of Object.keys(sides))
        for (const role of it.roles) list.push({ role, side, login: `${role}.${side}` });
    list.push({ role: 'administrator', side: null, top: true, login: 'top' });
    for (const person of list) person.signed_in = await it.sign_in(person.login);
    return list;
}

const method_of = (route) => route.split(' ')[0];
async function asked(it, route, x, headers) {
    const wish = await asks[route](x, it);
    const [path, body] = Array.isArray(wish) ? wish : [wish];
    const answer = await fetch(it.url + path, {
        method: method_of(route),
        redirect: 'manual',
        headers: { ...headers, ...(body && !(body instanceof FormData) ? { 'Content-Type': 'application/json' } : {}) },
        body: body instanceof FormData ? body : body ? JSON.stringify(body) : undefined,
    });
    return { status: answer.status, text: await (/event-stream/.test(answer.headers.get('content-type')) ? first_event(answer) : answer.text()) };
}
// A stream has no end: what it says first.
async function first_event(answer) {
    const reader = answer.body.getReader();
    let text = '';
    while (!text.includes('\n\n')) text += Buffer.from((await reader.read()).value).toString();
    await reader.cancel();
    return text;
}

// "200 with it", "404 ticket.not_found": what of the answer is not so; empty if all is.
function wrong(answer, expected, mark) {
    const [status, ...more] = expected.split(' ');
    if (String(answer.status) !== status) return `${answer.status}, not ${status}`;
    if (more[0] === 'with' && !answer.text.includes(mark)) return `without ${mark}`;
    if (more[0] === 'without' && answer.text.includes(mark)) return `with ${mark}`;
    if (more.length === 1 && !answer.text.includes(`"${more[0]}"`)) return `not ${more[0]}`;
    return '';
}

test('every route as every role, of his own unit and of a foreign one: as the table says', async (ending) => {
    const it = await branches(ending);
    const table = read_table();
    const routes = await routes_of(it);
    assert.deepEqual([...table.keys()].sort(), routes.map(({ route }) => route).sort(), 'the table and the routes');
    assert.deepEqual(Object.keys(asks).sort(), routes.map(({ route }) => route).sort(), 'what is asked and the routes');
    const lying = await furnish(it);
    const people = await everybody(it);
    const found = [];
    let count = 0;
    const look = (route, person, side, answer, expected) => {
        count++;
        const problem = wrong(answer, expected, sides[side]);
        // Whoever belongs to one side reads nothing of the other, whatever he asked and was answered.
        const leak = person.side && side && answer.text.includes(sides[over[person.side]]) ? `names ${sides[over[person.side]]}` : '';
        for (const each of [problem, leak])
            if (each) found.push(`${route} as ${person.login}, of ${side}: ${each}: ${answer.text.slice(0, 160)}`);
    };
    for (const { route, who } of routes) {
        const rows = table.get(route);
        const nobody = { login: 'nobody', side: null };
        if (rows[0].who === 'anyone') {
            assert.notEqual(who, 'staff', `${route} is for staff`);
            look(route, nobody, null, await asked(it, route, lying.east), rows[0].own);
            continue;
        }
        assert.equal(who, 'staff', `${route} is not for staff`);
        for (const headers of [{}, { Authorization: `Bearer ${'0'.repeat(64)}` }, { Cookie: `huiyin_session=${'0'.repeat(64)}` }])
            look(route, nobody, 'west', await asked(it, route, lying.west, headers), '401 access.no_session');
        for (const person of people) {
            const row = rows.find((one) => fits(one.who, person));
            assert.ok(row, `the table says nothing of ${route} for ${person.login}`);
            for (const side of Object.keys(sides)) {
                const token = route.startsWith('DELETE /api/v1/sessions') ? (await it.sign_in(person.login)).token : person.signed_in.token;
                if (method_of(route) !== 'GET') {
                    const forged = await asked(it, route, lying[side], { Cookie: `huiyin_session=${token}`, Origin: 'https://elsewhere.example' });
                    look(route, person, side, forged, '403 access.forbidden');
                }
                const answer = await asked(it, route, lying[side], { Authorization: `Bearer ${token}` });
                look(route, person, side, answer, person.side && person.side !== side ? row.foreign : row.own);
            }
        }
    }
    assert.deepEqual(found, []);
    console.log(`      ${count} answers of ${routes.length} routes`);
});

test('a command that is not offered is refused and changes nothing; in a foreign unit every command is 404', async (ending) => {
    const it = await branches(ending);
    const lying = await furnish(it);
    const people = (await everybody(it)).filter((person) => !person.top);
    const commands = ['accept', 'reject', 'assign', 'transfer', 'return', 'escalate', 'urge', 'extend', 'pause', 'resume', 'classify', 'propose', 'review', 'consent', 'resolve', 'confirm', 'rate', 'revisit', 'reopen', 'withdraw', 'merge', 'terminate', 'note', 'reply', 'complete', 'decide'];
    const found = [];
    for (const person of people) {
        const number = lying[person.side].number;
        const before = await person.signed_in.ticket(number);
        const offered = new Set(before.commands.map((one) => one.command));
        for (const command of commands) {
            const away = await person.signed_in.try(lying[over[person.side]].number, command, { text: '看过', reason: '看过' });
            if (away.status !== 404) found.push(`${command} as ${person.login} in a foreign unit: ${away.text}`);
            if (offered.has(command)) continue;
            const here = await person.signed_in.try(number, command, { text: '看过', reason: '看过' });
            if (![403, 409, 422].includes(here.status)) found.push(`${command} as ${person.login}: ${here.status} ${here.text.slice(0, 200)}`);
        }
        assert.equal((await person.signed_in.ticket(number)).version, before.version, `${person.login}: nothing happened`);
    }
    assert.deepEqual(found, []);
});

test('an administrator reads matters and talks without the name and the phone of the customer', async (ending) => {
    const it = await branches(ending);
    const lying = await furnish(it);
    const desk = it.desk.east, admin = await it.sign_in('administrator.east');
    for (const path of ['/api/v1/tickets', `/api/v1/tickets/${lying.east.number}`, '/api/v1/conversations']) {
        const whom = async (who) => {
            const seen = await who.get(path);
            return (seen.items ?? [seen]).flatMap((one) => [one.customer.name, one.customer.phone_masked, one.draft?.phone_masked]).filter(Boolean);
        };
        assert.notDeepEqual(await whom(desk), [], `${path}: the front desk sees whom it is about`);
        assert.deepEqual(await whom(admin), [], `${path}: the administrator does not`);
    }
});

await run();
