// huiyin import and huiyin export: what the directory is, as files that people fill in; looked at first, taken whole or
// not at all, with the service and without it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { house, program, root, run, test } from './house.mjs';

const crc_table = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
});
const crc32 = (bytes) => (bytes.reduce((crc, byte) => crc_table[(crc ^ byte) & 255] ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

// A ZIP archive whose files are stored as they are.
function zipped(files) {
    const locals = [], heads = [];
    let at = 0;
    for (const [name, text] of Object.entries(files)) {
        const data = Buffer.from(text), title = Buffer.from(name);
        const fields = Buffer.alloc(26);
        fields.writeUInt16LE(20, 0);
        fields.writeUInt32LE(crc32(data), 10);
        fields.writeUInt32LE(data.length, 14);
        fields.writeUInt32LE(data.length, 18);
        fields.writeUInt16LE(title.length, 22);
        const rest = Buffer.alloc(14);
        rest.writeUInt32LE(at, 10);
        heads.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, title);
        const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, title, data]);
        locals.push(local);
        at += local.length;
    }
    const directory = Buffer.concat(heads), end = Buffer.alloc(18);
    end.writeUInt16LE(Object.keys(files).length, 4);
    end.writeUInt16LE(Object.keys(files).length, 6);
    end.writeUInt32LE(directory.length, 8);
    end.writeUInt32LE(at, 12);
    return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

// A workbook as a spreadsheet writes one: shared words, a number, words in place, a formula's value, a row left out.
const sheet = (rows) => zipped({
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="人员" sheetId="3" r:id="rId7"/><sheet name="别的" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId7" Target="worksheets/sheet3.xml"/></Relationships>',
    'xl/sharedStrings.xml': '<sst><si><t>登录名</t></si><si><r><t>姓</t></r><r><t>名</t></r><rPh><t>xing</t></rPh></si><si><t>岗位</t></si><si><t>单位</t></si><si><t>电话</t></si><si><t xml:space="preserve">锦绣花园物业服务中心</t></si></sst>',
    'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>',
    'xl/worksheets/sheet3.xml': `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c></row>${rows}</sheetData></worksheet>`,
});
const words = (at, text) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;

async function prepared(ending) {
    const it = await house();
    ending(it.destroy);
    it.file = (name, content) => (writeFileSync(join(it.folder, name), content), join(it.folder, name));
    it.admin = await it.sign_in('admin');
    it.find = async (login) => (await it.admin.get(`/api/v1/directory/staff?q=${login}`)).items[0];
    it.export = (kind, ...more) => {
        const done = spawnSync(program, ['export', kind, '--config', it.config, ...more], { cwd: root, maxBuffer: 1 << 26 });
        assert.equal(done.status, 0, String(done.stderr));
        return done.stdout;
    };
    return it;
}
const text_of = (done) => `${done.status}\n${done.stdout}${done.stderr}`;

test('a file is looked at, then taken, through the running service', async (ending) => {
    const it = await prepared(ending);
    const file = it.file('staff.csv', '登录名,姓名,岗位,单位,备注\nwu.hao,吴昊,工程,锦绣花园物业服务中心,新来\nli.na,李娜娜,,,\n');
    const looked = it.command('import', 'staff', file);
    assert.equal(looked.status, 0, text_of(looked));
    assert.match(looked.stdout, /staff\.csv: UTF-8, 2 rows: 1 added, 1 changed, 0 as they were/);
    assert.match(looked.stdout, /nothing was changed: give --apply/);
    assert.match(looked.stderr, /huiyin: .*staff\.csv: this column is not imported: 备注/);
    assert.equal(await it.find('wu.hao'), undefined);
    const taken = it.command('import', 'staff', file, '--apply');
    assert.equal(taken.status, 0, text_of(taken));
    assert.doesNotMatch(taken.stdout, /--apply/);
    assert.equal((await it.find('wu.hao')).name, '吴昊', 'the service knows them when it has answered');
    assert.equal((await it.find('li.na')).name, '李娜娜');
    assert.match(it.command('import', 'staff', file, '--apply').stdout, /0 added, 0 changed, 2 as they were/);
    const seen = (await it.admin.get('/api/v1/audit')).items.find((one) => one.action === 'directory.imported');
    assert.equal(seen.by.name, '命令行');
});

