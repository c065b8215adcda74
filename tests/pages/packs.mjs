// Every shipped pack in the console: a matter is filed on the form that the pack asks for, and each command that its
// machine gives staff is done on the form made for it.
//
// The way there is a scout's (scout.mjs): it is gone again with a matter of its own, and whatever no form was filled in
// for yet is done on its form in the browser, with answers that the scout knows to be taken.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chances } from '../journeys/chances.mjs';
import { colleague, house_of, read_pack, sign_in } from './house_of.mjs';
import { at_time, file_by_api, form_key, matter_for, Walk } from './scout.mjs';
import { root } from './service.mjs';

const scouts_at_most = 300;

export const pack_ids = () =>
    readdirSync(join(root, 'templates/policies')).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)).sort();

// Commands that somebody of the staff has a move for.
function commands_of(pack) {
    const staffs = (move) => (move.roles ?? []).some((role) => role !== 'customer' && role !== 'policy');
    return [...new Set(pack.moves.filter((move) => !move.refused && staffs(move)).map((move) => move.command))];
}

// ---- one pack ------------------------------------------------------------------------------------------------------------

// `forms_at_most`: stops after so many, and looks at no wide page, for a look at every pack in little time.
export async function walk_pack(id, tools, forms_at_most = Infinity) {
    const pack = read_pack(id);
    const house = await house_of(pack);
    const report = { pack: id, by_form: 0, forms: new Set(), commands: new Set(), refusals: 0, photos: 0 };
    const pages = new Map();
    try {
        const [ma, he, admin] = await Promise.all(['ma.lin', 'he.ping', 'admin'].map((login) => colleague(house.url, login)));
        const short = Number.isFinite(forms_at_most);
        const said = { ...(await ma.get('/api/v1/words')).items[0], has_buildings: house.has_buildings };
        const walk = new Walk(house, { ma, he, admin }, said, chances(7));
        const page_of = async (who) => {
            if (!pages.has(who)) pages.set(who, await sign_in(tools.open, house.url, walk.people[who].login, who === 'ma' ? tools.phone : tools.wide));
            return pages.get(who);
        };
        const anchor = await file_by_api(ma, matter_for(said, said.kinds[0], 0, walk.below)); // that others may be merged into
        const number = await file_by_form(await page_of('ma'), tools, id);
        await look_at(await page_of('ma'), await ma.get(`/api/v1/tickets/${number}`), ma, tools, id, short ? undefined : await page_of('he'));

        const wanted = commands_of(pack);
        const missing = () => wanted.filter((command) => !report.commands.has(command));
        const enough = () => report.by_form >= forms_at_most;
        for (let index = 0; index < scouts_at_most && missing().length && !enough(); index++) {
            const fresh = matter_for(said, said.kinds[index % said.kinds.length], index + 1, walk.below);
            const { matter, way } = await walk.scout(fresh, { wanted: (key) => !report.forms.has(key), sought: (key) => missing().includes(key.split(' ')[0]) }, anchor, short ? 4 * forms_at_most : undefined);
            await go_again(walk, way, matter, anchor, { page_of, report, tools, enough });
        }
        const left = missing();
        const possible = wanted.filter((command) => walk.offered.has(command) || report.commands.has(command));
        tools.say(
            `        ${id}: ${report.commands.size} of ${wanted.length} commands (${possible.length} were allowed), ${report.forms.size} of ${walk.offered_forms.size} forms, ` +
                `${report.refusals} refusals read, ${walk.scouts} scouts, ${walk.states.size} of ${pack.states.length} states${left.length && !enough() ? ', never done: ' + left.join(', ') : ''}`,
        );
        assert.ok(report.by_form, `${id}: no command was done`);
        if (!enough()) {
            assert.deepEqual(left, [], `${id}: commands that no form was filled in for; refused: ${[...walk.refusals].filter(([key]) => left.includes(key.split(' ')[0])).flat(2).join(' | ')}`);
            assert.ok(report.photos, `${id}: no form took a photo`);
        }
    } finally {
        for (const each of pages.values()) await each.context().close();
        await house.stop();
    }
    return report;
}

// The scout's way once more, as far as it leads to what has no form yet.
async function go_again(walk, way, matter, other, { page_of, report, tools, enough }) {
    const news = way.filter(({ key }, at) => key && !report.forms.has(key) && way.findIndex((one) => one.key === key) === at);
    if (!news.length) return;
    const number = await file_by_api(walk.people.ma, matter);
    for (const step of way.slice(0, way.lastIndexOf(news.at(-1)) + 1)) {
        if (enough()) return;
        if (step.advance) {
            await walk.wait(step.advance);
            continue;
        }
        const ticket = await walk.people[step.who].get(`/api/v1/tickets/${number}`);
        const form = (ticket.commands ?? []).find((one) => form_key(one) === step.key);
        if (!form) return; // the same way does not always lead to the same place: what was filed in between counts too
        const body = at_time(step.body, step.command, ticket, await walk.now());
        if (report.forms.has(step.key)) {
            if ((await walk.give(number, { who: step.who, form }, body)).status !== 200) return;
            continue;
        }
        const page = await page_of(step.who);
        const wrong = report.refusals < 3 && step.refused ? at_time(step.refused.body, step.command, ticket, await walk.now()) : undefined;
        if (!(await by_form(page, ticket, { form, body, wrong }, tools, report))) return;
        report.forms.add(step.key);
        report.commands.add(step.command);
        report.by_form++;
    }
}

