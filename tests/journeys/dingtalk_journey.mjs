// The same complaint through DingTalk: residents and staff talk to the same robot, buttons come on cards, a group hears its own robot.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, platform, png, program, root, run, test, until } from './house.mjs';

const app = { app_key: 'dingdemoappkey0001', app_secret: 'demo-app-secret-7f3a', robot_code: 'dingdemoappkey0001', corp_id: 'dingdemo', token: 'dtEventToken01',
    aes_key: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP0', card_template: 'TEMPLATE.schema', card_secret: 'card-callback-secret-01' };
const wang = 'staff-wang';
const words = (one) => one.type === 'card' || one.type === 'card_update'
    ? [one.message.title, one.message.text, ...[1, 2, 3, 4, 5, 6].map((n) => one.message[`b${n}`]).filter(Boolean).map((title) => `[${title}]`)].join('\n')
    : one.message.content ?? `${one.message.title}\n${one.message.text}`;

async function with_dingtalk(to_end, { over = {}, settings = {} } = {}) {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-dingtalk-'));
    to_end(() => rmSync(folder, { recursive: true, force: true }));
    let directory = readFileSync(join(root, 'templates/demo/directory.json'), 'utf8');
    for (const [login, address] of [['li.na', 'lina'], ['zhang.qiang', 'zhang']]) directory = directory.replace(`"login": "${login}",`, `"login": "${login}", "addresses": { "ding": "${address}" },`);
    writeFileSync(join(folder, 'directory.json'), directory);
    const it = await house({
        channels: [{ id: 'web', type: 'webchat' }, { id: 'ding', type: 'dingtalk', api_base: stand_in.url, old_api_base: stand_in.url, ...app, ...settings },
            { id: 'dings', type: 'dingtalk_robot', webhook_url: stand_in.url + '/robot/send?access_token=ding-robot-1', secret: 'SEC0a1b2c3d4e5f60718293a4b5c6d7e8f90' }],
        notify: { staff: ['ding', 'dings'], fallback: ['web'] }, over: { directory: join(folder, 'directory.json'), public_url: 'https://localhost', ...over } });
    to_end(() => it.destroy());
    const at = (what, more = {}) => stand_in.call('/_dingtalk', { url: it.url + '/hooks/ding', from: wang, old_api: stand_in.url, ...what, ...more });
    const told = async (who = wang) => (await stand_in.delivered(who)).filter((one) => one.type !== 'card_update');
    const does = async (what, who = wang) => {
        const before = (await told(who)).length;
        const sent = await at({ from: who, ...what });
        assert.equal(sent.problem, '');
        return until(`an answer to ${JSON.stringify(what)}`, async () => {
            const all = await told(who);
            return all.length > before ? all.slice(before).map(words).join('\n') : null;
        });
    };
    const says = (text, who) => does({ do: 'say', text }, who);
    const taps = (text, who) => does({ do: 'tap', text }, who);
    const hears = (pattern, who = wang) => until(`${pattern} at ${who}'s`, async () => (await told(who)).map(words).find((one) => pattern.test(one)));
    return { stand_in, it, at, told, does, says, taps, hears };
}

test('a complaint over DingTalk from the first word to the rating, with staff at their cards', async (to_end) => {
    const { it, stand_in, at, says, taps, hears } = await with_dingtalk(to_end);
    assert.match(await says('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678'), /3栋2单元501[\s\S]*138\*\*\*\*5678/);
    const filed = await says('对');
    const number = /T20260302-\d+/.exec(filed)?.[0];
    assert.ok(number, filed);
    const li = await it.sign_in('li.na');
    assert.equal((await li.ticket(number)).customer.channel, 'ding');
    await hears(/3栋2单元501[\s\S]*\[受理\]/, 'lina');
    await until('the group', async () => (await stand_in.delivered('ding-robot-1')).length > 0);
    const tapped = await at({ do: 'tap', from: 'lina', text: '受理' });
    assert.equal(tapped.problem, '');
    assert.match(tapped.reply.userPrivateData.cardParamMap.notice, /受理/);
    assert.equal((await li.ticket(number)).phase, 'accepted');
    const changed = await until('the card', async () => (await stand_in.delivered('lina')).find((one) => one.type === 'card_update'));
    assert.doesNotMatch(words(changed), /\[受理\]/);
    await hears(/已受理/);
    await li.give(number, 'assign', { assignee: 'zhang.qiang' });
    await hears(/3栋2单元501/, 'zhang');
    assert.equal((await at({ do: 'say', from: 'zhang', text: '我家也漏水' })).problem, '');
    await hears(/按钮/, 'zhang');
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '明天上午更换水管' });
    await hears(/更换水管/);
    await taps('同意');
    assert.equal((await li.ticket(number)).consent.answer, 'agreed');
    await until('the card of the proposal', async () => (await stand_in.delivered(wang)).find((one) => one.type === 'card_update' && /✓ 同意/.test(words(one))));
    await zhang.give(number, 'resolve', { text: '水管换好了' });
    await hears(/真的好了吗/);
    await taps('真的好了');
    await hears(/打几分/);
    await taps('5分 很满意');
    await until('the rating', async () => (await li.ticket(number)).rating?.score === 5);
    assert.equal((await li.tickets('')).length, 1);
    const calls = (await stand_in.call('/_recorded?path=/')).calls;
    assert.deepEqual(calls.filter((one) => one.errcode !== 0).map((one) => [one.path, one.errcode]), []);
    assert.equal(calls.filter((one) => one.path.includes('accessToken')).length, 1);
    const admin = await it.sign_in('admin');
    const owed = async (state) => (await admin.outbox(state)).filter((row) => row.channel === 'ding');
    await until('nothing waits', async () => (await owed('waiting')).length === 0);
    for (const state of ['dead', 'undeliverable']) assert.deepEqual(await owed(state), []);
});

