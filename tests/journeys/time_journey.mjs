// Time from outside: a storm that is declared, and a duty that comes round, with a kill in between.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, platform, root, run, test } from './house.mjs';

// property-group with a storm that stops the clock of `handle`, and a list that is due every Tuesday.
function pack_with_storm(folder) {
    const text = readFileSync(join(root, 'templates/policies/property-group.json'), 'utf8');
    const pack = JSON.parse(text.replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*/g, (all, kept) => kept ?? ''));
    pack.declared_events = [{ name: 'storm', title: '台风红色预警', roles: ['administrator'], longest: '7 days', clause: 'property-group/T1' }];
    for (const rule of pack.deadlines) if (rule.name === 'handle') rule.stretches_on = { event: 'storm' };
    pack.duties = [{ name: 'weekly', title: '未结投诉清单', every: 'tuesday', at: '10:00', role: 'centre_manager', phrase: 'duty.reminder', clause: 'property-group/17' }];
    const file = join(folder, 'property-group.json');
    writeFileSync(file, JSON.stringify(pack));
    return file;
}

async function stormy(to_end) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-storm-'));
    const it = await house({ over: { policy: pack_with_storm(folder) } });
    to_end(async () => {
        await it.destroy();
        rmSync(folder, { recursive: true, force: true });
    });
    return it;
}

test('a storm is declared, moves the limits of its tickets, and is lifted', async (to_end) => {
    const it = await stormy(to_end);
    const number = await it.resident().files();
    const li = await it.sign_in('li.na'), admin = await it.sign_in('admin');
    await li.give(number, 'accept');
    const handle = async () => (await li.deadlines(number)).find((each) => each.clock === 'handle');
    assert.equal((await handle()).due_at, '2026-03-06T17:30:00+08:00');
    const storm = { event: 'storm', unit: 'jinxiu-centre', from: '2026-03-03T00:00:00+08:00', until: '2026-03-05T00:00:00+08:00', reason: '气象台8时发布' };
    assert.equal((await li.ask('POST', '/api/v1/declared-events', storm)).status, 403);
    assert.equal((await admin.ask('POST', '/api/v1/declared-events', { ...storm, event: 'flood' })).body.errors[0].pointer, '/event');
    assert.equal((await admin.ask('POST', '/api/v1/declared-events', { ...storm, until: 'soon' })).status, 422);
    assert.equal((await admin.ask('POST', '/api/v1/declared-events', { ...storm, unit: 'nowhere' })).status, 422);
    const made = await admin.ask('POST', '/api/v1/declared-events', storm);
    assert.equal(made.status, 201, made.text);
    assert.equal((await admin.ask('POST', '/api/v1/declared-events', storm)).status, 409);
    await it.to('2026-03-03 09:00');
    const later = await handle();
    assert.equal(later.due_at, '2026-03-10T17:30:00+08:00');
    assert.match(later.text, /3月3日至4日台风红色预警，不计时/);
    assert.deepEqual((await li.get('/api/v1/declared-events')).items.map((each) => each.id), [made.body.id]);
    assert.ok((await li.events(number)).some((event) => event.type === 'event.declared' && event.data.declaration === made.body.id));
    await it.to('2026-03-03 20:00');
    assert.equal((await li.ask('POST', `/api/v1/declared-events/${made.body.id}/commands`, { command: 'lift' })).status, 403);
    await admin.good('POST', `/api/v1/declared-events/${made.body.id}/commands`, { command: 'lift' });
    await it.to('2026-03-03 20:01');
    assert.equal((await handle()).due_at, '2026-03-09T17:30:00+08:00');
    assert.equal((await admin.ask('POST', `/api/v1/declared-events/${made.body.id}/commands`, { command: 'lift' })).status, 409);
    assert.equal((await admin.ask('POST', '/api/v1/declared-events/D1/commands', { command: 'lift' })).status, 404);
});

test('a weekly duty is told once an occurrence, through a kill and a jump over three weeks', async (to_end) => {
    const it = await house_with_staff(to_end);
    const told = async () => (await it.admin.outbox()).filter((row) => /未结投诉清单/.test(row.preview)).map((row) => `${row.created_at.slice(0, 10)} ${row.to}`).sort();
    await it.to('2026-03-03 10:00');
    assert.deepEqual(await told(), ['2026-03-03 wang.fang', '2026-03-03 zhou.jie']);
    await it.kill();
    it.admin = undefined;
    await it.start('2026-03-03T10:00:00+08:00');
    await it.to('2026-03-24 12:00');
    const days = (await told()).map((row) => row.slice(0, 10));
    assert.deepEqual(days, ['03', '03', '10', '10', '17', '17', '24', '24'].map((day) => '2026-03-' + day));
});

// Staff who can be reached, by the stand-in platform's WeCom application.
async function house_with_staff(to_end) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-duty-'));
    const stand_in = await platform();
    const setup = await stand_in.call('/_setup', { wecom: {} });
    const app = setup.wecom.apps[0];
    const it = await house({
        channels: [{ id: 'web', type: 'webchat' }, {
            id: 'app', type: 'wecom_app', api_base: stand_in.url, corp_id: setup.wecom.corp_id ?? setup.wecom.corpid, agent_id: app.agent_id ?? app.agentid,
            secret: app.secret, token: app.token, encoding_aes_key: app.encoding_aes_key ?? app.aes_key,
        }],
        notify: { staff: ['app'] },
        over: { policy: pack_with_storm(folder) },
    });
    to_end(async () => {
        await it.destroy();
        await stand_in.stop();
        rmSync(folder, { recursive: true, force: true });
    });
    return it;
}

await run();
