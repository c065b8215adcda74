// Whatever people write stays words: 306 payloads through the fields that residents and staff fill, then every page that
// shows them. None may run, call another host, become an element, be blocked by the policy (it was never let in), or be lost.
import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';
import { house, png } from '../journeys/house.mjs';
import { sign_in } from './house_of.mjs';
import { payloads } from './payloads.mjs';

const all = payloads();
const texts = all.map((one) => one.text);
const length = (text) => [...text].length;
const tens = Array.from({ length: Math.ceil(texts.length / 10) }, (_, at) => texts.slice(at * 10, at * 10 + 10));
// The n-th of those that fit into so many characters.
const fitting = (most, at) => ((list) => list[at % list.length])(texts.filter((text) => length(text) <= most && !/[\t\n]/.test(text)));

// ---- filling -----------------------------------------------------------------------------------------------------------

async function fill_tickets(it, desk) {
    const numbers = [];
    for (const [at, ten] of tens.entries()) {
        const { number } = await desk.good('POST', '/api/v1/tickets', {
            kind: 'complaint', category: 'housing', unit: 'jinxiu', description: ten.join('\n'),
            household: at % 2 ? { building: '3', unit: '2', room: '501' } : { building: fitting(30, at), room: fitting(30, at + 7) },
            customer: { name: fitting(60, at + 3), phone: '13812345678' },
            facts: { location: ten[0], people: ten[1], wish: ten[2], occurred_text: ten[3] },
        });
        for (const text of ten) await desk.give(number, 'note', { text });
        numbers.push(number);
    }
    return numbers;
}

// The words that go with commands, of a few whole lives.
async function fill_lives(it, desk, numbers) {
    const engineer = await it.sign_in('zhang.qiang'), manager = await it.sign_in('wang.fang');
    const photo = new FormData();
    photo.set('file', new Blob([png], { type: 'image/png' }), `${fitting(60, 11)}.png`);
    await desk.good('POST', `/api/v1/tickets/${numbers[0]}/attachments`, photo);
    const words = (at) => texts[at % texts.length];
    for (const [at, number] of numbers.slice(0, 4).entries()) {
        await desk.give(number, 'accept');
        const from = at * 20;
        await desk.give(number, 'assign', { assignee: 'zhang.qiang' });
        await engineer.give(number, 'propose', { text: words(from) });
        await desk.give(number, 'consent', { answer: 'agreed', text: words(from + 1), means: 'phone' });
        await engineer.give(number, 'resolve', { text: words(from + 2), cause: words(from + 3), correction: words(from + 4), prevention: words(from + 5) });
        await desk.give(number, 'confirm', { fixed: 'yes', text: words(from + 6), means: 'phone' });
        await desk.give(number, 'rate', { score: 4, comment: words(from + 7), means: 'phone' });
    }
    for (const [at, number] of numbers.slice(4, 8).entries()) {
        await desk.give(number, 'accept');
        await desk.give(number, 'urge', { reason: words(at + 100), text: words(at + 100) }).catch(() => desk.give(number, 'urge'));
        await manager.give(number, 'pause', { reason: words(at + 110), until: '2026-03-05T09:00:00+08:00' });
        await desk.good('POST', `/api/v1/tickets/${number}/reveal`, { field: 'phone', reason: words(at + 130) });
    }
    await desk.give(numbers[8], 'withdraw', { reason: words(140), means: 'phone' });
    await desk.give(numbers[9], 'accept');
    await desk.give(numbers[9], 'transfer', { role: 'order', reason: words(141) });
}

// A resident and a colleague write to each other; somebody else has a photo with a name like that.
async function fill_talk(it, desk) {
    const resident = it.resident();
    await resident.says('找人工');
    const { items } = await desk.get('/api/v1/conversations?state=waiting');
    const talk = `/api/v1/conversations/${items[0].id}`;
    await desk.good('POST', `${talk}/commands`, { command: 'take_over' });
    for (const ten of tens) {
        await resident.says(ten.join('\n'));
        await desk.good('POST', `${talk}/commands`, { command: 'say', text: ten.join('\n') });
    }
    await resident.photo(png, fitting(60, 5), `${fitting(60, 17)}.png`);
    return { resident, id: items[0].id };
}

// What the robot repeats: a matter told with such words, read back and filed; the next resident only says it.
async function fill_robot(it) {
    const told = it.resident();
    await told.says(`3栋2单元501卫生间漏水,${texts[0]} ${texts[40]} 电话13812345678,我叫${fitting(20, 2)}`);
    await told.says('对');
    return told;
}

