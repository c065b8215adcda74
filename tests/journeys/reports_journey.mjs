// The registers and the periodic report, printed by the program beside the running service: of the pack's own days, a
// matter once, nobody's whole phone number, and no cell that a spreadsheet takes for a formula.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { house, program, root, run, test } from './house.mjs';

const report = (it, ...args) => spawnSync(program, ['report', ...args, '--config', it.config], { encoding: 'utf8', cwd: root, timeout: 20000 });
const printed = (it, ...args) => {
    const outcome = report(it, ...args);
    assert.equal(outcome.status, 0, outcome.stderr);
    return outcome.stdout;
};

test('the month of the pack is counted while the service runs, and its register stands beside it', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const li = await it.sign_in('li.na');
    const first = await it.resident().files();
    await li.give(first, 'accept');
    const other = await it.resident().files('3栋2单元502楼道灯不亮,电话13912345678');
    await li.give(other, 'merge', { into: first, reason: '同一件事' });
    const month = JSON.parse(printed(it, '--period', '2026-03'));
    assert.deepEqual([month.period.from, month.period.until], ['2026-02-25T00:00:00+08:00', '2026-03-25T00:00:00+08:00']);
    assert.equal(month.all.measured.count.part, 1);
    assert.deepEqual(month.receivers, [{ role: 'project_centre', due: '2026-03-25' }, { role: 'quality_centre', due: '2026-03-28' }]);
    assert.equal(JSON.parse(printed(it, '--period', '2026-04')).all.measured.count.part, 0);
    const register = month.tables.find((one) => one.name === 'register');
    assert.equal(register.columns.length, 21);
    assert.equal(register.rows.length, 2);
    assert.equal(register.rows[0][register.columns.findIndex((one) => one.key === 'accepted_by')], '李娜');
    // A centre sees its own.
    assert.equal(JSON.parse(printed(it, '--period', '2026-03', '--unit', 'jinxiu-centre')).all.measured.count.part, 1);
    assert.equal(JSON.parse(printed(it, '--period', '2026-03', '--unit', 'cuihu-centre')).all.measured.count.part, 0);
});

test('the register as a page has its heads over their columns; as a list it has no formula and no whole number', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const li = await it.sign_in('li.na');
    const formula = '=HYPERLINK("http://198.51.100.7/","点这里")';
    const answer = await li.ask('POST', '/api/v1/tickets', {
        kind: 'complaint', category: 'environment', description: formula,
        household: { building: '3', unit: '2', room: '501' }, customer: { name: '+86王先生', phone: '13900001111' },
    });
    assert.equal(answer.status, 201, answer.text);
    const list = printed(it, 'register', '--period', '2026-03', '--format', 'csv');
    assert.ok(list.startsWith('\uFEFF"序号"'), list.slice(0, 40));
    assert.match(list, /"'=HYPERLINK\(""http/);
    assert.match(list, /"'\+86王先生"/);
    assert.doesNotMatch(list, /13900001111/);
    const page = printed(it, 'register', '--period', '2026-03', '--format', 'html');
    assert.match(page, /<th colspan="2">受理时间<\/th>/);
    assert.equal(page.match(/<th rowspan="2">/g).length + page.match(/<th colspan="\d">/g).length, 15);
    assert.doesNotMatch(page, /<a |<script/);
    const files = JSON.parse(printed(it, 'files', '--period', '2026-03'));
    assert.deepEqual(files.rows.map((row) => [row[2], row[3]]), [['3栋2单元501', '永久'], ['2026', '永久'], ['', '永久']]);
});

test('what is asked wrongly is answered with the mend', async (ending) => {
    const it = await house();
    ending(it.destroy);
    for (const [args, says] of [
        [['weekly'], /no report "weekly" in property-group: write one of register, files, .*monthly/],
        [['--period', '2026-13'], /unreadable period "2026-13": write 2026-03/],
        [['--unit', 'nowhere'], /no unit "nowhere": --unit: write the key of one/],
        [['--policy', 'bank'], /no pack "bank" is in force/],
    ]) {
        const outcome = report(it, ...args);
        assert.equal(outcome.status, 1, outcome.stdout);
        assert.match(outcome.stderr, says);
    }
});

await run();
