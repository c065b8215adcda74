// What is personal goes: by time, by its owner's wish, and again after a restore; a hold keeps it; chains and figures
// stay. Photos answer 404 from then on.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, house, png, program, root, run, sign_in, start, test, until } from './house.mjs';

const huiyin = (config, ...args) => spawnSync(program, [...args, '--config', config], { encoding: 'utf8', cwd: root, timeout: 60000 });
const media_files = (it) => readdirSync(join(it.folder, 'media'), { recursive: true }).filter((name) => /[0-9a-f]{64}$/.test(name)).map((name) => join(it.folder, 'media', name));
// The age of a file is the disk's, not the service clock's: what was saved a moment ago is not removed.
const age_files = (it) => media_files(it).forEach((file) => utimesSync(file, 1e9, 1e9));

// From accepting to the rating.
async function finish(it, li, wang, number) {
    await li.give(number, 'accept');
    await li.give(number, 'assign', { assignee: 'zhang.qiang' });
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '今天下午更换下水管' });
    await wang.says('同意');
    await zhang.give(number, 'resolve', { text: '下水管已更换,试水半小时不漏' });
    await wang.says('好了');
    await wang.says('5');
}

// A complaint with a photo, closed by its customer's word.
async function closed_case(it, text = '3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678') {
    const wang = it.resident();
    await wang.photo(png, text);
    const filed = await wang.says('对');
    const number = /T\d{8}-\d+/.exec(filed)?.[0];
    assert.ok(number, filed);
    const li = await it.sign_in('li.na');
    await finish(it, li, wang, number);
    const ticket = await (await it.sign_in('zhao.min')).ticket(number);
    assert.equal(ticket.phase, 'closed', JSON.stringify(ticket.state));
    assert.equal(ticket.attachments.length, 1);
    return { wang, number, ticket, photo: ticket.attachments[0] };
}
const lead = (it) => it.sign_in('zhao.min');
const reports = async (it) => (await it.admin.get('/api/v1/retention')).reports;
// The night that began at or after that moment is over.
const night_after = (it, moment) => until(`a night after ${moment}`, async () => (await reports(it)).find((one) => one.ended_at && one.began_at >= moment), 60);
const words_of = async (it, number) => JSON.stringify(await (await lead(it)).ticket(number));

test('two years later words, names, talk and photo are gone, and every chain fits', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.to('2026-03-02 09:01');
    const { wang, number, photo } = await closed_case(it);
    const staff = await lead(it);
    assert.match(await words_of(it, number), /漏水/);
    assert.equal((await staff.ask('GET', photo.url)).status, 200);
    const picture = media_files(it);
    assert.equal(picture.length, 1);
    const other = new FormData();
    other.set('file', new Blob([Buffer.concat([png, Buffer.from('another')])], { type: 'image/png' }), 'photo.png');
    assert.equal((await it.admin.ask('POST', `/api/v1/tickets/${number}/attachments`, other)).status, 403);
    assert.equal(media_files(it).length, 1, 'what may not be added is not kept either');
    age_files(it);

    await it.to('2027-04-01 02:30');
    const year = await night_after(it, '2027-04-01');
    assert.equal(year.gone.attachments, 1);
    assert.equal(year.gone.files, 1);
    assert.match(await words_of(it, number), /漏水/, 'the words are kept for two years');
    assert.equal((await (await lead(it)).ask('GET', photo.url)).status, 404);
    assert.ok(!existsSync(picture[0]), 'the file itself is gone');

    await it.to('2028-04-01 02:30');
    const two = await night_after(it, '2028-04-01');
    assert.equal(two.gone.tickets, 1);
    assert.ok(two.gone.texts > 0 && two.gone.messages > 0 && two.gone.conversations === 1);
    const after = await words_of(it, number);
    assert.doesNotMatch(after, /漏水|138|3栋/);
    assert.match(after, /"rating":\{/, 'what was rated stays');
    assert.equal((await fetch(`${it.url}/chat/web/messages`, { headers: { Authorization: `Bearer ${wang.token}` } }).then((answer) => answer.json())).messages?.length ?? 0, 0);
    const found = (await (await lead(it)).get(`/api/v1/tickets?q=${encodeURIComponent('漏水')}`)).items;
    assert.deepEqual(found, []);
    const listed = (await (await lead(it)).get('/api/v1/tickets?limit=200')).items.map((one) => one.number);
    assert.ok(listed.includes(number), 'the matter itself stays');
    const metrics = await (await fetch(it.url + '/metrics')).text();
    assert.match(metrics, /huiyin_retention_rows\{class="tickets"\} 1/);
    const verified = it.command('verify');
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    assert.match(verified.stdout, /every chain fits/);
    const audit = (await it.admin.get('/api/v1/audit?limit=200')).items;
    assert.ok(audit.some((one) => one.action === 'retention' && JSON.parse(one.reason).tickets === 1));
});

