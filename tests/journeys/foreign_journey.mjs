// What lies in a foreign unit is neither read nor touched, by whatever door: ids in bodies and queries, searches, counts and
// files, fields that nobody may set, numbers that somebody heard of, pictures whose address is known.
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { branches, form, matter, over, photo, sides } from './branches.mjs';
import { chances } from './chances.mjs';
import { house, png, run, test, until } from './house.mjs';

// Seeded, so that a failure can be had again: SEED=… node tests/journeys/foreign_journey.mjs
function chance(seed) {
    const below = chances(seed);
    return { next: () => below(2 ** 32) / 2 ** 32, below, of: (list) => list[below(list.length)] };
}

test('an id of a foreign unit is worth nothing, in whatever place it is given', async (ending) => {
    const it = await branches(ending);
    const top = await it.sign_in('top');
    const there = {};
    for (const side of Object.keys(sides)) {
        const desk = await it.sign_in(`front_desk.${side}`), manager = await it.sign_in(`centre_manager.${side}`);
        const { number } = await desk.good('POST', '/api/v1/tickets', matter(side));
        const second = (await desk.good('POST', '/api/v1/tickets', matter(side, { description: `${sides[side]}电梯停了` }))).number;
        await desk.give(number, 'accept');
        const units = (await manager.get('/api/v1/me')).units;
        const unit = units.find((one) => one.key === `${side}-centre`);
        there[side] = { desk, manager, number, second, unit: unit.id, key: unit.key, login: `engineering.${side}`, attachment: (await desk.good('POST', `/api/v1/tickets/${number}/attachments`, photo())).id };
    }
    const whole = async (side) => {
        const one = there[side];
        return JSON.stringify(await Promise.all([one.number, one.second].flatMap((number) => [top.ticket(number), top.events(number)])));
    };
    const found = [];
    for (const side of Object.keys(sides)) {
        const own = there[side], foreign = there[over[side]];
        const before = await whole(over[side]);
        const commands = [
            ['assign', { assignee: foreign.login }],
            ['merge', { into: foreign.number, reason: '同一件事' }],
            ['note', { text: '见照片', attachments: [foreign.attachment] }], ['reply', { text: '见照片', attachments: [foreign.attachment] }],
            ['propose', { text: '换灯', attachments: [foreign.attachment] }],
        ];
        for (const who of [own.desk, own.manager])
            for (const [command, fields] of commands) {
                const answer = await who.try(own.number, command, fields);
                if (answer.status < 400) found.push(`${who.login}: ${command} ${JSON.stringify(fields)}: ${answer.status}`);
                if (answer.status >= 500 || answer.text.includes(sides[over[side]])) found.push(`${who.login}: ${command} ${JSON.stringify(fields)}: ${answer.status} ${answer.text.slice(0, 200)}`);
            }
        const queries = [
            `/api/v1/tickets?unit=${foreign.unit}`, `/api/v1/tickets?unit=${foreign.key}`, `/api/v1/tickets?assignee=${foreign.login}`, `/api/v1/tickets?q=${foreign.number}`, `/api/v1/tickets?q=${encodeURIComponent(sides[over[side]])}`,
            `/api/v1/conversations?unit=${foreign.unit}`, `/api/v1/reports?unit=${foreign.key}`, `/api/v1/reports/register?period=2026-03&unit=${foreign.unit}`, `/api/v1/reports/categories?period=2026-03&unit=${foreign.key}`,
            `/api/v1/reports/register?period=2026-03&format=csv&unit=${foreign.key}`, `/api/v1/exports/tickets?unit=${foreign.key}`, `/api/v1/exports/staff`, `/api/v1/exports/households`, `/api/v1/exports/directory`, `/api/v1/reports/sent?unit=${foreign.key}`,
        ];
        for (const query of queries) {
            const answer = await own.manager.ask('GET', query);
            if (answer.status >= 500 || answer.text.includes(sides[over[side]]) || answer.text.includes(foreign.number)) found.push(`${own.manager.login}: ${query}: ${answer.status} ${answer.text.slice(0, 300)}`);
        }
        // A page mark of one who sees more opens no more.
        const wide = await top.get('/api/v1/tickets?limit=1');
        const page = await own.desk.ask('GET', `/api/v1/tickets?limit=200&cursor=${encodeURIComponent(wide.next_cursor)}`);
        if (page.text.includes(foreign.number)) found.push(`${own.desk.login}: by a foreign page mark`);
        assert.ok((await whole(over[side])) === before, `nothing of ${over[side]} changed`);
    }
    assert.deepEqual(found, []);
});

