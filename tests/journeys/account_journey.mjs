// A whole case over an official account: the printed code, the talk, staff, the rating; and who dies in between.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { account, others, with_account } from './account.mjs';
import { check_chain, house, platform, program, root, run, test, until } from './house.mjs';

const read_code = others('jsqr');
const wang = 'oTest0000000000000000000AAA';

// A grey PNG as a decoder of codes wants it.
function pixels_of(png) {
    const width = png.readUInt32BE(16), height = png.readUInt32BE(20);
    assert.deepEqual([png.subarray(1, 4).toString(), png[24], png[25]], ['PNG', 8, 0], 'eight bits of grey');
    const parts = [];
    for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
        if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
    const raw = inflateSync(Buffer.concat(parts));
    const rgba = new Uint8ClampedArray(width * height * 4);
    let above = new Uint8Array(width);
    for (let y = 0; y < height; ++y) {
        const filter = raw[y * (width + 1)], line = new Uint8Array(width);
        for (let x = 0; x < width; ++x) {
            const a = x > 0 ? line[x - 1] : 0, b = above[x], c = x > 0 ? above[x - 1] : 0;
            const p = a + b - c, nearest = Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c) ? a : Math.abs(p - b) <= Math.abs(p - c) ? b : c;
            line[x] = raw[y * (width + 1) + 1 + x] + [0, a, b, (a + b) >> 1, nearest][filter];
            rgba.set([line[x], line[x], line[x], 255], (y * width + x) * 4);
        }
        above = line;
    }
    return { rgba, width, height };
}
function scan(file) {
    const { rgba, width, height } = pixels_of(readFileSync(file));
    return read_code(rgba, width, height)?.data;
}
function folder_for(to_end) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-codes-'));
    to_end(() => rmSync(folder, { recursive: true, force: true }));
    return join(folder, 'codes');
}

test('codes are printed for communities, buildings and entrances; who scans one is not asked where he is', async (to_end) => {
    const { stand_in, it, send, happens } = await with_account(to_end);
    const out = folder_for(to_end);
    const printed = it.command('qr', '--unit', 'jinxiu', '--building', '3', '--entrances', '--out', out);
    assert.equal(printed.status, 0, printed.stderr);
    assert.deepEqual(readdirSync(out).sort(), ['jinxiu-3-1.png', 'jinxiu-3-2.png', 'jinxiu-3-3.png', 'jinxiu-3.png', 'sheet.html']);
    const calls = (await stand_in.call('/_recorded?path=/cgi-bin/qrcode')).calls;
    assert.deepEqual(calls.map((one) => [one.errcode ?? 0, one.body.action_name, one.body.action_info.scene.scene_str]),
        ['v1:jinxiu:3', 'v1:jinxiu:3:1', 'v1:jinxiu:3:2', 'v1:jinxiu:3:3'].map((scene) => [0, 'QR_LIMIT_STR_SCENE', scene]));
    const sheet = readFileSync(join(out, 'sheet.html'), 'utf8');
    assert.equal(sheet.match(/楼栋不用再报；家里的事请说门牌号/g).length, 4);
    assert.doesNotMatch(sheet, /在几栋几单元/);
    assert.match(sheet, /锦绣花园[\s\S]*3栋2单元[\s\S]*<svg /);
    assert.equal(sheet.match(/<figure>/g).length, 4);
    assert.doesNotMatch(sheet, /https?:\/\/(?!www\.w3\.org)/, 'it prints without a network');

    const other = folder_for(to_end);
    assert.equal(it.command('qr', '--unit', 'cuihu-centre', '--buildings', '--days', '7', '--out', other).status, 0);
    const community_and_buildings = readFileSync(join(other, 'sheet.html'), 'utf8');
    assert.match(community_and_buildings, /翠湖苑[\s\S]*A座/);
    assert.match(community_and_buildings.split('</figure>')[0], /<h3><\/h3>[\s\S]*扫码说清什么事、在几栋几单元就行/);
    assert.match(community_and_buildings.split('</figure>')[1], /<h3>.座<\/h3>[\s\S]*楼栋不用再报/);
    assert.equal(community_and_buildings.match(/在几栋几单元/g).length, 1);
    assert.equal((await stand_in.call('/_recorded?path=/cgi-bin/qrcode')).calls.at(-1).body.expire_seconds, 7 * 86400);

    const { scene } = await stand_in.call('/_scan', { url: scan(join(out, 'jinxiu-3-2.png')) });
    assert.equal(scene, 'v1:jinxiu:3:2');
    const welcome = await happens(wang, { Event: 'subscribe', EventKey: `qrscene_${scene}`, Ticket: 'gQ' });
    assert.match(welcome.texts[0], /机器人/);
    const first = await send(wang, '楼道灯坏了三天没人修');
    assert.doesNotMatch(first.texts[0], /哪栋|哪个小区|几栋/);
    const second = await send(wang, '13812345678');
    assert.match(second.texts[0], /锦绣花园|3栋2单元/);
    const number = /T\d{8}-\d+/.exec((await send(wang, '对')).texts[0])?.[0];
    const li = await it.sign_in('li.na');
    const ticket = await li.ticket(number);
    assert.deepEqual([ticket.unit.name, ticket.household.building, ticket.household.unit], ['锦绣花园物业服务中心', '3', '2']);

    // Another place's code: there he is now. His own words say more than any code.
    await happens(wang, { Event: 'SCAN', EventKey: 'v1:cuihu:A', Ticket: 'gQ' });
    assert.match((await send(wang, '电梯里有烟头,很脏')).texts[0], /A座/);
    await send(wang, '算了');
    await happens(wang, { Event: 'SCAN', EventKey: 'v1:jinxiu:3', Ticket: 'gQ' });
    assert.match((await send(wang, '5栋1单元门禁坏了')).texts[0], /5栋1单元/);

    // Nothing that somebody made up leads anywhere.
    const li_four = 'oTest0000000000000000000BBB';
    for (const made of ['v1:nowhere:3', 'v1:jinxiu:99', 'v1:%zz', 'v1:jinxiu:3:2:1:5', '123', '<b>'])
        assert.match((await happens(li_four, { Event: 'SCAN', EventKey: made, Ticket: 'gQ' })).texts[0], /机器人/, made);
});

