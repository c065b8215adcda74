// Two services on one database while one or the other is killed: whatever was answered is there once, in order, with its
// replies once, whoever answered it; every ticket's limit is missed once; what was owed to a platform reached it.
//
//   ROUNDS=100 SEED=7 tests/postgres/with node tests/postgres/replicas_journey.mjs
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { chances } from '../journeys/chances.mjs';
import { house, platform, Resident, run, test, until } from '../journeys/house.mjs';
import { all_pages, check_talks, pause, Sender, write_through_kills } from './senders.mjs';

const rounds = Number(process.env.ROUNDS ?? 6);
const seed = Number(process.env.SEED ?? randomInt(1 << 30));
const chance = chances(seed);

// Two of a kind: what one is told the other one knows.
async function two_houses(options = {}) {
    const one = await house(options);
    const { listen, ...same } = one.settings;
    const two = await house({ ...options, over: { ...same, media: `${one.folder}/media` } });
    return [one, two];
}
async function ended(houses) {
    for (const it of houses) await it.destroy();
}

test(`${rounds} kills of one or the other of two while eight people write to both (SEED=${seed})`, async (to_end) => {
    const houses = await two_houses();
    to_end(() => ended(houses));
    const counts = { answers: 0, repeats: 0, over: false };
    const senders = [...Array(8).keys()].map((index) => new Sender(houses, counts, index, chance));
    await write_through_kills(senders, houses, { counts, rounds, chance, answers_alone: 1 });
    await check_talks(senders, (sender) => houses[sender.index % 2]);
    const wang = await houses[0].sign_in('wang.fang');
    const confirmed = senders.flatMap((sender) => [...sender.filed]);
    const tickets = await all_pages(wang, '/api/v1/tickets');
    assert.ok(confirmed.length > 0);
    assert.deepEqual(tickets.map((ticket) => ticket.number).sort(), confirmed.sort());
    await Promise.all(houses.map((it) => it.to('2026-03-02 11:01')));  // both look at what is due at once
    for (const ticket of tickets) {
        const missed = (await wang.events(ticket.number)).filter((event) => event.type === 'deadline.missed');
        assert.equal(missed.length, 1, `${ticket.number}: the limit for accepting was missed once`);
    }
    const verified = houses[0].command('verify');
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    console.log(`      ${counts.answers} answers, ${counts.repeats} repeats, ${confirmed.length} tickets; ${verified.stdout.trim()}`);
});

const account = { app_id: 'wx0123456789abcdef', app_secret: 'wechat-secret-0123456789abcdef01', token: 'Tower7token', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
test('what is owed to a platform reaches it, once, though the one that was about to send it is killed', async (to_end) => {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const houses = await two_houses({ channels: [{ id: 'web', type: 'webchat' }, { id: 'oa', type: 'wechat_official_account', api_base: stand_in.url, ...account }] });
    to_end(() => ended(houses));
    let message = 24800000000000001n;
    for (let index = 0; index < 12; ++index)
        for (const text of [`${1 + (index % 6)}栋2单元${5 + (index % 3)}01卫生间漏水,电话1380000${2000 + index}`, '对'])
            await stand_in.call('/_callback', {
                url: `${houses[index % 2].url}/hooks/oa`, platform: 'wechat',
                message: { FromUserName: `oTest00000000000000000${1000 + index}`, MsgType: 'text', Content: text, MsgId: String(message++) },
            });
    const numbers = (await (await houses[0].sign_in('li.na')).tickets('limit=200')).map((ticket) => ticket.number);
    assert.equal(numbers.length, 12);
    // Each proposal is told to its resident; the one that took it is killed at once, now and then.
    let kills = 0;
    for (const [index, number] of numbers.entries()) {
        const it = houses[index % 2];
        await (await it.sign_in('li.na')).give(number, 'accept');
        await (await it.sign_in('zhang.qiang')).give(number, 'propose', { text: `方案${number}:明天更换水管` });
        if (index % 4 !== 3) continue;
        await pause(chance(20));
        await it.kill();
        kills += 1;
        await it.start();
    }
    const told = async (number) => (await stand_in.delivered()).filter((one) => JSON.stringify(one).includes(`方案${number}`)).length;
    for (const number of numbers) await until(`the proposal on ${number}`, async () => (await told(number)) > 0, 40);
    let twice = 0;
    for (const number of numbers) twice += (await told(number)) - 1;
    console.log(`      ${numbers.length} proposals, ${kills} kills, ${twice} told twice`);
    assert.ok(twice <= kills, 'only what was on its way when its sender died may come twice');
});

test('what one of them is told the other one knows: tickets, sessions, staff that a command adds', async (to_end) => {
    const houses = await two_houses();
    to_end(() => ended(houses));
    const number = await new Resident(houses[0]).files();
    const li = await houses[1].sign_in('li.na');
    await li.give(number, 'accept');
    assert.equal((await (await houses[0].sign_in('li.na')).ticket(number)).phase, 'accepted');
    const added = houses[0].command('user', 'add', 'ma.zhiyuan', '--name', '马志远', '--role', 'engineering', '--unit', 'jinxiu-centre');
    assert.equal(added.status, 0, added.stdout + added.stderr);
    const link = /#\/link\/(\S+)/.exec(added.stdout)[1];
    // The command wrote beside both of them: they read the directory anew when they hear of it.
    for (const it of houses) {
        const admin = await it.sign_in('admin');
        await until('the new member of staff', async () => JSON.stringify(await admin.get('/api/v1/directory/staff')).includes('ma.zhiyuan'));
    }
    assert.ok(link.length > 20);
});

await run();
