// A backup is taken while people talk and is restored elsewhere: what was answered before it is there, every chain
// fits, photos are what they were, and nobody hears twice what waited to be sent. A damaged one is found before it
// has a name.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, house, platform, png, program, root, run, start, test } from './house.mjs';

const huiyin = (config, ...args) => spawnSync(program, [...args, '--config', config], { encoding: 'utf8', cwd: root, timeout: 60000 });
const beside = (config, ...args) =>
    new Promise((resolve) => {
        const child = spawn(program, [...args, '--config', config], { cwd: root });
        let said = '';
        child.stderr.on('data', (text) => (said += text));
        child.on('exit', (code) => resolve({ code, said }));
    });

// A folder with a configuration like the first's, and nothing else.
function another(it, ending, over = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-restored-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    const config = join(folder, 'huiyin.json');
    writeFileSync(config, JSON.stringify({ ...it.settings, ...over }));
    return { folder, config };
}

test('a backup under load is restored elsewhere, whole', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const li = await it.sign_in('li.na');
    const first = await it.resident().files();
    await li.give(first, 'accept');
    const form = new FormData();
    form.set('file', new Blob([png], { type: 'image/png' }), 'done.png');
    const photo = await li.good('POST', `/api/v1/tickets/${first}/attachments`, form);
    await li.give(first, 'note', { text: '现场照片', attachments: [photo.id] });

    let going = true, answered = 0;
    const talk = async () => {
        while (going) {
            await it.resident().files();
            ++answered;
        }
    };
    const talks = [talk(), talk(), talk()];
    while (answered < 6) await new Promise((resolve) => setImmediate(resolve));
    const before = (await li.tickets('limit=200')).map((one) => one.number);
    const file = join(it.folder, 'one.tar');
    const made = await beside(it.config, 'backup', file);
    going = false;
    await Promise.all(talks);
    assert.equal(made.code, 0, made.said);
    assert.equal(statSync(file).mode & 0o777, 0o600, 'a backup is for its owner alone');
    assert.deepEqual(readdirSync(it.folder).filter((name) => name.startsWith('one.tar')), ['one.tar'], 'nothing of the making is left');
    assert.notEqual(huiyin(it.config, 'backup', file).status, 0, 'what lies there is left alone');

    const there = another(it, ending);
    const restored = huiyin(there.config, 'restore', file);
    assert.equal(restored.status, 0, restored.stderr);
    assert.match(huiyin(there.config, 'verify').stdout, /every chain fits/);
    const again = await start(program, ['serve', '--config', there.config, '--clock', 'manual:2026-03-02T09:00:00+08:00']);
    ending(() => end(again.child));
    const token = (await (await fetch(again.url + '/api/v1/sessions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login: 'li.na', password: 'huiyin-demo' }) })).json()).token;
    const get = (path) => fetch(again.url + path, { headers: { Authorization: `Bearer ${token}` } });
    const listed = (await (await get('/api/v1/tickets?limit=200')).json()).items.map((one) => one.number);
    for (const number of before) assert.ok(listed.includes(number), `${number} was answered before the backup`);
    const picture = await get(photo.url ?? `/api/v1/attachments/${photo.id}`);
    assert.equal(picture.status, 200);
    assert.ok(Buffer.from(await picture.arrayBuffer()).length > 0);

    // Never over something that is there.
    const over = huiyin(there.config, 'restore', file);
    assert.equal(over.status, 1);
    assert.match(over.stderr, /a store is there already: .*move it away/);
});

test('what waited to be sent is held back after a restore, once, and can be sent again', async (ending) => {
    const stand_in = await platform();
    ending(stand_in.stop);
    const setup = (await stand_in.call('/_setup', { wecom: {} })).wecom;
    const app = setup.apps[0];
    const channels = [
        { id: 'web', type: 'webchat' },
        { id: 'app', type: 'wecom_app', api_base: stand_in.url, corp_id: setup.corp_id ?? setup.corpid, agent_id: app.agent_id ?? app.agentid, secret: app.secret, token: app.token, encoding_aes_key: app.encoding_aes_key ?? app.aes_key },
    ];
    const it = await house({ channels, notify: { staff: ['app'], fallback: ['web'] } });
    ending(it.destroy);
    await stand_in.call('/_fault', { kind: 'http', status: 503, path: '/cgi-bin/message/send', times: 1000 });
    await it.resident().files();
    const admin = await it.sign_in('admin');
    const waiting = async () => (await admin.outbox()).filter((row) => row.channel === 'app' && ['waiting', 'sending', 'failed'].includes(row.state));
    while ((await waiting()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    const file = join(it.folder, 'two.tar');
    assert.equal((await beside(it.config, 'backup', file)).code, 0);
    await it.stop();

    const there = another(it, ending);
    assert.equal(huiyin(there.config, 'restore', file).status, 0);
    const tried = async () => (await stand_in.call('/_recorded?path=/cgi-bin/message/send')).calls.length;
    const before = await tried();
    assert.ok(before > 0);
    const again = await start(program, ['serve', '--config', there.config, '--clock', 'manual:2026-03-02T09:00:00+08:00']);
    ending(() => end(again.child));
    const token = (await (await fetch(again.url + '/api/v1/sessions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login: 'admin', password: 'huiyin-demo' }) })).json()).token;
    const rows = (await (await fetch(again.url + '/api/v1/outbox?limit=200&state=dead', { headers: { Authorization: `Bearer ${token}` } })).json()).items;
    assert.ok(rows.some((row) => row.channel === 'app' && row.last_error.code === 'restored'), JSON.stringify(rows));
    assert.match(again.said(), /store\.restored/);
    assert.equal(await tried(), before, 'nothing was sent again');
    const row = rows.find((one) => one.channel === 'app');
    const retried = await fetch(`${again.url}/api/v1/outbox/${row.id}/commands`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: '{"command":"retry"}' });
    assert.equal(retried.status, 200, await retried.text());
});

test('what is no whole backup is refused before it has a name', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const number = await it.resident().files();
    const form = new FormData();
    form.set('file', new Blob([png], { type: 'image/png' }), 'done.png');
    await (await it.sign_in('li.na')).good('POST', `/api/v1/tickets/${number}/attachments`, form);
    const file = join(it.folder, 'three.tar');
    assert.equal((await beside(it.config, 'backup', file)).code, 0);
    const whole = readFileSync(file);
    const refused = (name, bytes, says, over) => {
        const damaged = join(it.folder, name);
        writeFileSync(damaged, bytes);
        const there = another(it, ending, over);
        const outcome = huiyin(there.config, 'restore', damaged);
        assert.equal(outcome.status, 1, `${name}: ${outcome.stdout}`);
        assert.match(outcome.stderr, says, name);
        assert.ok(!existsSync(join(there.folder, 'huiyin.db')), `${name} left a store`);
        assert.deepEqual(readdirSync(there.folder).filter((one) => one.startsWith('huiyin.db.')), [], `${name} left its pieces`);
    };
    refused('short.tar', whole.subarray(0, Math.floor(whole.length / 2)), /no whole backup/);
    const flipped = Buffer.from(whole);
    flipped[Math.floor(whole.length / 2)] ^= 1;
    refused('flipped.tar', flipped, /not what it was/);
    refused('nothing.tar', Buffer.alloc(0), /no whole backup|cannot be read/);
    refused('words.tar', Buffer.from('这不是备份\n'.repeat(300)), /no whole backup|cannot be read/);
    const blocked = join(it.folder, 'blocked');
    writeFileSync(blocked, '');
    refused('no-room.tar', whole, /^(?!.*no whole backup).*cannot write .*blocked/s, { media: join(blocked, 'media') });
    refused('other-key.tar', whole, /data_key does not open/, { data_key: 'ab'.repeat(32) });
    truncateSync(file, 0);
    const nowhere = huiyin(it.config, 'backup', '/nowhere/at/all.tar');
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.stderr, /cannot write .*\/nowhere\/at/);
});

await run();
