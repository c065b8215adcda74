// Behind nginx with TLS, two replicas and PostgreSQL, as compose.yaml starts them: a complaint from the first message to the
// rating, and nothing lost or doubled while one replica or the other is killed.
//
//   ROUNDS=20 SEED=7 node tests/operating/replicas.mjs        NODE_EXTRA_CA_CERTS as in run
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chances } from '../journeys/chances.mjs';
import { check_chain, png, Resident, run, test, until } from '../journeys/house.mjs';
import { all_pages, check_talks, Sender, write_through_kills } from '../postgres/senders.mjs';
import { composed, given } from './composed.mjs';

const rounds = Number(process.env.ROUNDS ?? 4);
const seed = Number(process.env.SEED ?? randomInt(1 << 30));
const certificate = process.env.NODE_EXTRA_CA_CERTS;

test('a complaint from the first message to the rating, through TLS and whichever replica is asked', async (to_end) => {
    const { front, replicas, secrets } = await composed(to_end, certificate);
    assert.equal(statSync(secrets).mode & 0o077, 0, 'nobody else may look at the keys');
    assert.deepEqual(readdirSync(secrets).sort(), ['data_key', 'database_password', 'metrics_token', 'secret', 'store']);
    const resident = new Resident(front);
    const number = await resident.files();
    assert.equal((await resident.photo(png, '这是漏水的地方')).status, 200);
    const li = await front.sign_in('li.na');
    await li.give(number, 'accept');
    await (await front.sign_in('zhang.qiang')).give(number, 'propose', { text: '明天上午更换水管' });
    await until('the proposal', async () => /明天上午更换水管/.test(await resident.hears()));
    assert.match(await resident.says('同意'), /好|谢|安排/);
    await (await front.sign_in('zhang.qiang')).give(number, 'resolve', { text: '水管换好了' });
    await until('whether it is fixed', async () => /解决|修好|好了/.test(await resident.hears()));
    await resident.says('解决了');
    await resident.says('5');
    const ticket = await li.ticket(number);
    assert.equal(ticket.phase, 'closed', ticket.state);
    assert.equal(ticket.rating.score, 5);
    check_chain(await li.events(number));
    // The photo that one replica took is what the other one shows.
    const { id } = ticket.attachments[0];
    for (const it of replicas) {
        const shown = await fetch(`${it.url}/api/v1/attachments/${id}`, { headers: { Authorization: `Bearer ${li.token}` } });
        assert.deepEqual(Buffer.from(await shown.arrayBuffer()), png);
    }
    for (const it of replicas) assert.ok(front.asked().some((line) => line.startsWith(`127.0.0.1:${it.port} 200`)), `nobody asked ${it.url}`);
    for (const path of ['/metrics', '/healthz', '/readyz']) assert.equal((await fetch(front.url + path)).status, 404, path);
    // What containers are asked, whether they are well.
    const probes = [...given('container/kubernetes/deployment.yaml').matchAll(/path: (\/\w+)$/gm), ...given('container/Dockerfile').matchAll(/127\.0\.0\.1:8080(\/\w+)/g)];
    assert.ok(probes.length >= 4, 'deployment.yaml and Dockerfile ask');
    for (const [, path] of probes) assert.equal((await fetch(replicas[0].url + path)).status, 200, path);
});

test(`${rounds} kills of one replica or the other while six people write to both (SEED=${seed})`, async (to_end) => {
    const { front, replicas } = await composed(to_end, certificate, 100000);
    const chance = chances(seed);
    const counts = { answers: 0, repeats: 0, over: false };
    const senders = [...Array(6).keys()].map((index) => new Sender([front], counts, index, chance));
    await write_through_kills(senders, replicas, { counts, rounds, chance, answers_alone: 7 });
    await check_talks(senders, () => front);
    const confirmed = senders.flatMap((sender) => [...sender.filed]);
    const tickets = await all_pages(await front.sign_in('wang.fang'), '/api/v1/tickets');
    assert.ok(confirmed.length > 0);
    assert.deepEqual(tickets.map((ticket) => ticket.number).sort(), confirmed.sort());
    const verified = replicas[0].command('verify');
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    console.log(`      ${counts.answers} answers, ${counts.repeats} repeats, ${confirmed.length} tickets; ${verified.stdout.trim()}`);
});

await run();