test('a thousand looks at random show nothing of a foreign unit, and all of one\'s own', async (ending) => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6));
    console.log(`      seed ${seed}`);
    const { next, below, of } = chance(seed);
    const it = await branches(ending);
    const words = ['漏水', '电梯', '垃圾', '噪音', '停车', '门禁', '路灯', '保安'];
    const kinds = [['complaint', 'housing'], ['complaint', 'environment'], ['complaint', 'order'], ['demand', 'basic'], ['demand', 'consultation']];
    const own = {}, desk = {};
    for (const side of Object.keys(sides)) {
        desk[side] = await it.sign_in(`front_desk.${side}`);
        own[side] = new Map();
        for (let i = 0; i < 40; ++i) {
            const [kind, category] = of(kinds), word = of(words);
            const { number } = await desk[side].good('POST', '/api/v1/tickets', matter(side, { kind, category, description: `${sides[side]}${word}${below(1000)}`, customer: { name: `${sides[side]}${of(['王', '李', '张'])}女士`, phone: `138${String(below(1e8)).padStart(8, '0')}` } }));
            own[side].set(number, { kind, category, word });
            if (next() < 0.4) await desk[side].give(number, 'accept');
            if (next() < 0.3) await desk[side].give(number, 'note', { text: `${sides[side]}看过` });
        }
    }
    const people = [];
    for (const side of Object.keys(sides)) for (const role of ['front_desk', 'engineering', 'centre_manager', 'project_centre', 'administrator']) people.push({ side, role, it: await it.sign_in(`${role}.${side}`) });
    const all = [...own.east.keys(), ...own.west.keys()];
    const looks = [
        () => { const word = of(words); return [`/api/v1/tickets?limit=200&q=${encodeURIComponent(word)}`, ({ side, answer }) => { const wanted = [...own[side]].filter(([, one]) => one.word === word).length; return answer.body.items.length === wanted ? '' : `${answer.body.items.length} of ${wanted}`; }]; },
        () => { const [kind, category] = of(kinds); return [`/api/v1/tickets?limit=200&kind=${kind}&category=${category}`, ({ side, answer }) => { const wanted = [...own[side].values()].filter((one) => one.kind === kind && one.category === category).length; return answer.body.items.length === wanted ? '' : `${answer.body.items.length} of ${wanted}`; }]; },
        () => ['/api/v1/tickets?limit=200', ({ side, answer }) => (answer.body.items.length === own[side].size ? '' : `${answer.body.items.length} of ${own[side].size}`)],
        () => [`/api/v1/tickets?limit=${1 + below(30)}&order=next_deadline&overdue=${of(['true', 'false'])}`],
        () => [`/api/v1/tickets?q=${of(all)}`], () => [`/api/v1/tickets?q=${encodeURIComponent(of(Object.values(sides)))}`], () => [`/api/v1/tickets?q=${all[0].slice(0, 9)}`],
        () => [`/api/v1/tickets/${of(all)}`], () => [`/api/v1/tickets/${of(all)}/${of(['events', 'deadlines'])}`],
        () => ['/api/v1/reports/categories?period=2026-03', ({ person, side, answer }) => (person.role === 'administrator' || answer.body.all.measured.count.part === own[side].size ? '' : `counts ${answer.body.all?.measured?.count?.part} of ${own[side].size}`)],
        () => [`/api/v1/reports/${of(['monthly', 'workload', 'timeliness', 'register'])}?period=2026-03`], () => [`/api/v1/reports/register?period=2026-03&format=${of(['csv', 'html'])}`],
        () => [`/api/v1/exports/${of(['tickets', 'staff', 'units', 'buildings', 'households', 'directory'])}`],
        () => ['/api/v1/conversations?limit=200'], () => [`/api/v1/outbox?limit=200`], () => ['/api/v1/audit?limit=200'], () => ['/api/v1/words'], () => ['/api/v1/me'], () => ['/api/v1/me/filters'], () => ['/api/v1/reports'], () => ['/api/v1/declared-events'],
    ];
    const rounds = Number(process.env.ROUNDS ?? 1000);
    for (let round = 0; round < rounds; ++round) {
        const person = of(people);
        const [path, check] = of(looks)();
        const answer = await person.it.ask('GET', path);
        const what = `round ${round} (seed ${seed}): ${person.it.login}: ${path}: ${answer.status}`;
        assert.ok(answer.status < 500, what);
        // To which centres a matter may be handed over is no secret.
        const foreign = sides[over[person.side]], text = answer.text.replaceAll(`${foreign}物业服务中心`, '');
        assert.ok(!text.includes(foreign), `${what}: names ${foreign}: …${text.slice(Math.max(text.indexOf(foreign) - 300, 0)).slice(0, 400)}`);
        // Its own words name what was asked for; a foreign number may stand nowhere else.
        for (const number of own[over[person.side]].keys()) assert.ok(!answer.text.includes(`"${number}"`) && !answer.text.includes(`${number},`), `${what}: names ${number}`);
        if (check && answer.status === 200) assert.equal(check({ person, side: person.side, answer }), '', what);
    }
});

