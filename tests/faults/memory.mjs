#!/usr/bin/env node
// Memory that is refused: the nth wish for some after a message has come fails. The message is answered all the same, or
// refused with 500 or 503, or the process ends by itself and is started again as its supervisor would; of all signals only
// the C library's own, where it cannot register what a thread keeps; and whatever was answered is there.
//
//   tests/faults/memory.mjs             a sample of moments
//   EVERY=yes tests/faults/memory.mjs   each seventh wish up to the 20,000th
//   IN_A_ROW=60 tests/faults/memory.mjs up to so many wishes in a row, those of whoever deals with the first among them
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { chances } from '../journeys/chances.mjs';
import { house, run, test, until } from '../journeys/house.mjs';
import { Patient } from './patient.mjs';
import { in_the_world_of, Unkind } from './unkind.mjs';

const seed = Number(process.env.SEED ?? randomInt(1 << 30));
const chance = chances(seed);
const texts = (index) => [`${1 + (index % 10)}栋1单元${1 + (index % 18)}01楼道灯不亮,电话13812345678`, '对', '查进度'];
const in_a_row = Number(process.env.IN_A_ROW ?? 1);
const moments = process.env.EVERY
    ? Array.from({ length: Math.ceil(20000 / 7) }, (_, index) => index * 7)
    : Array.from({ length: 120 }, (_, index) => index * 20 + chance(20));

test(`${moments.length} conversations, each with a wish for memory that is refused: what was answered is there (SEED=${seed})`, async (to_end) => {
    const unkind = new Unkind(to_end);
    const it = await in_the_world_of(unkind, () => house());
    to_end(async () => {
        unkind.be_kind();
        await it.destroy();
    });
    const again = () => in_the_world_of(unkind, () => it.start());
    const ended = () => it.child.exitCode !== null || it.child.signalCode !== null;
    const sum = { refusals: 0, answered: 0, refused: 0, ended: 0 };
    for (const [index, good] of moments.entries()) {
        const one = new Patient(it);
        const name = `wish ${good} (SEED=${seed})`;
        unkind.fail('memory', 'ENOMEM', good, 1 + chance(in_a_row));
        for (const text of texts(index)) await one.tries(text);
        sum.refusals += unkind.failed();
        unkind.be_kind();
        const goes_on = async () => {
            if (ended()) {
                // What a thread keeps for itself is registered with the C library at its first use, and where that has no
                // memory the library ends the process by itself: it is started again all the same.
                const by_library = it.child.signalCode === 'SIGABRT' && it.said().includes('failed to register TLS destructor');
                if (!by_library) {
                    assert.equal(it.child.signalCode, null, `${name}: it died by ${it.child.signalCode}: ${it.said().slice(-600)}`);
                    assert.equal(it.child.exitCode, 70, `${name}: ${it.said().slice(-600)}`);
                }
                sum.ended += 1;
                await again();
            }
            return (await one.tries('谢谢')) === 200;
        };
        await until(`${name}: it goes on`, goes_on, 10);
        await one.finds_what_was_answered(name);
        sum.answered += one.answered.length;
        sum.refused += one.refused;
        if (index % 40 === 39) {
            await it.kill();
            await again();
            await one.finds_what_was_answered(name);
        }
    }
    await it.stop();
    const verified = it.command('verify');
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    assert.ok(sum.refusals > moments.length / 4, `only ${sum.refusals} wishes were refused`);
    console.log(`      ${sum.refusals} wishes refused; ${sum.answered} messages answered, ${sum.refused} refused, ${sum.ended} times it ended by itself; ${verified.stdout.trim()}`);
});

await run();