test('a wrong cell is named with file, line and column, and nothing is half imported', async (ending) => {
    const it = await prepared(ending);
    const file = it.file('staff.csv', 'login,name,roles,unit,phone\nwu.hao,吴昊,工程,锦绣花园物业服务中心,\n\nhe.li,何丽,保洁员,锦绣花园物业服务中心,\nma.yi,马一,工程,没有的中心,abc\n');
    for (const more of [[], ['--apply']]) {
        const refused = it.command('import', 'staff', file, ...more);
        assert.equal(refused.status, 1, text_of(refused));
        assert.match(refused.stderr, /huiyin: \S+staff\.csv:4:3: 岗位 “保洁员”: .*[\u4e00-\u9fff]/);
        assert.match(refused.stderr, /huiyin: \S+staff\.csv:5:4: 单位 “没有的中心”: /);
        assert.match(refused.stderr, /huiyin: \d cells are wrong: nothing was imported/);
        assert.equal(refused.stdout, '');
        assert.equal(await it.find('wu.hao'), undefined);
    }
    const cases = [
        [['import', 'staff', it.file('empty.csv', '姓名\n吴昊\n')], 1, /empty\.csv: .*缺少：登录名/],
        [['import', 'staff', join(it.folder, 'none.csv')], 1, /cannot read the file: .*none\.csv/],
        [['import', 'staff', it.file('broken.xlsx', 'PK\x03\x04 and no more')], 1, /broken\.xlsx: 这个工作簿坏了：/],
        [['import', 'staff', it.file('other.xlsx', zipped({ 'word/document.xml': '<x/>' }))], 1, /other\.xlsx: .*不是 Excel 工作簿/],
        [['import', 'people', file], 2, /KIND/],
        [['import', 'staff'], 2, /FILE/],
        [['export', 'directory', '--format', 'csv'], 1, /the whole directory is json/],
        [['export', 'units', '--unit', 'nowhere'], 1, /no unit "nowhere"/],
        [['export', 'everything'], 2, /KIND/],
    ];
    for (const [args, code, said] of cases) {
        const refused = it.command(...args);
        assert.equal(refused.status, code, `${args}: ${text_of(refused)}`);
        assert.match(refused.stderr, /^huiyin: /);
        assert.match(refused.stderr, said);
    }
});

test('a workbook is read like a CSV file: shared words, numbers, the first sheet, its own row numbers', async (ending) => {
    const it = await prepared(ending);
    const row = (at, login, roles) => `<row r="${at}">${words('A' + at, login)}${words('B' + at, '吴 &lt;昊&gt;')}${words('C' + at, roles)}<c r="D${at}" t="s"><v>5</v></c><c r="E${at}"><v>1.5400000177E10</v></c></row>`;
    const wrong = it.command('import', 'staff', it.file('wrong.xlsx', sheet(row(2, 'wu.hao', '工程') + row(6, 'he.li', '保洁员'))));
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /wrong\.xlsx:6:3: 岗位 “保洁员”/);
    const taken = it.command('import', 'staff', it.file('good.xlsx', sheet(row(3, 'wu.hao', '工程'))), '--apply');
    assert.equal(taken.status, 0, text_of(taken));
    assert.match(taken.stdout, /good\.xlsx: Excel, 1 rows: 1 added/);
    const person = await it.admin.get('/api/v1/directory/staff/wu.hao');
    assert.deepEqual([person.name, person.phone, person.roles], ['吴 <昊>', '15400000177', ['engineering']]);
    const form = new FormData();
    form.set('file', new Blob([sheet(row(2, 'wu.er', '工程'))]), 'staff.xlsx');
    assert.equal((await it.admin.good('POST', '/api/v1/directory/staff/import', form)).added, 1, 'the page takes it too');
});

