// Every shipped pack in the console: a matter is filed on the form that the pack asks for, and each command that its
// machine gives staff is done on the form made for it. Between two forms that were not seen yet the way is gone by the
// API and the clock, as colleagues would go it meanwhile.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { colleague, house_of, password, read_pack } from './house_of.mjs';
import { root } from './service.mjs';

const tickets_at_most = 20;
const steps_a_ticket = 45;

// Chance that is the same on every run.
function chance(seed) {
    let state = seed;
    return (below) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
    };
}

export const pack_ids = () =>
    readdirSync(join(root, 'templates/policies')).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)).sort();

// Commands that somebody of the staff has a move for.
function commands_of(pack) {
    const staffs = (move) => (move.roles ?? []).some((role) => role !== 'customer' && role !== 'policy');
    return [...new Set(pack.moves.filter((move) => !move.refused && staffs(move)).map((move) => move.command))];
}

const form_key = (form) => `${form.command} ${(form.fields ?? []).filter((one) => one.name === 'step').map((one) => (one.choices ?? []).join()).join()}`;
const customers_word = ['consent', 'confirm', 'rate', 'revisit'];
const ending = ['withdraw', 'merge', 'terminate', 'reject'];

function value_for(field, ticket, now, below) {
    const choices = field.choices ?? [];
    const at = (days) => new Date(now + days * 86_400_000 + 8 * 3600_000).toISOString().slice(0, 16);
    if (field.type === 'flags') return [choices[below(choices.length)]];
    if (choices.length) return choices[below(choices.length)];
    if (field.type === 'boolean') return below(3) > 0;
    if (field.name === 'score') return [1, 5][below(2)];
    if (field.type === 'integer') return 1 + below(3);
    if (field.type === 'number') return [1, 100, 2500][below(3)];
    if (field.type === 'time') return at(['until', 'finish_by'].includes(field.name) ? 1 + below(5) : below(9) - 3) + ':00+08:00';
    if (field.type === 'ticket') return ticket.other;
    return '已经看过，按规定办';
}

// What one fills in: what must be, and some of the rest.
function filled(form, ticket, now, below, all = false) {
    const body = {};
    for (const field of form.fields ?? []) {
        if (['attachments', 'object'].includes(field.type)) continue;
        if (!field.required && !all && below(2)) continue;
        if (field.name === 'category' || field.name === 'kind') continue; // they must fit each other
        if (field.type === 'ticket' && !ticket.other) continue;
        body[field.name] = value_for(field, ticket, now, below);
    }
    if (form.command === 'transfer') delete body.unit; // there is but one
    const due = form.command === 'extend' && ticket.deadlines.find((one) => one.clock === body.clock)?.due_at;
    if (due) body.until = new Date(Date.parse(due) + (1 + below(3)) * 86_400_000 + 8 * 3600_000).toISOString().slice(0, 16) + ':00+08:00';
    return body;
}

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
        const said = area.textContent.replace(/T?\d{4,}[-\w]*/g, ' ').replace(/[\w-]+\/[\w.-]+/g, ' ');
        return [...new Set(said.match(/[a-z]+(?:_[a-z]+)+|\b[a-z]{4,}\b/g) ?? [])];
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

async function sign_in(open, url, login, viewport) {
    const page = await open(url + '/console/', viewport);
    await page.fill('[name=login]', login);
    await page.fill('[name=password]', password);
    await page.click('button[type=submit]');
    await page.waitForSelector('.tickets');
    return page;
}

