// What is taken along, as a spreadsheet reads it: the printed register's heads, and no cell that is counted, whatever people
// wrote. Workbooks are read by openpyxl, which has nothing of the library that wrote them, and opened by LibreOffice.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { house, root, run, test } from './house.mjs';

// Debian's own, which has its packages; another one in front of it may not.
const python = ['/usr/bin/python3', 'python3'].find((one) => spawnSync(one, ['-c', 'import openpyxl']).status === 0);

async function downloaded(who, path, ending) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-book-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    const answer = await fetch(who.it.url + path, { headers: { Authorization: `Bearer ${who.token}` } });
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers.get('content-type'), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
    const file = join(folder, 'book.xlsx');
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
    return { folder, file };
}

function read_workbook(file) {
    assert.ok(python, 'python3-openpyxl is not there: deploy/packages testing');
    const read = spawnSync(python, [join(root, 'tests/journeys/read_workbook.py'), file], { encoding: 'utf8', maxBuffer: 64 << 20 });
    assert.equal(read.status, 0, read.stderr);
    return JSON.parse(read.stdout);
}

const workbook = async (who, path, ending) => read_workbook((await downloaded(who, path, ending)).file);

// What LibreOffice finds in a workbook, a list of rows a sheet: it writes each sheet as CSV, with the values and not as they are shown.
async function opened_by_office({ folder, file }) {
    const words = [`-env:UserInstallation=${pathToFileURL(join(folder, 'profile'))}`, '--headless', '--norestore', '--convert-to', 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1', '--outdir', join(folder, 'csv'), file];
    // Not waited for in its place: connections that rest too long are closed meanwhile, and seen to be.
    await promisify(execFile)('soffice', words, { timeout: 120_000 }).catch((problem) => assert.fail(`soffice: ${problem}: deploy/packages testing`));
    const sheets = {};
    for (const name of readdirSync(join(folder, 'csv'))) {
        const rows = [[]];
        for (const [, quoted, plain, end] of readFileSync(join(folder, 'csv', name), 'utf8').matchAll(/(?:"((?:[^"]|"")*)"|([^,"\n]*))(,|\n|$)/g)) {
            rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
            if (end === '\n') rows.push([]);
        }
        sheets[/^book-(.*)\.csv$/.exec(name)[1]] = rows;
    }
    return sheets;
}

const matter = (description, more = {}) => ({ kind: 'complaint', category: 'environment', description, household: { building: '3', unit: '2', room: '501' }, customer: { name: '王女士', phone: '13812345678' }, ...more });

// The policy's attachment 4: fifteen heads, five of them over columns of their own.
const heads = ['序号', '客户姓名', '客户房号', '联系方式', '客户投诉、需求事项', '受理人', '受理时间', '投诉、需求类型', '处理情况（单据联号）', '处理人、接单人', '接单时间', '返单时间', '回访人', '回访时间', '回访满意度'];
const columns = { 受理时间: ['日期', '时间'], '投诉、需求类型': ['类别', '投诉类型', '需求类型'], 接单时间: ['日期', '时间'], 返单时间: ['日期', '时间'], 回访时间: ['日期', '时间'] };

test('the printed register has the fifteen heads of the policy over its twenty-one columns', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const number = await it.resident().files();
    const li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    const [sheet, ...others] = await workbook(await it.sign_in('wang.fang'), '/api/v1/reports/register?period=2026-03&format=xlsx', ending);
    assert.deepEqual(others, []);
    const [title, upper, lower, first] = sheet.rows.map((row) => row.map((cell) => cell?.value ?? ''));
    assert.equal(title[0], '登记表');
    assert.equal(upper.length, 21);
    assert.deepEqual(upper.filter(Boolean), heads);
    // Which columns lie under each head, by what is merged.
    const letters = 'ABCDEFGHIJKLMNOPQRSTU';
    let at = 0;
    const spans = [];
    for (const head of heads) {
        const below = columns[head] ?? [];
        assert.equal(upper[at], head, `column ${letters[at]}`);
        if (below.length) assert.deepEqual(lower.slice(at, at + below.length), below, head);
        spans.push(below.length ? `${letters[at]}2:${letters[at + below.length - 1]}2` : `${letters[at]}2:${letters[at]}3`);
        at += below.length || 1;
    }
    assert.equal(at, 21);
    assert.deepEqual(sheet.merged, spans.sort());
    assert.deepEqual([first[0], first[1], first[2], first[3], first[5], first[6], first[8]], ['1', '客户', '3栋2单元501', '138****5678', '李娜', '2026-03-02', '投诉']);
    assert.equal(sheet.rows[3][0].is, 'number', 'the serial number is counted, nothing else is');
    assert.deepEqual(sheet.rows[3].slice(1).filter(Boolean).filter((cell) => cell.is !== 'text'), []);
});

