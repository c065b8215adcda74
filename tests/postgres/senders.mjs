// People who file one complaint after the other and send the same again until it is answered, and what must be found when
// they have stopped: each of their messages once, in order, with the answers they heard.
import assert from 'node:assert/strict';
import { Resident, until } from '../journeys/house.mjs';

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const transient = (problem) => ['TypeError', 'TimeoutError', 'AbortError', 'SyntaxError'].includes(problem.name);
const unanswered = [502, 503, 504]; // of the proxy before a service that is gone, and of one that cannot save

// Asks one or the other until there is an answer; the same bytes every time.
async function insist(houses, counts, chance, ask) {
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
export class Sender {
    constructor(houses, counts, index, chance) {
        Object.assign(this, { houses, counts, index, chance, count: 0, said: [], filed: new Set(), token: null });
    }
    async say(text) {
        const key = `${this.index}-${(this.count += 1)}`;
        const answer = await insist(this.houses, this.counts, this.chance, async (url) => {
            const got = await fetch(`${url}/chat/web/messages`, {
                method: 'POST', body: JSON.stringify({ text }), signal: AbortSignal.timeout(20000),
                headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key, ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) },
            });
            const body = await got.text();
            if (unanswered.includes(got.status)) return null;
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

// They write while one service or another is killed and started again: so many answers are asked of the one that is left.
export async function write_through_kills(senders, services, { counts, rounds, chance, answers_alone }) {
    const work = Promise.all(senders.map((sender) => sender.work()));
    let broken = null;
    work.catch((problem) => (broken = problem));
    for (let round = 0; round < rounds && !broken; ++round) {
        const before = counts.answers;
        await until('answers', () => broken || counts.answers > before + chance(60), 60);
        const unlucky = services[chance(services.length)];
        await unlucky.kill();
        const alone = counts.answers;
        await until('answers of the one that is left', () => broken || counts.answers >= alone + answers_alone, 60);
        await unlucky.start();
    }
    counts.over = true;
    await work;
}

export async function all_pages(person, path) {
    const all = [];
    for (let cursor = '';;) {
        const page = await person.get(`${path}?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
        all.push(...page.items);
        if (!(cursor = page.next_cursor)) return all;
    }
}

export async function check_talks(senders, where) {
    for (const sender of senders) {
        const reader = Object.assign(new Resident(where(sender)), { token: sender.token });
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
}