async function see(page, number, version) {
    const here = new URL(page.url()).hash === `#/tickets/${number}`;
    if (!here) await page.evaluate((path) => (location.hash = path), `/tickets/${number}`);
    else await page.evaluate(() => window.postMessage({ huiyin: 'refresh' }, location.origin));
    await page.waitForSelector(`.ticket[data-version="${version}"] .timeline, .ticket[data-version="${version}"] .why`);
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

// ---- one pack --------------------------------------------------------------------------------------------------------

export async function walk_pack(id, tools) {
    const pack = read_pack(id);
    const house = await house_of(pack);
    const below = chance(7);
    const report = { pack: id, tickets: 0, by_form: 0, forms: new Set(), commands: new Set(), states: new Set(), refusals: [], photos: 0 };
    try {
        const [ma, he, admin] = await Promise.all(['ma.lin', 'he.ping', 'admin'].map((login) => colleague(house.url, login)));
        const pages = new Map([
            [ma.login, await sign_in(tools.open, house.url, ma.login, tools.phone)],
            [he.login, await sign_in(tools.open, house.url, he.login, tools.wide)],
        ]);
        const page = pages.get(ma.login);
        const wanted = commands_of(pack);
        const said = (await ma.get('/api/v1/words')).items[0];
        const kinds = said.kinds;
        const anchor = await file_by_api(ma, said, kinds[0], 0, below); // that others may be merged into
        const known = { done: new Map(), refused: new Map() };
        const times = (map, key) => map.get(key) ?? 0;

        for (let index = 0; index < tickets_at_most && report.tickets < tickets_at_most; index++) {
            const missing = wanted.filter((command) => !report.commands.has(command));
            if (index && !missing.length) break;
            const kind = kinds[index % kinds.length];
            const first = index === 0;
            const number = first ? await file_by_form(page, tools, id) : await file_by_api(ma, said, kind, index, below);
            report.tickets++;
            let shown = first;
            for (let step = 0; step < steps_a_ticket; step++) {
                const now = Date.parse((await ma.get('/api/v1/clock')).now);
                const seen = { ma: await ma.get(`/api/v1/tickets/${number}`), he: await he.get(`/api/v1/tickets/${number}`) };
                report.states.add(seen.ma.state);
                if (shown) {
                    shown = false;
                    await look_at(page, seen.ma, ma, tools, id, pages.get(he.login));
                }
                // One handles it, the other asks the customer: who did the first may not do the second.
                const offer = (who, ticket, fits) =>
                    (ticket.commands ?? []).filter((form) => fits(form)).map((form) => ({ who, form, ticket, key: form_key(form) }));
                const handled = offer(ma, seen.ma, (form) => !customers_word.includes(form.command));
                const offers = [
                    ...handled,
                    ...offer(he, seen.he, (form) => customers_word.includes(form.command) || !handled.some((one) => one.key === form_key(form))),
                ];
                if (!offers.length) break;
                const context = { other: anchor, deadlines: seen.ma.deadlines ?? [] };
                // A form nobody has filled in yet, those that end the matter last.
                const fresh = offers.filter(({ key, form }) => !report.forms.has(key) && times(known.refused, key) < 4);
                const late = step >= steps_a_ticket - 8 || ['closed', 'rejected', 'withdrawn', 'merged', 'terminated'].includes(seen.ma.phase);
                const next = fresh.find(({ form }) => !ending.includes(form.command)) ?? (late || below(6) === 0 ? fresh[0] : undefined);
                if (next) {
                    const body = filled(next.form, context, now, below, times(known.refused, next.key) % 2 === 1);
                    const before = next.ticket.version;
                    const refused = await by_form(pages.get(next.who.login), number, before, next, body, tools, report);
                    if (refused) {
                        known.refused.set(next.key, times(known.refused, next.key) + 1);
                        report.refusals.push(`${next.form.command}: ${refused}`);
                    } else {
                        report.forms.add(next.key);
                        report.commands.add(next.form.command);
                        report.by_form++;
                    }
                    continue;
                }
                // What was done least goes on; now and then time does.
                if (below(4) === 0 || !(await goes_on(offers, known, number, context, now, below)))
                    await admin.put('/api/v1/clock', { advance: ['3 hours', '1 working days', '4 days'][below(3)] });
            }
        }
        const left = wanted.filter((command) => !report.commands.has(command));
        tools.say(
            `        ${id}: ${report.tickets} tickets, ${report.by_form} forms filled in, ${report.commands.size} of ${wanted.length} commands, ` +
                `${report.states.size} of ${pack.states.length} states${left.length ? ', never offered or always refused: ' + left.join(', ') : ''}`,
        );
        if (process.env.HUIYIN_REFUSALS) for (const one of report.refusals) tools.say('            ' + one);
        assert.deepEqual(left, [], `${id}: commands that no form was filled in for; refused: ${report.refusals.slice(-6).join(' | ')}`);
        assert.ok(report.photos, `${id}: no form took a photo`);
        for (const each of pages.values()) await each.context().close();
    } finally {
        await house.stop();
    }
    return report;
}

async function goes_on(offers, known, number, context, now, below) {
    const list = offers
        .filter(({ form }) => !ending.includes(form.command) && form.command !== 'note')
        .map((offer) => ({ ...offer, done: known.done.get(offer.key) ?? 0, lot: below(1000) }))
        .sort((one, other) => one.done - other.done || one.lot - other.lot);
    for (const { who, form, key } of list.slice(0, 5)) {
        known.done.set(key, (known.done.get(key) ?? 0) + 1);
        const answer = await who.post(`/api/v1/tickets/${number}/commands`, { command: form.command, ...filled(form, context, now, below) });
        if (answer.status === 200) return true;
    }
    return false;
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

async function file_by_api(who, said, kind, index, below) {
    const category = kind.categories[below(Math.max(1, kind.categories.length))];
    const facts = said.sources.length ? { source: said.sources[below(said.sources.length)].key } : {};
    for (const slot of said.slots) {
        const applies = (!slot.kinds?.length || slot.kinds.includes(kind.key)) && (!slot.categories?.length || slot.categories.includes(category?.key));
        if (!applies || ['description', 'place', 'phone', 'name', 'photo', 'occurred', 'people', 'wish'].includes(slot.name)) continue;
        facts[slot.name] = slot.type === 'boolean' ? below(4) > 0
            : slot.type === 'integer' ? 1 + below(20)
              : slot.type === 'number' ? 100 * (1 + below(40))
                : slot.type === 'time' ? '2026-02-20T10:00:00+08:00'
                  : slot.type === 'choice' ? slot.choices[below(slot.choices.length)]
                    : '说过了';
    }
    const answer = await who.post('/api/v1/tickets', {
        kind: kind.key,
        ...(category ? { category: category.key } : {}),
        description: `第${index + 1}件：说好的事情没有做到，请给个说法`,
        household: { building: '3', unit: '2', room: '501' },
        customer: { name: '王女士', phone: '13812345678' },
        facts: { ...facts, people: '一户', wish: '尽早答复', occurred_text: '上周' },
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.number;
}

// ---- looking -----------------------------------------------------------------------------------------------------------

async function look_at(page, ticket, who, tools, id, wide) {
    await see(page, ticket.number, ticket.version);
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
    await see(wide, ticket.number, ticket.version);
    await tools.shot(wide, `packs/${id}-wide`);
}

// ---- one command on its form ---------------------------------------------------------------------------------------------

// Gives the text of the refusal; empty when it was done.
async function by_form(page, number, version, { form, key }, body, tools, report) {
    await see(page, number, version);
    await open_form(page, key);
    const shown = (form.fields ?? []).filter((field) => !['attachments', 'object'].includes(field.type) && !(field.name === 'step' && field.choices?.length === 1));
    const required = shown.filter((field) => field.required);
    if (required.length) {
        await page.click('.sheet-foot button[type=submit]');
        await page.locator('.form .mistake').first().waitFor();
        assert.equal(await page.locator('.form .mistake').count(), required.length, `${form.command}: what is required is asked for`);
    }
    no_raw(await raw_words(page, '.form'), `${report.pack}: the form 「${form.title}」`);
    await fill_form(page, form, body);
    const takes = !report.photos && (await page.locator('.sheet input[type=file]').count());
    if (takes) {
        await page.setInputFiles('.sheet input[type=file]', [tools.small_photo]);
        await page.waitForSelector('.photos figure:not(.waiting)');
    }
    if (report.by_form % 5 === 1) await tools.shot(page, `packs/${report.pack}-form-${1 + Math.floor(report.by_form / 5)}`);
    if (report.by_form === 2) await tools.accessible(page, `${report.pack}: ${form.title}`);
    await page.click('.sheet-foot button[type=submit]');
    const outcome = await Promise.race([
        page.waitForSelector('.form', { state: 'detached' }).then(() => 'done'),
        page.waitForSelector('.form .notice, .form .mistake').then(() => 'refused'),
    ]);
    if (outcome === 'done') {
        if (takes) await page.locator('.ticket .pictures img').first().waitFor();
        report.photos = takes || report.photos;
        return '';
    }
    const said = (await page.locator('.form .notice, .form .mistake').allTextContents()).join('；').trim();
    assert.match(said, /[\u4e00-\u9fff]{4}/, `${report.pack}: a refusal of 「${form.title}」 says why: ${said}`);
    await page.locator('.sheet-head .plain').click();
    await page.waitForSelector('.form', { state: 'detached' });
    return said;
}