async function fill_directory(admin) {
    const csv = (cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',') + '\n';
    const named = texts.filter((text) => length(text) <= 60 && !/[\t\n\u2028]/.test(text));
    const file = new FormData();
    file.set('file', new Blob(['login,name,roles,unit\n' + named.map((text, at) => csv([`p${at}`, text, 'order', 'cuihu-centre'])).join('')]), `${fitting(60, 9)}.csv`);
    const taken = await admin.good('POST', '/api/v1/directory/staff/import?preview=false', file);
    assert.equal(taken.added, named.length, JSON.stringify(taken.errors).slice(0, 500));
    let units = 0;
    for (let at = 0; at < 40; at++) {
        const made = await admin.ask('POST', '/api/v1/directory/units', { key: `u${at}`, name: fitting(60, at * 5), kind: 'community', parent: 'cuihu-centre' });
        if (made.status === 201) units++;
        if (at % 4 === 0 && made.status === 201) await admin.good('DELETE', `/api/v1/directory/units/u${at}`);
    }
    assert.ok(units >= 30, `${units} units took such names`);
    await admin.ask('POST', '/api/v1/directory/buildings', { community: 'cuihu', name: fitting(20, 1), floors: 1, rooms: ['01'] });
}

// ---- looking -----------------------------------------------------------------------------------------------------------

// Everything that would be a payload at work on this page; and its words.
function look() {
    const found = [];
    const own = (address) => !address || /^(#|\/(?!\/)|tel:|blob:|data:image\/)/.test(address) || address.startsWith(location.origin + '/') || address === location.origin;
    for (const one of document.querySelectorAll('*')) {
        const said = one.outerHTML.slice(0, 120);
        if (one.classList.contains('injected') || /^(iframe|object|embed|base|portal|math|foreignobject|marquee|plaintext|xmp|animate)$/i.test(one.tagName)) found.push(`element: ${said}`);
        if (one.tagName === 'SCRIPT' && !one.getAttribute('src')?.startsWith('/assets/')) found.push(`script: ${said}`);
        if (one.tagName === 'META' && one.httpEquiv === 'refresh') found.push(`meta: ${said}`);
        for (const { name, value } of one.attributes) {
            if (/^on|^v-|^@|^srcdoc$/i.test(name)) found.push(`${name}: ${said}`);
            if (/^(href|src|action|formaction|poster|xlink:href|data|srcset)$/i.test(name) && !own(value)) found.push(`${name}: ${said}`);
        }
    }
    if ({}.polluted) found.push('the prototype of objects was changed');
    const words = [document.body.textContent, ...[...document.querySelectorAll('input, textarea')].map((one) => one.value)].join('\n');
    if (words.includes('55433')) found.push('a template was counted out');
    return { found, words };
}

class Guard {
    constructor(origin) {
        Object.assign(this, { origin, found: [], seen: new Set(), pages: 0 });
    }
    async watch(page) {
        const context = page.context();
        await context.exposeFunction('tell_violation', (what) => void this.found.push(`policy: ${what}`));
        await context.addInitScript(() => document.addEventListener('securitypolicyviolation', (event) => window.tell_violation(`${event.violatedDirective} ${event.blockedURI} ${event.sample} ${location.hash}`)));
        context.on('request', (request) => {
            if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(this.origin)) this.found.push(`asked: ${request.url()}`);
        });
        page.on('dialog', (dialog) => (this.found.push(`ran: ${dialog.message()} at ${page.url()}`), dialog.dismiss()));
        context.on('page', (other) => this.found.push(`opened: ${other.url()}`));
        await page.reload();
    }
    async look(page, where) {
        const { found, words } = await page.evaluate(look);
        this.found.push(...found.map((one) => `${where}: ${one}`));
        const bare = (text) => text.replace(/\s+/g, ' ').trim();
        const shown = bare(words);
        for (const text of texts) if (!this.seen.has(text) && shown.includes(bare(text))) this.seen.add(text);
        this.pages++;
    }
}

async function see_tickets(page, guard, numbers, to) {
    await to(page, '/all', '.row');
    while (await page.locator('button.more').count()) {
        const before = await page.locator('.row').count();
        await page.locator('button.more').click();
        await page.waitForFunction((count) => document.querySelectorAll('.row').length > count, before);
    }
    await guard.look(page, 'the list');
    for (const number of numbers) {
        await to(page, `/tickets/${number}`, `.ticket[data-version] .timeline li`);
        await guard.look(page, number);
    }
    await page.locator('.why-tab').click().catch(() => {});
    await guard.look(page, 'the reasons');
}