test('a danger that is told after a scan is paged with the place at once', async (to_end) => {
    const { it, send, happens } = await with_account(to_end);
    await happens(wang, { Event: 'SCAN', EventKey: 'v1:jinxiu:8:1', Ticket: 'gQ' });
    await send(wang, '电梯里困人了');
    const li = await it.sign_in('li.na');
    const [ticket] = await li.tickets('');
    assert.deepEqual([ticket.flags.includes('emergency'), ticket.household.building, ticket.household.unit], [true, '8', '1']);
});

test('a web chat has codes, too; what cannot be printed is told with the mend', async (to_end) => {
    const web = await house({ over: { public_url: 'https://localhost' } });
    to_end(() => web.destroy());
    const out = folder_for(to_end);
    const printed = web.command('qr', '--out', out);
    assert.equal(printed.status, 0, printed.stderr);
    assert.equal(scan(join(out, 'jinxiu.png')), 'https://localhost/chat/web?unit=jinxiu');
    assert.doesNotMatch(readFileSync(join(out, 'sheet.html'), 'utf8'), /不用再报|值班电话 </, 'a community says no building');
    const refuses = (what, ...args) => {
        const outcome = web.command('qr', '--out', out, ...args);
        assert.equal(outcome.status, 1);
        assert.match(outcome.stderr, what);
    };
    refuses(/names a community only/, '--buildings');
    refuses(/does not end: leave --days out/, '--days', '7');
    refuses(/no unit with the key "nowhere"/, '--unit', 'nowhere');
    refuses(/no channel "oa"/, '--channel', 'oa');

    const { stand_in, it } = await with_account(to_end);
    await stand_in.call('/_setup', { wechat: { permanent_codes: 0 } });
    const full = it.command('qr', '--unit', 'jinxiu', '--out', out);
    assert.deepEqual([full.status, /45029[\s\S]*--days/.test(full.stderr)], [1, true], full.stderr);
    assert.equal(it.command('qr', '--unit', 'jinxiu', '--days', '30', '--out', out).status, 0);
    await stand_in.call('/_setup', { wechat: { qrcode: false } });
    assert.match(it.command('qr', '--unit', 'jinxiu', '--days', '3', '--out', out).stderr, /48001/);
});

