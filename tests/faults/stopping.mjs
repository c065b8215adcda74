#!/usr/bin/env node
// SIGTERM in mid-load, with fifty connections that say half a sentence: what was answered is kept, the exit is 0, and the
// next start takes up where this one stopped.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { house, Resident, run, test, until } from '../journeys/house.mjs';

test('a service that is told to stop keeps what it answered', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const { hostname, port } = new URL(it.url);
    const slow = Array.from({ length: 50 }, () => {
        const socket = connect(Number(port), hostname, () => socket.write('POST /chat/web/messages HTTP/1.1\r\nHost: here\r\nContent-Le'));
        return socket.on('error', () => {});
    });
    to_end(() => slow.forEach((one) => one.destroy()));
    const people = Array.from({ length: 8 }, () => Object.assign(new Resident(it), { answered: [] }));
    let over = false;
    const talks = people.map(async (one, index) => {
        for (let turn = 0; !over; ++turn) {
            const text = `第${turn}条 ${1 + index}栋1单元101楼道灯不亮`;
            const answer = await one.post({ text }).catch(() => ({ status: 0 }));
            if (answer.status === 200) one.answered.push(text);
            else return assert.ok([0, 503].includes(answer.status), `${answer.status} ${answer.text}`);
        }
    });
    await until('a hundred are answered', () => people.reduce((sum, one) => sum + one.answered.length, 0) >= 100, 20);
    const began = performance.now();
    const code = await it.stop();
    const took = performance.now() - began;
    over = true;
    await Promise.all(talks);
    assert.equal(code, 0, it.said().slice(-2000));
    await it.start();
    for (const one of people) {
        const kept = [];
        for (let last = 0;;) {
            const some = await one.messages(last);
            if (!some.length) break;
            kept.push(...some.filter((message) => message.from === 'resident').map((message) => message.text));
            last = some.at(-1).id;
        }
        assert.deepEqual(kept.slice(0, one.answered.length), one.answered, 'answered = stored');
        assert.ok(kept.length <= one.answered.length + 1, 'at most the one that was under way is there beside');
    }
    console.log(`      ${people.reduce((sum, one) => sum + one.answered.length, 0)} answered and kept; it ended ${Math.round(took)} ms after it was told to`);
});

await run();
