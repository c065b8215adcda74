// One complaint, from the first message to the rating, and its other endings, on the manual clock.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check_chain, house, png, platform, root, run, test, until } from './house.mjs';

const corp = { corp_id: 'ww0123456789abcdef', agent_id: 1000002 };
const wecom = (stand_in, settings) => ({
    id: 'app', type: 'wecom_app', api_base: stand_in.url, ...settings,
});

async function with_wecom(to_end, options = {}) {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const setup = await stand_in.call('/_setup', { wecom: {} });
    const app = setup.wecom.apps[0];
    const it = await house({
        channels: [
            { id: 'web', type: 'webchat' },
            wecom(stand_in, { corp_id: setup.wecom.corp_id ?? setup.wecom.corpid ?? corp.corp_id, agent_id: app.agent_id ?? app.agentid, secret: app.secret, token: app.token, encoding_aes_key: app.encoding_aes_key ?? app.aes_key }),
            { id: 'crew', type: 'wecom_robot', webhook_url: stand_in.url + '/cgi-bin/webhook/send?key=robot-key-1' },
        ],
        notify: { staff: ['app', 'crew'] },
        ...options,
    });
    to_end(() => it.destroy());
    return { stand_in, it };
}

test('one complaint, filed in two turns, pushed, accepted by a button, agreed, resolved with a photo, fixed, rated', async (to_end) => {
    const { stand_in, it } = await with_wecom(to_end);
    const wang = it.resident();
    const first = await wang.says('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678');
    assert.match(first, /3栋2单元501/);
    assert.match(first, /138\*\*\*\*5678/);
    assert.match(first, /漏水/);
    assert.doesNotMatch(first, /13812345678/);
    assert.doesNotMatch(first, /哪栋|留个电话/, 'what was said is not asked again');
    const filed = await wang.says('对');
    const number = /T20260302-\d+/.exec(filed)[0];

    const li = await it.sign_in('li.na');
    const ticket = await li.ticket(number);
    assert.equal(ticket.kind, 'complaint');
    assert.equal(ticket.category, 'housing');
    assert.deepEqual([ticket.household.building, ticket.household.unit, ticket.household.room], ['3', '2', '501']);
    assert.ok(ticket.household.id);
    assert.equal(ticket.customer.phone_masked, '138****5678');
    assert.equal(ticket.unit.name, '锦绣花园物业服务中心');
    assert.equal(ticket.phase, 'open');
    assert.doesNotMatch(JSON.stringify(ticket), /13812345678/);
    const limits = await li.deadlines(number);
    assert.equal(limits.find((one) => one.clock === 'accept').due_at, '2026-03-02T11:00:00+08:00');
    assert.equal(limits.find((one) => one.clock === 'handle').due_at, '2026-03-06T17:30:00+08:00');
    for (const one of limits) assert.ok(one.segments.length > 0 && one.clause.startsWith('property-group/'));

    const card = await until('the card at the acceptor', async () => (await stand_in.delivered('li.na')).find((one) => one.message?.msgtype === 'template_card'));
    assert.match(JSON.stringify(card.message), /3栋2单元501/);
    const button = card.message.template_card.button_list.find((one) => one.text === '受理');
    await stand_in.call('/_click', { url: it.url + '/hooks/app', userid: 'li.na', task_id: card.message.template_card.task_id, key: button.key });
    await until('accepted', async () => (await li.ticket(number)).phase === 'accepted');
    await until('the card shows it', async () => (await stand_in.call('/_recorded?path=/cgi-bin/message/update_template_card')).calls.some((one) => one.errcode === 0));
    assert.match(await wang.hears(), /受理/);

    await li.give(number, 'assign', { assignee: 'zhang.qiang' });
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '今天下午更换卫生间下水管,恢复楼下吊顶', finish_by: '2026-03-03T17:30:00+08:00' });
    assert.match(await wang.hears(), /更换卫生间下水管/);
    await wang.says('同意');
    assert.equal((await zhang.ticket(number)).consent.answer, 'agreed');

    const form = new FormData();
    form.set('file', new Blob([png], { type: 'image/png' }), 'done.png');
    const photo = await zhang.good('POST', `/api/v1/tickets/${number}/attachments`, form);
    await it.to('2026-03-03 15:00');
    await zhang.give(number, 'resolve', { text: '下水管已更换,试水半小时不漏', attachments: [photo.id] });
    const asked = await wang.hears();
    assert.match(asked, /真的好了吗|修好了吗|好了吗/);
    assert.doesNotMatch(asked, /满意/, 'fixed is asked before the rating');
    const rating = await wang.says('好了');
    assert.match(rating + (await wang.hears()), /几分/);
    await wang.says('5');
    const closed = await li.ticket(number);
    assert.equal(closed.phase, 'closed');
    assert.equal(closed.rating.score, 5);
    assert.equal(closed.fixed, 'yes');
    assert.equal(closed.attachments.length, 1);
    const events = await li.events(number);
    assert.ok(events.length >= 10);
    assert.match(check_chain(events), /the chain fits/);
    assert.doesNotMatch(JSON.stringify(events), /13812345678/);
    await it.stop();
    const verified = it.command('verify');
    assert.equal(verified.status, 0, verified.stderr);
    assert.match(verified.stdout, /1 tickets?, \d+ events: every chain fits/);
});