test('the menu is set, shown and taken away by hand; a tap says what its button says', async (to_end) => {
    const { stand_in, it, happens } = await with_account(to_end);
    const good = (...args) => {
        const outcome = it.command('menu', ...args);
        assert.equal(outcome.status, 0, outcome.stderr);
        return outcome.stdout;
    };
    assert.match(good(), /查进度 → 查进度[\s\S]*the menu stands/);
    assert.match(good('--show'), /报事投诉 → 我要投诉/);
    assert.match(good('--check'), /stands as it is written/);
    assert.match((await happens(wang, { Event: 'CLICK', EventKey: '我要投诉' })).texts[0], /什么事|哪里|怎么|说说/);
    good('--delete');
    assert.equal(good('--show'), '');
    const missing = it.command('menu', '--check');
    assert.deepEqual([missing.status, /another menu stands there/.test(missing.stderr), /报事投诉 → 我要投诉/.test(missing.stderr)], [1, true, true]);
    await stand_in.call('/_setup', { wechat: { menu: false } });
    const refused = it.command('menu');
    assert.deepEqual([refused.status, /48001/.test(refused.stderr)], [1, true]);
});

test('when the window is closed a notice tells him; what waits is said when he comes, and he is called when he does not', async (to_end) => {
    const data = { character_string1: '{{number}}', thing2: '{{title}}', phrase3: '{{kind}}', time4: '{{time}}' };
    const { stand_in, it, send, happens } = await with_account(to_end, { can_template: true, templates: { '*': { template: 'TPL_progress', data } } }, { limits: { signature_window_seconds: 0 } });
    const at_wechat = async (type) => (await stand_in.delivered(wang)).filter((one) => one.type === type);
    await send(wang, '3栋2单元501卫生间漏水,电话13812345678');
    const number = /T\d{8}-\d+/.exec((await send(wang, '对')).texts[0])[0];
    const li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    await until('the news', async () => (await stand_in.delivered(wang)).length > 0);
    await it.to('2026-03-05 09:00');
    await stand_in.call('/_clock', { advance_ms: 72 * 3600e3 });
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '明天上午更换水管，材料免费' });
    const [notice] = await until('the notice', async () => ((await at_wechat('template')).length ? at_wechat('template') : null));
    assert.deepEqual(notice.message.data.character_string1, { value: number });
    assert.deepEqual(notice.message.data.phrase3, { value: '待您确认' });
    const before = (await stand_in.delivered(wang)).length;
    const result = (Status) => happens(wang, { Event: 'TEMPLATESENDJOBFINISH', MsgID: String(notice.msgid), Status });
    await result('success');
    // He comes for it: all of it, with its choices.
    await send(wang, '什么事');
    const said = await until('the proposal', async () => (await stand_in.delivered(wang)).slice(before).find((one) => JSON.stringify(one.message).includes('材料免费')));
    assert.equal(said.type, 'msgmenu');
    await send(wang, '同意', { with: { bizmsgmenuid: said.message.msgmenu.list.find((one) => one.content === '同意').id } });
    assert.equal((await li.ticket(number)).consent.answer, 'agreed');

    // The next notice does not arrive: somebody has to call.
    await it.to('2026-03-09 09:00');
    await stand_in.call('/_clock', { advance_ms: 96 * 3600e3 });
    await zhang.give(number, 'resolve', { text: '水管换好了' });
    const second = await until('the second notice', async () => (await at_wechat('template'))[1]);
    await happens(wang, { Event: 'TEMPLATESENDJOBFINISH', MsgID: String(second.msgid), Status: 'failed:user block' });
    const admin = await it.sign_in('admin');
    const [row] = await until('what cannot be told', async () => {
        const rows = (await admin.outbox('undeliverable')).filter((one) => one.channel === 'oa');
        return rows.length ? rows : null;
    });
    assert.deepEqual([row.ticket, row.last_error.code], [number, 'not_arrived']);
    assert.match(row.last_error.text, /user block/);
});