test('without a card template the same, by words; and with a kill -9 in the middle', async (to_end) => {
    const { it, stand_in, at, says, hears, told } = await with_dingtalk(to_end, { settings: { card_template: undefined, card_secret: undefined } });
    await says('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678');
    // The service dies before it could say what it saved: nothing was lost, and it is said.
    await stand_in.call('/_fault', { path: '/v1.0/robot/oToMessages/batchSend', kind: 'http', status: 503, times: -1 });
    assert.equal((await at({ do: 'say', text: '对', msg_id: 'msg-confirmed' })).problem, '');
    await it.kill();
    await stand_in.call('/_fault', undefined, 'DELETE');
    await it.start();
    assert.equal((await at({ do: 'say', text: '对', msg_id: 'msg-confirmed' })).problem, '');
    const number = /T20260302-\d+/.exec(await hears(/T20260302-\d+/))[0];
    const li = await it.sign_in('li.na');
    assert.equal((await li.tickets('')).length, 1);
    await li.give(number, 'accept');
    await hears(/已受理/);
    await li.give(number, 'assign', { assignee: 'zhang.qiang' });
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '明天上午更换水管' });
    await hears(/更换水管[\s\S]*1 同意/);
    await says('同意');
    assert.equal((await li.ticket(number)).consent.answer, 'agreed');
    await zhang.give(number, 'resolve', { text: '水管换好了' });
    await hears(/真的好了吗/);
    await says('真的好了');
    await hears(/打几分/);
    await says('5');
    await until('the rating', async () => (await li.ticket(number)).rating?.score === 5);
    const all = (await told()).map(words);
    assert.equal(new Set(all).size, all.length, all.join('\n--\n'));
});

test('said in a group: one line there with nothing of his in it, the rest alone with him; an outsider is told how to reach us', async (to_end) => {
    const { it, stand_in, at, hears } = await with_dingtalk(to_end);
    const group = 'cidGroup001';
    const say = async (text, more = {}) => assert.equal((await at({ do: 'say', text, group, ...more })).problem, '');
    const before_all = async () => (await stand_in.delivered(group)).map(words);
    await say('3栋2单元501卫生间漏水,电话13812345678', { msg_id: 'msg-group-1' });
    await hears(/请核对[\s\S]*3栋2单元501/);
    await until('the line in the group', async () => (await before_all()).length === 1);
    assert.match((await before_all())[0], /单独/);
    await say('3栋2单元501卫生间漏水,电话13812345678', { msg_id: 'msg-group-1' });  // once more: said once
    // Danger: what to do stands there at once, those on duty are paged, and the questions are put to him alone.
    await say('有人困在5栋电梯里');
    await hears(/别扒门/);
    await until('the advice in the group', async () => (await before_all()).some((one) => /别扒门[\s\S]*已经通知/.test(one)));
    // An outsider: nobody can write to him first, least of all at the group's own address.
    await say('家里好大煤气味,我住8栋', { outsider: true, from: 'guest' });
    await until('the way to us', async () => (await before_all()).some((one) => /开窗[\s\S]*点我的头像/.test(one)));
    const li = await it.sign_in('li.na');
    await until('both dangers', async () => (await li.tickets('')).filter((one) => one.flags.includes('emergency')).length === 2);
    const admin = await it.sign_in('admin');
    await until('nothing waits', async () => (await admin.outbox('waiting')).filter((row) => row.channel === 'ding').length === 0);
    const all = await before_all();
    assert.equal(all.length, 3, all.join('\n--\n'));
    for (const one of all) assert.doesNotMatch(one, /栋|单元|138|T2026|漏水/);
    assert.deepEqual((await stand_in.delivered('guest')).map(words), []);
});