test('fields that are not the asker\'s to set are refused, and nothing comes of the rest', async (ending) => {
    const it = await branches(ending);
    const desk = await it.sign_in('front_desk.east'), top = await it.sign_in('top');
    const { number } = await desk.good('POST', '/api/v1/tickets', matter('east'));
    const before = [(await desk.tickets('limit=200')).length, (await desk.ticket(number)).version];
    const smuggled = { tenant_id: 'west', organisation_id: '1', id: '1', number: 'T20260101-001', version: 99, role: 'quality_centre', roles: ['quality_centre'], owner: 'quality_centre', owner_role: 'quality_centre', owner_unit: 'west-centre', assignee: 'order.west', level: 'major', state: 'closed', phase: 'closed', flags: ['exempt'], created_at: '2020-01-01T00:00:00+08:00', opened_at: '2020-01-01T00:00:00+08:00', closed_at: '2020-01-01T00:00:00+08:00', by: { kind: 'system', id: '0' }, policy: { id: 'bank', version: '1' }, clause: 'x/1', hash: '0'.repeat(64), rating: { score: 5 }, supporters: 9, __proto__x: 1 };
    const found = [];
    const refused = async (who, method, path, body, name) => {
        const answer = await who.ask(method, path, body);
        if (answer.status !== 422) found.push(`${who.login}: ${method} ${path} with ${name}: ${answer.status} ${answer.text.slice(0, 160)}`);
        else if (!answer.text.includes(name)) found.push(`${method} ${path}: the answer does not name ${name}: ${answer.text.slice(0, 160)}`);
    };
    for (const [name, value] of Object.entries(smuggled)) {
        await refused(desk, 'POST', '/api/v1/tickets', matter('east', { [name]: value }), name);
        await refused(desk, 'POST', '/api/v1/tickets', matter('east', { customer: { ...matter('east').customer, [name]: value } }), name);
        await refused(desk, 'POST', `/api/v1/tickets/${number}/commands`, { command: 'note', text: '看过', [name]: value }, name);
        await refused(desk, 'POST', `/api/v1/tickets/${number}/reveal`, { field: 'phone', reason: '要回电话', [name]: value }, name);
    }
    for (const [name, value] of Object.entries({ id: '1', organisation_id: '2', password: 'x', password_hash: 'x', sessions: [], created_at: '2020-01-01T00:00:00+08:00', keeps_directory: true })) {
        await refused(top, 'POST', '/api/v1/directory/staff', { login: 'xin.ren', name: '新人', roles: ['order'], unit: 'east-centre', [name]: value }, name);
        await refused(top, 'PATCH', '/api/v1/directory/staff/order.east', { phone: '15400000177', [name]: value }, name);
    }
    for (const [name, value] of Object.entries({ conversation: '1', person: '1', ticket: number, from: 'staff', role: 'bot', at: '2020-01-01T00:00:00+08:00' })) {
        const answer = await it.resident().post({ text: '你好', [name]: value });
        if (answer.status !== 400 && answer.status !== 422) found.push(`chat with ${name}: ${answer.status}`);
    }
    assert.deepEqual(found, []);
    assert.deepEqual([(await desk.tickets('limit=200')).length, (await desk.ticket(number)).version], before);
    assert.equal((await top.get('/api/v1/directory/staff?q=xin.ren')).items.length, 0);
});

test('a number that is not one\'s own is answered like one that never was', async (ending) => {
    const it = await house();
    ending(() => it.destroy());
    const mine = it.resident(), other = it.resident();
    const number = await mine.files();
    const unknown = number.slice(0, -3) + '987';
    assert.match(await mine.says(`${number} 到哪一步了`), new RegExp(number));
    // Each in a talk that was the same so far.
    for (const ask of [(n) => `${n} 到哪一步了`, (n) => `查进度 ${n}`, (n) => `催一下${n}`, (n) => `撤销工单${n}`, (n) => `工单${n}我要补充：水更大了`, (n) => `${n} 解决了，打5分`]) {
        const heard = [];
        for (const n of [number, unknown]) heard.push((await it.resident().says(ask(n))).replaceAll(n, 'N'));
        assert.equal(heard[0], heard[1], ask('N'));
        assert.doesNotMatch(heard[0], /漏水|李娜|受理/);
    }
    await other.says(`撤销工单${number}`);
    await other.says('对');
    const zhao = await it.sign_in('zhao.min');
    assert.equal((await zhao.ticket(number)).phase, 'open', 'nobody else withdraws it');
});