test('what he allowed is kept over an end by force, and goes before the template; what he takes back is gone', async (to_end) => {
    const data = { character_string1: '{{number}}', thing2: '{{title}}', phrase3: '{{kind}}', time4: '{{time}}' };
    const forms = [{ subscription: 'SUB_progress', data: { thing1: '{{title}}', time2: '{{time}}' } }, { template: 'TPL_progress', data }];
    const { stand_in, it, send, happens } = await with_account(to_end, { can_template: true, templates: { '*': forms } }, { limits: { signature_window_seconds: 0 } });
    await send(wang, '3栋2单元501卫生间漏水,电话13812345678');
    const number = /T\d{8}-\d+/.exec((await send(wang, '对')).texts[0])[0];
    const asked = (wrapper, status) => ({ [wrapper]: { List: ['SUB_progress', 'SUB_other'].map((TemplateId) => ({ TemplateId, SubscribeStatusString: status, PopupScene: 1 })) } });
    const allows = async () => {
        const allowed = { Event: 'subscribe_msg_popup_event', ...asked('SubscribeMsgPopupEvent', 'accept'), CreateTime: 1772413200 + allowances++ };
        for (let i = 0; i < 2; ++i) assert.deepEqual((await happens(wang, allowed)).texts, ['success']);  // delivered twice, counted once
        await stand_in.call('/_allow', { openid: wang, templates: ['SUB_progress'] });
    };
    let allowances = 0;
    await allows();
    await it.kill();
    await it.start();
    await it.to('2026-03-04 09:30');
    await stand_in.call('/_clock', { advance_ms: 72 * 3600e3 });
    const notices = async () => (await stand_in.delivered(wang)).filter((one) => ['subscription', 'template'].includes(one.type)).map((one) => one.type);
    const tells = async (words, count) => {
        const zhang = await it.sign_in('zhang.qiang');
        await zhang.give(number, 'propose', { text: words });
        return until('the notice', async () => ((await notices()).length === count ? notices() : null));
    };
    await (await it.sign_in('li.na')).give(number, 'accept');
    assert.deepEqual(await until('news of it', async () => ((await notices()).length ? notices() : null)), ['subscription']);
    // He allowed one, and that is used up.
    assert.deepEqual(await tells('明天上午更换水管', 2), ['subscription', 'template']);
    await allows();
    await happens(wang, { Event: 'subscribe_msg_change_event', ...asked('SubscribeMsgPopupEvent', 'reject') });
    assert.deepEqual(await tells('后天上午更换水管', 3), ['subscription', 'template', 'template']);
    assert.deepEqual((await stand_in.call('/_recorded?path=/cgi-bin/message')).calls.filter((one) => one.errcode).map((one) => [one.path, one.errcode]), []);
});

test('whoever stops following is left in peace, and heard again when he comes back', async (to_end) => {
    const { stand_in, it, send, happens } = await with_account(to_end);
    await send(wang, '3栋2单元501卫生间漏水,电话13812345678');
    const number = /T\d{8}-\d+/.exec((await send(wang, '对')).texts[0])[0];
    assert.deepEqual((await happens(wang, { Event: 'unsubscribe', EventKey: '' })).texts, ['success']);
    await (await it.sign_in('li.na')).give(number, 'accept');
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '明天上午更换水管' });
    const admin = await it.sign_in('admin');
    await until('a task to call', async () => (await admin.outbox('undeliverable')).some((row) => row.channel === 'oa'));
    assert.deepEqual((await stand_in.call('/_recorded?path=/cgi-bin/message')).calls, []);
    await happens(wang, { Event: 'subscribe' });
    assert.match((await send(wang, '查进度')).texts[0], new RegExp(number));
});