test('a hold keeps all of it, also against a wish; lifted, it goes', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.to('2026-03-02 09:01');
    const { number, photo } = await closed_case(it);
    const staff = await lead(it);
    assert.equal((await staff.ask('POST', `/api/v1/tickets/${number}/holds`, { until: '2026-03-01T00:00:00+08:00', reason: '诉讼' })).status, 422);
    assert.equal((await staff.ask('POST', `/api/v1/tickets/${number}/holds`, { until: '2029-03-01T00:00:00+08:00' })).status, 422);
    assert.equal((await (await it.sign_in('li.na')).ask('POST', `/api/v1/tickets/${number}/holds`, { until: '2029-03-01T00:00:00+08:00', reason: '诉讼' })).status, 403);
    const held = await staff.good('POST', `/api/v1/tickets/${number}/holds`, { until: '2029-03-01T00:00:00+08:00', reason: '业主已起诉' });
    assert.equal(held.items[0].in_force, true);
    const request = await staff.good('POST', '/api/v1/privacy/requests', { ticket: number, kind: 'erase' });
    assert.deepEqual(request.stays.map((one) => one.ticket), [number]);
    await staff.good('POST', `/api/v1/privacy/requests/${request.id}/commands`, { command: 'grant' });
    const waits = await until('the answer says what stays', async () => (await staff.get('/api/v1/privacy/requests')).items.find((one) => one.id === request.id && one.answer));
    assert.match(waits.answer, new RegExp(number));
    assert.equal(waits.state, 'erasing');
    age_files(it);
    await it.to('2028-06-01 02:30');
    const night = await night_after(it, '2028-06-01');
    assert.equal(night.gone.tickets ?? 0, 0);
    assert.match(await words_of(it, number), /漏水/);
    const again = await lead(it);
    assert.equal((await again.ask('GET', photo.url)).status, 200);
    assert.equal((await again.ask('POST', `/api/v1/tickets/${number}/holds/1/lift`, { reason: '撤诉' })).status, 404);
    const lifted = await again.good('POST', `/api/v1/tickets/${number}/holds/${held.items[0].id}/lift`, { reason: '已撤诉' });
    assert.equal(lifted.items[0].in_force, false);
    assert.equal((await again.ask('POST', `/api/v1/tickets/${number}/holds/${held.items[0].id}/lift`, { reason: '再来' })).status, 409);
    await it.to('2028-06-02 02:30');
    await night_after(it, '2028-06-02');
    await until('the words are gone', async () => !/漏水/.test(await words_of(it, number)), 20);
    assert.equal((await (await lead(it)).ask('GET', photo.url)).status, 404);
    const actions = (await (await lead(it)).get(`/api/v1/tickets/${number}/audit`)).items.map((one) => one.action);
    assert.ok(actions.includes('hold.set') && actions.includes('hold.lifted'), actions.join());
});