// Cells that a spreadsheet would count, by the letter that is first when nothing unseen is before it.
const counts = (cell) => /^[\s\u200b\u2060\ufeff\u00ad]*[=+\-@\t\r|%＝＋－＠]/u.test(cell);
function cells_of(csv) {
    return [...csv.replace(/^\ufeff/, '').matchAll(/"((?:[^"]|"")*)"(?:,|\r\n)|([^",\r\n]*)(?:,|\r\n)/g)].map((found) => (found[1] ?? found[2]).replaceAll('""', '"'));
}
function parts_of(book) {
    const parts = [];
    for (let at = book.indexOf('PK\x03\x04', 0, 'latin1'), end = book.lastIndexOf('PK\x01\x02', undefined, 'latin1'); at >= 0 && at < end;) {
        const [method, packed, name, extra] = [book.readUInt16LE(at + 8), book.readUInt32LE(at + 18), book.readUInt16LE(at + 26), book.readUInt16LE(at + 28)];
        if (book.readUInt32LE(at) !== 0x04034b50) break;
        const begins = at + 30 + name + extra;
        const data = book.subarray(begins, begins + packed);
        parts.push((method ? inflateRawSync(data) : data).toString());
        at = begins + packed;
    }
    return parts;
}

async function check_files(who, paths) {
    let count = 0;
    for (const path of paths) {
        const answer = await fetch(who.it.url + path, { headers: { Authorization: `Bearer ${who.token}` } });
        assert.equal(answer.status, 200, path);
        if (/csv/.test(path)) {
            assert.match(answer.headers.get('content-disposition'), /^attachment/);
            const cells = cells_of(await answer.text());
            assert.ok(cells.length > 20, path);
            assert.deepEqual(cells.filter(counts), [], path);
            count += cells.length;
        } else {
            const parts = parts_of(Buffer.from(await answer.arrayBuffer()));
            assert.ok(parts.some((part) => part.includes('&lt;script')), `${path}: the words are there`);
            for (const part of parts) assert.doesNotMatch(part, /<(f|hyperlink|script|img|svg)[ >]/, path);
        }
    }
    return count;
}

