// Thirty days of cases on every channel at once, under the windows, budgets and rates that the platforms really have: what is
// owed to a resident reaches him, or somebody is asked to phone him. What it took is printed.
//
//   DAYS=90 SEED=7 node tests/journeys/month_journey.mjs
import assert from 'node:assert/strict';
import { chances } from './chances.mjs';
import { run, test, until } from './house.mjs';
import { every_house, settings, voices } from './voices.mjs';

const days = Number(process.env.DAYS ?? 30);
const seed = Number(process.env.SEED ?? 20260302);
const hours = 3600e3;
const channels = settings('', '').map((one) => one.id);
const notices = { can_template: true, templates: { '*': [{ template: 'TPL_progress', data: { character_string1: '{{number}}', thing2: '{{title}}', phrase3: '{{kind}}', time4: '{{time}}' } }] } };

test(`${days} days on ${channels.length} channels: nothing owed to a resident is lost, nothing is overspent`, async (to_end) => {
    const { it, stand_in, other } = await every_house(to_end, { oa: notices });
    const below = chances(seed);
    const li = await it.sign_in('li.na'), zhang = await it.sign_in('zhang.qiang'), admin = await it.sign_in('admin');
    let now = 0, heard = 0, refused_commands = 0;
    const cases = [];
    const rows_of = async (state) => {
        const rows = [];
        for (let cursor = ''; ;) {
            const page = await admin.get(`/api/v1/outbox?limit=200&state=${state}&cursor=${encodeURIComponent(cursor)}`);
            rows.push(...page.items);
            if (!(cursor = page.next_cursor)) return rows;
        }
    };
    // Rates go by the machine's clock: what waits for its second, or its minute, goes before the story goes on.
    const held_back = async () => {
        const present = Date.parse((await admin.get('/api/v1/clock')).now);
        const by_rate = (row) => row.to.startsWith('resident:') && row.last_error?.code === 'budget' && Date.parse(row.next_attempt_at) - present <= 60e3;
        return (await rows_of('waiting')).filter(by_rate).length + (await rows_of('sending')).length;
    };
    const passes = async (span) => {
        await until('what a rate holds back has gone', async () => await held_back() === 0, 90);
        now += span;
        await stand_in.call('/_clock', { advance_ms: span * hours, story: true });
        await it.to(`${span} hours`);
    };
    const says = async (one, text) => {
        heard += 1;
        return one.voice.tell(text);
    };
    const begins = async (channel) => {
        const who = String(10000 + cases.length);
        const one = { channel, voice: voices(it, stand_in, other, who)[channel], stage: 0, answers: below(4) !== 0, next: now + 1 + below(5) };
        let answer = await says(one, `${1 + below(6)}栋${1 + below(2)}单元${1 + below(18)}0${1 + below(4)}卫生间漏水,已经漏到楼下了,电话138123${who}`);
        const hears = (pattern) => until(`${pattern} on ${channel}`, async () => [answer, ...await one.voice.told()].find((words) => pattern.test(words)), 10);
        await hears(/没错就回|请核对/);
        answer = await says(one, '对');
        one.number = /T\d{8}-\d+/.exec(await hears(/T\d{8}-\d+/))[0];
        cases.push(one);
    };
    const staff_does = async (person, one, command, fields) => {
        const { status, text } = await person.try(one.number, command, fields);
        assert.ok(status < 500, text);
        if (status >= 300) refused_commands += 1;
    };
    const goes_on = async (one) => {
        if (now < one.next) return;
        one.next = now + 6 + below(40);
        switch (one.stage++) {
            case 0:
                return staff_does(li, one, 'accept');
            case 1:
                await staff_does(zhang, one, 'propose', { text: '明天上午更换水管' });
                if (one.answers) await says(one, below(5) ? '同意' : '能不能今天');
                return;
            case 2:
                await staff_does(zhang, one, 'resolve', { text: '水管换好了' });
                if (one.answers && below(3)) await says(one, '真的好了');
                if (one.answers && below(3)) await says(one, '5');
                return;
            default:
                if (one.answers && below(3) === 0) await says(one, below(2) ? '查进度' : '催一下');
        }
    };
    for (let day = 0; day < days; ++day) {
        const today = channels.filter(() => below(2) === 0).map((channel) => ({ channel, at: 2 * below(7) }));
        for (let hour = 0; hour < 14; hour += 2) {  // from nine to eleven at night
            for (const one of today) if (one.at === hour) await begins(one.channel);
            for (const one of cases) await goes_on(one);
            await passes(2);
        }
        await passes(10);
    }
    // What is kept for his next message or a window's end goes there, or is given up.
    for (let day = 0; day < 40 && (day < 4 || (await rows_of('waiting')).length > 0); ++day) await passes(24);

    // Rates go by the machine's clock, which is slower than this story.
    await until('nothing waits any more', async () => (await rows_of('waiting')).length + (await rows_of('sending')).length === 0, 20).catch(async (problem) => {
        assert.deepEqual((await rows_of('waiting')).map((row) => [row.channel, row.to, row.kind, row.next_attempt_at, row.last_error]), [], String(problem));
    });
    assert.deepEqual(await rows_of('failed'), []);
    // To the machine's clock all this is one minute: what has no room in it for a day of the story is given up, and phoned.
    const dead = await rows_of('dead');
    assert.deepEqual(dead.filter((row) => row.last_error.code !== 'budget'), [], 'no message was wrong');
    const sent = await rows_of('sent'), given_up = [...(await rows_of('undeliverable')), ...dead];
    const to_resident = (row) => row.to.startsWith('resident:') && !['card_update', 'fetch_media', 'hand_over'].includes(row.kind);
    const phoned = new Map();
    for (const row of sent) if (!to_resident(row) && /请打电话告诉他/.test(row.preview)) phoned.set(row.ticket, (phoned.get(row.ticket) ?? 0) + 1);
    const owed = given_up.filter(to_resident);
    const lost = owed.filter((row) => !phoned.has(row.ticket));
    assert.deepEqual(lost.map((row) => [row.channel, row.ticket, row.kind, row.last_error]), [], 'each was told, or somebody phones');

    const { calls } = await stand_in.call('/_recorded?path=/');
    const delivered = await stand_in.delivered();
    assert.deepEqual(delivered.filter((one) => one.dropped), [], 'what a platform drops in silence was never sent');
    const on = { oa: 'wechat', app: 'wecom', kf: 'kf', bot: 'aibot', lark: 'feishu', ding: 'dingtalk' };
    for (const channel of channels) {
        const here = cases.filter((one) => one.channel === channel).length;
        assert.ok(here > days / 8, `${here} cases on ${channel}`);
        const went = sent.filter((row) => row.channel === channel && to_resident(row)).length;
        assert.ok(went >= (channel === 'web' ? 2 : 4) * here, `${went} messages for ${here} cases on ${channel}`);
        const shown = delivered.filter((one) => one.platform === on[channel] && !/^(li|zhang|wang|admin|chen|zhao)\./.test(one.to)).length;
        const calls_for = owed.filter((row) => row.channel === channel).length;
        console.log(`      ${channel.padEnd(5)} ${String(here).padStart(3)} cases, ${String(went).padStart(4)} told${on[channel] ? `, ${String(shown).padStart(4)} messages of the platform beside its answers (${(shown / here).toFixed(1)} a case)` : ''}, ${calls_for} by phone instead`);
    }
    const notices_sent = calls.filter((one) => one.path === '/cgi-bin/message/template/send' && one.errcode === 0).length;
    const refused = calls.filter((one) => one.errcode !== 0 && one.errcode !== undefined);
    const by_code = Object.entries(refused.reduce((sum, one) => ({ ...sum, [`${one.path} ${one.errcode}`]: (sum[`${one.path} ${one.errcode}`] ?? 0) + 1 }), {}));
    const [month] = (await admin.get('/api/v1/outbox?limit=1')).month_calls;
    console.log(`      ${cases.length} cases, ${heard} messages heard, ${calls.length} calls; ${notices_sent} notices by template; DingTalk's month: ${month.calls} of ${month.most} calls; refused: ${by_code.map(([what, times]) => `${what} ${times} times`).join(', ') || 'none'}; ${refused_commands} commands of staff came too late`);
    assert.ok(refused.length * 20 < calls.length, 'a refusal is the exception');
    assert.ok(month.calls < month.most);
    assert.match(it.command('verify').stdout, new RegExp(`^${cases.length} tickets, \\d+ events: every chain fits`));
});

await run();
