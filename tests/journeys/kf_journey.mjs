// The same complaint through WeChat customer service: doorbells, pages, menus, and whoever dies in between.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, platform, program, root, run, test, until } from './house.mjs';

const account = { corp_id: 'ww0123456789abcdef', secret: 'wecom-kf-secret-0123456789abcdefghijklmnopq', open_kfid: 'wkTESTkfid0001', token: 'kfCallbackTok02', encoding_aes_key: 'obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8' };
const app = { corp_id: 'ww0123456789abcdef', agent_id: 1000002, secret: 'wecom-app-secret-0123456789abcdefghijklmnop', token: 'tsCallbackTok01', encoding_aes_key: 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA' };
const wang = 'wmTESTuser0001';

async function with_service(to_end, over = {}, options = {}) {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const it = await house({ channels: [{ id: 'web', type: 'webchat' }, { id: 'app', type: 'wecom_app', api_base: stand_in.url, ...app }, { id: 'kf', type: 'wecom_kf', api_base: stand_in.url, ...account, ...over }], notify: { staff: ['app'], fallback: ['web'] }, ...options });
    to_end(() => it.destroy());
    const at = (what, more = {}) => stand_in.call('/_kf', { url: it.url + '/hooks/kf', from: wang, ...what, ...more });
    const told = async (who = wang) => (await stand_in.delivered(who)).filter((one) => one.platform === 'kf');
    const words = (one) => one.message.text?.content ?? `${one.message.msgmenu?.head_content} ${(one.message.msgmenu?.list ?? []).map((item) => `[${item.click?.content ?? item.view?.content}]`).join('')}`;
    // Says or taps it; gives what he is told next.
    const does = async (what, who = wang) => {
        const before = (await told(who)).length;
        const rung = await at({ from: who, ...what });
        assert.equal(rung.problem, '');
        return until(`an answer to ${JSON.stringify(what)}`, async () => {
            const all = await told(who);
            return all.length > before ? all.slice(before).map(words).join('\n') : null;
        });
    };
    const says = (text, who) => does({ do: 'say', text }, who);
    const taps = (text, who) => does({ do: 'tap', text }, who);
    const hears = (pattern, who = wang) => until(`${pattern} at the customer's`, async () => (await told(who)).map(words).find((one) => pattern.test(one)));
    return { stand_in, it, at, told, words, says, taps, does, hears };
}

test('a complaint over customer service from the first word to the rating', async (to_end) => {
    const { it, stand_in, told, says, taps, does, hears } = await with_service(to_end);
    const welcome = await does({ do: 'enter', scene: 'lobby' });
    assert.match(welcome, /机器人/);
    assert.equal((await told()).at(-1).by, 'welcome');
    assert.match(await says('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678'), /3栋2单元501[\s\S]*138\*\*\*\*5678/);
    const filed = await says('对');
    const number = /T20260302-\d+/.exec(filed)?.[0];
    assert.ok(number, filed);
    const li = await it.sign_in('li.na');
    assert.equal((await li.ticket(number)).customer.channel, 'kf');
    await li.give(number, 'accept');
    await hears(/已受理/);
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '明天上午更换水管' });
    await hears(/更换水管/);
    await taps('同意');
    assert.equal((await li.ticket(number)).consent.answer, 'agreed');
    await zhang.give(number, 'resolve', { text: '水管换好了' });
    await hears(/真的好了吗/);
    await taps('真的好了');
    await hears(/打几分/);
    await taps('5分 很满意');
    await until('the rating', async () => (await li.ticket(number)).rating?.score === 5);
    // Every call was as the platform wants it, and nobody was told anything beyond the five.
    const calls = (await stand_in.call('/_recorded?path=/cgi-bin/kf')).calls;
    assert.deepEqual(calls.filter((one) => one.errcode !== 0).map((one) => [one.path, one.errcode]), []);
    const admin = await it.sign_in('admin');
    for (const state of ['waiting', 'dead', 'undeliverable']) assert.deepEqual((await admin.outbox(state)).filter((row) => row.channel === 'kf'), []);
});

