// A colleague files a matter for a caller: the address is looked for where he works, what he writes is kept fit to be
// shown, what is missing is said in his language, and a repeat shows no more than he may see.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, root, run, test } from './house.mjs';

// Packs and directories may hold remarks, which are no JSON.
const read = (path) =>
    JSON.parse(readFileSync(join(root, path), 'utf8').replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g, (piece) => (piece.startsWith('//') ? '' : piece)));

// A house whose files are the shipped ones, changed by `change`.
async function changed_house(ending, { directory, policy, pack = 'templates/policies/property-group.json' } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-filing-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    const written = (name, path, change) => {
        if (!change) return path;
        const json = read(path);
        change(json);
        writeFileSync(join(folder, name), JSON.stringify(json));
        return join(folder, name);
    };
    const it = await house({
        over: {
            directory: written('directory.json', 'templates/demo/directory.json', directory),
            policy: written(pack.split('/').pop(), pack, policy),
        },
    });
    ending(it.destroy);
    return it;
}

const matter = (more = {}) => ({
    kind: 'complaint', category: 'environment', description: '楼下垃圾三天没收',
    household: { building: '3', unit: '2', room: '501' }, customer: { name: '王先生', phone: '13900001111' }, ...more,
});
const file = (who, more, headers) => who.ask('POST', '/api/v1/tickets', matter(more), headers);

// Every finding of a refusal is for staff to read.
function refused(answer, pointer, words) {
    assert.equal(answer.status, 422, answer.text);
    const found = answer.body.errors.find((one) => one.pointer === pointer);
    assert.ok(found, `nothing at ${pointer}: ${answer.text}`);
    assert.match(found.detail, words);
    for (const one of answer.body.errors) assert.match(one.detail, /[\u4e00-\u9fff]{2}/, one.detail);
}

test('an address is looked for in the one community that a colleague looks after', async (ending) => {
    const it = await changed_house(ending, {
        directory: (json) => json.buildings.push({ community: 'cuihu', names: ['3', '77'], units: ['2'], floors: 6, rooms: ['01', '02'] }),
    });
    const [li, zhou, chen] = await Promise.all(['li.na', 'zhou.jie', 'chen.gang'].map((login) => it.sign_in(login)));
    const here = await file(li);
    assert.equal(here.status, 201, here.text);
    assert.equal(here.body.unit.name, '锦绣花园物业服务中心');
    assert.ok(here.body.household.id, 'the neighbours have such an address too');
    const there = await file(zhou);
    assert.ok(there.body.household.id);
    assert.notEqual(there.body.household.id, here.body.household.id);

    const unknown = await file(li, { household: { building: '77', unit: '2', room: '501' } });
    assert.equal(unknown.status, 201, unknown.text);
    assert.equal(unknown.body.household.id, null);
    assert.ok(unknown.body.flags.includes('unverified_address'));

    // Who looks after several says which; a building that only one of them has says it for him.
    refused(await file(chen), '/unit', /哪个小区/);
    const named = await file(chen, { unit: 'cuihu' });
    assert.equal(named.body.household.id, there.body.household.id);
    assert.equal((await file(chen, { household: { building: '77', unit: '2', room: '501' } })).status, 201);
    refused(await file(li, { unit: 'cuihu' }), '/unit', /没有这个小区/);
});

test('what is missing or too long is said in the language of the desk', async (ending) => {
    const it = await changed_house(ending);
    const li = await it.sign_in('li.na');
    for (const blank of ['', '   ', '\n\n', '\u3000 \u200b'])
        refused(await file(li, { description: blank }), '/description', /请写清/);
    refused(await file(li, { customer: {} }), '/customer/phone', /电话或称呼/);
    refused(await file(li, { customer: { name: '　', phone: ' ' } }), '/customer/phone', /电话或称呼/);
    refused(await file(li, { customer: { phone: '没有' } }), '/customer/phone', /不是电话号码/);
    refused(await file(li, { kind: 'wish' }), '/kind', /没有/);
    refused(await file(li, { category: 'wish' }), '/category', /没有/);
    refused(await file(li, { facts: { amount_yuan: -1 } }), '/facts/amount_yuan', /金额/);
    refused(await file(li, { facts: { occurred_at: '昨天' } }), '/facts/occurred_at', /时间/);
    for (const customer of [{ name: '王先生' }, { phone: '13900001111' }, { anonymous: true }])
        assert.equal((await file(li, { customer })).status, 201, JSON.stringify(customer));
    const spaced = await file(li, { description: '\n\n  楼下垃圾三天没收  \n没有人来过\n' });
    assert.equal(spaced.body.summary, '楼下垃圾三天没收');
    assert.equal(spaced.body.description, '楼下垃圾三天没收  \n没有人来过');
});