test('a resident sees what is kept, has it put right and erased; what is open waits; the backup of before erases it again', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.to('2026-03-02 09:01');
    const { wang, number, photo } = await closed_case(it);
    const open = await wang.files('3栋2单元501客厅窗户关不上,电话13812345678');
    const staff = await lead(it);
    const ask = (kind, more = {}) => staff.good('POST', '/api/v1/privacy/requests', { ticket: number, kind, ...more });
    const decide = (id, fields) => staff.good('POST', `/api/v1/privacy/requests/${id}/commands`, fields);

    const wanted = await ask('export');
    assert.equal(wanted.due_at.slice(0, 10), '2026-03-23', '15 working days');
    assert.equal((await staff.ask('POST', '/api/v1/privacy/requests', { ticket: number, kind: 'export' })).status, 409);
    assert.equal((await staff.ask('GET', `/api/v1/privacy/requests/${wanted.id}/data`)).status, 409, 'a copy is there when it was agreed to');
    await decide(wanted.id, { command: 'grant' });
    assert.match(await wang.hears(), /个人信息的申请已经办好/);
    const data = JSON.parse((await staff.ask('GET', `/api/v1/privacy/requests/${wanted.id}/data`)).text);
    assert.deepEqual(data.tickets.map((one) => one.number).sort(), [number, open].sort());
    assert.match(JSON.stringify(data.channels[0].messages), /漏到楼下/);
    assert.equal(data.tickets.find((one) => one.number === number).attachments.length, 1);
    const page = (await staff.ask('GET', `/api/v1/privacy/requests/${wanted.id}/data?format=html`)).text;
    assert.match(page, /<!DOCTYPE html>/);
    assert.match(page, /漏到楼下/);

    const right = await ask('correct', { words: '我叫王秀兰' });
    assert.equal((await staff.ask('POST', `/api/v1/privacy/requests/${right.id}/commands`, { command: 'grant' })).status, 422);
    const corrected = await decide(right.id, { command: 'grant', name: '王秀兰' });
    assert.equal(corrected.customer.name, '王秀兰');
    const refused = await ask('correct', { words: '我没住过这里' });
    assert.equal((await staff.ask('POST', `/api/v1/privacy/requests/${refused.id}/commands`, { command: 'refuse' })).status, 422);
    await decide(refused.id, { command: 'refuse', reason: '登记的就是您自己的房号' });
    assert.match(await wang.hears(), /登记的就是您自己的房号/);

    const backup = join(it.folder, 'before.tar');
    assert.equal(it.command('backup', backup).status, 0);

    const erase = await ask('erase', { words: '请把我的信息都删掉' });
    age_files(it);
    await decide(erase.id, { command: 'grant' });
    await until('the closed matter is erased', async () => !/漏水/.test(await words_of(it, number)), 20);
    assert.match(await words_of(it, open), /窗户/, 'what is open is not touched');
    assert.equal((await staff.ask('GET', photo.url)).status, 404);
    assert.match(await until('he is told what stays', () => wang.hears(), 20), new RegExp(open));
    assert.deepEqual((await staff.get('/api/v1/privacy/requests')).items.map((one) => [one.id, one.state]), [[erase.id, 'erasing']]);

    // It is closed, the process is killed, and the next start goes on by itself.
    const li = await it.sign_in('li.na');
    await finish(it, li, wang, open);
    await li.give(open, 'revisit', { means: 'phone', reached: true, score: 5 });  // he was asked to rate a moment ago: it is done by telephone
    assert.equal((await staff.ticket(open)).phase, 'closed');
    await it.kill();
    await it.start('2026-03-02T09:01:00+08:00');
    await until('the rest is erased', async () => !/窗户/.test(await words_of(it, open)), 20);
    const told = await until('he is told', async () => { const said = await wang.hears(); return /已经删除/.test(said) && said; }, 20);
    assert.match(told, /姓名、电话、地址/);
    const kept = (await wang.messages()).map((one) => one.text).join('\n');
    assert.doesNotMatch(kept, /漏水|窗户|13812345678/, 'only the answer is left');
    it.admin = await it.sign_in('admin');
    await it.to('2026-03-04 02:30');
    await night_after(it, '2026-03-04');
    await until('the talk itself goes', async () => (await wang.messages()).length === 0, 20);
    assert.match(it.command('verify').stdout, /every chain fits/);
    await it.stop();

    // The backup of before is restored beside the list of who was erased: it erases him at its first start.
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-restored-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    const config = join(folder, 'huiyin.json');
    const media = join(it.folder, 'media');
    writeFileSync(config, JSON.stringify({ ...it.settings, media }));
    const restored = huiyin(config, 'restore', backup);
    assert.equal(restored.status, 0, restored.stderr);
    const again = await start(program, ['serve', '--config', config, '--clock', 'manual:2026-03-04T09:00:00+08:00']);
    ending(() => end(again.child));
    const there = { url: again.url };
    const boss = await sign_in(there, 'zhao.min');
    await until('it is erased again', async () => !/漏水/.test(JSON.stringify(await boss.ticket(number))) && !/窗户/.test(JSON.stringify(await boss.ticket(open))), 20);
    assert.equal((await boss.ask('GET', photo.url)).status, 404);
    assert.match(again.said(), /privacy\.erased_again/);
});

