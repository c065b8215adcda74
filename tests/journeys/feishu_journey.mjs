// The same complaint through Feishu: residents and staff talk to the same robot, a group hears its own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, platform, png, program, root, run, test, until } from './house.mjs';

const app = { app_id: 'cli_demo', app_secret: 'feishu-secret-0123456789abcdef01', verification_token: 'vtok-demo-01', encrypt_key: 'fs-demo-encrypt-key' };
const wang = 'ou_wang';
const words = (one) => one.type === 'text' ? one.message.text : one.type === 'interactive' || one.type === 'card_update'
    ? [one.message.header?.title.content, ...one.message.body.elements.map((element) => element.content ?? `[${element.text.content}]`)].filter(Boolean).join('\n') : JSON.stringify(one.message);

async function with_feishu(to_end, options = {}) {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-feishu-'));
    to_end(() => rmSync(folder, { recursive: true, force: true }));
    // Of the staff one is known by the open_id, another by the user_id.
    let directory = readFileSync(join(root, 'templates/demo/directory.json'), 'utf8');
    for (const [login, address] of [['li.na', 'ou_lina'], ['zhang.qiang', 'zhang']]) directory = directory.replace(`"login": "${login}",`, `"login": "${login}", "addresses": { "lark": "${address}" },`);
    writeFileSync(join(folder, 'directory.json'), directory);
    const it = await house({
        channels: [{ id: 'web', type: 'webchat' }, { id: 'lark', type: 'feishu', api_base: stand_in.url, ...app },
            { id: 'larks', type: 'feishu_robot', webhook_url: stand_in.url + '/open-apis/bot/v2/hook/feishu-robot-1', secret: 'fsBotSecretDemo01' }],
        notify: { staff: ['lark', 'larks'], fallback: ['web'] }, over: { directory: join(folder, 'directory.json') }, ...options });
    to_end(() => it.destroy());
    const at = (what, more = {}) => stand_in.call('/_feishu', { url: it.url + '/hooks/lark', from: wang, ...what, ...more });
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

test('a complaint over Feishu from the first word to the rating, with staff at their cards', async (to_end) => {
    const { it, stand_in, at, told, says, taps, hears, does } = await with_feishu(to_end);
    assert.match(await does({ do: 'enter' }), /机器人/);
    assert.match(await says('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678'), /3栋2单元501[\s\S]*138[*＊]{4}5678/);
    const filed = await says('对');
    const number = /T20260302-\d+/.exec(filed)?.[0];
    assert.ok(number, filed);
    const li = await it.sign_in('li.na');
    assert.equal((await li.ticket(number)).customer.channel, 'lark');

    // The member of staff accepts with the card's button: she sees it at once, and the card shows it to everybody.
    await hears(/3栋2单元501[\s\S]*\[受理\]/, 'ou_lina');
    await until('the group', async () => (await stand_in.delivered('feishu-robot-1')).length > 0);
    const tapped = await at({ do: 'tap', from: 'ou_lina', text: '受理' });
    assert.equal(tapped.problem, '');
    assert.match(tapped.reply.toast.content, /受理[\s\S]*李娜|李娜[\s\S]*受理/);
    assert.equal((await li.ticket(number)).phase, 'accepted');
    const changed = await until('the card', async () => (await stand_in.delivered('ou_lina')).find((one) => one.type === 'card_update'));
    assert.match(words(changed), /3栋2单元501|李娜/);
    assert.doesNotMatch(words(changed), /\[受理\]/);
    await hears(/已受理/);

    await li.give(number, 'assign', { assignee: 'zhang.qiang' });
    await hears(/3栋2单元501/, 'zhang');
    // What staff write is no complaint of theirs.
    assert.equal((await at({ do: 'say', from: 'ou_zhang', text: '我家也漏水' })).problem, '');
    await hears(/按钮/, 'zhang');  // at the address the directory has
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '明天上午更换水管' });
    await hears(/更换水管/);
    await taps('同意');
    assert.equal((await li.ticket(number)).consent.answer, 'agreed');
    const settled = await until('the card of the proposal', async () => (await stand_in.delivered(wang)).find((one) => one.type === 'card_update' && /✓ 同意/.test(words(one))));
    assert.match(words(settled), /更换水管/);
    await zhang.give(number, 'resolve', { text: '水管换好了' });
    await hears(/真的好了吗/);
    await taps('真的好了');
    await hears(/打几分/);
    await taps('5分 很满意');
    await until('the rating', async () => (await li.ticket(number)).rating?.score === 5);
    assert.equal((await li.tickets('')).length, 1);
    // Every call was as the platform wants it, one token did for all, and nothing is owed.
    const calls = (await stand_in.call('/_recorded?path=/open-apis')).calls;
    assert.deepEqual(calls.filter((one) => one.errcode !== 0).map((one) => [one.path, one.errcode]), []);
    assert.equal(calls.filter((one) => one.path.includes('tenant_access_token')).length, 1);
    const admin = await it.sign_in('admin');
    const owed = async (state) => (await admin.outbox(state)).filter((row) => row.channel === 'lark');
    await until('nothing waits', async () => (await owed('waiting')).length === 0);
    for (const state of ['dead', 'undeliverable']) assert.deepEqual(await owed(state), []);
    assert.ok((await told('ou_lina')).length > 0);
});