test('matters that stood on paper are opened all at once, in the name of a colleague, or none of them; a file is taken once', async (ending) => {
    const it = await prepared(ending);
    const head = '小区,楼栋,单元,房号,性质,类别,事情,客户,电话,匿名\n';
    const good = `${head}锦绣花园,3,2,501,投诉,房屋管理,卫生间漏水，已经漏到楼下,王女士,13800001111,\n锦绣花园,5,1,302,投诉,,楼道灯坏了三天,,,是\n`;
    const opened = async () => (await (await it.sign_in('li.na')).tickets('')).length;

    const wrong = it.command('import', 'tickets', it.file('wrong.csv', `${head}锦绣花园,3,2,501,吵架,,漏水,王女士,13800001111,\n翡翠城,3,2,501,投诉,,漏水,王女士,12,也许\n`), '--by', 'li.na', '--apply');
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /wrong\.csv:2:5: 性质 “吵架”: 没有“吵架”这种性质，可以写：投诉（complaint）/);
    assert.match(wrong.stderr, /wrong\.csv:3:1: 小区 “翡翠城”: 没有这个小区/);
    assert.match(wrong.stderr, /wrong\.csv:3:9: 电话 “12”: 这不是电话号码/);
    assert.match(wrong.stderr, /wrong\.csv:3:10: 匿名 “也许”: 写“是”或“否”/);
    assert.equal(await opened(), 0);
    assert.match(it.command('import', 'tickets', it.file('good.csv', good)).stderr, /in whose name are they filed\? --by: write the login/);
    assert.match(it.command('import', 'tickets', it.file('good.csv', good), '--by', 'admin', '--apply').stderr, /您的岗位不登记工单/);
    assert.match(it.command('import', 'tickets', it.file('bare.csv', '小区,事情\n锦绣花园,漏水\n'), '--by', 'li.na').stderr, /表头缺少：性质/);

    const looked = it.command('import', 'tickets', it.file('good.csv', good), '--by', 'li.na');
    assert.equal(looked.status, 0, text_of(looked));
    assert.match(looked.stdout, /good\.csv: UTF-8, 2 rows: 2 added, 0 changed, 0 as they were\nthis is what would be done/);
    assert.equal(await opened(), 0);
    const taken = it.command('import', 'tickets', it.file('good.csv', good), '--by', 'li.na', '--apply');
    assert.equal(taken.status, 0, text_of(taken));
    const [, first, last] = /2 added, .*; (T\S+) to (T\S+)/.exec(taken.stdout);
    const li = await it.sign_in('li.na');
    const ticket = await li.ticket(first);
    assert.deepEqual([ticket.kind, ticket.summary, ticket.household.label, ticket.customer.phone_masked], ['complaint', '卫生间漏水，已经漏到楼下', '3栋2单元501', '138****1111']);
    assert.ok((await li.deadlines(first)).length > 0, 'its limits run');
    assert.equal((await li.ticket(last)).customer.anonymous, true);
    const again = it.command('import', 'tickets', it.file('good.csv', good), '--by', 'li.na', '--apply');
    assert.match(again.stderr, /这个文件已经导入过了/);
    assert.equal(await opened(), 2);

    // The same by the page, for whoever files matters.
    const form = () => { const made = new FormData(); made.set('file', new Blob([good.replace('楼道灯坏了三天', '门禁坏了')]), 'm.csv'); return made; };
    assert.equal((await li.good('POST', '/api/v1/tickets/import?preview=true', form())).added, 2);
    assert.equal(await opened(), 2);
    assert.equal((await li.good('POST', '/api/v1/tickets/import?preview=false', form())).rows, 2);
    assert.equal(await opened(), 4);
    assert.equal((await li.ask('POST', '/api/v1/tickets/import?preview=false', form())).body.code, 'import.again');
    assert.equal((await it.admin.ask('POST', '/api/v1/tickets/import?preview=false', form())).status, 403);
    await it.kill();
    await it.start();
    assert.equal(await opened(), 4);
    assert.match(it.command('verify').stdout, /^4 tickets, \d+ events: every chain fits/);
});