test('doctor tells what is wrong with an official account, and compares its notices with the platform', async (to_end) => {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const told = (over, others = []) => {
        const config = join(mkdtempSync(join(tmpdir(), 'huiyin-journey-')), 'huiyin.json');
        to_end(() => rmSync(join(config, '..'), { recursive: true, force: true }));
        writeFileSync(config, JSON.stringify({ secret: 's'.repeat(32), data_key: 'a'.repeat(64), channels: [{ id: 'oa', type: 'wechat_official_account', api_base: stand_in.url, ...account, ...over }, ...others] }));
        return spawnSync(program, ['doctor', '--config', config], { encoding: 'utf8', cwd: root }).stdout;
    };
    const data = { character_string1: '{{number}}', thing2: '{{title}}', phrase3: '{{kind}}', time4: '{{time}}' };
    const notices = (forms) => ({ can_template: true, templates: { '*': forms } });
    assert.match(told({}), /ok {4}channel oa: WeChat answers and takes our app_id and app_secret\n/);
    assert.match(told(notices([{ subscription: 'SUB_progress', data: { thing1: '{{title}}' } }, { template: 'TPL_progress', data }])), /ok {4}channel oa: .*1 templates fit/);
    assert.match(told(notices({ template: 'TPL_other', data })), /bad {3}channel oa: templates\.\*: the account has no template TPL_other/);
    assert.match(told(notices({ template: 'TPL_progress', data: { ...data, thing9: 'x' } })), /"thing9" is no key of the template/);
    assert.match(told({ can_template: true }), /\/channels\/0\/templates: missing/);
    assert.match(told({ templates: { '*': { template: 'T', data } } }), /\/channels\/0\/can_template: false/);
    assert.match(told(notices({ data })), /\/channels\/0\/templates\/\*\/template: missing/);
    assert.match(told(notices([{ template: 'T', data: { first: '您好' }, url: 'service' }])), /templates\/\*\/0\/url[\s\S]*"first": write the template's keys/);
    assert.match(told(notices({ template: 'T', data, colour: 'red' })), /colour/);
    const signing = told({ can_oauth: true }, [{ id: 'other', type: 'wechat_official_account', ...account, can_oauth: true }]);
    assert.match(signing, /\/channels\/0\/can_oauth: WeChat sends people back to our own address/);
    assert.match(signing, /\/channels\/0\/can_oauth: there is no web chat to sign in to: add/);
    assert.match(signing, /\/channels\/1\/can_oauth: the channel "oa" says already who somebody is/);
    assert.doesNotMatch(signing, /\/channels\/0\/can_oauth: the channel/);
    assert.match(told({ app_secret: '' }), /\/channels\/0\/app_secret: missing/);
    assert.match(told({ app_secret: 'another' }), /bad {3}channel oa: 40125/);
    await stand_in.call('/_setup', { wechat: { ip_refused: '203.0.113.9' } });
    assert.match(told({}), /bad {3}channel oa: 40164: [\s\S]*203\.0\.113\.9/);
});

test('from the first word to the rating over WeChat, with an end by force after every step', async (to_end) => {
    const { stand_in, it, send, happens } = await with_account(to_end);
    const told = async () => (await stand_in.delivered(wang)).map((one) => one.message.text?.content ?? `${one.message.msgmenu.head_content} ${one.message.msgmenu.list.map((item) => `[${item.content}]`).join('')}`);
    const hears = (pattern) => until(`${pattern} at WeChat`, async () => (await told()).find((one) => pattern.test(one)));
    const dies = async () => {
        await it.kill();
        await it.start();
    };
    const taps = async (title) => {
        const menus = (await stand_in.delivered(wang)).filter((one) => one.type === 'msgmenu').flatMap((one) => one.message.msgmenu.list);
        const item = menus.reverse().find((one) => one.content === title);
        assert.ok(item, `no line "${title}"`);
        return send(wang, title, { with: { bizmsgmenuid: item.id } });
    };
    await happens(wang, { Event: 'subscribe', EventKey: 'qrscene_v1:jinxiu:3:2', Ticket: 'gQ' });
    await dies();
    const filed = await send(wang, '501室卫生间漏水,已经漏到楼下了,电话13812345678');
    assert.match(filed.texts[0], /3栋2单元501[\s\S]*138\*\*\*\*5678/);
    await dies();
    const number = /T20260302-\d+/.exec((await send(wang, '对')).texts[0])?.[0];
    await dies();
    const li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    await hears(/已受理/);
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '明天上午更换水管' });
    await dies();
    await hears(/更换水管/);
    await taps('同意');
    await dies();
    const again = await it.sign_in('zhang.qiang');
    assert.equal((await again.ticket(number)).consent.answer, 'agreed');
    await again.give(number, 'resolve', { text: '水管换好了' });
    await hears(/真的好了吗/);
    await dies();
    const asked = await taps('真的好了');
    assert.match(asked.texts[0], /打几分/);
    await dies();
    await send(wang, '5');
    const at_end = await it.sign_in('li.na');
    const ticket = await at_end.ticket(number);
    assert.deepEqual([ticket.rating.score, ticket.phase, (await at_end.tickets('')).length], [5, 'closed', 1]);
    assert.match(check_chain(await at_end.events(number)), /./);
    const calls = (await stand_in.call('/_recorded?path=/cgi-bin/message')).calls;
    assert.deepEqual(calls.filter((one) => one.errcode).map((one) => [one.path, one.errcode]), []);
    const admin = await it.sign_in('admin');
    for (const state of ['waiting', 'dead', 'undeliverable']) assert.deepEqual((await admin.outbox(state)).filter((row) => row.channel === 'oa'), []);
});

await run();
