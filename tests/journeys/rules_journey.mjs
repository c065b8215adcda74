// A wrong pack never starts a service, and a running one keeps the rules it has: every finding with file, place and mend.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, program, root, run, test, until } from './house.mjs';

const good = readFileSync(join(root, 'templates/policies/property-group.json'), 'utf8');
const wrong = good
    .replace('"span": "5 working days"', '"span": "5 working dayz"')
    .replace('"role": "acceptor", "phrase": "staff.accept_please"', '"role": "acceptor", "phrase": "staff.accept_plaese"')
    .replace('"to": "awaiting_consent"', '"to": "awaiting_consnet"');
const newer = good.replace('"version": "2026.1"', '"version": "2026.2"').replace(/"span": "5 working days"/g, '"span": "3 working days"');

function pack(text) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-rules-'));
    const file = join(folder, 'rules.json');
    writeFileSync(file, text);
    return { file, write: (next) => writeFileSync(file, next), destroy: () => rmSync(folder, { recursive: true, force: true }) };
}

test('a wrong pack never starts a service: each finding names file, pointer, fault and mend, and nothing is left behind', async (ending) => {
    assert.notEqual(wrong, good);
    const rules = pack(wrong);
    ending(rules.destroy);
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-rules-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    const config = join(folder, 'huiyin.json');
    writeFileSync(config, JSON.stringify({
        listen: '127.0.0.1:0', store: 'sqlite:huiyin.db', media: 'media', policy: rules.file, directory: 'templates/demo/directory.json',
        secret: 'a'.repeat(64), data_key: 'b'.repeat(64), channels: [{ id: 'web', type: 'webchat' }],
    }));
    const outcome = spawnSync(program, ['serve', '--config', config], { encoding: 'utf8', cwd: root, timeout: 20000 });
    assert.equal(outcome.status, 1, outcome.stderr);
    const lines = outcome.stderr.split('\n').filter((line) => line.startsWith('huiyin: '));
    assert.ok(lines.length > 0, outcome.stderr);
    for (const line of lines) assert.match(line, /^huiyin: .+: \S*rules\.json \/\S+: .+/, `a finding names its file, its place and the mend: ${line}`);
    assert.match(outcome.stderr, /unknown unit "working dayz".*: \S*rules\.json \/deadlines\/1\/span: write/);
    assert.doesNotMatch(outcome.stderr, /listening on/);
    assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('huiyin.db')), []);
    assert.ok(!existsSync(join(folder, 'huiyin.db.sock')));
});

test('a running service keeps the old version of a pack that has become wrong, and takes a good one whole', async (ending) => {
    const rules = pack(good);
    ending(rules.destroy);
    const it = await house({ over: { policy: rules.file } });
    ending(it.destroy);
    const admin = await it.sign_in('admin');
    const li = await it.sign_in('li.na');
    const version = async () => (await admin.get('/api/v1/policies')).items.map((each) => each.version).join(' ');
    const first = await it.resident().files();
    const due = async (number) => (await li.deadlines(number)).find((each) => each.clock === 'handle').due_at;
    assert.match(await due(first), /^2026-03-06T17:30/);

    rules.write(wrong);
    it.child.kill('SIGHUP');
    await until('the findings', () => it.said().includes('still in force: property-group 2026.1'));
    assert.match(it.said(), /huiyin: unknown unit "working dayz".*: \S*rules\.json \/deadlines\/1\/span: write/);
    assert.match(await version(), /^2026\.1/);
    const second = await it.resident().files('3栋2单元502楼道灯不亮,电话13912345678');
    assert.match(await due(second), /^2026-03-06T17:30/);
    await li.give(first, 'accept');

    rules.write(newer);
    it.child.kill('SIGHUP');
    await until('the new rules', () => it.said().includes('in force: property-group 2026.2'));
    assert.match(await version(), /^2026\.2/);
    const third = await it.resident().files('3栋2单元503门禁坏了,电话13712345678');
    assert.equal((await li.ticket(third)).policy.version, '2026.2');
    assert.match(await due(third), /^2026-03-04T17:30/);
    // Older tickets keep the version that they are pinned to.
    assert.equal((await li.ticket(first)).policy.version, '2026.1');
    assert.match(await due(first), /^2026-03-06T17:30/);
    await it.to('2026-03-04 17:30');
    assert.equal((await li.deadlines(second)).find((each) => each.clock === 'handle').state, 'running');
    assert.equal((await li.deadlines(third)).find((each) => each.clock === 'handle').state, 'missed');
});