test('said in a group: one line there with nothing of hers in it, the rest alone with her', async (to_end) => {
    const { it, stand_in, at, hears } = await with_feishu(to_end);
    const before_all = async () => (await stand_in.delivered('oc_demo')).map(words);
    const say = async (text) => assert.equal((await at({ do: 'say', text: '@_user_1 ' + text, chat_type: 'group', mentions: [{ key: '@_user_1', name: '助手' }] })).problem, '');
    await say('3栋2单元501电梯又坏了,电话13812345678');
    await hears(/3栋2单元501/);
    await until('the line in the group', async () => (await before_all()).length === 1);
    await say('6栋配电箱冒烟了');
    await until('the advice in the group', async () => (await before_all()).length === 2);
    const all = await before_all();
    assert.match(all[0], /单独/);
    assert.match(all[1], /已经通知值班人员/);
    for (const one of all) assert.doesNotMatch(one, /栋|单元|138|T2026/);
    const li = await it.sign_in('li.na');
    assert.equal((await li.tickets('')).filter((one) => one.flags.includes('emergency')).length, 1);
});

test('kill -9 in the middle of an answer: the complaint goes on, and nothing is shown twice', async (to_end) => {
    const { it, stand_in, at, told, says, taps, hears } = await with_feishu(to_end);
    await says('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678');
    // Feishu takes the confirmation and never says so; the service dies while it waits.
    await stand_in.call('/_fault', { path: '/open-apis/im/v1/messages', kind: 'hang', contains: wang });
    assert.equal((await at({ do: 'say', text: '对', message_id: 'om_confirmed' })).problem, '');
    await until('the call', async () => (await stand_in.call('/_state')).held > 0);
    await it.kill();
    await stand_in.call('/_fault', undefined, 'DELETE');
    await it.start();
    const number = /T20260302-\d+/.exec(await hears(/T20260302-\d+/))[0];
    // The platform repeats what it delivered: known.
    assert.equal((await at({ do: 'say', text: '对', message_id: 'om_confirmed' })).problem, '');
    const li = await it.sign_in('li.na');
    assert.equal((await li.tickets('')).length, 1);
    // And once more, with the answer lost after it was shown.
    await stand_in.call('/_fault', { path: '/open-apis/im/v1/messages', kind: 'lose', contains: wang });
    await li.give(number, 'accept');
    await hears(/已受理/);
    await it.kill();
    await it.start();
    const zhang = await it.sign_in('zhang.qiang');
    await (await it.sign_in('li.na')).give(number, 'assign', { assignee: 'zhang.qiang' });
    await zhang.give(number, 'propose', { text: '明天上午更换水管' });
    await hears(/更换水管/);
    await taps('同意');
    await zhang.give(number, 'resolve', { text: '水管换好了' });
    await hears(/真的好了吗/);
    await taps('真的好了');
    await hears(/打几分/);
    await taps('5分 很满意');
    await until('the rating', async () => (await zhang.ticket(number)).rating?.score === 5);
    const all = (await told()).map(words);
    assert.equal(all.filter((one) => /已受理/.test(one)).length, 1);
    assert.equal(new Set(all).size, all.length, all.join('\n--\n'));
});

