#!/usr/bin/env node
// The machine's clock is put forward, back and forward again while the service runs on it: every limit that comes due is
// told once, none twice, and a step back un-happens nothing. Sessions end by real time.
import assert from 'node:assert/strict';
import { house, run, test, until } from '../journeys/house.mjs';
import { in_the_world_of, Unkind } from './unkind.mjs';

const hour = 3600e3;

test('limits come due once each, whatever the clock does', async (to_end) => {
    const unkind = new Unkind(to_end);
    const it = await in_the_world_of(unkind, () => house({ clock: 'system' }));
    to_end(() => it.destroy());
    const numbers = [];
    for (let i = 0; i < 3; ++i) numbers.push(await it.resident().files(`${1 + i}栋2单元501卫生间漏水,电话1381234567${i}`));
    let zhao = await it.sign_in('zhao.min');
    const limits = async () => (await Promise.all(numbers.map((number) => zhao.ticket(number)))).flatMap((one) => one.deadlines.map((each) => ({ ...each, number: one.number })));
    const missed = async () => (await Promise.all(numbers.map((number) => zhao.events(number)))).map((events) => events.filter((one) => one.type === 'deadline.missed').map((one) => one.data.deadline ?? one.data.clock));
    const accept = (await limits()).filter((one) => one.clock === 'accept');
    assert.equal(accept.length, 3);
    const last = Math.max(...accept.map((one) => Date.parse(one.due_at)));
    // Beyond it: each is missed, once.
    const ahead = last - Date.now() + 2 * hour;
    unkind.set_clock_off(ahead);
    zhao = await it.sign_in('zhao.min');
    await until('each acceptance is missed', async () => (await missed()).every((one) => one.includes('accept')), 15);
    const first = JSON.stringify(await missed());
    // Back by all of that, and a day beyond; then a little; then there again.
    for (const shift of [-24 * hour, -hour, 0, ahead - hour, ahead, ahead + hour]) {
        unkind.set_clock_off(shift);
        zhao = await it.sign_in('zhao.min');
        // Whoever writes is answered at any hour, and a limit that is set now is looked at.
        assert.match(await it.resident().says('查进度'), /./);
        await new Promise((resolve) => setTimeout(resolve, 400));
        const now = await missed();
        for (const [index, one] of now.entries()) assert.equal(one.filter((name) => name === 'accept').length, 1, `${numbers[index]} at ${shift / hour} h: ${one}`);
    }
    for (const number of numbers) {
        const told = (await (await it.sign_in('admin')).outbox()).filter((row) => row.ticket === number).map((row) => `${row.kind} ${row.to} ${row.preview}`);
        assert.equal(new Set(told).size, told.length, `${number}: nobody is told the same twice`);
    }
    await it.kill();
    await in_the_world_of(unkind, () => it.start('system'));
    zhao = await it.sign_in('zhao.min');
    assert.equal(JSON.stringify((await missed()).map((one) => one.filter((name) => name === 'accept'))), JSON.stringify(JSON.parse(first).map((one) => one.filter((name) => name === 'accept'))));
    await it.stop();
    assert.equal(it.command('verify').status, 0);
});

test('a session is over after its hours, and a clock put back does not lengthen it', async (to_end) => {
    const unkind = new Unkind(to_end);
    const it = await in_the_world_of(unkind, () => house({ clock: 'system' }));
    to_end(() => it.destroy());
    const li = await it.sign_in('li.na');
    assert.equal((await li.ask('GET', '/api/v1/me')).status, 200);
    unkind.set_clock_off(13 * hour);
    assert.equal((await li.ask('GET', '/api/v1/me')).status, 401);
    unkind.set_clock_off(0);
    await until('what is over stays over', async () => (await li.ask('GET', '/api/v1/me')).status === 401);
    // One that was begun while the clock was ahead would live longer than its hours.
    unkind.set_clock_off(3 * hour);
    const early = await it.sign_in('li.na');
    unkind.set_clock_off(0);
    assert.equal((await early.ask('GET', '/api/v1/me')).status, 401, 'what begins in the future is no session');
});

await run();