test('a pack that asks nothing about the person does without', async (ending) => {
    const it = await changed_house(ending, { pack: 'templates/policies/telecom-regulator.json', directory: only_roles('case_officer') });
    const li = await it.sign_in('li.na');
    const { items } = await li.get('/api/v1/words');
    assert.ok(!items[0].slots.some((slot) => ['name', 'phone'].includes(slot.name)));
    const answer = await file(li, { kind: items[0].kinds[0].key, category: items[0].kinds[0].categories[0]?.key, customer: {} });
    assert.equal(answer.status, 201, answer.text);
});

test('words under a question of the pack are counted in characters', async (ending) => {
    const it = await changed_house(ending, { pack: 'templates/policies/property-relay.json', directory: only_roles('customer_service_centre') });
    const li = await it.sign_in('li.na');
    const { kinds } = (await li.get('/api/v1/words')).items[0];
    const more = { kind: kinds[0].key, category: kinds[0].categories[0]?.key };
    const kept = await file(li, { ...more, facts: { feeling: '气'.repeat(2000) } });
    assert.equal(kept.status, 201, kept.text);
    refused(await file(li, { ...more, facts: { feeling: '气'.repeat(2001) } }), '/facts/feeling', /2000个字/);
});

test('a phone stands nowhere but in the contact', async (ending) => {
    const it = await changed_house(ending);
    const li = await it.sign_in('li.na');
    const call = '打13812345678';
    const answer = await file(li, {
        description: call,
        household: { building: '3', unit: '2', room: '501' },
        facts: { location: `楼道 ${call}`, wish: `办好${call}`, occurred_text: `昨天${call}`, people: `我和${call}` },
    });
    assert.equal(answer.status, 201, answer.text);
    assert.doesNotMatch(answer.text, /13812345678/);
    assert.equal(answer.body.facts.wish, '办好打[电话]');
    assert.equal(answer.body.household.label, '3栋2单元501');
});

test('a text may have two thousand characters, of three bytes each', async (ending) => {
    const it = await changed_house(ending);
    const li = await it.sign_in('li.na');
    const long = (count) => '漏'.repeat(count);
    assert.equal((await file(li, { description: long(2000) })).status, 201);
    refused(await file(li, { description: long(2001) }), '/description', /2000个字/);
    refused(await file(li, { facts: { wish: long(2001) } }), '/facts/wish', /2000个字/);
    refused(await file(li, { customer: { name: long(61) } }), '/customer/name', /60个字/);
});

test('what could not be read is said to the desk, not to programmers', async (ending) => {
    const it = await changed_house(ending, { pack: 'templates/policies/car-dealer-ladder.json', directory: only_roles('customer_care') });
    const li = await it.sign_in('li.na');
    const matters = { kind: 'sales', category: 'late_delivery' };
    refused(await file(li, { ...matters, facts: { ordered_at: '上个月' } }), '/facts/ordered_at', /时间/);
    refused(await file(li, { ...matters, facts: { parts_yuan: '一千' } }), '/facts/parts_yuan', /数字/);
    refused(await file(li, { ...matters, facts: { responsible_role: 'nobody' } }), '/facts/responsible_role', /没有这个选项：nobody/);
    refused(await file(li, { ...matters, facts: { media: '是' } }), '/facts/media', /是或否/);
    refused(await file(li, { ...matters, description: undefined }), '/description', /没有填/);
    refused(await file(li, { ...matters, customer: undefined }), '/customer', /电话或称呼/);
    refused(await file(li, { ...matters, urgent: true }), '/urgent', /没有这一项/);
    const { body } = await file(li, matters);
    const command = async (fields) => li.try(body.number, fields.command, fields);
    refused(await command({ command: 'note', text: ' ' }), '/text', /不能空着/);
    refused(await command({ command: 'note', text: '长'.repeat(2001) }), '/text', /2000个字/);
    refused(await command({ command: 'note' }), '/text', /还没有填：备注/);
    refused(await command({ command: 'propose', text: '减免', amount_yuan: '很多' }), '/amount_yuan', /单位是元/);
    refused(await command({ command: 'propose', text: '减免', finish_by: '周五' }), '/finish_by', /时间/);
    refused(await command({ command: 'classify', reason: '改' }), '/reason', /没有要改的/);
    refused(await li.ask('POST', `/api/v1/tickets/${body.number}/reveal`, { field: 'phone', reason: '看' }), '/reason', /为什么/);
});

