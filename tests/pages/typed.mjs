// What staff type is done once and is not lost: an answer that goes astray, a session that ends, a hand that slips, two
// files after each other, news in between.
import assert from 'node:assert/strict';
import { colleague, password, sign_in } from './house_of.mjs';
import { real_demo } from './service.mjs';

const matter = (description) => ({ kind: 'complaint', category: 'housing', description, household: { building: '3', unit: '2', room: '501' }, customer: { name: '王女士', phone: '13812345678' } });

// The service does it, and the page never hears so; once.
async function lose_answer(page, path) {
    let lost = false;
    await page.route(path, async (route) => {
        if (route.request().method() !== 'POST' || lost) return route.continue();
        lost = true;
        await route.fetch();
        await route.abort();
    });
}

export async function typed({ check, open, shot, flawless, small_targets, picture_file, phone, wide }) {
    const service = await real_demo();
    const desk = await colleague(service.url, 'li.na');
    const file = async (description) => {
        const made = await desk.post('/api/v1/tickets', matter(description));
        assert.equal(made.status, 201, JSON.stringify(made.body));
        return made.body.number;
    };
    const at_ticket = async (number, viewport = phone, login = 'li.na') => {
        const page = await sign_in(open, service.url, login, viewport);
        await page.goto(`${service.url}/console/#/tickets/${number}`);
        await page.locator('.ticket .actions .main').waitFor();
        return page;
    };
    const note_form = async (page) => {
        await page.locator('.actions').getByRole('button', { name: '更多' }).click();
        await page.locator('.menu button', { hasText: /^\s*备注\s*$/ }).click();
        await page.waitForSelector('.form [data-field=text] textarea');
    };
    const notes_of = async (number) => (await desk.get(`/api/v1/tickets/${number}/events?limit=200`)).items.filter((one) => one.type === 'ticket.noted').length;
    const submit = (page) => page.click('.sheet-foot button[type=submit]');
    try {
        await check('what is said to a resident is said once, though the answer is lost; what is typed meanwhile stays', async () => {
            const resident = await open(service.url + '/chat/web', phone);
            await resident.waitForSelector('.welcome');
            await resident.fill('.composer textarea', '找人工,我电话13812345678');
            await resident.click('.composer button[type=submit]');
            await resident.locator('.message.theirs:not([aria-hidden])', { hasText: '前台同事' }).waitFor();
            const page = await sign_in(open, service.url, 'li.na', phone);
            await page.goto(service.url + '/console/#/talks');
            await page.locator('.talks .row').first().click();
            await page.locator('.talk-lines', { hasText: '找人工,我电话[电话]' }).waitFor();
            assert.doesNotMatch(await page.locator('body').textContent(), /13812345678/);
            await page.getByRole('button', { name: '我来接' }).click();
            await page.waitForSelector('.say textarea');
            // Whoever took it over is spoken to, and reads the number.
            await page.locator('.talk-lines', { hasText: '找人工,我电话13812345678' }).waitFor();
            await lose_answer(page, '**/conversations/*/commands');
            await page.fill('.say textarea', '师傅下午两点到');
            await page.click('.say button[type=submit]');
            await page.locator('.notice.late').waitFor();
            assert.equal(await page.inputValue('.say textarea'), '师傅下午两点到');
            await page.click('.say button[type=submit]');
            await page.waitForFunction(() => document.querySelector('.say textarea').value === '');
            await resident.locator('.message.staff', { hasText: '下午两点' }).waitFor();
            await page.unroute('**/conversations/*/commands');

            let go_on;
            const held = new Promise((resolve) => (go_on = resolve));
            await page.route('**/conversations/*/commands', async (route) => (await held, route.continue()));
            await page.fill('.say textarea', '请留人在家');
            await page.click('.say button[type=submit]');
            await page.fill('.say textarea', '到了会先打电话');
            go_on();
            await resident.locator('.message.staff', { hasText: '请留人' }).waitFor();
            await page.locator('.talk-lines', { hasText: '请留人' }).waitFor();
            assert.equal(await page.inputValue('.say textarea'), '到了会先打电话');
            assert.equal(await resident.locator('.message.staff', { hasText: '下午两点' }).count(), 1);
            await page.context().close();
            await resident.context().close();
        });

        await check('a ticket shows the talk it was told in', async () => {
            const resident = await open(service.url + '/chat/web', phone);
            await resident.waitForSelector('.welcome');
            for (const words of ['3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678', '对']) {
                const lines = await resident.locator('.message.theirs:not([aria-hidden])').count();
                await resident.fill('.composer textarea', words);
                await resident.click('.composer button[type=submit]');
                await resident.waitForFunction((before) => document.querySelectorAll('.message.theirs:not([aria-hidden])').length > before, lines);
            }
            const [told] = (await desk.get('/api/v1/tickets')).items.filter((one) => one.description.includes('漏到楼下'));
            const page = await at_ticket(told.number);
            await page.getByRole('button', { name: '对话' }).or(page.getByRole('tab', { name: '对话' })).first().click();
            await page.locator('.talk-lines', { hasText: '漏到楼下' }).waitFor();
            assert.match(await page.locator('.talk-lines').textContent(), /电话\[电话\]/);
            await page.context().close();
            await resident.context().close();
        });

        await check('a form whose answer was lost is one deed when it is sent again, and another when it was changed', async () => {
            const number = await file('单元门关不上');
            const page = await at_ticket(number);
            await lose_answer(page, '**/commands');
            await note_form(page);
            await page.fill('[data-field=text] textarea', '约好明天上门');
            await submit(page);
            await page.locator('.form .notice.late').waitFor();
            await submit(page);
            await page.waitForSelector('.form', { state: 'detached' });
            assert.equal(await notes_of(number), 1);

            await page.unroute('**/commands');
            await lose_answer(page, '**/commands');
            await page.locator('.timeline', { hasText: '明天上门' }).waitFor();
            await note_form(page);
            await page.fill('[data-field=text] textarea', '带一个门锁');
            await submit(page);
            await page.locator('.form .notice.late').waitFor();
            await page.fill('[data-field=text] textarea', '带两个门锁');
            await submit(page);
            await page.locator('.form .notice.late', { hasText: '刚被别人改过' }).waitFor(); // his own, and he looks again
            await submit(page);
            await page.waitForSelector('.form', { state: 'detached' });
            await page.locator('.timeline', { hasText: '带两个门锁' }).waitFor();
            assert.equal(await notes_of(number), 3);
            await page.context().close();

            const before = (await desk.get('/api/v1/tickets?limit=200')).items.length;
            const filing = await sign_in(open, service.url, 'li.na', phone);
            await lose_answer(filing, '**/api/v1/tickets');
            await filing.click('.tickets .file');
            await filing.waitForSelector('.form [data-field=kind]');
            await filing.locator('[data-field=kind] .chip', { hasText: '投诉' }).click();
            await filing.locator('[data-field=category] .chip, [data-field=category] option').first().waitFor({ state: 'attached' });
            const chip = filing.locator('[data-field=category] .chip').first();
            if (await chip.count()) await chip.click();
            else await filing.selectOption('[data-field=category] select', { index: 1 });
            await filing.fill('[data-field=description] textarea', '门口的灯不亮');
            await filing.fill('[data-field=building] input', '3');
            await filing.fill('[data-field=home] input', '2');
            await filing.fill('[data-field=room] input', '501');
            await filing.fill('[data-field=phone] input', '13812345678');
            await submit(filing);
            await filing.locator('.form .notice.late').waitFor();
            await submit(filing);
            await filing.waitForSelector('.ticket .timeline li');
            assert.equal((await desk.get('/api/v1/tickets?limit=200')).items.length, before + 1);
            await filing.context().close();
        });

        await check('a photo goes with the step: one that fails holds it back, cancelled it leaves nothing, twice it is one', async () => {
            const number = await file('楼道墙皮掉了');
            const page = await at_ticket(number);
            const pictures = async () => (await desk.get(`/api/v1/tickets/${number}`)).attachments.length;
            await note_form(page);
            await page.fill('[data-field=text] textarea', '拍了照片');
            await page.setInputFiles('.sheet input[type=file]', [picture_file]);
            await page.waitForSelector('.photos figure');
            await page.keyboard.press('Escape');
            await page.getByRole('button', { name: '不要了' }).click();
            await page.waitForSelector('.form', { state: 'detached' });
            assert.equal(await pictures(), 0);

            await page.route('**/attachments', (route) => route.abort());
            await note_form(page);
            await page.fill('[data-field=text] textarea', '拍了照片');
            await page.setInputFiles('.sheet input[type=file]', [picture_file]);
            await page.waitForSelector('.photos figure');
            await submit(page);
            await page.locator('.form .notice.late', { hasText: '有照片没有传上去，这一步还没有提交' }).waitFor();
            await page.locator('.photos figcaption', { hasText: '没有传上去' }).waitFor();
            await flawless(page, 'a photo that failed');
            await shot(page, 'console-photo-failed-phone');
            assert.equal(await notes_of(number), 0);
            await page.unroute('**/attachments');
            await lose_answer(page, '**/attachments');
            await submit(page);
            await page.locator('.form .notice.late', { hasText: '有照片没有传上去' }).waitFor();
            await submit(page);
            await page.waitForSelector('.form', { state: 'detached' });
            await page.locator('.pictures img').first().waitFor();
            assert.equal(await pictures(), 1);
            assert.equal(await notes_of(number), 1);
            await page.context().close();
        });

        await check('a form that is filled asks before it goes: Escape, a tap beside it, the way back', async () => {
            const number = await file('信箱锁坏了');
            const page = await at_ticket(number);
            const question = page.locator('.leaving', { hasText: '填的还没有提交' });
            await note_form(page);
            await page.keyboard.press('Escape'); // nothing is in it
            await page.waitForSelector('.form', { state: 'detached' });
            await note_form(page);
            await page.fill('[data-field=text] textarea', '换了锁芯');
            for (const way of [() => page.keyboard.press('Escape'), () => page.mouse.click(20, 20), () => page.goBack()]) {
                await way();
                await question.waitFor();
                assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), '接着填');
                await page.getByRole('button', { name: '接着填' }).click();
                await question.waitFor({ state: 'detached' });
                assert.equal(await page.inputValue('[data-field=text] textarea'), '换了锁芯');
                assert.ok(page.url().endsWith(`#/tickets/${number}`), page.url());
            }
            await page.keyboard.press('Escape');
            await question.waitFor();
            await flawless(page, 'leaving');
            assert.deepEqual(await small_targets(page), []);
            await shot(page, 'console-leaving-phone');
            await page.getByRole('button', { name: '不要了' }).click();
            await page.waitForSelector('.form', { state: 'detached' });
            await page.goBack();
            await page.waitForSelector('.ticket', { state: 'detached' });
            assert.equal(await notes_of(number), 0);
            await page.context().close();
        });

        await check('a session that ends under a form loses nothing of it to its holder, and shows nothing to anybody else', async () => {
            const number = await file('水表箱盖丢了');
            const end_session = async (page) => {
                const { value } = (await page.context().cookies()).find((one) => one.name === 'huiyin_session');
                assert.equal((await fetch(service.url + '/api/v1/sessions/current', { method: 'DELETE', headers: { Authorization: `Bearer ${value}` } })).status, 204);
            };
            // The next look of the page may have found it out first.
            const submit_unseen = (page) => page.evaluate(() => document.querySelector('.sheet-foot button[type=submit]').click());
            const again = async (page, login) => {
                await page.fill('[name=login]', login);
                await page.fill('[name=password]', password);
                await page.click('.sign-in button[type=submit]');
            };
            const page = await at_ticket(number);
            await note_form(page);
            await page.fill('[data-field=text] textarea', '配好了盖子');
            await end_session(page);
            await submit_unseen(page);
            await page.locator('.sign-in', { hasText: '李娜，登录已过期' }).waitFor();
            assert.equal(await page.inputValue('[name=login]'), 'li.na');
            assert.equal(await page.locator('.desk').isVisible(), false);
            await flawless(page, 'signed out');
            await shot(page, 'console-session-over-phone');
            await again(page, 'li.na');
            await page.waitForSelector('.form [data-field=text] textarea');
            assert.equal(await page.inputValue('[data-field=text] textarea'), '配好了盖子');
            await submit(page);
            await page.waitForSelector('.form', { state: 'detached' });
            await page.locator('.timeline', { hasText: '配好了盖子' }).waitFor();
            assert.equal(await notes_of(number), 1);

            await note_form(page);
            await page.fill('[data-field=text] textarea', '李娜写的');
            await end_session(page);
            await submit_unseen(page);
            await page.waitForSelector('.sign-in');
            await again(page, 'wang.fang');
            await page.locator('.ticket .actions .main').waitFor();
            assert.equal(await page.locator('.form').count(), 0);
            assert.doesNotMatch(await page.content(), /李娜写的/);
            await page.context().close();
        });

        await check('of two files the one that is shown is the one that is taken', async () => {
            const admin = await sign_in(open, service.url, 'admin', phone);
            await admin.goto(service.url + '/console/#/directory/staff');
            await admin.locator('.line', { hasText: '李娜' }).waitFor();
            await admin.getByRole('button', { name: '导入' }).click();
            await admin.waitForSelector('.import input[type=file]', { state: 'attached' });
            const csv = (name, rows) => ({ name, mimeType: 'text/csv', buffer: Buffer.from('登录名,姓名,岗位,单位\n' + rows.map(([login, called]) => `${login},${called},工程,锦绣花园物业服务中心\n`).join('')) });
            const held = [];
            let first = true;
            await admin.route('**/directory/staff/import*', async (route) => {
                if (first) {
                    first = false;
                    await new Promise((resolve) => held.push(resolve));
                }
                await route.continue();
            });
            await admin.setInputFiles('.import input[type=file]', csv('a.csv', [['a.yi', '甲一'], ['a.er', '甲二'], ['a.san', '甲三']]));
            await admin.locator('.form [role=status]', { hasText: /正在/ }).waitFor();
            await admin.setInputFiles('.import input[type=file]', csv('b.csv', [['b.yi', '乙一']]));
            await admin.locator('.found', { hasText: '新增 1' }).waitFor();
            held[0]();
            await admin.waitForResponse((answer) => /staff\/import/.test(answer.url()));
            await admin.locator('.form', { hasText: '乙一' }).waitFor();
            const said = await admin.locator('.form').textContent();
            assert.match(said, /b\.csv/);
            assert.doesNotMatch(said, /甲一|新增 3/);
            await submit(admin);
            await admin.getByRole('button', { name: '好了' }).click();
            await admin.locator('.line', { hasText: '乙一' }).waitFor();
            assert.equal(await admin.locator('.line', { hasText: '甲一' }).count(), 0);
            await admin.context().close();
        });

        await check('a long list goes on though news come, and stays fresh below its first page', async () => {
            for (let i = 0; i < 12; i++) await Promise.all(Array.from({ length: 5 }, (_, at) => file(`第${i * 5 + at}件`)));
            const page = await sign_in(open, service.url, 'li.na', wide);
            await page.goto(service.url + '/console/#/all');
            await page.waitForFunction(() => document.querySelectorAll('.rows .row').length === 50);
            let go_on;
            const held = new Promise((resolve) => (go_on = resolve));
            await page.route(/\/api\/v1\/tickets\?.*cursor=/, async (route) => (await held, route.continue()));
            await page.click('.more');
            await file('中间来的一件');
            await page.evaluate(() => new Promise((resolve) => {
                window.addEventListener('message', resolve, { once: true }); // after the page's own ear
                window.postMessage({ huiyin: 'refresh' }, location.origin);
            }));
            go_on();
            await page.waitForFunction(() => document.querySelectorAll('.rows .row').length > 60);
            await page.locator('.row', { hasText: '中间来的一件' }).waitFor();
            await file('后来的一件');
            await page.locator('.row', { hasText: '后来的一件' }).waitFor({ timeout: 5000 });
            assert.ok((await page.locator('.rows .row').count()) > 60);
            const numbers = await page.locator('.rows .row').evaluateAll((rows) => rows.map((row) => row.getAttribute('href')));
            assert.equal(new Set(numbers).size, numbers.length);
            await page.context().close();
        });
    } finally {
        await service.stop();
    }
}