test('what is exported is read again unchanged, with the service and without it', async (ending) => {
    const it = await prepared(ending);
    const number = await it.resident().files();
    const tickets = String(it.export('tickets'));
    assert.match(tickets, new RegExp(`"${number}".*"138\\*{4}5678"`));
    assert.doesNotMatch(tickets, /13812345678/);
    assert.equal(JSON.parse(it.export('tickets', '--format', 'json')).items.length, 1);
    assert.equal(String(it.export('tickets', '--unit', 'cuihu-centre')).split('\r\n').length, 2, 'a head and nothing');
    assert.equal(JSON.parse(it.export('directory')).staff.length, (await it.admin.get('/api/v1/directory/staff?limit=200')).items.length);
    const again = () => {
        for (const [kind, format] of [['units', 'csv'], ['buildings', 'csv'], ['households', 'csv'], ['staff', 'csv'], ['units', 'xlsx'], ['staff', 'xlsx']]) {
            const file = it.file(`${kind}.${format}`, it.export(kind, '--format', format));
            const looked = it.command('import', kind, file);
            assert.equal(looked.status, 0, text_of(looked));
            assert.match(looked.stdout, / [1-9]\d* rows: 0 added, 0 changed, /, `${kind} ${format}`);
        }
    };
    again();
    await it.stop();
    again();
    const taken = it.command('import', 'units', it.file('new.csv', '编号,名称,类型,上级\nbinhe,滨河苑,小区,cuihu-centre\n'), '--apply');
    assert.equal(taken.status, 0, text_of(taken));
    assert.match(String(it.export('units')), /"binhe","滨河苑"/);
    await it.start();
    assert.equal((await (await it.sign_in('admin')).get('/api/v1/directory/units/binhe')).name, '滨河苑');
});

test('a whole directory is looked at and taken like the file of a first start: rows added and changed, nothing erased', async (ending) => {
    const it = await prepared(ending);
    const demo = JSON.parse(readFileSync(join(root, 'templates/demo/directory.json'), 'utf8').replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*/g, (all, text) => text ?? ''));
    delete demo.demo_password;
    const change = (edit) => {
        const copy = structuredClone(demo);
        edit(copy);
        return it.file('whole.json', '// people edit it\n' + JSON.stringify(copy));
    };
    const takes = (file, ...more) => {
        const done = it.command('import', 'directory', file, ...more);
        assert.equal(done.status, 0, text_of(done));
        return done.stdout;
    };
    assert.match(takes(change(() => {})), /whole\.json: JSON, 30 rows: 0 added, 0 changed, 30 as they were\n/);
    const file = change((json) => {
        json.units.unshift({ key: 'gangwan', name: '港湾家园', kind: 'community', parent: 'gangwan-centre' }); // before what lies above it
        json.units.push({ key: 'gangwan-centre', name: '港湾物业服务中心', kind: 'service_centre', parent: 'huadong', hours: { 'monday-friday': ['09:00-17:00'] } });
        json.buildings.push({ community: 'gangwan', names: ['1', '2'], floors: 2, rooms: ['01', '02'] });
        json.staff.find((one) => one.login === 'li.na').name = '李娜娜';
        json.staff = json.staff.filter((one) => one.login !== 'sun.mei'); // left out is not erased
    });
    const looked = takes(file);
    assert.match(looked, /33 rows: 4 added, 1 changed, 28 as they were; 8 households added\nthis is what would be done/);
    assert.equal((await it.find('li.na')).name, '李娜');
    takes(file, '--apply');
    assert.equal((await it.find('li.na')).name, '李娜娜');
    assert.equal((await it.find('sun.mei')).disabled, false);
    assert.equal((await it.admin.get('/api/v1/directory/units/gangwan')).parent.key, 'gangwan-centre');
    assert.match(takes(file, '--apply'), /0 added, 0 changed, 33 as they were/);
    const seen = (await it.admin.get('/api/v1/audit')).items.find((one) => one.action === 'directory.imported');
    assert.deepEqual([seen.by.name, seen.field], ['命令行', 'directory']);

    const refuses = (edit, ...expected) => {
        const refused = it.command('import', 'directory', change(edit), '--apply');
        assert.deepEqual([refused.status, refused.stdout], [1, ''], text_of(refused));
        for (const one of expected) assert.match(refused.stderr, one);
    };
    refuses((json) => { json.demo_password = 'huiyin-demo'; json.stuff = 1; }, /whole\.json \/demo_password: 只在第一次启动时用/, /whole\.json \/stuff: /);
    refuses((json) => { json.staff[2].unit = 'nowhere'; json.buildings[0].names = []; json.units[5].parent = 'nowhere'; json.staff[0].name = '没改成'; },
        /whole\.json \/staff\/2\/unit: 没有叫“nowhere”的单位/, /whole\.json \/buildings\/0\/names: /, /whole\.json \/units\/5\/parent: /, /nothing was imported/);
    refuses((json) => { json.units[2].hours = { 'monday-friday': ['10:00-12:00'] }; json.units[3].zone = 'Asia/Tokyo'; }, /\/units\/2\/hours: 上班时间定了就不能改/, /\/units\/3\/zone: 时区定了就不能改/);
    refuses((json) => json.units.push({ key: 'neu', name: '新中心', kind: 'service_centre', parent: 'huadong', hours: { 'monday-friday': ['25:00-26:00'] } }), /\/units\/6\/hours/);
    refuses((json) => (json.staff.find((one) => one.login === 'admin').disabled = true), /whole\.json \/staff\/roles: 这样就没有管理员了/);
    refuses((json) => (json.organisation = 'other'), /这是另一个组织的文件/);
    assert.equal((await it.find('li.na')).name, '李娜娜', 'nothing of it was taken');
    const broken = it.command('import', 'directory', it.file('broken.json', '{"organisation": '));
    assert.match(text_of(broken), /^1\nhuiyin: \S+broken\.json: not readable as JSON/);
    // Without a service, too.
    await it.stop();
    assert.match(takes(change((json) => (json.staff[0].name = '李娜')), '--apply'), /0 added, 1 changed/);
});