test('a pack takes its own facts and where the matter came from, and shows them with the ticket', async (ending) => {
    const it = await changed_house(ending, { pack: 'templates/policies/car-dealer-ladder.json', directory: only_roles('customer_care') });
    const li = await it.sign_in('li.na');
    const words = (await li.get('/api/v1/words')).items[0];
    const source = words.sources[0].key;
    const told = { plate: '沪A12345', ordered_at: '2026-01-05T09:00:00+08:00', parts_yuan: 12000.5, labour_yuan: 300, not_reported: true, responsible_role: 'sales_director', source };
    const answer = await file(li, { kind: 'sales', category: 'late_delivery', facts: told });
    assert.equal(answer.status, 201, answer.text);
    const { facts, description } = answer.body;
    assert.deepEqual(
        { ...facts, plate: undefined },
        { ...facts, plate: undefined, ordered_at: '2026-01-05T09:00:00+08:00', parts_yuan: 12000.5, labour_yuan: 300, not_reported: true, responsible_role: 'sales_director', source },
    );
    assert.match(description, /车牌号：沪A12345/);
    assert.ok(!('special_source' in facts), 'what the rules work out is no fact of the ticket');
    const { items } = await li.get(`/api/v1/tickets/${answer.body.number}/events`);
    assert.equal(items[0].data.facts.source, source);
    refused(await file(li, { kind: 'sales', category: 'late_delivery', facts: { source: 'dream' } }), '/facts/source', /没有这个来源/);
    refused(await file(li, { kind: 'sales', category: 'late_delivery', facts: { special_source: true } }), '/facts/special_source', /没有这一项/);
    // The dearest part makes it a costly fault: the facts that were told are those that the rules obey.
    assert.notEqual(answer.body.level, (await file(li, { kind: 'sales', category: 'late_delivery', facts: { ...told, parts_yuan: 100, ordered_at: '2026-02-20T09:00:00+08:00' } })).body.level);
});

test('who has no part in the work of the pack files nothing, and his console knows it', async (ending) => {
    const it = await changed_house(ending, {
        directory: (json) => { json.staff.find((one) => one.login === 'sun.mei').roles = ['gardener']; },
    });
    const [li, sun, admin] = await Promise.all(['li.na', 'sun.mei', 'admin'].map((login) => it.sign_in(login)));
    for (const who of [sun, admin]) {
        const answer = await file(who, who === admin ? { unit: 'jinxiu' } : {});
        assert.equal(answer.status, 403, answer.text);
        assert.match(answer.body.detail, /不登记/);
        assert.ok((await who.get('/api/v1/words')).items.every((one) => one.may_file === false));
    }
    assert.equal((await file(li)).status, 201);
    assert.deepEqual((await li.get('/api/v1/words')).items.map((one) => one.may_file), [true]);
});

