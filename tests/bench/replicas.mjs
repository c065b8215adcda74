// How much a second replica brings: the same load on one service with a file, on one with PostgreSQL and on two with
// PostgreSQL, each of them held to so much of a core. By hand, as root, since it needs a control group:
//
//   node tests/bench/replicas.mjs                          half a core each, 32 residents, 20 s
//   CORES=0.25 RESIDENTS=16 LASTS=60 node tests/bench/replicas.mjs
//
// PostgreSQL and the residents are not held back: they share the machine. Only ratios of one run mean anything. At the end
// of each part everything that was answered is looked up, or the part counts for nothing.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chances } from '../journeys/chances.mjs';
import { house, root } from '../journeys/house.mjs';
import { check_talks, pause, Sender } from '../postgres/senders.mjs';

const cores = Number(process.env.CORES ?? 0.5), residents = Number(process.env.RESIDENTS ?? 32), lasts = Number(process.env.LASTS ?? 20);
const first = '/sys/fs/cgroup/cpu', second = '/sys/fs/cgroup';

// Holds a process to a part of a core; gives what lets it go when it has ended.
function held(pid, number) {
    const is_first = existsSync(join(first, 'cpu.cfs_quota_us'));
    const group = join(is_first ? first : second, `huiyin_bench_${process.pid}_${number}`);
    if (!is_first) writeFileSync(join(second, 'cgroup.subtree_control'), '+cpu');
    mkdirSync(group);
    // Short rests: a slower machine is meant, not one that stands still for a while with everybody waiting for it.
    const [quota, period] = [Math.round(cores * 10000), 10000].map(String);
    if (is_first) {
        writeFileSync(join(group, 'cpu.cfs_period_us'), period);
        writeFileSync(join(group, 'cpu.cfs_quota_us'), quota);
    } else {
        writeFileSync(join(group, 'cpu.max'), `${quota} ${period}`);
    }
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
    return () => rmdirSync(group);
}

let groups = 0;
async function measured(what, houses) {
    const let_go = houses.map((it) => held(it.child.pid, (groups += 1)));
    const counts = { answers: 0, repeats: 0, over: false };
    const chance = chances(7);
    const senders = [...Array(residents).keys()].map((index) => new Sender(houses, counts, index, chance));
    const work = Promise.all(senders.map((sender) => sender.work()));
    await pause(3000); // the first answers are of cold caches
    const before = counts.answers, began = Date.now();
    await pause(lasts * 1000);
    const rate = (counts.answers - before) / ((Date.now() - began) / 1000);
    counts.over = true;
    await work;
    await check_talks(senders, () => houses[0]);
    for (const it of houses) await it.destroy();
    for (const one of let_go) one();
    console.log(`${what.padEnd(32)} ${rate.toFixed(0).padStart(6)} answers a second`);
    return rate;
}

async function two_houses() {
    const one = await house();
    const { listen, ...same } = one.settings;
    return [one, await house({ over: { ...same, media: `${one.folder}/media` } })];
}

delete process.env.HUIYIN_TEST_DATABASE;
console.log(`each service held to ${cores} of a core, ${residents} residents, ${lasts} s`);
await measured('one, a file', [await house()]);
const server = spawn(join(root, 'tests/postgres/serve'), { stdio: ['pipe', 'pipe', 'inherit'] });
const said = await new Promise((resolve) => server.stdout.setEncoding('utf8').once('data', resolve));
process.env.HUIYIN_TEST_DATABASE = said.trim().replace(/^serving /, '');
try {
    const alone = await measured('one, PostgreSQL', [await house()]);
    const both = await measured('two, PostgreSQL', await two_houses());
    console.log(`two of one: ${(both / alone).toFixed(2)}`);
} finally {
    server.stdin.end();
}
