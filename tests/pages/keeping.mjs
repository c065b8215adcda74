// The administrator keeps the directory in the console; the desk keeps its searches and gives several tickets at once; a
// manager looks at the month as bars. Each page on a phone and on a wide screen, without anything that axe finds.
import assert from 'node:assert/strict';
import { colleague, sign_in } from './house_of.mjs';
import { as_seen } from './seen.mjs';
import { real_demo } from './service.mjs';

const file_of = (text) => ({ name: 'staff.csv', mimeType: 'text/csv', buffer: Buffer.isBuffer(text) ? text : Buffer.from(text) });

// A matter of the community, filed by the front desk and accepted.
async function filed(desk, description, room) {
    const made = await desk.post('/api/v1/tickets', {
        kind: 'complaint', category: 'housing', description,
        household: { building: '3', unit: '2', room }, customer: { name: '王女士', phone: '13812345678' },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const accepted = await desk.post(`/api/v1/tickets/${made.body.number}/commands`, { command: 'accept' });
    assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
    return made.body.number;
}

export async function keeping({ check, open, phone, wide, ...tools }) {
    const { good, both } = as_seen({ phone, wide, ...tools });
    const service = await real_demo();
    try {
        await check('the administrator sees the tree of units, and nobody else the directory', async () => {
            const page = await sign_in(open, service.url, 'admin', phone);
            await page.locator('.tabs a', { hasText: '组织' }).click();
            await page.locator('.line', { hasText: '锦绣花园物业服务中心' }).waitFor();
            assert.equal(await page.locator('.line').count(), 6);
            await both(page, 'console-directory');
            await page.context().close();
            const desk = await sign_in(open, service.url, 'wang.fang', phone);
            assert.equal(await desk.locator('.tabs a', { hasText: '组织' }).count(), 0);
            await desk.context().close();
            const manager = await colleague(service.url, 'wang.fang');
            assert.equal((await manager.ask('GET', '/api/v1/directory/staff')).status, 403);
        });

        await check('a colleague is added, gets a link to sign in by, is changed and disabled', async () => {
            const page = await sign_in(open, service.url, 'admin', phone);
            await page.goto(service.url + '/console/#/directory/staff');
            await page.locator('.line', { hasText: '李娜' }).waitFor();
            await page.getByRole('button', { name: '添加' }).click();
            await page.waitForSelector('.form [data-field=login]');
            await page.click('.sheet-foot .main');
            await page.locator('.mistake').first().waitFor();
            await page.fill('[data-field=name] input', '钱伟');
            await page.fill('[data-field=login] input', '钱 伟');
            await page.locator('[data-field=roles] .chip', { hasText: /^\s*工程/ }).first().click();
            await page.locator('[data-field=unit] select, [data-field=unit] .chip', { hasText: '锦绣花园物业服务中心' }).first().waitFor();
            const chip = page.locator('[data-field=unit] .chip', { hasText: '锦绣花园物业服务中心' });
            if (await chip.count()) await chip.click();
            else await page.selectOption('[data-field=unit] select', { label: '锦绣花园物业服务中心' });
            await page.click('.sheet-foot .main');
            await page.locator('[data-field=login] .mistake', { hasText: '登录名只写字母' }).waitFor();
            await page.fill('[data-field=login] input', 'qian.wei');
            await good(page, 'console-directory-add-phone');
            await page.click('.sheet-foot .main');
            await page.locator('.form .link', { hasText: '/console/#/link/' }).waitFor();
            const link = await page.locator('.form .link').textContent();
            await page.locator('.sheet-head .plain').click();
            await page.locator('.line', { hasText: '钱伟' }).waitFor();
            const fresh = await open(link.trim(), phone); // the link is good, once
            await fresh.fill('input[name=password]', 'a-long-pw');
            assert.equal(await fresh.locator('button[type=submit]').isDisabled(), true, 'too short');
            assert.ok(!fresh.url().includes('/link/'), 'the token stands in no history');
            await good(fresh, 'console-new-password-phone');
            await fresh.fill('input[name=password]', 'a-long-password');
            await fresh.click('button[type=submit]');
            await fresh.waitForSelector('.tickets');
            await page.locator('.line', { hasText: '钱伟' }).click();
            await page.waitForSelector('.form [data-field=phone]');
            await page.fill('[data-field=phone] input', '15400000188');
            await page.click('.sheet-foot .main');
            await page.waitForSelector('.form', { state: 'detached' });
            await page.locator('.line', { hasText: '钱伟' }).click();
            await page.waitForFunction(() => document.querySelector('[data-field=phone] input')?.value === '15400000188');
            await page.getByRole('button', { name: '停用', exact: true }).click();
            await page.locator('.line.off', { hasText: '钱伟' }).waitFor();
            await fresh.reload();
            await fresh.waitForSelector('[name=login]'); // signed out everywhere
            await fresh.context().close();
            await both(page, 'console-directory-staff');
            await page.locator('.line', { hasText: '系统管理员' }).click();
            await page.getByRole('button', { name: '停用', exact: true }).click();
            await page.locator('.form .notice, .form .mistake', { hasText: /管理员/ }).first().waitFor(); // the last one stays
            await page.context().close();
        });

        await check('matters that stood on paper come from a file, by whoever files', async () => {
            const page = await sign_in(open, service.url, 'li.na', phone);
            await page.goto(service.url + '/console/#/all');
            await page.locator('.tickets .file').click();
            await page.getByRole('button', { name: '从文件导入' }).click();
            await page.waitForFunction(() => document.activeElement?.matches('.import .title'));
            await page.setInputFiles('.import input[type=file]', file_of('小区,楼栋,单元,房号,性质,事情,客户,电话\n锦绣花园,3,2,501,吵架,卫生间漏水,王女士,13800001111\n'));
            await page.locator('.import .faults', { hasText: '性质' }).waitFor();
            await both(page, 'console-import-tickets-faults');
            await page.setViewportSize(phone);
            await page.setInputFiles('.import input[type=file]', file_of('小区,楼栋,单元,房号,性质,事情,客户,电话\n锦绣花园,3,2,501,需求,纸上记的卫生间漏水,王女士,13800001111\n'));
            await page.locator('.sheet-foot .main', { hasText: '导入 1 行' }).click();
            await page.locator('.sheet-foot .main', { hasText: '好了' }).click();
            await page.waitForSelector('.form', { state: 'detached' });
            await page.locator('.row', { hasText: '纸上记的卫生间漏水' }).waitFor();
            await page.context().close();
        });

        await check('a file is looked at first: its encoding, every fault with its line; then all of it is taken', async () => {
            const page = await sign_in(open, service.url, 'admin', phone);
            await page.goto(service.url + '/console/#/directory/staff');
            await page.locator('.line').first().waitFor();
            await page.getByRole('button', { name: '导入' }).click();
            await page.setInputFiles('.import input[type=file]', file_of('登录名,姓名,岗位,单位,备注\nwu.hao,吴昊,工程,锦绣花园物业服务中心,新来\nhe.li,何丽,保洁员,锦绣花园物业服务中心,\n'));
            await page.locator('.import .faults', { hasText: '第 3 行' }).waitFor();
            assert.match(await page.locator('.import').textContent(), /UTF-8，2 行：新增 1.*备注.*保洁员/s);
            assert.equal(await page.locator('.sheet-foot .main').isDisabled(), true);
            await both(page, 'console-import-faults');
            await page.setViewportSize(phone);
            const admin = await colleague(service.url, 'admin');
            const find = async (login) => (await admin.get(`/api/v1/directory/staff?q=${login}`)).items.length;
            assert.equal(await find('wu.hao'), 0, 'nothing half done');
            // "登录名,姓名,岗位,单位" and "wu.hao,吴昊,工程,jinxiu-centre" as an old spreadsheet writes them.
            const old = Buffer.from('b5c7c2bcc3fb2cd0d5c3fb2cb8dacebb2cb5a5cebb0d0a77752e68616f2ccee2eabb2cb9a4b3cc2c6a696e7869752d63656e7472650d0a', 'hex');
            await page.setInputFiles('.import input[type=file]', file_of(old));
            await page.locator('.import .found', { hasText: 'GB18030' }).waitFor();
            await page.locator('.sheet-foot .main', { hasText: '导入 1 行' }).waitFor();
            await good(page, 'console-import-ready-phone');
            await page.click('.sheet-foot .main');
            await page.locator('.sheet-foot .main', { hasText: '好了' }).waitFor();
            assert.equal(await find('wu.hao'), 1);
            await page.click('.sheet-foot .main');
            await page.waitForSelector('.form', { state: 'detached' });
            await page.locator('.line', { hasText: '吴昊' }).waitFor();
            const taken = await page.evaluate(async () => (await fetch('/api/v1/directory/staff/export?format=csv')).text());
            assert.match(taken, /"wu\.hao","吴昊","工程/);
            await page.context().close();
        });

        await check('buildings and their flats; a flat that is gone is disabled', async () => {
            const page = await sign_in(open, service.url, 'admin', wide);
            await page.goto(service.url + '/console/#/directory/buildings');
            await page.locator('.line', { hasText: '翠湖苑 A座' }).waitFor();
            await good(page, 'console-buildings-wide');
            await page.goto(service.url + '/console/#/directory/households');
            await page.fill('.directory [type=search]', '3栋2单元501');
            await page.locator('.line').nth(0).waitFor();
            await page.waitForFunction(() => document.querySelectorAll('.line').length === 1);
            await page.locator('.line').click();
            await page.getByRole('button', { name: '停用', exact: true }).click();
            await page.locator('.line.off').waitFor();
            await page.locator('.line').click();
            await page.getByRole('button', { name: '重新启用' }).click();
            await page.locator('.line:not(.off)').waitFor();
            await page.context().close();
        });

        await check('who saw and changed what is there to be read, and so is the outbox', async () => {
            const page = await sign_in(open, service.url, 'admin', phone);
            await page.goto(service.url + '/console/#/audit');
            await page.locator('.entries li', { hasText: '导入了人员' }).waitFor();
            await page.locator('.entries li', { hasText: /看了资料：人员/ }).first().waitFor();
            await both(page, 'console-audit');
            await page.goto(service.url + '/console/#/outbox');
            await page.selectOption('.outbox select', '');
            await both(page, 'console-outbox');
            await page.context().close();
        });

        await check('by the API: nobody but the organisation\'s administrator, nothing unreadable, nothing erased', async () => {
            const admin = await colleague(service.url, 'admin');
            const by = async (person, method, path, body) => (await person.ask(method, '/api/v1/directory' + path, body)).status;
            for (const login of ['li.na', 'zhang.qiang', 'wang.fang', 'chen.gang', 'zhao.min']) {
                const other = await colleague(service.url, login);
                for (const [method, path] of [['GET', '/units'], ['POST', '/staff'], ['GET', '/staff/li.na'], ['PATCH', '/staff/li.na'], ['DELETE', '/staff/li.na'], ['POST', '/staff/li.na/commands'], ['GET', '/staff/export']])
                    assert.equal(await by(other, method, path, method === 'GET' || method === 'DELETE' ? undefined : {}), 403, `${login} ${method} ${path}`);
                assert.equal((await other.ask('GET', '/api/v1/audit')).status, 403);
            }
            assert.equal(await by(admin, 'GET', '/nothing'), 404);
            assert.equal(await by(admin, 'PATCH', '/units/nothing', { name: 'x' }), 404);
            assert.equal(await by(admin, 'GET', '/staff?what=1'), 400);
            assert.equal(await by(admin, 'GET', '/staff?cursor=x'), 400);
            for (const [path, body, pointer] of [
                ['/units/jinxiu', { key: 'other' }, '/key'], ['/units/jinxiu', { nam: 'x' }, '/nam'], ['/units/jinxiu', { hours: {} }, '/hours'],
                ['/units/jinxiu', { phones: { duty: 'x' } }, '/phones/duty'], ['/staff/li.na', { roles: [] }, '/roles'], ['/buildings/jinxiu:3', { floors: 0 }, '/floors'],
            ]) {
                const answer = await admin.ask('PATCH', '/api/v1/directory' + path, body);
                assert.equal(answer.status, 422, path);
                assert.equal(answer.body.errors[0].pointer, pointer, JSON.stringify(answer.body));
                assert.match(answer.body.errors[0].detail, /[\u4e00-\u9fff]/);
            }
            // The flat of an address that the chat knows; disabled it is asked about like one that was never there.
            const household = (await admin.get('/api/v1/directory/households?unit=jinxiu&q=' + encodeURIComponent('7栋1单元1801'))).items[0];
            assert.equal((await admin.ask('DELETE', `/api/v1/directory/households/${household.id}`)).body.disabled, true);
            assert.equal((await admin.get(`/api/v1/directory/households/${household.id}`)).label, '7栋1单元1801');
            const building = await admin.ask('POST', '/api/v1/directory/buildings', { community: '翠湖苑', name: 'D', floors: 2, rooms: ['01', '02'] });
            assert.deepEqual([building.status, building.body.households_added], [201, 4]);
            assert.equal((await admin.ask('POST', '/api/v1/directory/buildings', { community: 'cuihu', name: 'd', floors: 2, rooms: ['01'] })).status, 422);
            assert.equal((await admin.get('/api/v1/directory/households?unit=cuihu&building=D')).items.length, 4);
            const pages = [];
            for (let cursor = ''; cursor !== null;) {
                const page = await admin.get(`/api/v1/directory/households?unit=cuihu&limit=200&cursor=${cursor}`);
                pages.push(...page.items.map((one) => one.id));
                cursor = page.next_cursor;
            }
            assert.equal(new Set(pages).size, 3 * 24 * 4 + 4);
            const seen = (await admin.get('/api/v1/audit?limit=200')).items.filter((one) => one.action.startsWith('directory.'));
            assert.ok(seen.length >= 2 && seen.every((one) => one.by.login === 'admin'));
        });

        const desk = await colleague(service.url, 'li.na');
        const numbers = [];
        await check('a search gets a name, and is there again the next time', async () => {
            for (const [words, room] of [['楼道灯坏了三天', '501'], ['楼道墙皮掉了', '502'], ['单元门关不上', '601']]) numbers.push(await filed(desk, words, room));
            const page = await sign_in(open, service.url, 'li.na', phone);
            await page.goto(service.url + '/console/#/all');
            await page.locator('.row', { hasText: '墙皮' }).waitFor();
            await page.fill('.filters [type=search]', '楼道');
            await page.waitForFunction(() => document.querySelectorAll('.row').length === 2);
            await page.selectOption('.filters select >> nth=0', 'open');
            await page.getByRole('button', { name: '存为常用' }).click();
            await page.fill('.naming input', '楼道在办');
            await both(page, 'console-filter-naming');
            await page.setViewportSize(phone);
            await page.click('.naming button[type=submit]');
            await page.locator('.saved .chip[aria-pressed=true]', { hasText: '楼道在办' }).waitFor();
            await page.reload();
            await page.locator('.saved .chip', { hasText: '楼道在办' }).click();
            await page.waitForFunction(() => document.querySelectorAll('.row').length === 2);
            await good(page, 'console-filter-saved-phone');
            await page.context().close();
            const other = await colleague(service.url, 'sun.mei');
            assert.deepEqual((await other.get('/api/v1/me/filters')).items, [], 'they are one\'s own');
            const bad = await desk.put('/api/v1/me/filters', { items: [{ name: 'x', query: { what: '1' } }] });
            assert.equal(bad.status, 422);
        });

        await check('several tickets go to one colleague; the one that somebody changed meanwhile is named', async () => {
            const page = await sign_in(open, service.url, 'li.na', phone);
            await page.goto(service.url + '/console/#/all');
            await page.locator('.row', { hasText: '墙皮' }).waitFor();
            await page.getByRole('button', { name: '多选' }).click();
            for (const number of numbers) await page.locator('.pick-one', { hasText: number }).click();
            await both(page, 'console-choosing');
            await page.setViewportSize(phone);
            await page.context().route('**/api/v1/tickets?*', (route) => route.abort()); // the list stays as it was seen
            assert.equal((await desk.post(`/api/v1/tickets/${numbers[1]}/commands`, { command: 'note', text: '业主来问过' })).status, 200);
            await page.getByRole('button', { name: /派单（3）/ }).click();
            await page.locator('.bulk [data-field=assignee] .chip', { hasText: '张强' }).click();
            await page.click('.bulk .sheet-foot .main');
            await page.locator('.bulk [role=status]', { hasText: '派成 2 张，没派成 1 张' }).waitFor();
            const said = page.locator('.bulk .faults li', { hasText: numbers[1] });
            assert.match(await said.textContent(), /刚被别人改过/);
            await good(page, 'console-bulk-phone');
            await page.context().unroute('**/api/v1/tickets?*');
            await page.locator('.bulk .sheet-foot .main').click();
            await page.waitForSelector('.bulk', { state: 'detached' });
            for (const [i, login] of [[0, 'zhang.qiang'], [2, 'zhang.qiang']])
                assert.equal((await desk.get(`/api/v1/tickets/${numbers[i]}`)).assignee.login, login);
            await page.context().close();
        });

        await check('the month as bars, each with its numbers; nothing of it against the policy of the page', async () => {
            const page = await sign_in(open, service.url, 'wang.fang', phone);
            await page.locator('.tabs a', { hasText: '报表' }).click();
            await page.locator('.charts canvas').first().waitFor();
            await page.selectOption('.reports select >> nth=0', 'categories');
            await page.waitForFunction(() => document.querySelectorAll('.charts canvas').length === 3);
            await page.locator('.charts summary').first().click();
            assert.match(await page.locator('.charts figure').first().textContent(), /件数，按性质.*投诉.*3/s);
            const drawn = await page.locator('.charts canvas').first().evaluate((canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0));
            assert.ok(drawn, 'the canvas is not empty');
            await both(page, 'console-charts');
            await page.emulateMedia({ media: 'print' });
            assert.equal(await page.locator('.tabs').isVisible(), false);
            await tools.shot(page, 'console-charts-print');
            await page.context().close();
        });

        await check('the rules are asked what they would do with a case, and answer with their clauses', async () => {
            const page = await sign_in(open, service.url, 'li.na', phone);
            await page.goto(service.url + '/console/#/rules');
            await page.getByRole('button', { name: /试一试/ }).first().click();
            await page.click('.explain .sheet-foot .main');
            await page.locator('.explain .mistake').first().waitFor();
            await page.locator('[data-field=kind] .chip', { hasText: '投诉' }).click();
            await page.locator('[data-field=category] .chip', { hasText: '房屋' }).click();
            await page.locator('[data-field=marks] .chip', { hasText: '媒体' }).click();
            await good(page, 'console-explain-ask-phone');
            await page.click('.explain .sheet-foot .main');
            await page.locator('.explain .answers').waitFor();
            assert.match(await page.locator('.explain .answers').textContent(), /级别\s*重大.*谁受理\s*前台.*谁承办/s);
            await both(page, 'console-explain');
            await page.context().close();
            const manager = await colleague(service.url, 'wang.fang');
            assert.equal((await manager.ask('POST', '/api/v1/policies/nothing/explain', {})).status, 404);
            assert.equal((await manager.ask('POST', '/api/v1/policies/property-group/explain', { kind: 'nothing' })).status, 422);
        });

        await check('a manager opens who saw the phone of a matter', async () => {
            assert.equal((await desk.ask('POST', `/api/v1/tickets/${numbers[0]}/reveal`, { field: 'phone', reason: '约上门时间' })).status, 200);
            const page = await sign_in(open, service.url, 'wang.fang', phone);
            await page.goto(service.url + '/console/#/tickets/' + numbers[0]);
            await page.locator('.seen summary').click();
            await page.locator('.seen li', { hasText: '李娜 约上门时间' }).waitFor();
            await tools.flawless(page, 'ticket with who saw it');
            await page.context().close();
            assert.equal((await desk.ask('GET', `/api/v1/tickets/${numbers[0]}/audit`)).status, 403);
        });

        await check('on the narrowest phone every place is read without scrolling aside, and a keyboard reaches what a finger does', async () => {
            const narrow = { width: 360, height: 740 };
            for (const [login, places] of [
                ['admin', ['directory', 'directory/buildings', 'directory/households', 'directory/staff', 'outbox', 'audit', 'me', 'rules']],
                ['wang.fang', ['todo', 'all', 'reports', 'me', 'tickets/' + numbers[0]]],
            ]) {
                const page = await sign_in(open, service.url, login, narrow);
                for (const place of places) {
                    await page.goto(`${service.url}/console/#/${place}`);
                    await page.locator('main:visible, .ticket:visible').first().waitFor();
                    await page.waitForFunction(() => !document.querySelector('main .bone')); // what comes later is there
                    const aside = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
                    assert.ok(aside <= 0, `${login} ${place}: ${aside} px aside`);
                }
                await page.context().close();
            }
            const page = await sign_in(open, service.url, 'admin', wide);
            await page.goto(service.url + '/console/#/directory/staff');
            await page.locator('.line', { hasText: '李娜' }).focus();
            await page.keyboard.press('Enter');
            await page.waitForSelector('.form [data-field=phone]');
            await page.waitForFunction(() => document.activeElement?.matches('.sheet .title')); // what a screen reader hears first
            await page.keyboard.press('Escape');
            await page.waitForSelector('.form', { state: 'detached' });
            await page.context().close();
        });

        await check('leads take the tickets along, what would be a formula is none; the desk does not', async () => {
            await filed(desk, '=HYPERLINK("x") 楼道有烟头', '602');
            const manager = await sign_in(open, service.url, 'wang.fang', wide);
            const take = (path) => manager.evaluate(async (address) => {
                const answer = await fetch(address);
                return [answer.status, await answer.text()];
            }, path);
            const [status, text] = await take('/api/v1/exports/tickets?format=csv&q=' + encodeURIComponent('烟头'));
            assert.equal(status, 200);
            assert.equal(text.trim().split('\r\n').length, 2, text);
            assert.match(text, /"'=HYPERLINK/);
            assert.ok(!text.includes('13812345678'), 'phones are masked');
            assert.equal((await take('/api/v1/exports/staff?format=json'))[0], 200);
            assert.equal((await take('/api/v1/exports/nothing'))[0], 404);
            assert.equal((await desk.ask('GET', '/api/v1/exports/tickets')).status, 403);
            await manager.context().close();
        });
    } finally {
        await service.stop();
    }
}