test('the address of a picture opens it only to who may see its matter', async (ending) => {
    const it = await branches(ending);
    const desk = await it.sign_in('front_desk.east'), foreign = await it.sign_in('centre_manager.west');
    const resident = it.resident();
    await fetch(`${it.url}/chat/web/messages?unit=east`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ text: '3栋2单元501卫生间漏水,电话13812345678' }) }).then(async (answer) => (resident.token = (await answer.json()).token));
    assert.equal((await resident.photo(png)).status, 200);
    const number = /T\d{8}-\d+/.exec(await resident.says('对'))[0];
    const [{ url, id }] = (await desk.ticket(number)).attachments;
    const status = async (path, headers = {}) => {
        const answer = await fetch(it.url + path, { headers });
        await answer.arrayBuffer();
        return answer.status;
    };
    const as = (who) => ({ Authorization: `Bearer ${who.token}` });
    assert.match(id, /^[0-9a-f]{32}$/);
    assert.deepEqual([await status(url, as(desk)), await status(url, as(foreign)), await status(url)], [200, 404, 401]);
    assert.equal(await status(url, as(resident)), 401, 'a resident is no member of staff');
    const own = (await resident.messages()).find((one) => one.image).image.url;
    const stranger = it.resident();
    await stranger.says('你好');
    assert.deepEqual([await status(own, as(resident)), await status(own, as(stranger)), await status(own), await status(own, as(desk))], [200, 404, 404, 404]);
    assert.equal(await status(`/chat/web/attachments/${(await desk.good('POST', `/api/v1/tickets/${number}/attachments`, photo())).id}`, as(stranger)), 404);
    for (const made of ['0'.repeat(32), id.slice(0, 31) + (id[31] === '0' ? '1' : '0'), id.toUpperCase() === id ? `${id}0` : id.toUpperCase(), '../' + id, id + '%00'])
        assert.ok([400, 404].includes(await status(`/api/v1/attachments/${made}`, as(desk))), made);
    // The session is over, and so is the sight of it.
    await desk.ask('DELETE', '/api/v1/sessions/current');
    assert.equal(await status(url, as(desk)), 401);
});

// ---- what pretends to be a picture -------------------------------------------------------------------------------------------