test('a whole directory that was exported is imported again unchanged, and another store begins with it', async (ending) => {
    const it = await prepared(ending);
    const more = it.file('more.json', JSON.stringify({ organisation: 'yueju',
        units: [{ key: 'jinxiu-centre', name: '锦绣花园物业服务中心', kind: 'service_centre', shifts: [{ name: '夜班', when: '22:00-06:00', who: '保安队' }] }],
        households: [{ community: 'jinxiu', building: '3', room: '商铺1' }, { community: 'jinxiu', building: '3', unit: '2', room: '501', disabled: true }],
        staff: [{ login: 'sun.mei', name: '孙梅', roles: ['environment'], unit: 'jinxiu-centre', disabled: true, addresses: { app: 'SunMei' } }] }));
    assert.equal(it.command('import', 'directory', more, '--apply').status, 0);
    const text = String(it.export('directory'));
    const json = JSON.parse(text);
    assert.deepEqual([json.organisation, json.units.length, json.buildings.length, json.households.length, json.staff.length], ['yueju', 6, 3, 2, 9]);
    const file = it.file('whole.json', text);
    const again = it.command('import', 'directory', file, '--apply');
    assert.match(again.stdout, /: 0 added, 0 changed, \d+ as they were\n/, text_of(again));
    const part = it.file('part.json', String(it.export('directory', '--unit', 'cuihu-centre')));
    assert.match(it.command('import', 'directory', part).stdout, /0 added, 0 changed, 6 as they were\n/); // two units, three buildings, one of the staff
    const other = await house({ over: { directory: file } });
    ending(other.destroy);
    const told = (where) => spawnSync(program, ['export', 'directory', '--config', where.config], { encoding: 'utf8', cwd: root }).stdout;
    assert.equal(told(other), text);
    const rows = (where) => where.command('export', 'households').stdout.split('\n').sort();
    assert.deepEqual(rows(other), rows(it));
});

await run();