// ---- on the page ------------------------------------------------------------------------------------------------------

// With HUIYIN_PAGES_SURVEY=1 a word without translation is written down and the walk goes on.
function no_raw(found, where) {
    if (process.env.HUIYIN_PAGES_SURVEY) return found.length ? console.log(`        raw: ${where}: ${found.join(' ')}`) : undefined;
    assert.deepEqual(found, [], where);
}

// What stands on a page in letters that no customer's clerk reads: keys that nobody gave a word.
async function raw_words(page, where) {
    return page.evaluate((selector) => {
        const area = document.querySelector(selector)?.cloneNode(true);
        if (!area) return [`nothing at ${selector}`];
        for (const each of area.querySelectorAll('.clause, .unseen, option[value=""]')) each.remove();
        const moments = area.textContent.match(/(?<!\d)1[67]\d{11}(?!\d)/g) ?? [];
        const said = area.textContent.replace(/T?\d{4,}[-\w]*/g, ' ').replace(/[\w-]+\/[\w.-]+/g, ' ');
        return [...new Set([...moments, ...(said.match(/[a-z]+(?:_[a-z]+)+|\b[a-z]{4,}\b/g) ?? [])])];
    }, where);
}

async function fill_form(page, form, body) {
    for (const field of form.fields ?? []) {
        const value = body[field.name];
        if (value === undefined || (field.name === 'step' && field.choices?.length === 1)) continue;
        const place = page.locator(`.form [data-field="${field.name}"]`);
        const chips = place.locator('.chips:not(.hints) .chip');
        if (await chips.count()) {
            for (const one of [value].flat()) await place.locator(`.chip[data-value="${one}"]`).click();
        } else if (await place.locator('select').count()) await place.locator('select').selectOption(String(value));
        else await place.locator('input, textarea').fill(field.type === 'time' ? String(value).slice(0, 16) : String(value));
    }
}

// Shows the ticket as it now is; every line of its timeline is for people to read.
async function see(page, number, version, pack) {
    const here = new URL(page.url()).hash === `#/tickets/${number}`;
    if (!here) await page.evaluate((path) => (location.hash = path), `/tickets/${number}`);
    else await page.evaluate(() => window.postMessage({ huiyin: 'refresh' }, location.origin));
    const is_shown = (least) => {
        const ticket = document.querySelector('.ticket');
        return Number(ticket?.dataset.version) >= least && !!ticket.querySelector('.timeline li, .why'); // time may have added to it
    };
    await page.waitForFunction(is_shown, version).catch(async (error) => {
        const shown = await page.evaluate(() => `${location.hash}, version ${document.querySelector('.ticket')?.dataset.version}: ${document.body.innerText.slice(0, 300)}`);
        throw new Error(`${error.message}; version ${version} is not shown, but ${shown}`);
    });
    no_raw(await raw_words(page, '.ticket'), `${pack}: ${number}`);
}

async function open_form(page, key) {
    const main = page.locator(`.actions [data-form="${key}"]`);
    if (await main.count()) await main.click();
    else {
        await page.locator('.actions').getByRole('button', { name: '更多' }).click();
        await page.locator(`.menu [data-form="${key}"]`).click();
    }
    await page.waitForSelector('.form');
}

// ---- filing ------------------------------------------------------------------------------------------------------------

async function file_by_form(page, tools, id) {
    await page.locator('.tickets .file').click();
    await page.waitForSelector('.form');
    await page.click('.sheet-foot button[type=submit]');
    const mistakes = page.locator('.form .mistake');
    await mistakes.first().waitFor();
    const asked = await mistakes.count();
    assert.ok(asked >= 2, 'what is required is asked for');
    for (const name of ['kind', 'category']) {
        const place = page.locator(`.form [data-field=${name}]`);
        if (!(await place.count())) continue;
        if (await place.locator('select').count()) await place.locator('select').selectOption({ index: 1 });
        else await place.locator('.chip').first().click();
    }
    for (const place of await page.locator('.form [data-field]').all()) {
        const name = await place.getAttribute('data-field');
        if (['kind', 'category'].includes(name)) continue;
        const typed = { building: '3', home: '2', room: '501', name: '王女士', phone: '13812345678' }[name];
        if (await place.locator('.chips .chip').count()) await place.locator('.chip').first().click();
        else if (await place.locator('select').count()) await place.locator('select').selectOption({ index: 1 });
        else {
            const input = place.locator('input, textarea');
            const type = await input.getAttribute('type');
            const mode = await input.getAttribute('inputmode');
            await input.fill(typed ?? (type === 'datetime-local' ? '2026-02-20T10:00' : mode ? '3' : '说好的事情没有做到，请给个说法'));
        }
    }
    no_raw(await raw_words(page, '.form'), `${id}: the form for filing`);
    await tools.shot(page, `packs/${id}-file`);
    await page.click('.sheet-foot button[type=submit]');
    await page.waitForSelector('.ticket .timeline');
    return decodeURIComponent(new URL(page.url()).hash.split('/').pop());
}