test('what people wrote later is shown without phones too: list, ticket, search, timeline', async (ending) => {
    const it = await changed_house(ending);
    const [li, wang] = await Promise.all(['li.na', 'wang.fang'].map((login) => it.sign_in(login)));
    const secret = /(?<![\da-f])13[89]\d{8}(?![\da-f])/; // not a piece of an id or of a hash
    const opened = await file(li, { description: '车库漏水，打13812345678', customer: { name: '王先生13912345678', phone: '13900001111' } });
    const { number } = opened.body;
    await li.give(number, 'note', { text: '家属电话13812345678' });
    await li.give(number, 'accept');
    await li.give(number, 'assign', { assignee: 'wang.fang' });
    await wang.give(number, 'propose', { text: '明天修，联系13812345678' });
    const chat = it.resident();
    const mine = await chat.files('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678');
    await chat.says('催一下，打13987654321');
    for (const path of [
        `/api/v1/tickets/${number}`, `/api/v1/tickets/${mine}`, '/api/v1/tickets', '/api/v1/tickets?q=' + encodeURIComponent('漏水'), `/api/v1/tickets/${number}/events`,
        `/api/v1/tickets/${mine}/events`,
    ]) {
        const answer = await li.ask('GET', path);
        assert.equal(answer.status, 200, path);
        assert.doesNotMatch(answer.text, secret, path);
    }
    for (const q of ['13812345678', '13900001111', '3812345']) assert.deepEqual((await li.get('/api/v1/tickets?q=' + q)).items, [], q);
    const { items, words, names } = await li.get(`/api/v1/tickets/${number}/events`);
    const of = (type) => items.find((one) => one.type === type).sequence;
    assert.equal(words[of('ticket.noted')].text, '家属电话[电话]');
    assert.deepEqual(names[of('ticket.assigned')].assignee, ['王芳']);
});

test('a repeat shows nothing to somebody who keeps out of the matter since', async (ending) => {
    const it = await changed_house(ending, {
        policy: (json) => {
            json.recusal = { fields: ['complained_of'], line: true, clause: 'property-group/15' };
            json.moves.unshift({ name: 'name-person', command: 'classify', title: '登记被投诉人', from: ['*'], roles: ['front_desk'], when: { var: 'given.complained_of' }, fields: [{ name: 'complained_of', title: '被投诉人', type: 'person' }], clause: 'property-group/15' });
        },
    });
    const [li, wang] = await Promise.all(['li.na', 'wang.fang'].map((login) => it.sign_in(login)));
    const once = { 'Idempotency-Key': 'once' };
    const first = await file(wang, {}, once);
    assert.equal(first.status, 201, first.text);
    assert.equal((await file(wang, {}, once)).body.number, first.body.number);
    await li.give(first.body.number, 'classify', { complained_of: 'wang.fang', reason: '客户指名' });
    const again = await file(wang, {}, once);
    assert.equal(again.status, 404, again.text);
    assert.doesNotMatch(again.text, /垃圾/);
});

test('a key is good for what was asked under it: the same again is one, something else is refused', async (ending) => {
    const it = await changed_house(ending);
    const li = await it.sign_in('li.na');
    const key = { 'Idempotency-Key': 'once' };
    const first = await file(li, {}, key);
    assert.equal((await file(li, {}, key)).body.number, first.body.number);
    const other = await file(li, { description: '楼下垃圾五天没收' }, key);
    assert.equal(other.status, 409, other.text);
    assert.equal(other.body.code, 'idempotency.other_body');
    assert.match(other.body.detail, /换一个新的/);
    assert.equal((await li.tickets()).length, 1);

    const { number } = first.body;
    await li.give(number, 'accept', {}, key);
    const accepted = await li.ticket(number);
    // What was done is allowed no more, and is no mistake when it comes again.
    assert.equal((await li.give(number, 'accept', {}, key)).version, accepted.version);
    assert.equal((await li.try(number, 'note', { text: '约好明天上门' }, key)).status, 409);
    await li.give(number, 'note', { text: '约好明天上门' }, { 'Idempotency-Key': 'two' });
    assert.equal((await li.try(number, 'note', { text: '约好后天上门' }, { 'Idempotency-Key': 'two' })).status, 409);
    const notes = (await li.events(number)).filter((one) => one.type === 'ticket.noted');
    assert.equal(notes.length, 1, JSON.stringify(notes));
});