test('deliveries again and at once, a button twice, an outsider in his open talk: one effect each', async (to_end) => {
    const { it, at, says, hears, told } = await with_dingtalk(to_end);
    await at({ do: 'say', text: '5栋2单元楼道灯坏了三天没人修,电话13812345678', msg_id: 'msg-same', together: 5 });
    await hears(/5栋2单元/);
    await says('对');
    const li = await it.sign_in('li.na');
    const [ticket] = await li.tickets('');
    await hears(/\[受理\]/, 'lina');
    assert.equal((await at({ do: 'tap', from: 'stranger', card_of: 'lina', text: '受理' })).problem, '');
    assert.equal((await li.ticket(ticket.number)).phase, 'open');
    const twice = await Promise.all([1, 2].map(() => at({ do: 'tap', from: 'lina', text: '受理' })));
    assert.deepEqual(twice.map((one) => one.problem), ['', '']);
    assert.equal((await li.events(ticket.number)).filter((one) => one.type === 'ticket.accepted').length, 1);
    assert.equal((await at({ do: 'say', from: 'guest', outsider: true, text: '3栋2单元501卫生间漏水,电话13912345678' })).problem, '');
    await hears(/3栋2单元501/, 'guest');
    assert.ok((await told('guest')).every((one) => one.session));
});

test('callbacks that are not right: 403 without a body, nothing stored; the address proves itself; doctor tells', async (to_end) => {
    const { it, stand_in, at } = await with_dingtalk(to_end);
    const refused = async (more) => {
        const { deliveries } = await at({ do: 'say', text: '电梯坏了', attempts: 1, ...more });
        assert.equal(deliveries[0].status, 403, JSON.stringify(more));
        assert.equal(deliveries[0].body, '');
    };
    await refused({ as: { app_secret: 'other' } });
    await refused({ tamper: { sign: null } });
    await refused({ timestamp: Date.now() - 3601e3 });
    await refused({ old_api: 'https://evil.example.com' });
    await refused({ more: { robotCode: 'another' } });
    await refused({ do: 'verify', as: { token: 'other' } });
    await refused({ do: 'verify', as: { owner: 'dingother' } });
    const li = await it.sign_in('li.na');
    assert.deepEqual((await li.get('/api/v1/conversations?limit=100')).items, []);
    assert.equal((await at({ do: 'verify' })).problem, '');
    assert.equal((await at({ do: 'event', event: { EventType: 'user_leave_org', eventId: 'ev-1' } })).problem, '');
    assert.match(it.command('doctor').stdout, /ok {4}channel ding: DingTalk answers/);
    await stand_in.call('/_setup', { dingtalk: { app_secret: 'changed' } });
    assert.match(it.command('doctor').stdout, /bad {3}channel ding: invalidClientIdOrSecret[^\n]*app_secret/);
});

test('wrong settings of a DingTalk channel are told with the mend, all at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-journey-'));
    const config = join(folder, 'huiyin.json');
    const told = (channel) => {
        writeFileSync(config, JSON.stringify({ secret: 's'.repeat(32), data_key: 'a'.repeat(64), channels: [{ id: 'ding', ...channel }] }));
        return spawnSync(program, ['doctor', '--config', config], { encoding: 'utf8', cwd: root }).stdout;
    };
    assert.match(told({ type: 'dingtalk' }), /app_key: missing[\s\S]*app_secret: missing[\s\S]*robot_code: missing/);
    assert.match(told({ type: 'dingtalk', ...app }), /card_template[^\n]*public_url/);
    assert.match(told({ type: 'dingtalk', ...app, aes_key: 'short' }), /aes_key: this key has 5 characters/);
    assert.match(told({ type: 'dingtalk', ...app, token: undefined }), /token: missing: token and aes_key belong together/);
    assert.match(told({ type: 'dingtalk', ...app, month_calls: -1 }), /month_calls: a month has no fewer than none: write what/);
    assert.match(told({ type: 'dingtalk', ...app, robotcode: 'x' }), /robotcode[\s\S]*robot_code/);
    assert.match(told({ type: 'dingtalk_robot' }), /webhook_url: missing/);
    assert.match(told({ type: 'dingtalk_robot', webhook_url: 'https://oapi.dingtalk.com/robot/send?access_token=x', secret: 'abc' }), /secret[\s\S]*SEC/);
    rmSync(folder, { recursive: true, force: true });
});