test('nobody accepts: reminder, manager, project centre', async (to_end) => {
    const { stand_in, it } = await with_wecom(to_end);
    const number = await it.resident().files();
    await it.to('2026-03-02 10:00');
    const heard = async (who) => (await stand_in.delivered(who)).filter((one) => JSON.stringify(one.message).includes(number)).length;
    const reminded = await heard('li.na');
    assert.ok(reminded >= 2, 'the push and the reminder');
    assert.equal(await heard('wang.fang'), 0);
    await it.to('2026-03-02 11:00');
    assert.ok((await heard('wang.fang')) >= 1, 'the manager');
    assert.equal(await heard('chen.gang'), 0);
    await it.to('2026-03-02 17:30');
    assert.ok((await heard('chen.gang')) >= 1, 'the project centre');
    const before = [await heard('li.na'), await heard('wang.fang'), await heard('chen.gang')];
    await it.to('2026-03-02 18:00');
    assert.deepEqual([await heard('li.na'), await heard('wang.fang'), await heard('chen.gang')], before, 'nobody hears it twice');
    const li = await it.sign_in('li.na');
    const missed = (await li.events(number)).find((event) => event.type === 'deadline.missed');
    assert.equal(missed.at, '2026-03-02T11:00:00.000+08:00', 'an event carries the time it was due');
});

test('no solution in five working days across a holiday with make-up days: major, project centre, fifteen working days', async (to_end) => {
    const it = await house({ clock: '2026-02-12T09:00:00+08:00' });
    to_end(() => it.destroy());
    const number = await it.resident().files();
    const li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    const handle = (await li.deadlines(number)).find((one) => one.clock === 'handle');
    // Spring Festival 2026: 15-23 February off; Saturday 14 and Saturday 28 February worked.
    assert.equal(handle.due_at, '2026-02-25T17:30:00+08:00');
    assert.match(handle.text, /春节/);
    await it.to('2026-02-25 17:29');
    assert.equal((await li.ticket(number)).level, 'general');
    await it.to('2026-02-25 17:31');
    const ticket = await li.ticket(number);
    assert.equal(ticket.level, 'major');
    assert.equal(ticket.owner_role, 'project_centre');
    const chen = await it.sign_in('chen.gang');
    await it.to('2026-02-26 09:00');
    await chen.give(number, 'accept');
    const escalated = (await chen.deadlines(number)).find((one) => one.clock === 'escalated');
    assert.equal(escalated.due_at, '2026-03-17T17:30:00+08:00');
    assert.ok(ticket.why.some((one) => one.clause.startsWith('property-group/')));
});

async function to_proposal(it, text) {
    const wang = it.resident();
    const number = await wang.files(text);
    const li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '周五前更换水管' });
    await wang.hears();
    return { wang, number, li, zhang };
}

test('irreconcilable: the complaint goes up', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const { wang, number, li } = await to_proposal(it);
    const which = await wang.says('不行,我不同意');
    assert.match(which, /还差一点|不能接受/);
    await wang.taps('不能接受');
    const ticket = await li.ticket(number);
    assert.equal(ticket.consent.answer, 'irreconcilable');
    assert.equal(ticket.owner_role, 'project_centre');
    assert.equal(ticket.phase === 'closed', false);
});

test('a consent with a reservation is none; a vague word is none', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const { wang, number, li } = await to_proposal(it);
    await wang.says('随便');
    assert.equal((await li.ticket(number)).consent, null);
    await wang.says('先这样,但楼下的天花板也要修');
    assert.equal((await li.ticket(number)).consent.answer, 'small_gap');
});

async function to_resolved(it) {
    const story = await to_proposal(it);
    await story.wang.says('同意');
    await story.zhang.give(story.number, 'resolve', { text: '水管已更换' });
    await story.wang.hears();
    return story;
}

test('not fixed: reopened to the responsible role', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const { wang, number, li } = await to_resolved(it);
    await wang.says('没修好,还在漏');
    const ticket = await li.ticket(number);
    assert.equal(ticket.fixed, 'no');
    assert.equal(ticket.phase, 'working');
    assert.equal(ticket.owner_role, 'engineering');
    assert.equal(ticket.closed_at, null);
});