// ---- looking -----------------------------------------------------------------------------------------------------------

async function look_at(page, ticket, who, tools, id, wide) {
    await see(page, ticket.number, ticket.version, id);
    assert.equal((await page.locator('.ticket .bar .tag').textContent()).trim(), ticket.titles.state);
    const deadlines = (await who.get(`/api/v1/tickets/${ticket.number}/deadlines`)).items;
    await page.locator('.why-tab').click();
    const derived = page.locator('.why-card .derivation');
    assert.equal(await derived.count(), deadlines.length);
    for (const [index, deadline] of deadlines.entries()) {
        const said = await derived.nth(index).textContent();
        assert.ok(said.includes(deadline.title), `${id}: ${deadline.title}`);
        if (deadline.text) assert.ok(said.includes(deadline.text), `${id}: how ${deadline.clock} came about`);
        if (deadline.clause) assert.ok(said.includes(deadline.clause), `${id}: by which clause`);
    }
    if (ticket.why.length) {
        const reasons = await page.locator('.why-card .reasons').textContent();
        for (const why of ticket.why) assert.ok(reasons.includes(why.because), `${id}: why ${why.decision}`);
    }
    no_raw(await raw_words(page, '.ticket'), `${id}: the reasons`);
    await tools.shot(page, `packs/${id}-why`);
    await page.getByRole('tab', { name: '时间线' }).click();
    await page.locator('.timeline li').first().waitFor();
    assert.match(await page.locator('.ticket .owner').textContent(), /现在由/);
    no_raw(await raw_words(page, '.ticket'), `${id}: the ticket`);
    await tools.accessible(page, `${id}: ticket`);
    await tools.shot(page, `packs/${id}-ticket`);
    if (!wide) return;
    await see(wide, ticket.number, ticket.version, id);
    await tools.shot(wide, `packs/${id}-wide`);
}

// ---- one command on its form ---------------------------------------------------------------------------------------------

// Opens the form, sends it empty where something is required, fills it in and sends it. Gives whether it was taken; a
// refusal has to say why.
async function by_form(page, ticket, { form, body, wrong }, tools, report) {
    await see(page, ticket.number, ticket.version, report.pack);
    await open_form(page, form_key(form));
    const shown = (form.fields ?? []).filter((field) => !['attachments', 'object'].includes(field.type) && !(field.name === 'step' && field.choices?.length === 1));
    const required = shown.filter((field) => field.required);
    if (required.length) {
        await page.click('.sheet-foot button[type=submit]');
        await page.locator('.form .mistake').first().waitFor();
        assert.equal(await page.locator('.form .mistake').count(), required.length, `${form.command}: what is required is asked for`);
    }
    no_raw(await raw_words(page, '.form'), `${report.pack}: the form 「${form.title}」`);
    if (wrong) {
        await fill_form(page, form, wrong);
        if ((await sent(page)) === 'done') return true; // what the scout was refused is taken here
        await refusal(page, form, report);
        await open_form(page, form_key(form));
    }
    await fill_form(page, form, body);
    const takes = !report.photos && (await page.locator('.sheet input[type=file]').count());
    if (takes) {
        await page.setInputFiles('.sheet input[type=file]', [tools.small_photo]);
        await page.waitForSelector('.photos figure:not(.waiting)');
    }
    if (report.by_form % 5 === 1) await tools.shot(page, `packs/${report.pack}-form-${1 + Math.floor(report.by_form / 5)}`);
    if (report.by_form === 2) await tools.accessible(page, `${report.pack}: ${form.title}`);
    if ((await sent(page)) === 'refused') {
        await refusal(page, form, report);
        return false;
    }
    if (takes) await page.locator('.ticket .pictures img').first().waitFor();
    report.photos = takes || report.photos;
    return true;
}

async function sent(page) {
    await page.click('.sheet-foot button[type=submit]');
    const outcome = await page.waitForFunction(() => {
        const form = document.querySelector('.form');
        if (!form) return 'done';
        return form.querySelector('.notice, .mistake') ? 'refused' : '';
    });
    return outcome.jsonValue();
}

async function refusal(page, form, report) {
    const said = (await page.locator('.form .notice, .form .mistake').allTextContents()).join('；').trim();
    assert.match(said, /[\u4e00-\u9fff]{4}/, `${report.pack}: a refusal of 「${form.title}」 says why: ${said}`);
    report.refusals++;
    if (process.env.HUIYIN_REFUSALS) console.log(`            ${form.command}: ${said}`);
    await page.locator('.sheet-head .plain').click();
    await page.waitForSelector('.form', { state: 'detached' });
}