test('the words tell which pack is for which unit, what a step may be answered with, and of what type a fact is', async (ending) => {
    const it = await changed_house(ending, {
        directory: (json) => { json.units.find((one) => one.key === 'cuihu-centre').policy = 'bank'; },
    });
    const chen = await it.sign_in('chen.gang');
    const { items } = await chen.get('/api/v1/words');
    const { units } = await chen.get('/api/v1/me');
    const names = (pack) => pack.units.map((id) => units.find((one) => one.id === id).name).sort();
    assert.deepEqual(items.map((one) => one.policy.id), ['property-group', 'bank']);
    assert.deepEqual(names(items[0]), ['华东项目管理中心', '锦绣花园', '锦绣花园物业服务中心'].sort());
    assert.deepEqual(names(items[1]), ['翠湖苑', '翠湖苑物业服务中心'].sort());
    const verify = items[1].steps.find((one) => one.key === 'verify');
    assert.deepEqual(verify.decisions, [{ key: 'so', title: '属实' }, { key: 'not_so', title: '不属实' }]);
    assert.deepEqual(items[1].stages.map((one) => one.stage), ['intake', 'waiting', 'answer']);
    const type = (name) => items[0].facts.find((one) => one.key === name)?.type;
    assert.deepEqual(['amount_yuan', 'people', 'media', 'flags', 'cause'].map(type), ['number', 'integer', 'boolean', 'list', 'text']);
});

test('a form asks what the rules ask that the matter will be under', async (ending) => {
    const it = await changed_house(ending, {
        directory: (json) => {
            json.units.find((one) => one.key === 'cuihu').policy = 'telecom-regulator';
            json.units.find((one) => one.key === 'cuihu-centre').policy = 'bank';
            json.units.find((one) => one.key === 'jinxiu-centre').policy = 'bank';
            json.staff.find((one) => one.login === 'chen.gang').roles.push('contact_centre', 'case_officer');
        },
    });
    const chen = await it.sign_in('chen.gang');
    const { items } = await chen.get('/api/v1/words');
    const { units } = await chen.get('/api/v1/me');
    // A community's own pack comes before that of the centre which answers for it; one without has the centre's.
    for (const [community, pack, kind] of [['锦绣花园', 'bank', 'complaint'], ['翠湖苑', 'telecom-regulator', 'appeal']]) {
        const unit = units.find((one) => one.name === community).id;
        assert.equal(items.find((one) => one.units.includes(unit)).policy.id, pack);
        const answer = await file(chen, { unit, kind, category: 'other', household: undefined });
        assert.equal(answer.status, 201, answer.text);
        assert.equal(answer.body.policy.id, pack, community);
    }
});

test('who names no category has the one that his words tell of, or is asked', async (ending) => {
    const it = await changed_house(ending);
    const li = await it.sign_in('li.na');
    for (const [kind, description, category] of [
        ['complaint', '楼道灯不亮三天了，没人修', 'equipment'],
        ['complaint', '楼道里的垃圾三天没人收', 'environment'],
        ['complaint', '保安态度很差，还骂人', 'service'],
        ['demand', '家里水龙头坏了，想请师傅来修', 'special'],
    ]) {
        const answer = await file(li, { kind, description, category: undefined });
        assert.equal(answer.status, 201, answer.text);
        assert.equal(answer.body.category, category, description);
    }
    refused(await file(li, { description: '阿巴阿巴', category: undefined }), '/category', /看不出是哪一类，可以写：.*environment/);
    const bank = await changed_house(ending, {
        pack: 'templates/policies/bank.json',
        directory: (json) => json.staff.find((one) => one.login === 'li.na').roles.push('contact_centre'),
    });
    const she = await bank.sign_in('li.na');
    refused(await file(she, { category: undefined, description: '有件事想说一下', customer: { name: '王先生', phone: '13900001111' } }), '/category', /看不出是哪一类，可以写：/);
});

test('a place that is named in the talk may have rules of its own: the matter is filed under them all the same', async (ending) => {
    const it = await changed_house(ending, {
        directory: (json) => {
            json.units.find((one) => one.key === 'cuihu').policy = 'bank';
            json.staff.find((one) => one.login === 'zhou.jie').roles.push('contact_centre');
        },
    });
    const resident = it.resident();
    await resident.says('翠湖苑A栋1201的楼道灯坏了三天没人修,电话13812345678');
    const said = await resident.says('对');
    const number = /TS\d{8}-\d+/.exec(said + (await resident.hears()))?.[0];
    assert.ok(number, said);
    const zhou = await it.sign_in('zhou.jie');
    const ticket = await zhou.ticket(number);
    assert.deepEqual([ticket.policy.id, ticket.kind], ['bank', 'complaint']);
});

// The demo's people, each in a role that the pack at hand has.
function only_roles(role) {
    return (json) => json.staff.filter((one) => !one.roles.includes('administrator')).forEach((one) => (one.roles = [role]));
}

await run();