test('a wrong pack does not start again what was stopped, and its store is left as it was', async (ending) => {
    const rules = pack(good);
    ending(rules.destroy);
    const it = await house({ over: { policy: rules.file } });
    ending(it.destroy);
    const number = await it.resident().files();
    await it.stop();
    rules.write('{');
    const outcome = spawnSync(program, ['serve', '--config', it.config, '--clock', 'manual'], { encoding: 'utf8', cwd: root, timeout: 20000 });
    assert.equal(outcome.status, 1);
    assert.match(outcome.stderr, /huiyin: not readable as JSON.*rules\.json/);
    rules.write(good);
    await it.start();
    const li = await it.sign_in('li.na');
    assert.equal((await li.ticket(number)).state, 'filed');
});

test('a ticket obeys the version that it was opened under after the program started again with a newer file', async (ending) => {
    const rules = pack(good);
    ending(rules.destroy);
    const it = await house({ over: { policy: rules.file } });
    ending(it.destroy);
    const old = await it.resident().files();
    await it.stop();
    rules.write(newer);
    await it.start();
    const li = await it.sign_in('li.na');
    const due = async (number) => (await li.deadlines(number)).find((each) => each.clock === 'handle');
    assert.equal((await li.ticket(old)).policy.version, '2026.1');
    assert.match((await due(old)).due_at, /^2026-03-06T17:30/);
    const fresh = await it.resident().files('3栋2单元502楼道灯不亮,电话13912345678');
    assert.equal((await li.ticket(fresh)).policy.version, '2026.2');
    assert.match((await due(fresh)).due_at, /^2026-03-04T17:30/);
    await li.give(old, 'accept');
    await it.to('2026-03-04 17:30');
    assert.equal((await due(old)).state, 'running');
    assert.equal((await due(fresh)).state, 'missed');
    // Killed and started once more, the older rules are still there.
    await it.kill();
    await it.start();
    const again = await it.sign_in('li.na');
    assert.match((await again.deadlines(old)).find((each) => each.clock === 'handle').due_at, /^2026-03-06T17:30/);
    await it.to('2026-03-06 17:30');
    assert.equal((await again.deadlines(old)).find((each) => each.clock === 'handle').state, 'missed');
});

test('rules that were edited under their old version reach no older ticket, and stop nothing', async (ending) => {
    const rules = pack(good);
    ending(rules.destroy);
    const it = await house({ over: { policy: rules.file } });
    ending(it.destroy);
    const old = await it.resident().files();
    rules.write(newer.replace('"version": "2026.2"', '"version": "2026.1"'));
    it.child.kill('SIGHUP');
    await until('the edited rules', () => /in force: property-group 2026\.1\+[0-9a-f]{8}/.test(it.said()));
    assert.match(it.said(), /policy\.edited_without_version/);
    const li = await it.sign_in('li.na');
    const due = async (who, number) => (await who.deadlines(number)).find((each) => each.clock === 'handle').due_at;
    const fresh = await it.resident().files('3栋2单元502楼道灯不亮,电话13912345678');
    assert.match((await li.ticket(fresh)).policy.version, /^2026\.1\+/);
    assert.match(await due(li, fresh), /^2026-03-04T17:30/);
    assert.match(await due(li, old), /^2026-03-06T17:30/);
    await it.stop();
    await it.start();
    const again = await it.sign_in('li.na');
    assert.equal((await again.ticket(old)).policy.version, '2026.1');
    assert.match(await due(again, fresh), /^2026-03-04T17:30/);
    assert.match(await due(again, old), /^2026-03-06T17:30/);
});

