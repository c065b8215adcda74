#!/usr/bin/env node
// A disk whose calls fail: the nth sync, write, cut or open, once or from then on, by error and by want of room, around
// one conversation each. Whatever was answered is there after a kill; while the disk fails the service says so, and when
// it is well again the service goes on by itself.
//
//   tests/faults/failing_disk.mjs             a sample of moments
//   EVERY=yes tests/faults/failing_disk.mjs   each call up to the 60th, in as many conversations as it takes to come there
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { chances } from '../journeys/chances.mjs';
import { house, run, test, until } from '../journeys/house.mjs';
import { Patient } from './patient.mjs';
import { in_the_world_of, Unkind } from './unkind.mjs';

const seed = Number(process.env.SEED ?? randomInt(1 << 30));
const chance = chances(seed);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const free_port = () => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
});

async function unkind_house(to_end) {
    const unkind = new Unkind(to_end);
    const port = await free_port();
    const it = await in_the_world_of(unkind, () => house({ over: { listen: `127.0.0.1:${port}` } }));
    to_end(async () => {
        unkind.be_kind();
        await it.destroy();
    });
    it.again = () => in_the_world_of(unkind, () => it.start());
    return { it, unkind };
}

const ready = async (it) => (await fetch(`${it.url}/readyz`)).status;

const moments = process.env.EVERY ? [...Array(60).keys()] : [0, 1, 2, 3 + chance(3)];
const cases = ['syncs', 'writes', 'cuts', 'opens'].flatMap((what) => ['EIO', 'ENOSPC'].flatMap((error) => moments.flatMap((good) => [[what, error, good, 1], [what, error, good, 2 + chance(6)]])));

test(`${cases.length} calls that fail, each in a conversation: what was answered is there after a kill (SEED=${seed})`, async (to_end) => {
    const { it, unkind } = await unkind_house(to_end);
    const people = [];
    let failed = 0;
    for (const [index, [what, error, good, bad]] of cases.entries()) {
        const here = [];
        const talks = async () => {
            const one = new Patient(it);
            here.push(one);
            for (const text of [`${1 + (index % 10)}栋1单元${1 + (index % 18)}01楼道灯不亮,电话13812345678`, '对', '查进度']) await one.tries(text);
        };
        unkind.fail(what, error, good, bad);
        await talks();
        const comes = process.env.EVERY && ['syncs', 'writes'].includes(what);  // a log is rarely cut, and is open already
        while (comes && unkind.failed() === 0 && here.length < 60) await talks();
        if (comes) assert.ok(unkind.failed() > 0, `${what} after ${good}: none failed`);
        failed += unkind.failed();
        people.push(...here);
        const one = here.at(-1);
        unkind.be_kind();
        const name = `${what} ${error} after ${good}, ${bad} of them`;
        await until(`${name}: it goes on by itself`, async () => (await one.tries('谢谢')) === 200, 10);
        if (index % 4 === 3 || process.env.EVERY) {
            await it.kill();
            await it.again();
        }
        for (const each of here) await each.finds_what_was_answered(name);
    }
    await it.stop();
    const verified = it.command('verify');
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    const sum = (of) => people.reduce((all, one) => all + of(one), 0);
    assert.ok(failed > cases.length / 4, `only ${failed} calls failed`);
    console.log(`      ${failed} calls failed; ${sum((one) => one.answered.length)} messages answered, ${sum((one) => one.refused)} refused; ${verified.stdout.trim()}`);
});

for (const [what, error, how] of [['writes', 'ENOSPC', 'full'], ['syncs', 'EIO', 'broken']])
    test(`a disk that is ${how} in mid-load: 503 and not ready; well again: ready by itself, and nothing answered is lost`, async (to_end) => {
        const { it, unkind } = await unkind_house(to_end);
        const people = Array.from({ length: 6 }, () => new Patient(it));
        let over = false;
        const talks = people.map(async (one, index) => {
            for (let turn = 0; !over; ++turn) {
                await one.tries(`${1 + index}栋1单元${1 + (turn % 18)}01垃圾没有人清运,电话13812345678`);
                await one.tries('对');
                if (one.refused) await pause(20);
            }
        });
        const answered = () => people.reduce((sum, one) => sum + one.answered.length, 0);
        const refused = () => people.reduce((sum, one) => sum + one.refused, 0);
        await until('some are answered', () => answered() >= 30);
        unkind.fail(what, error);
        await until('it says that it is not ready', async () => (await ready(it)) === 503, 10);
        await until('some are refused', () => refused() >= 10, 10);
        const before = answered();
        await pause(300);
        assert.ok(answered() - before <= 6, 'nothing is acknowledged that cannot be kept');
        unkind.be_kind();
        await until('it is ready again', async () => (await ready(it)) === 200, 10);
        const then = answered();
        await until('it takes messages again', () => answered() >= then + 30, 10);
        over = true;
        await Promise.all(talks);
        await it.kill();
        await it.again();
        for (const [index, one] of people.entries()) await one.finds_what_was_answered(`person ${index}`);
        await it.stop();
        assert.equal(it.command('verify').status, 0);
        console.log(`      ${answered()} answered, ${refused()} refused meanwhile, none lost`);
    });

await run();
