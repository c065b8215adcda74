// What colleagues do is seen as it happens, within what one may see; and the console by keyboard alone.
import assert from 'node:assert/strict';
import { colleague, password, sign_in } from './house_of.mjs';
import { picture } from './picture.mjs';
import { real_demo } from './service.mjs';

const matter = (description, more = {}) => ({ kind: 'complaint', category: 'housing', description, household: { building: '3', unit: '2', room: '501' }, customer: { name: '王女士', phone: '13812345678' }, ...more });

async function file(who, description, more) {
    const made = await who.post('/api/v1/tickets', matter(description, more));
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body.number;
}
async function give(who, number, command, fields = {}) {
    const done = await who.post(`/api/v1/tickets/${number}/commands`, { command, ...fields });
    assert.equal(done.status, 200, JSON.stringify(done.body));
}

// A program that listens: what it heard, and the way to wait for something.
async function listener(url, login) {
    const session = await (await fetch(url + '/api/v1/sessions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login, password }) })).json();
    const line = new AbortController();
    const answer = await fetch(url + '/api/v1/news', { headers: { Authorization: `Bearer ${session.token}` }, signal: line.signal });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), /^text\/event-stream/);
    const it = { token: session.token, heard: [], ended: false, close: () => line.abort() };
    const reading = (async () => {
        let text = '';
        for await (const chunk of answer.body) {
            text += Buffer.from(chunk).toString();
            for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
                const event = /^event: (.*)$/m.exec(text.slice(0, end))?.[1];
                const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
                if (event) it.heard.push({ event, ...JSON.parse(data) });
                text = text.slice(end + 2);
            }
        }
    })().catch(() => {}).finally(() => (it.ended = true));
    it.until = async (what, fits) => {
        for (const give_up = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 10))) {
            if (fits(it)) return;
            assert.ok(Date.now() < give_up, `${login} did not hear ${what}: ${JSON.stringify(it.heard)}`);
        }
    };
    it.done = reading;
    await it.until('hello', ({ heard }) => heard[0]?.event === 'hello');
    return it;
}