test('kill -9 between two pages: nothing is lost and nothing is heard twice', async (to_end) => {
    const { it, stand_in, at, told } = await with_service(to_end);
    const people = Array.from({ length: 5 }, (_, i) => `wmMany00${i}`);
    await stand_in.call('/_setup', { kf: { page: 7, tokenless_per_minute: 1000 } });
    // The answer to the third page never comes; the service dies while it waits for it.
    await stand_in.call('/_fault', { path: '/cgi-bin/kf/sync_msg', kind: 'hang', contains: 'kfc_14_' });
    await stand_in.call('/_kf', { do: 'many', count: 40, people: 5, text: '第#条 楼道灯坏了' });
    await at({ do: 'ring' });
    await until('two pages', async () => (await stand_in.call('/_state')).held > 0);
    await it.kill();
    await stand_in.call('/_fault', undefined, 'DELETE');
    await it.start();
    await stand_in.call('/_kf', { do: 'ring', url: it.url + '/hooks/kf' });
    const li = await it.sign_in('li.na');
    const heard = async () => {
        const all = [];
        for (const talk of (await li.get('/api/v1/conversations?limit=100')).items.filter((one) => one.channel === 'kf'))
            all.push((await li.get(`/api/v1/conversations/${talk.id}/messages`)).items.filter((one) => one.from === 'resident').map((one) => one.text));
        return all;
    };
    await until('all forty', async () => (await heard()).flat().length >= 40);
    const all = await heard();
    assert.equal(all.length, 5);
    assert.deepEqual(all.flat().sort(), Array.from({ length: 40 }, (_, i) => `第${i + 1}条 楼道灯坏了`).sort());
    for (const one of all) {
        const numbers = one.map((text) => Number(/\d+/.exec(text)[0]));
        assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), 'in the order in which he wrote');
    }
    // And what each was told was shown once.
    await until('answers', async () => (await Promise.all(people.map(told))).every((one) => one.length > 0));
    const calls = (await stand_in.call('/_recorded?path=/cgi-bin/kf/send_msg')).calls;
    const names = calls.filter((one) => one.errcode === 0).map((one) => one.body.msgid);
    assert.equal(new Set(names).size, names.length);
});

test('the doorbell twenty times at once, out of order, and lost: one effect', async (to_end) => {
    const { it, stand_in, at, told, hears, says } = await with_service(to_end);
    await at({ do: 'say', text: '5栋2单元楼道灯坏了三天没人修,电话13812345678', ring: 20, together: true });
    await hears(/5栋2单元/);
    // Doorbells of before and after, the older last; one of an account that is nobody's; one at the app's own address.
    const { token: older } = await stand_in.call('/_kf', { do: 'token' });
    await at({ do: 'say', text: '对', ring: 0 });
    const rings = await Promise.all(Array.from({ length: 20 }, (_, i) => at({ do: 'ring', ...(i % 2 ? { token: older } : {}) })));
    assert.ok(rings.every((one) => one.rings[0].deliveries.length === 1 && one.rings[0].deliveries[0].status === 200 && one.rings[0].deliveries[0].body === ''));
    await hears(/已登记/);
    const nobody = await at({ do: 'ring', open_kfid: 'wkNobody' });
    assert.equal(nobody.rings[0].deliveries[0].status, 200);
    const li = await it.sign_in('li.na');
    assert.equal((await li.tickets('')).length, 1);
    const heard = (await told()).length;
    // At the app's address the same doorbell does the same.
    const other = await stand_in.call('/_kf', { do: 'say', from: wang, text: '查进度', url: it.url + '/hooks/app', callback: { agent_id: app.agent_id } });
    assert.equal(other.problem, '');
    await until('the progress', async () => (await told()).length > heard);
    // One that is lost: looked for anyway.
    await at({ do: 'say', text: '催一下', ring: 0 });
    await it.to('6 minutes');
    await hears(/催/);
    assert.equal((await li.tickets('')).length, 1);
    assert.match(await says('谢谢'), /./);
});

test('two accounts of one app: each its own puller and talk, one token for both', async (to_end) => {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const second = { ...account, open_kfid: 'wkTESTkfid0002' };
    await stand_in.call('/_setup', { kf: { accounts: [account, second].map((one) => ({ open_kfid: one.open_kfid, name: one.open_kfid, manage_privilege: true, servicers: [] })) } });
    const it = await house({ channels: [{ id: 'web', type: 'webchat' }, { id: 'kf', type: 'wecom_kf', api_base: stand_in.url, ...account }, { id: 'kf2', type: 'wecom_kf', api_base: stand_in.url + '/', ...second }] });
    to_end(() => it.destroy());
    // Both doorbells at one address: the account says whose they are.
    for (const open_kfid of [account.open_kfid, second.open_kfid])
        assert.equal((await stand_in.call('/_kf', { do: 'say', from: wang, open_kfid, text: `${open_kfid} 3栋2单元501漏水`, url: it.url + '/hooks/kf' })).problem, '');
    const told = async () => (await stand_in.delivered(wang)).filter((one) => one.platform === 'kf');
    await until('both are answered', async () => new Set((await told()).map((one) => one.open_kfid)).size === 2);
    const li = await it.sign_in('li.na');
    const talks = (await li.get('/api/v1/conversations?limit=100')).items;
    assert.deepEqual(talks.map((one) => one.channel).sort(), ['kf', 'kf2']);
    assert.equal((await stand_in.call('/_recorded?path=/cgi-bin/gettoken')).calls.length, 1);
});

