// Reports that go out by themselves on their day: listed to those they concern, opened as they were, confirmed by who
// received them, and none lost or doubled by a kill.
import assert from 'node:assert/strict';
import { house, run, test } from './house.mjs';

const raw = (who, path) => fetch(who.it.url + path, { headers: { Authorization: `Bearer ${who.token}` } });
const sent = (who, more = '') => who.good('GET', `/api/v1/reports/sent?report=monthly${more}`);
const path_of = (one, format) => `/api/v1/reports/sent/${encodeURIComponent(one.id)}` + (format ? `?format=${format}` : '');

test('the month goes out on the 25th, is read by those it concerns, and stays as it was sent', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const [li, zhou, chen, zhao, admin] = await Promise.all(['li.na', 'zhou.jie', 'chen.gang', 'zhao.min', 'admin'].map((login) => it.sign_in(login)));
    const number = await it.resident().files();
    await li.give(number, 'accept');
    await it.to('2026-03-25 08:59');
    assert.deepEqual((await sent(li)).items, []);
    await it.to('2026-03-25 09:00');

    const mine = (await sent(li)).items;
    assert.equal(mine.length, 1, JSON.stringify(mine));
    const one = mine[0];
    assert.deepEqual([one.period.label, one.period.days, one.unit.key, one.nil], ['2026-03', '2月25日至3月24日', 'jinxiu-centre', false]);
    assert.equal(one.sent_at, '2026-03-25T09:00:00+08:00');
    assert.match(one.figures, /^件数 1，/);
    assert.deepEqual(one.way.map((place) => [place.role, place.until, place.told_at]), [
        ['project_centre', '2026-03-28T17:30:00+08:00', '2026-03-25T09:00:00+08:00'],
        ['quality_centre', null, null],
    ]);
    assert.equal(one.may_confirm, false);
    const his = (await sent(zhou)).items;
    assert.deepEqual(his.map((each) => [each.unit.key, each.nil]), [['cuihu-centre', true]]);
    assert.equal((await sent(chen)).items.length, 2);
    assert.equal((await sent(chen, '&unit=cuihu-centre')).items.length, 1);
    assert.equal((await sent(chen, '&period=2026-02')).items.length, 0);
    const first = await sent(chen, '&limit=1');
    const second = await sent(chen, `&limit=1&cursor=${encodeURIComponent(first.next_cursor)}`);
    assert.notEqual(first.items[0].id, second.items[0].id);
    assert.equal(second.next_cursor, null);

    const as_sent = await (await raw(li, path_of(one))).text();
    assert.equal(JSON.parse(as_sent).all.measured.count.part, 1);
    assert.equal(JSON.parse(as_sent).tables[0].rows.length, 1);
    const page = await (await raw(li, path_of(one, 'html'))).text();
    const list = await (await raw(li, path_of(one, 'csv'))).text();
    assert.match(page, /客户投诉、需求信息月报/);
    assert.doesNotMatch(page, /13812345678|<script/);
    const book = await raw(li, path_of(one, 'xlsx'));
    assert.match(book.headers.get('content-disposition'), /monthly_2026-03\.xlsx/);

    // What is another's, or nobody's, is unknown; who looks after the machine alone reads no report.
    for (const [who, path, status] of [
        [li, path_of(his[0]), 404],
        [li, path_of({ id: 'property-group~monthly~2026-03~1' }), 404],
        [li, path_of({ id: 'weather' }), 404],
        [admin, path_of(one), 404],
        [li, path_of(one, 'pdf'), 400],
        [li, '/api/v1/reports/sent?unit=nowhere', 400],
    ]) {
        const answer = await who.ask('GET', path);
        assert.equal(answer.status, status, `${path}: ${answer.text}`);
    }
    assert.deepEqual((await sent(admin)).items, []);

    for (const [who, status, code] of [
        [li, 403, 'report.wrong_role'],
        [zhou, 404, 'report.unknown'],
        [zhao, 403, 'report.wrong_role'],
    ]) {
        const answer = await who.ask('POST', path_of(one), { command: 'confirm' });
        assert.equal(answer.status, status, answer.text);
        assert.equal(JSON.parse(answer.text).code, code);
    }
    assert.equal((await chen.ask('POST', path_of(one), { command: 'burn' })).status, 422);
    const done = await chen.good('POST', path_of(one), { command: 'confirm' }, { 'Idempotency-Key': 'a' });
    assert.equal(done.way[0].confirmed_by.login, 'chen.gang');
    assert.ok(done.way[1].told_at);
    // The answer was lost and the request comes again: it is answered, and confirms nothing more.
    assert.deepEqual(await chen.good('POST', path_of(one), { command: 'confirm' }, { 'Idempotency-Key': 'a' }), done);
    assert.equal((await chen.ask('POST', path_of(one), { command: 'confirm' })).status, 409);

    // The case turns out to be something else, and the service dies: the paper is what it was.
    await li.give(number, 'classify', { kind: 'demand', category: 'other', validity: 'invalid', reason: '查明不属公司责任' });
    await it.kill();
    await it.start('2026-03-25T09:00:00+08:00');
    assert.equal((await raw(li, path_of(one))).status, 200);
    assert.equal(await (await raw(li, path_of(one))).text(), as_sent);
    assert.equal(await (await raw(li, path_of(one, 'html'))).text(), page);
    assert.equal(await (await raw(li, path_of(one, 'csv'))).text(), list);
});

test('killed while reports are made, and again, each is sent once', async (ending) => {
    const it = await house();
    ending(it.destroy);
    await it.sign_in('li.na');
    await it.resident().files();
    for (const month of ['03', '04', '05']) {
        const moved = it.to(`2026-${month}-28 18:00`).catch(() => undefined);
        await new Promise((done) => setImmediate(done));
        await it.kill();
        await moved;
        await it.start(`2026-${month}-28T18:00:00+08:00`);
        await it.to(`2026-${month}-28 18:01`);
    }
    const zhao = await it.sign_in('zhao.min');
    const all = (await zhao.good('GET', '/api/v1/reports/sent?limit=200')).items;
    const ids = all.map((one) => one.id);
    assert.equal(new Set(ids).size, ids.length);
    const of = (report) => all.filter((one) => one.report === report).map((one) => `${one.period.label} ${one.unit.key}`);
    assert.deepEqual(of('monthly').sort(), ['2026-03', '2026-04', '2026-05'].flatMap((month) => [`${month} cuihu-centre`, `${month} jinxiu-centre`]));
    assert.deepEqual(of('consolidated').sort(), ['2026-03 huadong', '2026-04 huadong', '2026-05 huadong']);
    await it.stop();
    const verified = it.command('verify');
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
});

await run();
