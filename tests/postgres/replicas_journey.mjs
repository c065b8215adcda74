// Two services on one database while one or the other is killed: whatever was answered is there once, in order, with its
// replies once, whoever answered it; every ticket's limit is missed once; what was owed to a platform reached it.
//
//   HUIYIN_TEST_DATABASE=postgresql://… ROUNDS=20 SEED=7 node tests/postgres/replicas_journey.mjs
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { house, platform, Resident, run, test, until } from '../journeys/house.mjs';

const rounds = Number(process.env.ROUNDS ?? 6);
const seed = Number(process.env.SEED ?? randomInt(1 << 30));
let state = seed >>> 0;
const chance = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const transient = (problem) => ['TypeError', 'TimeoutError', 'AbortError', 'SyntaxError'].includes(problem.name);

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

// Asks one or the other until there is an answer; the same bytes every time.
async function insist(houses, counts, ask) {
    for (;;) {
        try {
            const answer = await ask(houses[chance(houses.length)].url);
            if (answer !== null) return answer;
        } catch (problem) {
            if (!transient(problem)) throw problem;
        }
        counts.repeats += 1;
        await pause(10);
    }
}

const matters = ['卫生间漏水,已经漏到楼下了', '楼道灯不亮', '厨房下水道堵了', '门禁坏了,刷卡没有反应', '垃圾没有人清运'];
class Sender {
    constructor(houses, counts, index) {
        Object.assign(this, { houses, counts, index, count: 0, said: [], filed: new Set(), token: null });
    }
    async say(text) {
        const key = `${this.index}-${(this.count += 1)}`;
        const answer = await insist(this.houses, this.counts, async (url) => {
            const got = await fetch(`${url}/chat/web/messages`, {
                method: 'POST', body: JSON.stringify({ text }), signal: AbortSignal.timeout(20000),
                headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key, ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) },
            });
            const body = await got.text();
            if (got.status === 503) return null;
            assert.equal(got.status, 200, `${key}: ${got.status} ${body}`);
            return JSON.parse(body);
        });
        this.token = answer.token;
        this.counts.answers += 1;
        this.said.push({ key, text, answer: answer.messages });
        return answer.messages.map((message) => message.text ?? '').join('\n');
    }
    async work() {
        await this.say('你好');
        for (let turn = 0; !this.counts.over; ++turn) {
            const place = `${1 + ((this.index + turn) % 6)}栋${1 + (turn % 2)}单元${1 + (turn % 9)}0${1 + (this.index % 2)}`;
            await this.say(`${place}${matters[(this.index + turn) % matters.length]}`);
            if (turn === 0) await this.say(`电话1380000${1000 + this.index}`);
            const number = /T\d{8}-\d+/.exec(await this.say('对'))?.[0];
            if (number) this.filed.add(number);
            await this.say('查进度');
        }
    }
}

async function all_pages(person, path) {
    const all = [];
    for (let cursor = '';;) {
        const page = await person.get(`${path}?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
        all.push(...page.items);
        if (!(cursor = page.next_cursor)) return all;
    }
}

test(`${rounds} kills of one or the other of two while eight people write to both (SEED=${seed})`, async (to_end) => {
    const houses = await two_houses();
    to_end(() => ended(houses));
    const counts = { answers: 0, repeats: 0, over: false };
    const senders = [...Array(8).keys()].map((index) => new Sender(houses, counts, index));
    const work = Promise.all(senders.map((sender) => sender.work()));
    let broken = null;
    work.catch((problem) => (broken = problem));
    for (let round = 0; round < rounds && !broken; ++round) {
        const before = counts.answers;
        await until('answers', () => broken || counts.answers > before + chance(60), 60);
        const unlucky = houses[chance(2)];
        await unlucky.kill();
        const alone = counts.answers;
        await until('answers of the one that is left', () => broken || counts.answers > alone, 60);
        await unlucky.start();
    }
    counts.over = true;
    await work;
    for (const sender of senders) {
        const reader = Object.assign(new Resident(houses[sender.index % 2]), { token: sender.token });
        const all = [];
        for (let some = [null]; some.length;) all.push(...(some = await reader.messages(all.length ? all.at(-1).id : 0)));
        assert.deepEqual(all.filter((message) => message.from === 'resident').map((message) => [message.key, message.text]), sender.said.map((one) => [one.key, one.text]), `sender ${sender.index}`);
        const replies = new Map();
        let last = null;
        for (const message of all) {
            if (message.from === 'resident') replies.set((last = message.key), []);
            else replies.get(last).push([message.id, message.text]);
        }
        for (const one of sender.said) assert.deepEqual(replies.get(one.key), one.answer.map((message) => [message.id, message.text]), `replies to ${one.key} "${one.text}"`);
    }
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
