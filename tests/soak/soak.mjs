#!/usr/bin/env node
// A community lives in the real program, faster than life and with everything going wrong: the platform fails, the
// process is killed, the clock jumps. Every so often all hold still and the books are looked at.
//
//   tests/soak/soak.mjs                    half a minute
//   SOAK_MINUTES=600 SEED=7 tests/soak/soak.mjs
//   SOAK_RESIDENTS=200 SOAK_PACE=500 …     so many, each with a pause of up to so many ms between two messages
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { chances } from '../journeys/chances.mjs';
import { house, platform, run, test } from '../journeys/house.mjs';
import { body_of, chains_fit, open_tickets_are_held, owed_is_accounted_for, received_is_handled } from './books.mjs';
import { Colleague, Follower, pause, Visitor } from './people.mjs';

const minutes = Number(process.env.SOAK_MINUTES ?? 0.35);
const seed = Number(process.env.SEED ?? randomInt(1 << 30));
const long = minutes >= 2;
const count = Number(process.env.SOAK_RESIDENTS ?? (long ? 40 : 12));
const pace = Number(process.env.SOAK_PACE ?? (long ? 400 : 60));
const between_books = long ? 60_000 : 7_000;
const account = { app_id: 'wx0123456789abcdef', app_secret: 'wechat-secret-0123456789abcdef01', token: 'Tower7token', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
const app = { corp_id: 'ww0123456789abcdef', agent_id: 1000002, secret: 'wecom-app-secret-0123456789abcdefghijklmnop', token: 'tsCallbackTok01', encoding_aes_key: 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA' };

const free_port = () => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
    });
});

class World {
    over = false;
    busy = 0;
    pace = pace;
    sums = { deliveries: 0, refused: 0, acknowledged: 0, commands: 0, declined: 0, kills: 0, faults: 0, jumps: 0, books: 0 };
    chance = chances(seed);
    #closed = null; // a promise while the gate is closed
    #open = null;
    async gate() {
        while (this.#closed) await this.#closed;
    }
    // Everybody finishes what he is at, and waits.
    async hold_still() {
        this.#closed = new Promise((resolve) => (this.#open = resolve));
        while (this.busy) await pause(10);
    }
    go_on() {
        this.#closed = null;
        this.#open?.();
    }
}

// What goes wrong, one thing after the other.
async function trouble(world) {
    const { chance, it, stand_in, sums } = world;
    const kinds = ['hang', 'reset', 'http', 'lose', 'empty', 'text', 'drip'];
    while (!world.over) {
        await pause(long ? 3000 + chance(9000) : 700 + chance(900));
        await world.gate();
        if (world.over) return;
        world.busy += 1;
        const what = chance(10);
        try {
            if (what < 3) {
                await stand_in.call('/_fault', { path: ['/cgi-bin/message', '/cgi-bin'][chance(2)], kind: kinds[chance(kinds.length)], times: 1 + chance(12) });
                sums.faults += 1;
            } else if (what < 5) {
                await stand_in.call('/_fault', undefined, 'DELETE');
            } else if (what < 8) {
                await jump(world, [7, 45, 200, 26 * 60, 3 * 24 * 60][chance(5)]);
            } else {
                world.dies = true;
                await it.kill();
                await it.start();
                world.watch();
                sums.kills += 1;
            }
        } finally {
            world.busy -= 1;
        }
    }
}

// The house's clock and the platform's go on together, so that windows open and close.
async function jump(world, jumped) {
    world.it.admin ??= await world.it.sign_in('admin');
    const answer = await world.it.admin.ask('PUT', '/api/v1/clock', { advance: `${jumped} minutes` });
    if (answer.status === 401) world.it.admin = undefined;
    else assert.ok(answer.status === 200 || answer.status === 503, answer.text);
    await world.stand_in.call('/_clock', { advance_ms: jumped * 60000 });
    world.sums.jumps += 1;
}

async function look_at_the_books(world, residents) {
    const { it, sums } = world;
    const [li, admin, zhao] = await Promise.all(['li.na', 'admin', 'zhao.min'].map((login) => it.sign_in(login)));
    const { talks } = await received_is_handled(li, residents);
    assert.equal(sums.deliveries, sums.acknowledged + sums.refused, 'received = handled + refused');
    const owed = await owed_is_accounted_for(admin, world.owed);
    world.owed = owed.rows;
    const held = await open_tickets_are_held(zhao);
    const chains = await chains_fit(it);
    sums.books += 1;
    const body = body_of(it.child);
    console.log(`      ${sums.acknowledged} messages of ${talks} talks, ${held.tickets} tickets (${held.open} open), outbox ${JSON.stringify(owed.states)}; ` +
        `${sums.kills} kills, ${sums.faults} faults, ${sums.jumps} jumps; ${body.mib} MiB, ${body.descriptors} descriptors, ${body.threads} threads; ${chains}`);
}

test(`a community of ${count} for ${minutes} minutes: the books balance whenever they are looked at (SEED=${seed})`, async (to_end) => {
    const world = new World();
    world.stand_in = await platform();
    to_end(() => world.stand_in.stop());
    const at = world.stand_in.url;
    world.it = await house({
        over: { listen: `127.0.0.1:${await free_port()}` },
        channels: [{ id: 'web', type: 'webchat' }, { id: 'oa', type: 'wechat_official_account', api_base: at, ...account }, { id: 'app', type: 'wecom_app', api_base: at, ...app }],
        notify: { staff: ['app'], fallback: ['web'] },
    });
    to_end(() => world.it.destroy());
    let broken = null;
    // It dies when we kill it, and only then.
    world.watch = () => {
        world.dies = false;
        world.it.child.once('exit', (code, signal) => {
            if (!world.dies) broken ??= new Error(`the program ended by itself (${code ?? signal}): ${world.it.said().slice(-3000)}`);
        });
    };
    world.watch();
    const residents = [...Array(count).keys()].map((who) => (who % 3 ? new Visitor(world, who) : new Follower(world, who)));
    const staff = ['li.na', 'zhang.qiang', 'liu.yang', 'sun.mei', 'wang.fang', 'chen.gang'].map((login) => new Colleague(world, login));
    const lives = [...residents, ...staff].map((one) => one.work());
    lives.push(trouble(world));
    for (const life of lives) life.catch((problem) => (broken ??= problem));
    const until = Date.now() + minutes * 60_000;
    while (Date.now() < until && !broken) {
        const next = Math.min(until, Date.now() + between_books);
        while (Date.now() < next && !broken) await pause(50);
        if (broken) break;
        await world.hold_still();
        await look_at_the_books(world, residents);
        if (Date.now() < until) world.go_on();
    }
    world.over = true;
    world.go_on();
    if (broken) throw broken;
    await Promise.all(lives);
    // All is well again: what is owed goes out, or stands there as given up; nothing hangs in between.
    await world.stand_in.call('/_fault', undefined, 'DELETE');
    for (let i = 0; i < 6; ++i) await jump(world, 60);
    await look_at_the_books(world, residents);
    const left = [...world.owed.values()];
    assert.equal(left.filter((state) => state === 'sending').length, 0, 'nothing is in nobody\'s hands');
    assert.ok(left.includes('sent') && world.sums.commands > 0 && world.sums.kills + world.sums.jumps > 0, 'something happened');
    console.log(`      ${JSON.stringify(world.sums)}`);
    world.dies = true;
});

await run();