// What makes a spreadsheet count, after anything that is not seen, in any width: each with a few bodies.
const unseen = ['', ' ', '\u00a0', '\u3000', '\u200b', '\u200c', '\u200d', '\u200e', '\u2060', '\ufeff', '\u00ad', '\u200b\ufeff '];
const signs = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'];
const bodies = ['HYPERLINK("http://198.51.100.7/";"点这里")', "cmd|' /C calc'!A0", '1+1', 'SUM(A1:A9)', 'WEBSERVICE("http://198.51.100.7/")', 'DDE("cmd";"/C calc";"x")'];
const starts = unseen.flatMap((before, i) => signs.map((sign, k) => before + sign + bodies[(i + k) % bodies.length]));
const begins_formula = (cell) => /^[\s\u00a0\u3000\u200b-\u200f\u2060\ufeff\u00ad]*[=+\-@|%＝＋－＠]/u.test(cell);

test('a hundred beginnings of formulas are words in every file', async (ending) => {
    const it = await house();
    ending(it.destroy);
    assert.ok(starts.length >= 60);
    const li = await it.sign_in('li.na'), wang = await it.sign_in('wang.fang');
    for (const [at, start] of starts.entries()) {
        const { number } = await li.good('POST', '/api/v1/tickets', matter(start, { customer: { name: `${starts[(at + 7) % starts.length]}`.slice(0, 20), phone: '13812345678' } }));
        if (at % 4 === 0) {
            await li.give(number, 'accept');
            await wang.give(number, 'resolve', { text: start });
        }
    }
    for (const path of ['/api/v1/reports/register?period=2026-03&format=csv', '/api/v1/exports/tickets?format=csv']) {
        const answer = await wang.ask('GET', path);
        const cells = [...answer.text.replace(/^\ufeff/, '').matchAll(/"((?:[^"]|"")*)"/g)].map((found) => found[1].replaceAll('""', '"'));
        assert.ok(cells.length > starts.length * 20, `${path}: ${cells.length} cells`);
        assert.deepEqual(cells.filter(begins_formula), [], path);
        assert.ok(cells.filter((cell) => cell.startsWith("'")).length >= starts.length, `${path}: they are there, as words`);
    }
    for (const path of ['/api/v1/reports/register?period=2026-03&format=xlsx', '/api/v1/exports/tickets?format=xlsx', '/api/v1/reports/monthly?period=2026-03&format=xlsx']) {
        const sheets = await workbook(wang, path, ending);
        const cells = sheets.flatMap((sheet) => sheet.rows.flat()).filter(Boolean);
        assert.deepEqual(cells.filter((cell) => !['text', 'number'].includes(cell.is)), [], path);
        assert.equal(sheets.reduce((sum, sheet) => sum + sheet.links, 0), 0, `${path}: nothing leads elsewhere`);
        assert.ok(cells.some((cell) => cell.value.includes('HYPERLINK(')), `${path}: they are there, as words`);
    }
});

test('LibreOffice opens every workbook and finds the same in each cell', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const li = await it.sign_in('li.na'), wang = await it.sign_in('wang.fang');
    for (const start of starts.slice(0, 12)) {
        const { number } = await li.good('POST', '/api/v1/tickets', matter(`${start}\n第二行,“引号"`));
        await li.give(number, 'accept');
    }
    let cells = 0;
    for (const path of ['/api/v1/reports/register?period=2026-03&format=xlsx', '/api/v1/exports/tickets?format=xlsx', '/api/v1/reports/monthly?period=2026-03&format=xlsx']) {
        const book = await downloaded(wang, path, ending);
        const sheets = await opened_by_office(book);
        const written = read_workbook(book.file);
        assert.deepEqual(Object.keys(sheets).sort(), written.map((sheet) => sheet.title).sort(), path);
        for (const { title, rows } of written)
            for (const [y, row] of rows.entries())
                for (const [x, cell] of row.entries()) {
                    assert.equal(sheets[title][y]?.[x] ?? '', cell?.value ?? '', `${path}: ${title}, row ${y + 1}, column ${x + 1}`);
                    cells += cell ? 1 : 0;
                }
    }
    assert.ok(cells > 12 * 20, `${cells} cells`);
    console.log(`      ${cells} cells of three workbooks are the same`);
});

await run();