test('a rating of 1: the remedy', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const { wang, number, li } = await to_resolved(it);
    await wang.says('修好了');
    const said = await wang.says('1');
    const ticket = await li.ticket(number);
    assert.equal(ticket.rating.score, 1);
    assert.notEqual(ticket.phase, 'closed');
    assert.ok(ticket.steps.some((one) => one.role === 'centre_manager' && one.state === 'open'), 'a revisit task for the manager');
    assert.match(said, /不满意|对不住|抱歉|重新/);
});

test('withdrawn by a word', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const wang = it.resident();
    const number = await wang.files();
    await wang.says('算了,不投诉了');
    const li = await it.sign_in('li.na');
    assert.equal((await li.ticket(number)).phase, 'withdrawn');
});

test('a danger in the middle of a form: advice and page before any question', async (to_end) => {
    const { stand_in, it } = await with_wecom(to_end);
    const wang = it.resident();
    await wang.says('楼道灯坏了三天没人修');
    const said = await wang.says('等下,我妈被困电梯里了,3栋');
    const texts = wang.last.map((message) => message.text);
    assert.match(texts[0], /按住|呼叫按钮|别扒门/, 'advice first');
    assert.match(said, /120/);
    const li = await it.sign_in('li.na');
    const tickets = await li.tickets('');
    const emergency = tickets.find((one) => one.flags.includes('emergency'));
    assert.ok(emergency, 'a ticket with the flag, before any question was answered');
    const events = await li.events(emergency.number);
    assert.ok(events.some((event) => event.type === 'emergency.paged'));
    const admin = await it.sign_in('admin');
    assert.ok((await admin.outbox()).some((row) => row.kind === 'emergency'));
    await until('the page at engineering', async () => (await stand_in.delivered('zhang.qiang')).some((one) => JSON.stringify(one.message).includes(emergency.number)));
    await until('the page at the manager', async () => (await stand_in.delivered('wang.fang')).some((one) => JSON.stringify(one.message).includes(emergency.number)));
    // The form that was being told goes on afterwards.
    await wang.says('13800001111');
    const back = (await wang.messages()).map((message) => message.text ?? '').join('\n');
    assert.match(back, /哪栋|几栋|灯/);
});

test('progress says the next time and why; hand-over takes one turn; a person answers', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const wang = it.resident();
    const number = await wang.files();
    assert.match(await wang.says('我的投诉到哪了'), new RegExp(number));
    assert.match(await wang.says("凭什么要这么久"), /5个工作日[\s\S]*制度/);
    await wang.says('转人工');
    const li = await it.sign_in('li.na');
    const waiting = (await li.get('/api/v1/conversations?state=waiting')).items;
    assert.equal(waiting.length, 1);
    const at = `/api/v1/conversations/${waiting[0].id}`;
    await li.good('POST', at + '/commands', { command: 'take_over' });
    // Asked twice with one key, it is said once.
    for (let i = 0; i < 2; ++i)
        await li.good('POST', at + '/commands', { command: 'say', text: '王女士您好,师傅下午两点到' }, { 'Idempotency-Key': 'two' });
    assert.equal((await wang.hears()).match(/师傅下午两点到/g)?.length, 1);
    assert.equal(await wang.says('好的,谢谢'), '', 'the bot keeps quiet');
    await li.good('POST', at + '/commands', { command: 'give_back' });
    assert.notEqual(await wang.says('我的投诉到哪了'), '');
});

test('a holiday file that changes while nobody runs moves the deadlines of open tickets', async (to_end) => {
    const share = mkdtempSync(join(tmpdir(), 'huiyin-share-'));
    to_end(() => rmSync(share, { recursive: true }));
    cpSync(join(root, 'templates'), join(share, 'templates'), { recursive: true });
    cpSync(join(root, 'build/share/huiyin/model.bin'), join(share, 'model.bin'));
    const it = await house({ share });
    to_end(() => it.destroy());
    const number = await it.resident().files();
    let li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    const due = async () => (await li.deadlines(number)).find((one) => one.clock === 'handle').due_at;
    assert.equal(await due(), '2026-03-06T17:30:00+08:00');
    await it.stop();
    const file = join(share, 'templates/holidays-cn/2026.json');
    const year = JSON.parse(readFileSync(file, 'utf8'));
    year.days.push({ name: '临时放假', date: '2026-03-04', isOffDay: true });
    writeFileSync(file, JSON.stringify(year));
    await it.start();
    li = await it.sign_in('li.na');
    assert.equal(await due(), '2026-03-09T17:30:00+08:00');
    assert.equal((await li.ticket(number)).deadlines.find((one) => one.clock === 'handle').due_at, '2026-03-09T17:30:00+08:00', 'the list follows');
});

await run();