test('a resident asks in his own talk: what is kept, a copy, put right, erased, and not after all', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.to('2026-03-02 09:01');
    const wang = it.resident();
    const number = await wang.files();
    assert.match(await wang.says('你们存了我哪些信息？'), /电话138\*\*\*\*5678、1张工单/);
    assert.match(await wang.says('更正'), /这样写就行/);
    assert.match(await wang.says('更正 称呼王女士'), /改好了，以后称呼您王女士/);
    assert.match(await wang.says('更正 电话13900002222'), /电话是139\*\*\*\*2222/);
    const li = await it.sign_in('li.na');
    assert.equal((await li.ticket(number)).customer.phone_masked, '139****2222', 'the open matter has it, too');
    assert.match(await wang.says('我的信息'), /称呼王女士、电话139\*\*\*\*2222/);
    assert.match(await wang.says('不删了'), /没有等着删除的申请/);
    assert.match(await wang.says('请导出我的信息，谢谢'), /记下了.*最晚3月23日/);
    assert.match(await wang.says('请把我的信息都删了吧'), /记下了：删除.*最晚3月23日/);
    assert.match(await wang.says('删除我的信息'), /已经提过.*最晚3月23日/);
    const waiting = async () => (await (await lead(it)).get('/api/v1/privacy/requests')).items.filter((one) => one.state === 'waiting').map((one) => one.kind).sort();
    assert.deepEqual(await waiting(), ['erase', 'export']);
    assert.match(await wang.says('不删了'), /申请已经撤回/);
    assert.deepEqual(await waiting(), ['export']);
    // What only sounds like it is a matter of its own, and what he was in the middle of goes on.
    const other = it.resident();
    await other.says('3栋2单元502楼道灯不亮');
    for (const words of ['修改', '更正 电话13900003333']) assert.doesNotMatch(await other.says(words), /这样写就行|改好了/, words);
    assert.match(await other.says('我的信息'), /我们存着您的[\s\S]*(电话|核对)/);
    assert.doesNotMatch(await other.says('物业泄露我的信息，我要投诉'), /我们存着您的/);
    await it.kill();
    await it.start();
    assert.deepEqual(await waiting(), ['export']);
    assert.match(it.command('verify').stdout, /every chain fits/);
    assert.ok(number);
});

test('whose matter an anonymous one is, nobody learns from requests about data, nor from the talk', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.to('2026-03-02 09:01');
    const wang = it.resident();
    const named = await wang.files();
    assert.match(await wang.says('更正 称呼王秀兰'), /王秀兰/);
    const staff = await lead(it);
    const talk_of = async (who) => (await (await it.sign_in('li.na')).get('/api/v1/conversations?limit=200')).items.find((one) => JSON.stringify(one.customer).includes(who));
    assert.equal((await talk_of('王秀兰'))?.ticket, named);
    const ask = (number, kind) => staff.ask('POST', '/api/v1/privacy/requests', { ticket: number, kind });
    const first = await ask(named, 'export');
    assert.equal(first.status, 201);
    // Another matter of hers, which nobody is to know to be hers.
    await wang.says('物业经理收钱不办事，我要匿名投诉，别说是我说的，3栋2单元501');
    let said = await wang.says('对');
    for (let more = 0; more < 4 && !/T\d{8}-\d+/.test(said); more += 1) said = await wang.says('对');
    const secret = /T\d{8}-\d+/.exec(said)?.[0];
    assert.ok(secret && secret !== named, said);
    const shown = await staff.ticket(secret);
    assert.equal(shown.customer.name, null);
    assert.equal((await staff.ask('POST', `/api/v1/tickets/${secret}/reveal`, { field: 'name', reason: '要回访' })).status, 403);
    const refused = await ask(secret, 'erase');
    assert.equal(refused.status, 403);
    assert.doesNotMatch(refused.text, /王秀兰|5678/);
    const erase = await ask(named, 'erase');
    assert.equal(erase.status, 201);
    assert.deepEqual([erase.body.customer.name, erase.body.tickets], ['王秀兰', [named]]);
    for (const state of ['open', 'all']) assert.doesNotMatch((await staff.ask('GET', `/api/v1/privacy/requests?state=${state}`)).text, new RegExp(secret));
    await staff.good('POST', `/api/v1/privacy/requests/${first.body.id}/commands`, { command: 'grant' });
    for (const format of ['json', 'html']) {
        const data = await staff.ask('GET', `/api/v1/privacy/requests/${first.body.id}/data?format=${format}`);
        assert.equal(data.status, 200);
        assert.match(data.text, new RegExp(named));
        assert.doesNotMatch(data.text, new RegExp(`${secret}|收钱不办事`));
        assert.match(data.text, /不公开/);
    }
    assert.equal(await talk_of('王秀兰'), undefined, 'the talk in which it was told has no name');
    it.admin = await it.sign_in('admin');
    const seen = (await it.admin.get('/api/v1/audit?limit=200')).items.filter((one) => one.action === 'reveal');
    assert.deepEqual(seen.map((one) => one.field), Array(2).fill(`privacy:${first.body.id}`));
    // Thirty within an hour, as for any other look.
    let status = 200;
    for (let i = 0; i < 40 && status === 200; i += 1) ({ status } = await staff.ask('GET', `/api/v1/privacy/requests/${first.body.id}/data`));
    assert.equal(status, 429);
});