export async function live({ check, open, shot, flawless, small_targets, phone, wide }) {
    const service = await real_demo();
    const signed_in = (login, viewport, before) => sign_in(open, service.url, login, viewport, before);
    const [desk, manager, neighbour] = await Promise.all(['li.na', 'wang.fang', 'zhou.jie'].map((login) => colleague(service.url, login)));
    try {
        await check('the stream tells of one\'s own units alone, who did it, and ends with the session', async () => {
            const [here, there, above, machine] = await Promise.all(['wang.fang', 'zhou.jie', 'chen.gang', 'admin'].map((login) => listener(service.url, login)));
            const number = await file(desk, '楼道灯坏了三天');
            const other = await file(neighbour, '楼下垃圾没人收', { household: { building: 'A', room: '0101' }, unit: 'cuihu' });
            for (const [one, numbers] of [[here, [number]], [there, [other]], [above, [number, other]], [machine, [number, other]]])
                await one.until(numbers, ({ heard }) => numbers.every((each) => heard.some((event) => event.number === each)));
            await give(desk, number, 'accept');
            await here.until('who accepted', ({ heard }) => heard.some((event) => event.number === number && event.version >= 2 && event.by === '李娜'));
            await give(desk, number, 'note', { text: '约好明天上门' });
            await here.until('who wrote the note', ({ heard }) => heard.some((event) => event.number === number && event.version >= 4 && event.by === '李娜'));
            assert.ok(!here.heard.some((event) => event.number === other) && !there.heard.some((event) => event.number === number), JSON.stringify([here.heard, there.heard]));
            // What is told holds nothing but where to look.
            for (const event of above.heard) assert.deepEqual(Object.keys(event).filter((key) => !['event', 'number', 'version', 'by', 'by_kind', 'id'].includes(key)), []);
            const out = await fetch(service.url + '/api/v1/sessions/current', { method: 'DELETE', headers: { Authorization: `Bearer ${here.token}` } });
            assert.equal(out.status, 204);
            await give(desk, number, 'note', { text: '看过' });
            await here.until('the end', ({ ended }) => ended);
            assert.equal((await fetch(service.url + '/api/v1/news')).status, 401);
            for (const one of [there, above, machine]) one.close();
        });

        await check('a person has six streams; a seventh ends the oldest', async () => {
            const all = [];
            for (let at = 0; at < 7; at++) all.push(await listener(service.url, 'liu.yang'));
            await all[0].until('the end', ({ ended }) => ended);
            assert.ok(all.slice(1).every(({ ended }) => !ended));
            for (const one of all) one.close();
        });

        await check('what a colleague files stands in the list at once, and the list asks no more than it must', async () => {
            const asked = [];
            const page = await signed_in('li.na', wide, async (fresh) => void fresh.on('request', (request) => /\/api\/v1\/tickets\?/.test(request.url()) && asked.push(Date.now())));
            await page.goto(service.url + '/console/#/all');
            await page.locator('.row', { hasText: '楼道灯坏了' }).first().waitFor();
            const before = asked.length;
            await file(manager, '单元门关不上');
            await page.locator('.row', { hasText: '单元门关不上' }).waitFor({ timeout: 5000 });
            assert.ok(asked.length - before <= 3, `${asked.length - before} looks for one news`);
            await page.context().close();
        });

        await check('a ticket on the page changes under one\'s eyes; what is typed stays, and is checked before it is taken', async () => {
            const number = await file(manager, '电梯按钮不灵');
            const page = await signed_in('li.na', phone);
            await page.goto(`${service.url}/console/#/tickets/${number}`);
            await page.locator('.timeline li').first().waitFor();
            await give(manager, number, 'note', { text: '已经请维保来看' });
            await page.locator('.timeline', { hasText: '已经请维保来看' }).waitFor({ timeout: 5000 });
            await page.locator('.toast.shown', { hasText: '王芳刚更新了这张工单' }).waitFor();
            await page.locator('.actions').getByRole('button', { name: '更多' }).click();
            await page.locator('.menu button', { hasText: /^\s*备注\s*$/ }).click();
            await page.fill('[data-field=text] textarea', '打过电话,没人接');
            await give(manager, number, 'note', { text: '维保下午两点到' });
            await page.locator('.form .notice', { hasText: '王芳刚更新了这张工单' }).waitFor({ timeout: 5000 });
            assert.equal(await page.inputValue('[data-field=text] textarea'), '打过电话,没人接');
            await flawless(page, 'changed under a form');
            await shot(page, 'console-changed-phone');
            await page.click('.sheet-foot button[type=submit]');
            await page.locator('.form .notice.late', { hasText: '刚被别人改过' }).waitFor();
            assert.equal(await page.inputValue('[data-field=text] textarea'), '打过电话,没人接');
            await page.click('.sheet-foot button[type=submit]');
            await page.waitForSelector('.form', { state: 'detached' });
            await page.locator('.timeline', { hasText: '打过电话' }).waitFor();
            await page.locator('.timeline', { hasText: '维保下午两点到' }).waitFor();
            await page.context().close();
        });

        await check('what the clock alone brought about is nobody\'s doing, and is said so', async () => {
            const number = await file(manager, '水泵房有异响');
            const ear = await listener(service.url, 'wang.fang');
            const page = await signed_in('li.na', phone);
            await page.goto(`${service.url}/console/#/tickets/${number}`);
            await page.locator('.timeline li').first().waitFor();
            const admin = await colleague(service.url, 'admin');
            assert.equal((await admin.ask('PUT', '/api/v1/clock', { advance: '65 minutes' })).status, 200); // the reminder to accept
            await ear.until('the reminder', ({ heard }) => heard.some((event) => event.number === number && event.by === null && event.by_kind === 'policy'));
            await page.locator('.toast.shown', { hasText: '系统按制度更新了这张工单' }).waitFor({ timeout: 5000 });
            ear.close();
            await page.context().close();
        });

        await check('without the stream the pages look by themselves; when it is back, all is read again', async () => {
            let blocked = true, tried = 0;
            const page = await signed_in('li.na', phone, (fresh) => fresh.context().route('**/api/v1/news', (route) => (tried++, blocked ? route.abort() : route.continue())));
            await page.goto(service.url + '/console/#/all');
            await page.locator('.row').first().waitFor();
            await file(manager, '地下车库积水');
            await page.locator('.row', { hasText: '地下车库积水' }).waitFor({ timeout: 15_000 });
            assert.ok(tried >= 2, 'it is tried again');
            const opened = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/news') && answer.status() === 200, { timeout: 40_000 });
            blocked = false;
            await opened;
            await file(manager, '路灯不亮');
            await page.locator('.row', { hasText: '路灯不亮' }).waitFor({ timeout: 5000 });
            await page.context().close();
        });

        await by_keys({ check, signed_in, shot, flawless, small_targets, phone, wide, desk });
    } finally {
        await service.stop();
    }
}

