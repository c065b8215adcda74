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
    const type = (name) => items[0].facts.find((one) => one.key === name)?.type;
    assert.deepEqual(['amount_yuan', 'people', 'media', 'flags', 'cause'].map(type), ['number', 'integer', 'boolean', 'list', 'text']);
});

// The demo's people, each in a role that the pack at hand has.
function only_roles(role) {
    return (json) => json.staff.filter((one) => !one.roles.includes('administrator')).forEach((one) => (one.roles = [role]));
}

await run();