test('deliveries again and at once, a button twice, a stranger at a card: one effect each', async (to_end) => {
    const { it, stand_in, at, told, says, hears } = await with_feishu(to_end);
    await at({ do: 'say', text: '5栋2单元楼道灯坏了三天没人修,电话13812345678', message_id: 'om_same', together: 5 });
    await at({ do: 'say', text: '5栋2单元楼道灯坏了三天没人修,电话13812345678', message_id: 'om_same', event_id: 'ev_other' });
    await hears(/5栋2单元/);
    await says('对');
    const li = await it.sign_in('li.na');
    const [ticket] = await li.tickets('');
    await hears(/\[受理\]/, 'ou_lina');
    // A card that was passed on is no right to its button.
    const stranger = await at({ do: 'tap', from: 'ou_stranger', card_of: 'ou_lina', text: '受理' });
    assert.equal(stranger.problem, '');
    assert.equal((await li.ticket(ticket.number)).phase, 'open');
    const twice = await Promise.all([1, 2].map(() => at({ do: 'tap', from: 'ou_lina', text: '受理' })));
    assert.deepEqual(twice.map((one) => one.problem), ['', '']);
    assert.equal((await li.events(ticket.number)).filter((one) => one.type === 'ticket.accepted').length, 1);
    assert.equal((await li.tickets('')).length, 1);
    const before = (await told()).length;
    assert.equal((await at({ do: 'say', text: '我也是机器人', sender_type: 'bot' })).problem, '');
    assert.match(await says('@_user_1 查进度'), /./);
    assert.equal((await told()).length > before, true);
    assert.equal((await stand_in.call('/_recorded?path=/open-apis/im')).calls.filter((one) => one.errcode !== 0).length, 0);
});

test('callbacks that are not right: 403 without a body, nothing stored; the address proves itself; doctor tells', async (to_end) => {
    const { it, stand_in, at } = await with_feishu(to_end);
    const refused = async (more) => {
        const { deliveries } = await at({ do: 'say', text: '电梯坏了', attempts: 1, ...more });
        assert.equal(deliveries[0].status, 403, JSON.stringify(more));
        assert.equal(deliveries[0].body, '');
    };
    await refused({ tamper: { 'x-lark-signature': '0'.repeat(64) } });
    await refused({ tamper: { 'x-lark-signature': null } });
    await refused({ as: { token: 'other' } });
    await refused({ as: { encrypt_key: 'other' } });
    await refused({ respace: true });
    await refused({ plain: true });
    await refused({ do: 'verify', plain: true });
    await refused({ do: 'verify', as: { token: 'other' } });
    const li = await it.sign_in('li.na');
    assert.deepEqual((await li.get('/api/v1/conversations?limit=100')).items, []);
    assert.equal((await at({ do: 'verify' })).problem, '');
    assert.equal((await at({ do: 'event', type: 'contact.user.created_v3' })).problem, '');
    assert.match(it.command('doctor').stdout, /ok {4}channel lark: Feishu answers/);
    await stand_in.call('/_setup', { feishu: { app_secret: 'changed' } });
    assert.match(it.command('doctor').stdout, /bad {3}channel lark: 10015[^\n]*app_secret/);
    await stand_in.call('/_setup', { feishu: { app_id: 'cli_other' } });
    assert.match(it.command('doctor').stdout, /bad {3}channel lark: 10003[^\n]*app_id/);
});

test('wrong settings of a Feishu channel are told with the mend, all at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-journey-'));
    const config = join(folder, 'huiyin.json');
    const told = (channel) => {
        writeFileSync(config, JSON.stringify({ secret: 's'.repeat(32), data_key: 'a'.repeat(64), channels: [{ id: 'lark', ...channel }] }));
        return spawnSync(program, ['doctor', '--config', config], { encoding: 'utf8', cwd: root }).stdout;
    };
    assert.match(told({ type: 'feishu' }), /app_id: missing[\s\S]*app_secret: missing[\s\S]*verification_token: missing[\s\S]*encrypt_key: missing: set one/);
    assert.match(told({ type: 'feishu', ...app, encript_key: 'x' }), /encript_key[\s\S]*encrypt_key/);
    assert.match(told({ type: 'feishu_robot' }), /webhook_url: missing/);
    assert.match(told({ type: 'feishu_robot', webhook_url: 'https://open.feishu.cn/open-apis/bot/v2/hook/' }), /webhook_url[\s\S]*copy the whole address/);
    rmSync(folder, { recursive: true, force: true });
});

test('a photo over Feishu stands with the ticket; one that cannot be fetched is told', async (to_end) => {
    const { it, stand_in, does, says, hears, at } = await with_feishu(to_end);
    await says('3栋2单元501卫生间漏水,电话13812345678');
    await does({ do: 'say', msgtype: 'image', content: {}, base64: png.toString('base64') });
    const number = /T\d{8}-\d+/.exec(await says('对'))[0];
    const li = await it.sign_in('li.na');
    const ticket = await until('the photo', async () => {
        const found = await li.ticket(number);
        return found.attachments[0]?.bytes > 0 ? found : null;
    });
    assert.equal(ticket.attachments.length, 1);
    assert.equal((await at({ do: 'say', msgtype: 'image', content: { image_key: 'img_nobody' } })).problem, '');
    await hears(/照片没取到/);
    assert.ok((await stand_in.call('/_recorded?path=/open-apis/im/v1/messages')).calls.some((one) => one.path.endsWith('/resources/img_nobody')));
});

await run();