test("the month's calls are counted through a kill, shown, told of, and the last ones kept for what matters more", async (to_end) => {
    const { it, stand_in, says, hears, told } = await with_dingtalk(to_end, { settings: { month_calls: 5000 } });
    const asked = async () => (await stand_in.call('/_recorded?path=/')).calls.filter((one) => !/^\/(_|robot\/)/.test(one.path)).length;
    const month = async () => (await (await it.sign_in('admin')).get('/api/v1/outbox?limit=1')).month_calls[0];
    const resident = async (place, who) => {
        await says(`${place}卫生间漏水,电话13812345678`, who);
        return /T20260302-\d+/.exec(await says('对', who))[0];
    };
    // The configuration as an operator would change it; what is being sent ends first.
    const has = async (most) => {
        await it.kill();
        const settings = { ...it.settings, channels: it.settings.channels.map((one) => (one.id === 'ding' ? { ...one, month_calls: most } : one)) };
        writeFileSync(it.config, JSON.stringify(settings));
        await it.start();
    };
    const number = await resident('3栋2单元501', wang);
    let li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    await hears(/已受理/);
    await li.give(number, 'assign', { assignee: 'zhang.qiang' });
    const quiet = () => until('all to be sent', async () => !(await (await it.sign_in('admin')).outbox()).some((row) => ['waiting', 'sending'].includes(row.state)));
    await quiet();
    const used = await asked();
    assert.ok(used > 4);
    const now = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 7);
    assert.deepEqual(await month(), { channel: 'ding', month: now, calls: used, most: 5000 });
    assert.match(it.command('doctor').stdout, new RegExp(`ok {4}channel ding: ${used} of 5000 calls of ${now} are used`));
    const metrics = async () => (await fetch(it.url + '/metrics')).text();
    assert.match(await metrics(), new RegExp(`huiyin_channel_month_calls\\{channel="ding"\\} ${used}\\n`));
    assert.match(await metrics(), /huiyin_channel_month_calls_most\{channel="ding"\} 5000\n/);

    // Four fifths are reached with the next call: whoever runs the house hears of it, once, and news goes no more.
    const most = Math.ceil((used + 1) / 0.8);
    await has(most);
    assert.equal((await month()).calls, used, 'a kill forgets none');
    await (await it.sign_in('zhang.qiang')).give(number, 'propose', { text: '明天上午更换水管' });  // consent: nine tenths
    await hears(/更换水管/);
    await until('the group to be told', async () => (await stand_in.delivered('ding-robot-1')).some((one) => /本月接口已调用\d+次/.test(words(one))));
    await quiet();
    assert.ok((await month()).calls > used);
    await has((await month()).calls);  // all of them
    assert.match(it.command('doctor').stdout, /look {2}channel ding: (\d+) of \1 calls of .*"month_calls"/);
    li = await it.sign_in('li.na');
    const before = await asked(), counted = (await month()).calls, heard = (await told()).length;
    await li.give(number, 'reply', { text: '师傅九点到' });
    const row = await until('the row', async () => (await (await it.sign_in('admin')).outbox('undeliverable')).find((one) => /师傅九点到/.test(one.preview)));
    assert.equal(row.last_error.code, 'month_calls');
    await until('the ticket to show it', async () => (await li.ticket(number)).undelivered.some((one) => /师傅九点到/.test(JSON.stringify(one))));
    assert.equal(await asked(), before, 'nobody was asked');
    assert.equal((await told()).length, heard);
    // Nobody is left without an answer in a danger.
    assert.equal((await stand_in.call('/_dingtalk', { url: it.url + '/hooks/ding', from: 'staff-zhao', old_api: stand_in.url, do: 'say', text: '5栋1单元301有人被困在电梯里' })).problem, '');
    await hears(/轿厢/, 'staff-zhao');
    await hears(/困/, 'zhang');
    assert.ok((await month()).calls > counted);
});

test('a photo and a voice over DingTalk stand with the ticket', async (to_end) => {
    const { it, does, says } = await with_dingtalk(to_end);
    await does({ do: 'say', msgtype: 'audio', content: { duration: 4000, recognition: '3栋2单元501卫生间漏水,电话13812345678' }, base64: png.toString('base64') });
    await does({ do: 'say', msgtype: 'picture', content: {}, base64: png.toString('base64') });
    const number = /T\d{8}-\d+/.exec(await says('对'))[0];
    const li = await it.sign_in('li.na');
    await until('the photo', async () => (await li.ticket(number)).attachments.some((one) => one.kind === 'image' && one.bytes > 0));
});

await run();
