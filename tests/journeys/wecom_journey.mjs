// The WeCom app: staff work from their cards, come and go with the company, and sign in by it.
import assert from 'node:assert/strict';
import { code_at, step } from './authenticator.mjs';
import { house, platform, run, test, until } from './house.mjs';

const app = { corp_id: 'ww0123456789abcdef', agent_id: 1000002, secret: 'wecom-app-secret-0123456789abcdefghijklmnop', token: 'tsCallbackTok01', encoding_aes_key: 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA' };

async function with_company(to_end, over = {}, settings = {}) {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    await stand_in.call('/_setup', { wecom: settings });
    const it = await house({ channels: [{ id: 'web', type: 'webchat' }, { id: 'app', type: 'wecom_app', api_base: stand_in.url, ...app, ...over }], notify: { staff: ['app'], fallback: ['web'] } });
    to_end(() => it.destroy());
    const event = (message) => stand_in.call('/_callback', { url: it.url + '/hooks/app', platform: 'wecom', message });
    return { stand_in, it, event };
}

test('staff take a matter from its first card to its end without opening the console', async (to_end) => {
    const { stand_in, it } = await with_company(to_end);
    const resident = it.resident();
    const number = await resident.files();
    const card = await until('the card', async () => (await stand_in.delivered('li.na')).find((one) => one.type === 'template_card' && one.message.template_card.card_type === 'button_interaction'));
    const { template_card } = card.message;
    assert.equal(template_card.horizontal_content_list[0].value, number);
    const tap = await stand_in.call('/_click', { url: it.url + '/hooks/app', userid: 'li.na', task_id: card.task_id, text: template_card.button_list[0].text });
    assert.equal(tap.problem, '');
    const li = await it.sign_in('li.na');
    await until('it is accepted', async () => (await li.ticket(number)).phase !== 'open');
    await until('the card says so', async () => (await stand_in.call('/_recorded')).delivered.some((one) => one.type === 'card_update'));
    // The same tap again, and one by somebody who was never asked.
    const again = await stand_in.call('/_click', { url: it.url + '/hooks/app', userid: 'li.na', task_id: card.task_id, text: template_card.button_list[0].text });
    assert.equal(again.problem, '');
    assert.equal((await li.events(number)).filter((one) => one.type === 'ticket.accepted').length, 1);
    assert.match(await resident.hears(), /已受理/);
});

test('a member who is no staff is a resident: greeted once a day, a photo, cards that show what was chosen', async (to_end) => {
    const { stand_in, it, event } = await with_company(to_end);
    const who = 'wang.xiaomei';
    const enters = async () => assert.equal((await event({ FromUserName: who, MsgType: 'event', Event: 'enter_agent', EventKey: '', CreateTime: 1772413200 })).problem, '');
    const told = async () => (await stand_in.delivered(who)).filter((one) => one.type !== 'card_update');
    const card_with = (words) => until(`a card with ${words}`, async () => (await told()).findLast((one) => one.type === 'template_card' && one.message.template_card.button_list.some((button) => button.text === words)));
    const taps = async (words) => {
        const card = await card_with(words);
        const tap = await stand_in.call('/_click', { url: it.url + '/hooks/app', userid: who, task_id: card.task_id, text: words });
        assert.equal(tap.problem, '');
    };
    await enters();
    await enters();
    await until('the greeting', async () => (await told()).length === 1);
    await event({ FromUserName: who, MsgType: 'text', Content: '3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678' });
    await taps('提交');
    const li = await it.sign_in('li.na');
    const number = await until('the ticket', async () => (await li.tickets('')).at(0)?.number);
    await until('the card without its question', async () => (await stand_in.call('/_recorded')).delivered.some((one) => one.type === 'card_update' && JSON.stringify(one.message).includes('✓ 提交')));
    assert.equal((await told()).filter((one) => JSON.stringify(one).includes('机器人')).length, 1, 'greeted once');
    await event({ FromUserName: who, MsgType: 'image', PicUrl: 'https://wework.qpic.cn/x', MediaId: 'nobody-has-it' });
    await li.give(number, 'accept');
    await until('the news', async () => (await told()).some((one) => /已受理/.test(JSON.stringify(one))));
    // Whom the directory knows is staff still, and is not asked for his flat.
    await event({ FromUserName: 'zhang.qiang', MsgType: 'text', Content: '3栋2单元501卫生间漏水' });
    await until('an answer to staff', async () => (await stand_in.delivered('zhang.qiang')).some((one) => /按钮/.test(JSON.stringify(one))));
    assert.equal((await li.tickets('')).length, 1);
});

test('members of a named department become staff while the service runs, and who left signs in no more', async (to_end) => {
    const people = [{ userid: 'zhang.qiang', name: '张强', department: [3], status: 1 }, { userid: 'Wu.Di', name: '吴迪', department: [3], status: 1 }, { userid: 'cai.wu', name: '财务', department: [1], status: 1 }];
    const { stand_in, it, event } = await with_company(to_end, { members: [{ department: 2, unit: 'jinxiu-centre', roles: ['engineering'] }] }, { people });
    const users = () => it.command('user', 'list').stdout;
    await until('the new one is there', async () => /Wu\.Di\t吴迪\tengineering\t锦绣花园物业服务中心/.test(users()));
    assert.doesNotMatch(users(), /cai\.wu/);
    // He gets cards like everybody.
    await it.resident().files();
    const li = await it.sign_in('li.na');
    const number = (await li.tickets('')).at(0).number;
    await li.give(number, 'accept');
    await until('a push to the new one', async () => (await stand_in.delivered('Wu.Di')).length > 0);
    // He leaves: the event says so, and what is read then.
    await stand_in.call('/_setup', { wecom: { people: people.filter((one) => one.userid !== 'Wu.Di') } });
    await event({ FromUserName: 'sys', MsgType: 'event', Event: 'change_contact', ChangeType: 'delete_user', UserID: 'Wu.Di' });
    await until('he is disabled', async () => /Wu\.Di\t[^\n]*disabled/.test(users()));
    // Whoever was there by hand and is in the company is left alone.
    assert.match(users(), /zhang\.qiang\t张强\tengineering\t锦绣花园物业服务中心\n/);
    // An app that nobody opens is switched off one day: the administrators hear of it in time.
    await event({ FromUserName: 'sys', MsgType: 'event', Event: 'inactive_alert', EffectTime: 1772500000 });
    await until('the administrator is warned', async () => JSON.stringify(await stand_in.delivered('admin')).includes('长期没人打开'));
    await stand_in.call('/_setup', { wecom: { people } });
    await event({ FromUserName: 'sys', MsgType: 'event', Event: 'change_contact', ChangeType: 'create_user', UserID: 'Wu.Di' });
    await until('he is back', async () => !/disabled/.test(users()));
});

test('whom people of ours disabled stays disabled, whatever was read before and is read after', async (to_end) => {
    const person = (userid) => ({ userid, name: userid, department: [3], status: 1 });
    const company = ['Wu.Di', 'Sun.Li', 'Zhou.Yi'];
    const { stand_in, it, event } = await with_company(to_end, { members: [{ department: 2, unit: 'jinxiu-centre', roles: ['engineering'] }] }, { people: company.map(person) });
    const users = () => it.command('user', 'list').stdout.split('\n').map((line) => line.split('\t'));
    const known = (userid) => users().some(([login]) => login === userid);
    const disabled = () => users().filter((one) => one.at(-1) === 'disabled').map(([login]) => login).sort();
    let events = 0;
    const user = (what, login) => assert.equal(it.command('user', what, login).status, 0);
    const reads = async (userids) => {
        await stand_in.call('/_setup', { wecom: { people: userids.map(person) } });
        await event({ FromUserName: 'sys', MsgType: 'event', Event: 'change_contact', ChangeType: 'create_user', UserID: 'Wu.Di', CreateTime: 1772413200 + ++events });
    };
    await until('they are there', () => company.every(known));
    // A reading disables each of them. Then: somebody of ours disables him, too; lets her in and disables her; lets him in.
    for (const gone of [1, 2, 3]) {
        await reads([...company.slice(gone), 'zhang.qiang']);
        await until('the next one is disabled', () => disabled().length === gone);
    }
    user('disable', 'Wu.Di');
    user('enable', 'Sun.Li');
    user('disable', 'Sun.Li');
    user('enable', 'Zhou.Yi');
    assert.deepEqual(disabled(), ['Sun.Li', 'Wu.Di']);
    // Another reading without them, and one in which all are back.
    await reads(['zhang.qiang', 'Qian.Er']);
    await until('it was read', () => known('Qian.Er'));
    assert.deepEqual(disabled(), ['Sun.Li', 'Wu.Di']);
    await reads([...company, 'zhang.qiang', 'Qian.Er', 'Feng.San']);
    await until('it was read', () => known('Feng.San'));
    assert.deepEqual(disabled(), ['Sun.Li', 'Wu.Di']);
});

test('an administrator takes words back from a colleague, once, and no card', async (to_end) => {
    const { stand_in, it, event } = await with_company(to_end);
    await it.resident().files();
    await event({ FromUserName: 'li.na', MsgType: 'text', Content: '这单谁的' });
    const admin = await it.sign_in('admin');
    const [words, card] = await until('words and a card that were sent', async () => {
        const all = (await admin.outbox('sent')).filter((one) => one.channel === 'app');
        const found = ['reply', 'task'].map((kind) => all.find((one) => one.kind === kind));
        return found.every(Boolean) ? found : null;
    });
    const recall = (row, who = admin) => who.ask('POST', `/api/v1/outbox/${row.id}/commands`, { command: 'recall' });
    assert.equal((await recall(card)).status, 409);
    assert.equal((await recall(words, await it.sign_in('li.na'))).status, 403);
    assert.equal((await recall(words)).status, 200);
    await until('it is gone there', async () => (await stand_in.call('/_recorded')).delivered.some((one) => one.type === 'recall' && one.to === 'li.na'));
    assert.equal((await recall(words)).status, 409);
});

// A browser that keeps cookies and follows nothing by itself.
class Browser {
    constructor(agent) {
        Object.assign(this, { agent, cookies: new Map() });
    }
    async get(url) {
        const answer = await fetch(url, { redirect: 'manual', headers: { 'User-Agent': this.agent, Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
        for (const set of answer.headers.getSetCookie()) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(set);
            this.cookies.set(name, value);
        }
        return { status: answer.status, to: answer.headers.get('location'), body: await answer.text(), set: answer.headers.getSetCookie() };
    }
}

test('staff sign in by WeCom, inside it and by a scanned code, and nobody else does', async (to_end) => {
    const { stand_in, it } = await with_company(to_end);
    const ways = (await (await fetch(it.url + '/api/v1/sessions/ways')).json()).items;
    assert.deepEqual(ways, [{ id: 'app', kind: 'wecom', url: '/api/v1/sessions/wecom/app/begin' }]);
    const begin = it.url + ways[0].url;
    for (const [agent, path] of [['Mozilla/5.0 wxwork/4.1', '/connect/oauth2/authorize'], ['Mozilla/5.0 Chrome', '/wwlogin/sso/login']]) {
        const browser = new Browser(agent);
        await stand_in.call('/_setup', { wecom: { in_browser: 'ZHANG.QIANG', trusted_domains: [new URL(it.url).host] } });
        const sent = await browser.get(begin + '?next=/console/tickets/T20260302-001');
        assert.equal(sent.status, 302);
        assert.equal(new URL(sent.to).pathname, path);
        assert.match(sent.set[0], /^huiyin_sign_in=[0-9a-f]{64}\.[^;]*; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
        const back = (await browser.get(sent.to)).to;
        const inside = await browser.get(back);
        assert.equal(inside.to, '/console/tickets/T20260302-001');
        const who = await browser.get(it.url + '/api/v1/me');
        assert.equal(JSON.parse(who.body).login, 'zhang.qiang');
        // Opened twice.
        assert.equal((await browser.get(back)).to, '/console/tickets/T20260302-001');
        // The same link in somebody else's browser, and one that somebody sends him, open nothing.
        assert.equal((await new Browser(agent).get(back)).to, '/console/#/sign-in/again');
        const other = new Browser(agent);
        await other.get(begin);
        assert.equal((await other.get(back)).to, '/console/#/sign-in/again');
        assert.ok(!other.cookies.has('huiyin_session'));
        // He signs out: what he came with opens nothing, in this browser or with what it kept.
        assert.match(inside.set.find((one) => one.startsWith('huiyin_sign_in=')), /Max-Age=15$/);
        const kept = browser.cookies.get('huiyin_sign_in');
        const { csrf } = JSON.parse((await browser.get(it.url + '/api/v1/me')).body);
        const out = await fetch(it.url + '/api/v1/sessions/current', { method: 'DELETE', headers: { Cookie: `huiyin_session=${browser.cookies.get('huiyin_session')}`, 'X-Huiyin-CSRF': csrf } });
        assert.equal(out.status, 204);
        assert.ok(out.headers.getSetCookie().includes('huiyin_sign_in=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0'));
        browser.cookies.delete('huiyin_session');
        browser.cookies.set('huiyin_sign_in', kept);
        assert.equal((await browser.get(back)).to, '/console/#/sign-in/again');
        assert.ok(!browser.cookies.has('huiyin_session'));
    }
    // Only to places of our own.
    for (const next of ['//evil.example.com', 'https://evil.example.com', '/console//evil', '/api/v1/me', '/console/%0d%0aSet-Cookie:a=b', '/console/../x']) {
        const browser = new Browser('Chrome');
        const sent = await browser.get(begin + '?next=' + encodeURIComponent(next));
        assert.equal((await browser.get((await browser.get(sent.to)).to)).to, '/console/', next);
    }
    const refused = async (settings, why) => {
        await stand_in.call('/_setup', { wecom: settings });
        const browser = new Browser('Chrome');
        const sent = await browser.get(begin);
        const page = await browser.get(sent.to);
        const to = page.to ?? /href="([^"]*)">不是本企业成员/.exec(page.body)[1].replace(/&amp;/g, '&');
        assert.equal((await browser.get(to)).to, '/console/#/sign-in/' + why);
        assert.ok(!browser.cookies.has('huiyin_session'));
    };
    await refused({ in_browser: 'stranger' }, 'refused');
    await refused({ in_browser: '' }, 'refused');
    assert.equal(it.command('user', 'disable', 'zhang.qiang').status, 0);
    await until('he is known to be disabled', async () => /zhang\.qiang[^\n]*disabled/.test(it.command('user', 'list').stdout));
    await refused({ in_browser: 'zhang.qiang' }, 'refused');
    await stand_in.call('/_fault', { path: '/cgi-bin/auth', kind: 'http' });
    await refused({ in_browser: 'li.na' }, 'busy');
    assert.equal((await new Browser('Chrome').get(it.url + '/api/v1/sessions/wecom/nobody/begin')).status, 404);
});

test('whoever has a second factor owes its code by WeCom, too, and is led on to where he went', async (to_end) => {
    const { stand_in, it } = await with_company(to_end);
    const zhang = await it.sign_in('zhang.qiang');
    const { secret } = await zhang.good('POST', '/api/v1/me/second-factor', { password: 'huiyin-demo' });
    await zhang.good('POST', '/api/v1/me/second-factor/commands', { command: 'switch_on', code: code_at(secret, Date.now()) });
    await stand_in.call('/_setup', { wecom: { in_browser: 'ZHANG.QIANG' } });
    const browser = new Browser('Mozilla/5.0 Chrome');
    const sent = await browser.get(it.url + '/api/v1/sessions/wecom/app/begin?next=/console/tickets/T20260302-001');
    assert.equal((await browser.get((await browser.get(sent.to)).to)).to, '/console/tickets/T20260302-001#/sign-in/code');
    assert.ok(!browser.cookies.has('huiyin_session'));
    assert.equal((await browser.get(it.url + '/api/v1/me')).status, 401);
    const answer = await fetch(it.url + '/api/v1/sessions/code', { method: 'POST', headers: { Cookie: `huiyin_half_session=${browser.cookies.get('huiyin_half_session')}` }, body: JSON.stringify({ code: code_at(secret, Date.now() + step) }) });
    assert.equal(answer.status, 200, await answer.clone().text());
    assert.equal((await answer.json()).me.login, 'zhang.qiang');
});

test('nobody is administrator by being called so in the company', async (to_end) => {
    const { stand_in, it } = await with_company(to_end);
    await stand_in.call('/_setup', { wecom: { in_browser: 'Admin' } });
    const browser = new Browser('Chrome');
    const sent = await browser.get(it.url + '/api/v1/sessions/wecom/app/begin');
    assert.equal((await browser.get((await browser.get(sent.to)).to)).to, '/console/#/sign-in/refused');
    assert.ok(!browser.cookies.has('huiyin_session'));
    assert.ok(await it.sign_in('admin')); // by his password he is
});

test('invented codes and states hold nobody else up', async (to_end) => {
    const { stand_in, it } = await with_company(to_end);
    const way = it.url + '/api/v1/sessions/wecom/app/';
    const asked = async () => (await stand_in.call('/_recorded')).calls.filter((one) => one.path === '/cgi-bin/auth/getuserinfo').length;
    const comes_back = (cookie, state, code) => fetch(`${way}back?state=${state}&code=${code}`, { redirect: 'manual', headers: { Cookie: `huiyin_sign_in=${cookie}` } }).then((answer) => answer.headers.get('location'));
    for (const state of ['a'.repeat(32), 'a'.repeat(64), '0'.repeat(64)]) assert.equal(await comes_back(state + './console/', state, 'invented'), '/console/#/sign-in/again');
    assert.equal(await asked(), 0);
    const browser = new Browser('Chrome');
    await browser.get(way + 'begin');
    const cookie = browser.cookies.get('huiyin_sign_in');
    const state = cookie.split('.')[0];
    for (let i = 0; i < 20; ++i) assert.equal(await comes_back(cookie, state, `invented${i}`), '/console/#/sign-in/again');
    assert.equal(await asked(), 20);
    // Like wrong passwords: this address has tried enough.
    assert.equal(await comes_back(cookie, state, 'one-more'), '/console/#/sign-in/busy');
    assert.equal(await asked(), 20);
});

test('a platform that is away is said so by readyz, metrics and doctor, and what was owed comes when it is back', async (to_end) => {
    const { stand_in, it } = await with_company(to_end);
    await stand_in.call('/_fault', { path: '/cgi-bin/message', kind: 'http', times: -1 });
    const residents = [];
    for (let i = 0; i < 8; ++i) residents.push(await it.resident().files(`3栋2单元${5 + i}01卫生间漏水,电话13812345678`));
    for (let i = 0; i < 5; ++i) await it.to('11 minutes'); // each of the five tries falls due
    const resting = async () => (await (await fetch(it.url + '/readyz')).json()).resting;
    await until('it rests', async () => (await resting())?.includes('app'));
    assert.equal((await fetch(it.url + '/readyz')).status, 200);
    assert.match(await (await fetch(it.url + '/metrics')).text(), /huiyin_channel_resting\{channel="app"\} [12]/);
    assert.match(it.command('doctor').stdout, /look {2}channel app: its platform has given no answer since 20/);
    await stand_in.call('/_fault', undefined, 'DELETE');
    for (let i = 0; i < 4; ++i) await it.to('6 minutes');
    assert.equal(await resting(), undefined);
    const heard = JSON.stringify((await stand_in.delivered('li.na')).map((one) => one.message));
    for (const number of residents) assert.ok(heard.includes(number), number);
});

test('what a customer was not told stands with the ticket, is told to the front desk, and a tap sends it once more', async (to_end) => {
    const wang = 'wmTESTuser0001';
    const kf = { id: 'kf', type: 'wecom_kf', corp_id: app.corp_id, secret: 'wecom-kf-secret-0123456789abcdefghijklmnopq', open_kfid: 'wkTESTkfid0001', token: 'kfCallbackTok02', encoding_aes_key: 'obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8' };
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const it = await house({ channels: [{ id: 'app', type: 'wecom_app', api_base: stand_in.url, ...app }, { ...kf, api_base: stand_in.url }], notify: { staff: ['app'], fallback: [] } });
    to_end(() => it.destroy());
    const words = async () => (await stand_in.delivered(wang)).map((one) => JSON.stringify(one.message));
    const says = async (text, expected) => {
        assert.equal((await stand_in.call('/_kf', { do: 'say', from: wang, text, url: it.url + '/hooks/kf' })).problem, '');
        return until(`${expected}`, async () => (await words()).find((one) => expected.test(one)));
    };
    await says('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678', /3栋2单元501/);
    const number = /T\d{8}-\d+/.exec(await says('对', /已登记/))[0];
    const li = await it.sign_in('li.na');
    assert.deepEqual((await li.ticket(number)).undelivered, []);
    await stand_in.call('/_fault', { path: '/cgi-bin/kf/send_msg', kind: 'errcode', errcode: 40058 });
    await li.give(number, 'accept');
    const lost = await until('it is given up', async () => (await li.ticket(number)).undelivered[0]);
    assert.equal(lost.channel, 'kf');
    assert.equal(lost.state, 'dead');
    assert.equal(lost.code, '40058');
    assert.match(lost.preview, /受理/);
    const noted = (await li.events(number)).find((one) => one.type === 'ticket.noted');
    assert.equal(noted.by.kind, 'system');
    await until('the front desk hears of it', async () => JSON.stringify(await stand_in.delivered('li.na')).includes(`工单${number}的消息发不到客户手里`));
    const path = (id) => `/api/v1/tickets/${number}/undelivered/${id}/commands`;
    assert.equal((await li.ask('POST', path('1'), { command: 'retry' })).status, 404);
    assert.equal((await li.ask('POST', path(lost.id), { command: 'forget' })).status, 422);
    const zhou = await it.sign_in('zhou.jie'); // of another centre
    assert.equal((await zhou.ask('POST', path(lost.id), { command: 'retry' })).status, 404);
    assert.ok(!(await words()).some((one) => one.includes('已受理')));
    const after = await li.good('POST', path(lost.id), { command: 'retry' });
    assert.deepEqual(after.undelivered, []);
    await until('he is told', async () => (await words()).some((one) => one.includes('已受理')));
    assert.equal((await li.ask('POST', path(lost.id), { command: 'retry' })).status, 409);
});

await run();