test('what waits for a decision is listed first, a page at a time', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.to('2026-03-02 09:01');
    const staff = await lead(it);
    const made = [];
    for (let i = 1; i <= 5; i += 1) {
        const number = await it.resident().files(`3栋2单元${i}01卫生间漏水,电话1381234567${i}`);
        made.push((await staff.good('POST', '/api/v1/privacy/requests', { ticket: number, kind: 'erase' })).id);
    }
    await staff.good('POST', `/api/v1/privacy/requests/${made[0]}/commands`, { command: 'grant' });
    for (const [state, wanted] of [['open', [...made.slice(1), made[0]]], ['all', [...made].reverse()]]) {
        const seen = [];
        let cursor = '';
        do {
            const page = await staff.get(`/api/v1/privacy/requests?state=${state}&limit=2${cursor && `&cursor=${cursor}`}`);
            assert.ok(page.items.length <= 2);
            seen.push(...page.items.map((one) => one.id));
            cursor = page.next_cursor;
        } while (cursor && seen.length < 20);
        assert.deepEqual(seen, wanted, state);
    }
});

test('what is kept how long is the operator\'s to say, within bounds, and no secret', async (ending) => {
    const it = await house({ over: { retention: { talk_days: 60, media_months: 6 } } });
    ending(it.destroy);
    it.admin = await it.sign_in('admin');
    const periods = Object.fromEntries((await it.admin.get('/api/v1/retention')).periods.map((one) => [one.key, one.value]));
    assert.deepEqual(periods, { talk_days: 60, ticket_months: 24, media_months: 6, outbox_days: 90, prompt_days: 90, raw_days: 7, audit_months: 36 });
    assert.equal((await (await it.sign_in('li.na')).ask('GET', '/api/v1/retention')).status, 403);
    const with_periods = (retention) => {
        const folder = mkdtempSync(join(tmpdir(), 'huiyin-periods-'));
        ending(() => rmSync(folder, { recursive: true, force: true }));
        const config = join(folder, 'huiyin.json');
        writeFileSync(config, JSON.stringify({ ...it.settings, retention }));
        return huiyin(config, 'serve');
    };
    for (const [retention, says] of [
        [{ audit_months: 5 }, /\/retention\/audit_months: .*from 6 to/],
        [{ talk_days: 1 }, /\/retention\/talk_days: .*from 30 to/],
        [{ ticket_months: 6, media_months: 12 }, /\/retention\/media_months: pictures cannot be kept longer/],
        [{ talk_day: 90 }, /talk_days/],
    ]) {
        const refused = with_periods(retention);
        assert.notEqual(refused.status, 0, JSON.stringify(retention));
        assert.match(refused.stderr, says);
    }
    assert.ok(readFileSync(join(root, 'deploy/config.schema.json'), 'utf8').includes('"retention"'));
});

test('the doctor says where nobody may answer what residents ask about their data', async (ending) => {
    const leads = ['centre_manager', 'project_centre', 'quality_centre'];
    const text = readFileSync(join(root, 'templates/demo/directory.json'), 'utf8');
    const directory = JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|\/\/.*$/gm, '$1'));  // without its comments
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-leads-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    for (const one of directory.staff) one.roles = one.roles.map((role) => (leads.includes(role) ? 'order' : role));
    writeFileSync(join(folder, 'directory.json'), JSON.stringify(directory));
    for (const [over, says] of [[{ directory: join(folder, 'directory.json') }, true], [{}, false]]) {
        const it = await house({ over });
        ending(it.destroy);
        const { stdout } = it.command('doctor');
        assert.equal(/look {2}staff: nobody may hold evidence or answer/.test(stdout), says, stdout);
    }
});

await run();