const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.replace(/\s+/g, ' ').trim() ?? '');
const focus_is = (page, selector) => page.evaluate((wanted) => !!document.activeElement?.matches(wanted), selector);
// Is the focus seen? An outline, wherever it is.
const outlined = (page) => page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return document.activeElement !== document.body && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
});

async function by_keys({ check, signed_in, shot, flawless, small_targets, phone, wide, desk }) {
    await check('j, k and the arrows go through the list, Enter opens, Escape comes back to the same row', async () => {
        const page = await signed_in('li.na', wide);
        await page.keyboard.press('3');
        await page.locator('.tabs a[aria-current=page]', { hasText: '全部' }).waitFor();
        await page.locator('.row').nth(2).waitFor();
        const rows = await page.locator('.row').evaluateAll((all) => all.map((one) => one.textContent.replace(/\s+/g, ' ').trim()));
        const at = async (wanted) => assert.equal(rows.indexOf(await focused(page)), wanted);
        await page.keyboard.press('j');
        await at(0);
        assert.ok(await outlined(page), 'the focus is seen');
        await shot(page, 'console-keys-list-wide');
        await page.keyboard.press('j');
        await at(1);
        await page.keyboard.press('ArrowDown');
        await at(2);
        await page.keyboard.press('ArrowUp');
        await page.keyboard.press('k');
        await page.keyboard.press('k'); // the first stays the first
        await at(0);
        await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await page.locator('.timeline li').first().waitFor();
        await page.keyboard.press('Escape');
        await page.locator('.detail.nothing').waitFor();
        await at(1);
        await page.context().close();
    });

    await check('/ searches, typed letters stay letters, and the arrow goes down to what was found', async () => {
        const page = await signed_in('li.na', wide);
        await page.keyboard.press('/');
        await page.waitForFunction(() => document.activeElement?.matches('input[type=search]'));
        await page.keyboard.type('jk/?n1');
        assert.equal(await page.inputValue('input[type=search]'), 'jk/?n1');
        assert.equal(await page.locator('.form').count(), 0);
        await page.fill('input[type=search]', '电梯');
        await page.waitForFunction(() => document.querySelectorAll('.row').length === 1);
        await page.keyboard.press('ArrowDown');
        assert.ok(await focus_is(page, '.row'));
        await page.context().close();
    });

    await check('a matter is filed, accepted and noted with no other hand than the keyboard', async () => {
        const page = await signed_in('li.na', wide);
        await page.keyboard.press('3');
        await page.locator('.row').first().waitFor();
        await page.keyboard.press('n');
        await page.waitForSelector('.form [data-field]');
        await page.keyboard.press('Escape');
        await page.waitForSelector('.form', { state: 'detached' });
        // Also while the focus is not in it.
        await page.keyboard.press('n');
        await page.waitForFunction(() => document.activeElement?.matches('.sheet-head .title'));
        await page.evaluate(() => document.activeElement.blur());
        await page.keyboard.press('Escape');
        await page.waitForSelector('.form', { state: 'detached' });
        const number = (await desk.post('/api/v1/tickets', matter('只用键盘办的一件'))).body.number;
        await page.locator('.row', { hasText: '只用键盘办的一件' }).waitFor();
        for (let key = 'j'; !(await focused(page)).startsWith('还剩') || !(await focused(page)).includes('只用键盘办的一件'); key = 'k') await page.keyboard.press(key);
        await page.keyboard.press('Enter');
        await page.locator('.ticket[data-version] h1', { hasText: number }).waitFor();
        await page.locator('.ticket .actions .main').waitFor();
        await page.keyboard.press('a');
        await page.waitForFunction(() => document.activeElement?.matches('.sheet-head .title'));
        while (!(await focus_is(page, '.sheet-foot .main'))) {
            await page.keyboard.press('Tab');
            assert.ok(await outlined(page), 'the focus is seen');
        }
        await page.keyboard.press('Enter');
        await page.waitForSelector('.form', { state: 'detached' });
        await page.locator('.bar .tag', { hasText: /受理|处理中/ }).waitFor();
        await page.waitForFunction(() => document.activeElement !== document.body, undefined, { timeout: 5000 });
        await page.keyboard.press('m');
        await page.waitForSelector('.menu button');
        while (!/^备注$/.test(await focused(page))) await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.waitForFunction(() => document.activeElement?.matches('.sheet-head .title'));
        while (!(await focus_is(page, '[data-field=text] textarea'))) await page.keyboard.press('Tab');
        await page.keyboard.type('jjj 键盘写的');
        await page.keyboard.press('Escape');
        await page.locator('.leaving').waitFor();
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await page.waitForSelector('.form', { state: 'detached' });
        await page.context().close();
    });

    await check('Tab goes round inside whatever is open; Escape closes it and gives the focus back', async () => {
        const page = await signed_in('li.na', wide);
        // Once round and a bit: never outside, the first and the last both reached; backwards from the first to the last.
        const goes_round = async (what, selector) => {
            const inside = () => page.evaluate((wanted) => {
                const sheet = [...document.querySelectorAll(wanted)].filter((one) => one.getClientRects().length).at(-1);
                if (!sheet?.contains(document.activeElement)) return null;
                return [...sheet.querySelectorAll('*')].indexOf(document.activeElement);
            }, selector);
            // Open means: it has the focus, and no longer moves.
            await page.waitForFunction((wanted) => [...document.querySelectorAll(wanted)].some((one) => one.contains(document.activeElement) && !/-enter-/.test(one.className)), selector);
            await page.keyboard.press('Tab');
            const first = await inside();
            const reached = [];
            for (let at = first; reached.length < 150; at = await inside()) {
                assert.notEqual(at, null, `${what}: Tab left it after ${reached.length}`);
                if (reached.includes(at)) break;
                reached.push(at);
                await page.keyboard.press('Tab');
            }
            assert.equal(await inside(), first, `${what}: it comes round`);
            await page.keyboard.press('Shift+Tab');
            assert.equal(await inside(), reached.at(-1), `${what}: backwards too`);
        };
        const comes_back = async (what, selector, opener) => {
            await page.keyboard.press('Escape');
            await page.waitForFunction((wanted) => ![...document.querySelectorAll(wanted)].some((one) => one.getClientRects().length), selector);
            await page.waitForFunction((wanted) => document.activeElement?.matches(wanted), opener).catch(() => assert.fail(`${what}: the focus is lost`));
        };
        await page.keyboard.press('3');
        await page.locator('.row').first().waitFor();
        await page.locator('.tickets .file').focus();
        await page.keyboard.press('Enter');
        await page.waitForFunction(() => document.activeElement?.matches('.sheet-head .title'));
        assert.equal(await page.locator('.van-popup.sheet').getAttribute('aria-modal'), 'true');
        await goes_round('filing', '.van-popup.sheet');
        await comes_back('filing', '.van-popup.sheet', '.tickets .file');

        const number = await file(desk, '门禁卡刷不开');
        const { token } = await (await fetch(`${page.url().split('/console')[0]}/api/v1/sessions`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login: 'li.na', password }) })).json();
        const photo = new FormData();
        photo.append('file', new Blob([picture(80, 60)], { type: 'image/png' }), 'door.png');
        assert.equal((await fetch(`${page.url().split('/console')[0]}/api/v1/tickets/${number}/attachments`, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: photo })).status, 201);
        await page.goto(page.url().split('#')[0] + '#/tickets/' + number);
        await page.locator('.pictures button').first().waitFor();
        for (const [what, opener, selector] of [
            ['more', '.ticket .actions .button:not(.main)', '.van-popup.sheet'],
            ['the first action', '.ticket .actions .main', '.van-popup.sheet'],
            ['a picture', '.pictures button', '.van-image-preview'],
        ]) {
            await page.locator(opener).first().focus();
            await page.keyboard.press('Enter');
            if (selector === '.van-image-preview') {
                await page.waitForSelector(selector);
                await page.keyboard.press('Tab');
                assert.ok(await page.evaluate(() => !!document.activeElement.closest('.van-image-preview')), 'a picture: Tab stays');
            } else await goes_round(what, selector);
            await comes_back(what, selector, opener);
        }
        await page.context().close();
    });

    await check('everything that can be clicked can be reached with Tab', async () => {
        const page = await signed_in('wang.fang', wide);
        await page.keyboard.press('3');
        await page.locator('.row').first().click();
        await page.locator('.timeline li').first().waitFor();
        await page.evaluate(() => document.activeElement.blur());
        const reached = new Set();
        const name = () => page.evaluate(() => {
            const all = [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex="0"], summary')];
            return all.indexOf(document.activeElement);
        });
        for (let at = await name(), steps = 0; steps < 200; steps++) {
            await page.keyboard.press('Tab');
            at = await name();
            if (reached.has(at)) break;
            reached.add(at);
        }
        const missed = await page.evaluate((found) => [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex="0"], summary')].filter((one, at) => one.getClientRects().length && !one.disabled && !found.includes(at)).map((one) => one.outerHTML.slice(0, 90)), [...reached]);
        assert.deepEqual(missed, []);
        await page.context().close();
    });

    await check('? says which keys there are; who wants none switches them off', async () => {
        const page = await signed_in('li.na', wide);
        await page.keyboard.press('?');
        await page.locator('.keys').waitFor();
        await flawless(page, 'keys, wide');
        await shot(page, 'console-keys-wide');
        await page.setViewportSize(phone);
        await flawless(page, 'keys, phone');
        assert.deepEqual(await small_targets(page), []);
        await shot(page, 'console-keys-phone');
        await page.getByRole('button', { name: '不用快捷键' }).click();
        await page.keyboard.press('Escape');
        await page.waitForSelector('.keys', { state: 'detached' });
        await page.keyboard.press('3');
        await page.keyboard.press('?');
        assert.equal(await page.locator('.tabs a[aria-current=page]').textContent(), '待办');
        assert.equal(await page.locator('.keys').count(), 0);
        await page.reload();
        await page.waitForSelector('.tickets');
        await page.keyboard.press('3');
        assert.equal(await page.locator('.tabs a[aria-current=page]').textContent(), '待办');
        await page.keyboard.press('Control+j');
        await page.context().close();
    });
}