test('who is complained of finds the ticket neither in his list nor by its number, and nor does anybody under him', async (ending) => {
    const json = JSON.parse(good.replace(/^\s*\/\/.*$/gm, ''));
    json.recusal = { fields: ['complained_of'], line: true, clause: 'property-group/15' };
    json.moves.unshift({ name: 'name-person', command: 'classify', title: '登记被投诉人', from: ['*'], roles: ['front_desk'], when: { var: 'given.complained_of' }, fields: [{ name: 'complained_of', title: '被投诉人', type: 'person' }], clause: 'property-group/15' });
    const rules = pack(JSON.stringify(json));
    ending(rules.destroy);
    const it = await house({ over: { policy: rules.file } });
    ending(it.destroy);
    const number = await it.resident().files();
    const other = await it.resident().files('3栋2单元502楼道灯不亮,电话13912345678');
    const people = {};
    for (const login of ['li.na', 'wang.fang', 'zhang.qiang', 'chen.gang']) people[login] = await it.sign_in(login);
    const sees = async (login) => {
        const listed = (await people[login].tickets()).map((each) => each.number);
        assert.ok(listed.includes(other), `${login} sees the other one`);
        const one = (await people[login].ask('GET', `/api/v1/tickets/${number}`)).status;
        assert.equal(one, listed.includes(number) ? 200 : 404);
        return listed.includes(number);
    };
    // What the customer says of it is kept from them as well.
    const hears = async (login) => {
        const talks = (await people[login].get('/api/v1/conversations')).items.map((each) => each.id);
        const messages = (await people[login].ask('GET', `/api/v1/conversations/${talk}/messages`)).status;
        assert.equal(messages, talks.includes(talk) ? 200 : 404);
        return talks.includes(talk);
    };
    const talk = (await people['chen.gang'].get('/api/v1/conversations')).items.at(-1).id;
    assert.ok(await sees('wang.fang'));
    assert.ok(await hears('wang.fang'));
    await people['li.na'].give(number, 'classify', { complained_of: 'wang.fang', reason: '客户指名' });
    assert.equal(await sees('wang.fang'), false);
    assert.equal(await sees('zhang.qiang'), false);
    assert.equal(await sees('chen.gang'), true);
    assert.equal(await hears('wang.fang'), false);
    assert.equal(await hears('chen.gang'), true);
});

test("an organisation's own packs lie where no upgrade writes, extend those of the program, and follow them", async (ending) => {
    const place = mkdtempSync(join(tmpdir(), 'huiyin-own-'));
    ending(() => rmSync(place, { recursive: true, force: true }));
    const share = join(place, 'share'), shipped = join(share, 'templates/policies/property-group.json');
    cpSync(join(root, 'templates'), join(share, 'templates'), { recursive: true });
    symlinkSync(join(root, 'build/share/huiyin/model.bin'), join(share, 'model.bin'));
    const write = (name, json) => writeFileSync(join(place, name), typeof json === 'string' ? json : JSON.stringify(json));
    write('harbour.json', { extends: 'property-group', id: 'harbour', title: '港湾物业', version: '1', deadlines: [{ name: 'accept', span: '1 working hour' }] });
    write('quay.json', { extends: 'harbour', id: 'quay', title: '码头', version: '1' });
    write('directory.json', readFileSync(join(root, 'templates/demo/directory.json'), 'utf8').replace('"key": "cuihu-centre",', '"key": "cuihu-centre", "policy": "quay",'));
    const it = await house({ share, over: { policy: join(place, 'harbour.json'), directory: join(place, 'directory.json') } });
    ending(it.destroy);
    const packs = (await (await it.sign_in('admin')).get('/api/v1/policies')).items.map((one) => one.id);
    assert.deepEqual(packs.sort(), ['harbour', 'quay']);
    const number = await it.resident().files();
    const due = async () => (await (await it.sign_in('li.na')).deadlines(number)).find((one) => one.clock === 'accept').due_at;
    assert.match(await due(), /^2026-03-02T10:00/);
    await it.stop();
    await it.start();
    assert.ok(!it.said().includes('deadlines.recomputed'), it.said());
    await it.stop();
    writeFileSync(shipped, newer); // the upgrade
    await it.start();
    assert.ok(it.said().includes('deadlines.recomputed'), it.said());
    await it.stop();
    rmSync(shipped);
    const refused = spawnSync(program, ['serve', '--config', it.config, '--share', share], { encoding: 'utf8', timeout: 20000 });
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /huiyin: no other pack "property-group": harbour\.json \/extends: /);
});

await run();