export async function injection({ check, open, wide, phone }) {
    const it = await house({ clock: '2026-03-02T09:00:00+08:00' });
    const guard = new Guard(it.url);
    try {
        const [desk, admin, quality] = await Promise.all(['li.na', 'admin', 'zhao.min'].map((login) => it.sign_in(login)));
        let numbers, talk, told;
        await check(`${texts.length} payloads of ${new Set(all.map((one) => one.family)).size} families are taken by every field as words`, async () => {
            assert.ok(texts.length >= 300 && new Set(texts).size === texts.length);
            numbers = await fill_tickets(it, desk);
            await fill_lives(it, desk, numbers);
            talk = await fill_talk(it, desk);
            told = await fill_robot(it);
            await fill_directory(admin);
            await desk.put('/api/v1/me/filters', { items: Array.from({ length: 12 }, (_, at) => ({ name: fitting(20, at), query: { q: fitting(40, at) } })) });
        });

        const to = async (page, path, there) => {
            await page.evaluate((hash) => (location.hash = hash), path);
            await page.locator(there).first().waitFor();
        };
        const signed_in = (login, viewport) => sign_in(open, it.url, login, viewport, (page) => guard.watch(page));
        await check('what was let in would be seen', async () => {
            const page = await open(it.url + '/chat/web', phone);
            const other = new Guard(it.url);
            await other.watch(page);
            await page.waitForSelector('.welcome');
            await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<img src="/assets/none" onerror="alert(1)" class=injected><a href="javascript:alert(1)">x</a>55433'));
            await page.waitForFunction(() => document.querySelector('.injected').complete);
            await other.look(page, 'a page');
            for (const what of [/^policy: script-src/, /element: <img/, /onerror: <img/, /href: <a/, /counted out/]) assert.ok(other.found.some((one) => what.test(one)), `${what}: ${other.found}`);
            await page.context().close();
        }, /inline event handler/);
        await check('the console shows them and does nothing of what they say', async () => {
            const page = await signed_in('li.na', wide);
            await see_tickets(page, guard, numbers, to);
            await to(page, `/talks/${talk.id}`, '.detail .message, .detail li');
            await page.waitForFunction(() => document.body.textContent.includes('%0A-2+3'));
            await guard.look(page, 'the talk');
            for (const text of texts.filter((_, at) => at % 6 === 0)) {
                await page.evaluate((path) => (location.hash = path), ['/tickets/', '/talks/', '/directory/', '/reports/', '/'][length(text) % 5] + encodeURIComponent(text));
                await guard.look(page, 'an address');
            }
            await page.context().close();
            const lead = await signed_in('zhao.min', wide);
            await to(lead, '/reports', '.reports .tiles strong');
            await guard.look(lead, 'the month');
            await lead.locator('.reports select').first().selectOption('register');
            await lead.locator('.reports .sheet-table table').waitFor();
            await guard.look(lead, 'the register');
            await lead.goto(it.url + '/api/v1/reports/register?period=2026-03&format=html'); // what is printed
            await guard.look(lead, 'the paper');
            await lead.context().close();
        });

        await check('so do the directory, the import, the outbox and the audit', async () => {
            const page = await signed_in('admin', phone);
            for (const kind of ['units', 'staff', 'buildings', 'households']) {
                await to(page, `/directory/${kind}`, '.line');
                for (let more = page.getByRole('button', { name: '再看 50 条' }); kind === 'staff' && (await more.count());) {
                    const before = await page.locator('.line').count();
                    await more.click();
                    await page.waitForFunction((count) => document.querySelectorAll('.line').length > count, before);
                }
                await guard.look(page, kind);
                await page.locator('.line').last().click();
                await page.waitForSelector('.form');
                await guard.look(page, `one of ${kind}`);
                await page.locator('.sheet-head .plain').click();
            }
            await to(page, '/directory/staff', '.line');
            await page.getByRole('button', { name: '导入' }).click();
            await page.setInputFiles('.import input[type=file]', { name: `${fitting(60, 21)}.csv`, mimeType: 'text/csv', buffer: Buffer.from(`登录名,姓名,岗位,单位,${fitting(40, 4)}\n` + texts.filter((text) => !/["\n,]/.test(text)).slice(0, 60).map((text, at) => `q${at},${text},${text},${text},1\n`).join('')) });
            await page.locator('.import .faults').waitFor();
            await guard.look(page, 'the import');
            await page.locator('.sheet-head .plain').click();
            await to(page, '/outbox', '.outbox select');
            await page.selectOption('.outbox select', '');
            await page.locator('.outbox li, .outbox .nothing').first().waitFor();
            await guard.look(page, 'the outbox');
            await to(page, '/audit', '.entries li');
            await guard.look(page, 'the audit');
            await page.context().close();
        });

        await check('so does the chat of a resident', async () => {
            for (const resident of [talk.resident, told]) {
                const page = await open(it.url + '/chat/web', phone);
                await guard.watch(page);
                await page.context().addCookies([{ name: 'huiyin_chat', value: resident.token, domain: '127.0.0.1', path: '/chat', httpOnly: true, sameSite: 'Lax' }]);
                await page.goto(`${it.url}/chat/web?unit=${encodeURIComponent(texts[3])}&x=${encodeURIComponent(texts[30])}#${encodeURIComponent(texts[31])}`);
                await page.locator('.message').nth(3).waitFor();
                if (resident === talk.resident) await page.waitForFunction(() => document.querySelectorAll('.message.staff').length >= 30);
                await guard.look(page, 'the chat');
                await page.context().close();
            }
        });

        await check('what is taken along counts nothing', async () => {
            const tables = ['staff', 'units', 'buildings', 'tickets'].map((kind) => `/api/v1/exports/${kind}?format=`);
            const register = '/api/v1/reports/register?period=2026-03&format=';
            await check_files(quality, [...tables.map((path) => path + 'csv'), register + 'csv', ...[tables[0], tables[3], register].map((path) => path + 'xlsx')]);
        });

        await check('of all of them none ran, none was blocked, none reached another host, and each was read', async () => {
            assert.deepEqual(guard.found, []);
            assert.deepEqual(texts.filter((text) => !guard.seen.has(text)), [], 'never seen on a page');
            console.log(`        ${texts.length} payloads, ${guard.pages} looks: 0 ran, 0 blocked`);
        });
    } finally {
        await it.destroy();
    }
}