test('callbacks that are not right: 403 without a body, nothing stored; the address proves itself', async (to_end) => {
    const { it, stand_in } = await with_service(to_end);
    const refused = async (more, status = 403) => {
        const { rings } = await stand_in.call('/_kf', { do: 'ring', url: it.url + '/hooks/kf', callback: { attempts: 1, ...more } });
        assert.equal(rings[0].deliveries[0].status, status, JSON.stringify(more));
        assert.equal(rings[0].deliveries[0].body, '');
    };
    await refused({ tamper: { msg_signature: '0'.repeat(40) } });
    await refused({ tamper: { msg_signature: null } });
    await refused({ as: { token: 'othertoken' } });
    await refused({ as: { receiver: 'ww9999999999999999' } });
    await refused({ body: '<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>a</Encrypt></xml>' }, 400);
    const verify = await stand_in.call('/_callback', { url: it.url + '/hooks/kf', platform: 'wecom', agent_id: 1000003, verify: true });
    assert.equal(verify.problem ?? '', '');
    const healthy = it.command('doctor');
    assert.match(healthy.stdout, /ok {4}channel kf: WeCom answers, and "物业服务" is given to this app/);
    await stand_in.call('/_setup', { kf: { accounts: [{ open_kfid: 'wkOther', name: '别的', manage_privilege: true, servicers: [] }] } });
    assert.match(it.command('doctor').stdout, /bad {3}channel kf: no customer service account "wkTESTkfid0001"[^\n]*capitals/);
    await stand_in.call('/_setup', { wecom: { ip_refused: '203.0.113.7' } });
    assert.match(it.command('doctor').stdout, /bad {3}channel kf: [^\n]*trusted IPs[^\n]*203\.0\.113\.7/);
});

test('wrong settings of a customer service channel are told with the mend, all at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-journey-'));
    const config = join(folder, 'huiyin.json');
    const told = (kf) => {
        writeFileSync(config, JSON.stringify({ secret: 's'.repeat(32), data_key: 'a'.repeat(64), channels: [{ id: 'kf', type: 'wecom_kf', ...kf }] }));
        return spawnSync(program, ['doctor', '--config', config], { encoding: 'utf8', cwd: root }).stdout;
    };
    assert.match(told({}), /corp_id: missing[\s\S]*secret: missing[\s\S]*open_kfid: missing/);
    assert.match(told({ ...account, open_kfid: 'kf0001' }), /\/channels\/0\/open_kfid: an account's id begins with wk/);
    assert.match(told({ ...account, token: undefined }), /\/channels\/0\/token: missing: token and encoding_aes_key belong together/);
    assert.match(told({ ...account, encoding_aes_key: 'short' }), /\/channels\/0\/encoding_aes_key: this key has 5 characters/);
    assert.match(told({ ...account, handover: 'servicer' }), /\/channels\/0\/handover/);
    assert.match(told({ ...account, open_kf_id: 'wk1' }), /open_kf_id[\s\S]*open_kfid/);
    writeFileSync(config, JSON.stringify({ secret: 's'.repeat(32), data_key: 'a'.repeat(64), channels: ['a', 'b'].map((id) => ({ id, type: 'wecom_kf', ...account })) }));
    assert.match(spawnSync(program, ['doctor', '--config', config], { encoding: 'utf8', cwd: root }).stdout, /\/channels\/1\/open_kfid: the channel "a" has this account already/);
    rmSync(folder, { recursive: true, force: true });
});

test('a photo over customer service stands with the ticket', async (to_end) => {
    const { it, stand_in, does, says } = await with_service(to_end);
    await says('3栋2单元501卫生间漏水,电话13812345678');
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=';
    const { media_id } = await stand_in.call('/_media', { base64: png, name: 'a.png', type: 'image/png' });
    await does({ do: 'say', msgtype: 'image', body: { media_id } });
    const number = /T\d{8}-\d+/.exec(await says('对'))[0];
    const li = await it.sign_in('li.na');
    const ticket = await until('the photo', async () => {
        const found = await li.ticket(number);
        return found.attachments[0]?.bytes > 0 ? found : null;
    });
    assert.equal(ticket.attachments.length, 1);
});

await run();
