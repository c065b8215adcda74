// Reports and registers as staff read them and take them along: within their units, without whole phone numbers, as a
// workbook whose cells are text, and never in the way of the residents.
import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';
import { house, run, test } from './house.mjs';

// The files of a ZIP archive by name, read by its central directory.
function unzipped(bytes) {
    const files = {};
    const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    let at = bytes.readUInt32LE(end + 16);
    for (let left = bytes.readUInt16LE(end + 10); left > 0; --left) {
        const method = bytes.readUInt16LE(at + 10), packed = bytes.readUInt32LE(at + 20);
        const name_bytes = bytes.readUInt16LE(at + 28), extra = bytes.readUInt16LE(at + 30), comment = bytes.readUInt16LE(at + 32);
        const local = bytes.readUInt32LE(at + 42);
        const name = bytes.subarray(at + 46, at + 46 + name_bytes).toString();
        const begins = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
        const data = bytes.subarray(begins, begins + packed);
        files[name] = (method === 0 ? data : inflateRawSync(data)).toString();
        at += 46 + name_bytes + extra + comment;
    }
    return files;
}
const raw = (who, path) => fetch(who.it.url + path, { headers: { Authorization: `Bearer ${who.token}` } });

test('what a unit did in a month is read by those whose unit it is', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const [li, zhou, zhao, admin] = await Promise.all(['li.na', 'zhou.jie', 'zhao.min', 'admin'].map((login) => it.sign_in(login)));
    const number = await it.resident().files();
    await li.give(number, 'accept');

    const list = await li.good('GET', '/api/v1/reports');
    for (const name of ['monthly', 'timeliness', 'satisfaction', 'categories', 'workload', 'register'])
        assert.ok(list.items.some((one) => one.name === name), `${name} is missing: ${JSON.stringify(list.items)}`);

    const month = await li.good('GET', '/api/v1/reports/monthly?period=2026-03');
    assert.equal(month.period.from, '2026-02-25T00:00:00+08:00');
    assert.equal(month.all.measured.count.part, 1);
    assert.match(month.meanings.timeliness, /超时/);
    assert.equal((await zhou.good('GET', '/api/v1/reports/monthly?period=2026-03')).all.measured.count.part, 0);
    assert.equal((await zhou.good('GET', '/api/v1/reports/monthly?period=2026-03&unit=jinxiu-centre')).all.measured.count.part, 0);
    assert.equal((await zhao.good('GET', '/api/v1/reports/monthly?period=2026-03&unit=jinxiu-centre')).all.measured.count.part, 1);

    const limits = (await li.good('GET', '/api/v1/reports/timeliness?period=2026-03')).tables.find((one) => one.name === 'limits');
    const accept = limits.rows.find((row) => row.at(-1) === 'property-group/A1') ?? limits.rows[0];
    assert.deepEqual(accept.slice(1, 4), ['1', '1', '0'], JSON.stringify(limits.rows));
    const workload = await li.good('GET', '/api/v1/reports/workload?period=2026-03');
    assert.equal(workload.rows.length, 1);
    const register = (await li.good('GET', '/api/v1/reports/register?period=2026-03')).table;
    assert.equal(register.columns.length, 21);
    assert.equal(register.rows[0][register.columns.findIndex((one) => one.key === 'number')] ?? number, number);
    assert.doesNotMatch(JSON.stringify(register), /13812345678/);

    // The pack's March ends on the 24th.
    const present = async () => (await li.good('GET', '/api/v1/reports')).items.find((one) => one.name === 'monthly').present;
    assert.equal(await present(), '2026-03');
    await it.to('2026-03-25 09:00');
    assert.equal(await present(), '2026-04');
    assert.equal((await li.good('GET', '/api/v1/reports/monthly')).period.label, '2026-04');

    for (const [who, path, status] of [
        [admin, '/api/v1/reports', 403],
        [admin, '/api/v1/reports/register', 403],
        [li, '/api/v1/reports/weather', 404],
        [li, '/api/v1/reports/monthly?period=2026-13', 400],
        [li, '/api/v1/reports/monthly?format=pdf', 400],
        [li, '/api/v1/reports/monthly?unit=nowhere', 400],
    ]) {
        const answer = await who.ask('GET', path);
        assert.equal(answer.status, status, `${path}: ${answer.text}`);
    }
    assert.equal((await fetch(it.url + '/api/v1/reports/monthly')).status, 401);
});

test('a workbook, a list and a page to print are taken along', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const li = await it.sign_in('li.na');
    const formula = '=HYPERLINK("http://198.51.100.7/","点这里")';
    await li.good('POST', '/api/v1/tickets', {
        kind: 'complaint', category: 'environment', description: formula,
        household: { building: '3', unit: '2', room: '501' }, customer: { name: '王先生', phone: '13900001111' },
    });
    const book = await raw(li, '/api/v1/reports/register?period=2026-03&format=xlsx');
    assert.equal(book.status, 200);
    assert.match(book.headers.get('content-disposition'), /attachment; filename="register_2026-03\.xlsx"/);
    const files = unzipped(Buffer.from(await book.arrayBuffer()));
    const sheet = files['xl/worksheets/sheet1.xml'], words = files['xl/sharedStrings.xml'];
    assert.ok(sheet && words, Object.keys(files).join(' '));
    assert.doesNotMatch(sheet, /<f>/, 'a formula');
    assert.match(words, /=HYPERLINK\(/);
    assert.match(sheet, /<mergeCell ref="[A-Z]+2:[A-Z]+2"\/>/, 'heads stand over their groups');
    assert.match(sheet, /<v>1<\/v>/);
    assert.doesNotMatch(words, /13900001111/);
    // The figures and what they attach, a sheet each.
    const month = unzipped(Buffer.from(await (await raw(li, '/api/v1/reports/monthly?period=2026-03&format=xlsx')).arrayBuffer()));
    assert.match(month['xl/workbook.xml'], /<sheet name="[^"]*月报[^"]*"/);
    assert.equal(month['xl/workbook.xml'].match(/<sheet /g).length, 2);

    const list = await (await raw(li, '/api/v1/reports/register?period=2026-03&format=csv')).text();
    assert.match(list, /"'=HYPERLINK/);
    const page = await raw(li, '/api/v1/reports/register?period=2026-03&format=html');
    assert.match(page.headers.get('content-security-policy'), /default-src 'none'/);
    assert.doesNotMatch(await page.text(), /<script|<a /);
});

test('who keeps out of a matter does not find it in a register, and many at once do not hold up the residents', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const [li, zhang] = await Promise.all(['li.na', 'zhang.qiang'].map((login) => it.sign_in(login)));
    await it.resident().files();
    const about = await it.resident().files('工程部张强上门修水管态度恶劣,骂人,3栋2单元502,电话13912345678');
    await Promise.all([about].map((number) => li.give(number, 'accept')));
    const of = async (who) => (await who.good('GET', '/api/v1/reports/register?period=2026-03')).table.rows.length;
    const all = await of(li);
    const ticket = await zhang.ask('GET', `/api/v1/tickets/${about}`);
    assert.equal(await of(zhang), ticket.status === 404 ? all - 1 : all);

    const many = Array.from({ length: 30 }, () => raw(li, '/api/v1/reports/monthly?period=2026-03').then((answer) => answer.status));
    const resident = it.resident();
    assert.ok((await resident.says('你好')).length > 0);
    const statuses = await Promise.all(many);
    assert.ok(statuses.every((status) => status === 200 || status === 503), statuses.join(' '));
    assert.ok(statuses.includes(200));
});

await run();