const crc_table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; ++k) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
const crc = (bytes) => { let c = 0xffffffff; for (const byte of bytes) c = crc_table[(c ^ byte) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
const chunk = (type, data) => { const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8); out.writeUInt32BE(data.length); body.copy(out, 4); out.writeUInt32BE(crc(body), body.length + 4); return out; };
const head = (width, height) => { const data = Buffer.alloc(13); data.writeUInt32BE(width); data.writeUInt32BE(height, 4); data[8] = 8; data[9] = 2; return data; };
const png_of = (width, height, ...more) => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head(width, height)), ...more, chunk('IDAT', deflateSync(Buffer.alloc(64))), chunk('IEND', Buffer.alloc(0))]);
const jpeg_of = (width, height, comment = '') => {
    const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
    const com = Buffer.concat([Buffer.from([0xff, 0xfe, (comment.length + 2) >> 8, (comment.length + 2) & 255]), Buffer.from(comment)]);
    return Buffer.concat([Buffer.from([0xff, 0xd8]), com, frame, Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 0xff, 0xd9])]);
};
const script = '<script>alert(1)</script>', page = `<!doctype html><html><body>${script}</body></html>`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${script}</svg>`;
const zip = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(60), Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
const riff = (kind, rest) => { const out = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from(kind), Buffer.from(rest)]); out.writeUInt32LE(out.length - 8, 4); return out; };

// name, what the sender says it is, its bytes
const pretenders = [
    ['page.jpg', 'image/jpeg', page], ['page.png', 'image/png', page], ['page.html', 'text/html', page], ['drawing.svg', 'image/svg+xml', svg], ['drawing.png', 'image/png', svg],
    ['drawing.svg', 'image/png', `<?xml version="1.0"?>${svg}`], ['entity.svg', 'image/svg+xml', `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg}`], ['paper.pdf', 'application/pdf', `%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj`], ['paper.jpg', 'image/jpeg', '%PDF-1.7\n'],
    ['film.mp4', 'video/mp4', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypmp42'), Buffer.from(page)])], ['bomb.png', 'image/png', zip], ['program.png', 'image/png', Buffer.from('\x7fELF\x02\x01\x01', 'latin1')],
    ['script.js', 'text/javascript', 'alert(1)'], ['moving.gif', 'image/gif', `GIF89a/*${' '.repeat(20)}*/=1;alert(1)`], ['bits.bmp', 'image/bmp', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)])], ['scan.tiff', 'image/tiff', Buffer.from('II*\0\x08\0\0\0\0\0\0\0', 'latin1')],
    ['huge.png', 'image/png', png_of(50000, 50000)], ['wide.png', 'image/png', png_of(0x7fffffff, 1)], ['nothing.png', 'image/png', png_of(0, 10)], ['huge.jpg', 'image/jpeg', jpeg_of(65500, 65500)], ['cut.png', 'image/png', png.subarray(0, 20)], ['cut.jpg', 'image/jpeg', Buffer.from([0xff, 0xd8, 0xff])],
    ['sound.webp', 'image/webp', riff('WAVE', 'fmt ')], ['empty.png', 'image/png', ''], ['marked.png', 'image/png', `\ufeff${page}`], ['late.png', 'image/png', Buffer.concat([Buffer.from(page), png])],
];
// Real pictures that carry a page or a script as well: they are kept as what they are, and shown as nothing else.
const carriers = [
    ['a.html', 'text/html', Buffer.concat([png, Buffer.from(page)]), 'image/png'], ['a.svg', 'image/svg+xml', png_of(3, 3, chunk('tEXt', Buffer.from(`Comment\0${svg}`))), 'image/png'],
    ['a.js', 'text/javascript', jpeg_of(4, 4, `*/alert(1)/*${page}`), 'image/jpeg'], ['"><script>.png', 'image/png', png, 'image/png'], ['../../etc/x.png', 'image/png', png, 'image/png'], ['a.png\u0000.html', 'image/png', png, 'image/png'],
];

test('whatever pretends to be a picture is refused, or kept and shown as a picture and no more', async (ending) => {
    const it = await house();
    ending(() => it.destroy());
    const li = await it.sign_in('li.na');
    const resident = it.resident();
    const number = await resident.files();
    const found = [];
    for (const [name, type, bytes] of pretenders) {
        const staff = await li.ask('POST', `/api/v1/tickets/${number}/attachments`, form(bytes, name, type));
        if (![413, 415, 422, 400].includes(staff.status)) found.push(`${name} (${type}) from staff: ${staff.status}`);
        const chat = await resident.photo(Buffer.from(bytes), undefined, name, type);
        if (chat.status >= 500 || (chat.status === 200 && (await resident.messages()).some((one) => one.image))) found.push(`${name} (${type}) from a resident: ${chat.status}`);
    }
    assert.deepEqual(found, []);
    assert.equal((await li.ticket(number)).attachments.length, 0);
    for (const [name, type, bytes, is] of carriers) {
        const kept = await li.good('POST', `/api/v1/tickets/${number}/attachments`, form(bytes, name, type));
        assert.doesNotMatch(kept.name, /[<>/\\\u0000]|script|html|svg/, 'its name is ours');
        for (const [path, token] of [[kept.url, li.token]]) {
            const answer = await fetch(it.url + path, { headers: { Authorization: `Bearer ${token}` } });
            assert.equal(answer.status, 200);
            assert.equal(answer.headers.get('content-type'), is, name);
            assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
            assert.match(answer.headers.get('content-security-policy'), /default-src 'none'; sandbox/);
            assert.ok(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(bytes)), 'its bytes are those that came');
        }
    }
    const sent = await resident.photo(Buffer.concat([png, Buffer.from(page)]), undefined, 'a.html', 'text/html');
    assert.equal(sent.status, 200);
    const { image } = await until('the picture', async () => (await resident.messages()).find((one) => one.image));
    const answer = await fetch(it.url + image.url, { headers: { Authorization: `Bearer ${resident.token}` } });
    assert.deepEqual([answer.headers.get('content-type'), answer.headers.get('x-content-type-options')], ['image/png', 'nosniff']);
    assert.match(answer.headers.get('content-security-policy'), /sandbox/);
    // Nobody else frames the pages; the demonstration frames its own.
    for (const path of ['/console/', '/chat/web']) {
        const shown = await fetch(it.url + path);
        assert.match(shown.headers.get('content-security-policy'), /frame-ancestors '(none|self)'/, path);
        await shown.arrayBuffer();
    }
});

await run();
