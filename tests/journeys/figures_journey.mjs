// The figures of a month are kept while the service runs: the report is the same before they are, when they are, after
// a kill -9 in between and after the rules have changed; and verify says whether what is kept is what the cases give.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { house, root, run, test, until } from './house.mjs';

const report = (it, name) => {
    const outcome = it.command('report', name, '--period', '2026-03');
    assert.equal(outcome.status, 0, outcome.stderr);
    return JSON.parse(outcome.stdout);
};
// "3 tickets counted for reports: all as they are; 0 to be counted"
const kept = (it) => {
    const outcome = it.command('verify');
    assert.equal(outcome.status, 0, outcome.stdout + outcome.stderr);
    const found = /^(\d+) tickets counted for reports: all as they are; (\d+) to be counted$/m.exec(outcome.stdout);
    return found && { counted: Number(found[1]), due: Number(found[2]) };
};
const counted = (it, tickets) => until(`${tickets} tickets counted`, () => {
    const found = kept(it);
    return found && found.counted === tickets && found.due === 0;
}, 90);
const count_of = (made) => made.all.measured.count.part;

test('a report is the same while its cases wait to be counted, when they are, and after a kill in between', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.to('2026-03-02 09:01');  // the commands look at the clock that was set
    const li = await it.sign_in('li.na');
    const first = await it.resident().files();
    await it.resident().files('3栋2单元502楼道灯不亮,电话13912345678');
    const early = ['categories', 'timeliness', 'workload'].map((name) => report(it, name));
    assert.deepEqual(early.map(count_of), [2, 2, 2]);
    await counted(it, 2);
    assert.deepEqual(['categories', 'timeliness', 'workload'].map((name) => report(it, name)), early);

    await li.give(first, 'accept');
    const accepted = report(it, 'timeliness');  // it is due again: looked at, whatever is kept of it
    assert.equal(accepted.all.measured.waiting_time.of, 1);
    await it.resident().files('3栋1单元101水管爆了,电话13712345678');
    await it.kill();
    assert.equal(count_of(report(it, 'workload')), 3);  // by the command alone: nobody serves
    const before = report(it, 'timeliness');
    await it.start();
    assert.deepEqual(report(it, 'timeliness'), before);
    await counted(it, 3);
    assert.deepEqual(report(it, 'timeliness'), before);
});

test('time alone makes a case late in the figures, and a unit is read under its new name at once', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.to('2026-03-02 09:01');  // the commands look at the clock that was set
    await it.resident().files();
    await counted(it, 1);
    const running = report(it, 'timeliness').tables.find((one) => one.name === 'limits');
    assert.ok(running.rows.every((row) => row[3] === '0'), 'nothing is late yet');
    await it.to('2026-03-23 09:00');
    const late = report(it, 'timeliness');
    assert.ok(late.tables.find((one) => one.name === 'limits').rows.some((row) => row[3] === '1'));
    await counted(it, 1);
    assert.deepEqual(report(it, 'timeliness'), late);
    await it.admin.good('PATCH', '/api/v1/directory/units/jinxiu-centre', { name: '锦绣新名' });
    await until('the new name', () => report(it, 'workload').rows[0].split.unit.title === '锦绣新名');
});

test('other rules count all cases anew', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.to('2026-03-02 09:01');  // the commands look at the clock that was set
    await it.resident().files();
    await counted(it, 1);
    await it.stop();
    const pack = join(it.folder, 'property-group.json');
    copyFileSync(join(root, 'templates/policies/property-group.json'), pack);
    const text = readFileSync(pack, 'utf8');
    const changed = text.replace('"title": "分公司考核"', '"title": "考核"');
    assert.notEqual(changed, text);
    writeFileSync(pack, changed);
    writeFileSync(it.config, JSON.stringify({ ...it.settings, policy: pack }));
    assert.equal(count_of(report(it, 'workload')), 1);
    await it.start();
    await counted(it, 1);
    assert.equal(report(it, 'assessment').title, '考核');
});

await run();
