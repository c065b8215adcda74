// A scout goes ahead through a pack by the API alone: at each state it tries what nobody has a form for yet, with several
// answers (a refusal costs nothing), and writes down its way. Where it got to it can start from again: every place (a state
// and what may be done in it) is kept with the shortest way that led there, in time above all.
import assert from 'node:assert/strict';

const steps_a_scout = 30;
const tries_a_form = 6;

export const form_key = (form) => `${form.command} ${(form.fields ?? []).filter((one) => one.name === 'step').map((one) => (one.choices ?? []).join()).join()}`;
const handler = 'ma.lin'; // it is his: the other one asks the customer
const customers_word = ['consent', 'confirm', 'rate', 'revisit'];
const ending = ['withdraw', 'merge', 'terminate', 'reject'];
const over = ['closed', 'rejected', 'withdrawn', 'merged', 'terminated'];

// ---- what is filled in ---------------------------------------------------------------------------------------------------

const picker = (manner, below) => (list) => list[[0, list.length - 1][manner] ?? below(list.length)];

// A moment is kept as days from now, or from the limit that is extended: it is gone twice.
function value_for(field, below, pick) {
    const choices = field.choices ?? [];
    if (field.type === 'flags') return [choices[below(choices.length)]];
    if (field.name === 'assignee' && choices.includes(handler)) return handler;
    if (choices.length) return pick(choices);
    if (field.type === 'boolean') return below(3) > 0;
    if (field.name === 'score') return [1, 5][below(2)];
    if (field.type === 'integer') return [1, 2, 3, 10][below(4)];
    if (field.type === 'number') return [1, 100, 300, 2500][below(4)];
    if (field.type === 'time') return { in_days: ['until', 'finish_by'].includes(field.name) ? 1 + below(5) : below(9) - 3 };
    return '已经看过，按规定办';
}

// What must be, and some of the rest; now the first choice of everything, now the last, now any.
function filled(form, other, below) {
    const body = {};
    const rest = 1 + below(3); // so many quarters of it
    const pick = picker(below(4), below);
    for (const field of form.fields ?? []) {
        if (['attachments', 'object'].includes(field.type)) continue;
        const role = form.command === 'transfer' && field.name === 'role';
        if (!field.required && !role && below(4) >= rest) continue;
        if (field.name === 'category' || field.name === 'kind') continue; // they must fit each other
        if (field.type === 'unit' || (field.name === 'level' && field.choices?.length === 1)) continue; // there is but one
        body[field.name] = field.type === 'ticket' ? other : value_for(field, below, pick);
    }
    return body;
}

export function at_time(body, command, ticket, now) {
    const due = command === 'extend' && (ticket.deadlines ?? []).find((one) => one.clock === body.clock)?.due_at;
    const from = due ? Math.max(now, Date.parse(due)) : now;
    const moment = (days) => new Date(from + days * 86_400_000 + 8 * 3600_000).toISOString().slice(0, 16) + ':00+08:00';
    return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, value?.in_days === undefined ? value : moment(value.in_days)]));
}

// ---- the scout -----------------------------------------------------------------------------------------------------------

const waits = { '3 hours': 3, '1 working days': 12, '4 days': 40 };
const cost = (way) => way.reduce((sum, { advance }) => sum + (waits[advance] ?? 1), 0);

// One handles it, the other asks the customer: who did the first may not do the second.
function offers_of({ ma, he }) {
    const offer = (who, ticket, fits) => (ticket.commands ?? []).filter(fits).map((form) => ({ who, form, key: form_key(form) }));
    const handled = offer('ma', ma, (form) => !customers_word.includes(form.command));
    return [...handled, ...offer('he', he, (form) => customers_word.includes(form.command) || !handled.some((one) => one.key === form_key(form)))];
}

export class Walk {
    constructor(house, people, said, below) {
        Object.assign(this, { house, people, said, below, times: new Map(), offered: new Set(), offered_forms: new Set(), states: new Set(), places: new Map(), refusals: new Map(), scouts: 0 });
    }
    async now() { return Date.parse((await this.people.ma.get('/api/v1/clock')).now); }
    async look(number) {
        const [ma, he, now] = await Promise.all([...[this.people.ma, this.people.he].map((who) => who.get(`/api/v1/tickets/${number}`)), this.now()]);
        return { ma, he, now };
    }
    give(number, { who, form }, body) {
        return this.people[who].post(`/api/v1/tickets/${number}/commands`, { command: form.command, ...body });
    }
    wait(advance) { return this.people.admin.put('/api/v1/clock', { advance }); }

    // Goes a known way with a new matter, as far as it leads. Gives the steps gone.
    async follow(number, way) {
        const gone = [];
        for (const step of way) {
            if (step.advance) await this.wait(step.advance);
            else {
                const ticket = await this.people[step.who].get(`/api/v1/tickets/${number}`);
                const form = (ticket.commands ?? []).find((one) => form_key(one) === step.key);
                if (!form || (await this.give(number, { who: step.who, form }, at_time(step.body, step.command, ticket, await this.now()))).status !== 200) break;
            }
            gone.push(step);
        }
        return gone;
    }

    // Gives the matter and the way, step by step; `wanted(key)` says what nobody has a form for yet, `sought(key)` what is
    // looked for most.
    async scout(fresh_matter, { wanted, sought = wanted }, other, steps = steps_a_scout) {
        const from = this.below(3) ? this.start(sought) : undefined;
        if (from) from.starts++;
        this.scouts++;
        const matter = from?.matter ?? fresh_matter;
        const number = await file_by_api(this.people.ma, matter);
        const way = from ? await this.follow(number, from.way) : [];
        const tried = new Map(); // in this state
        let state = '';
        for (let step = 0; ; step++) {
            const seen = await this.look(number);
            const { now } = seen;
            const offers = offers_of(seen);
            if (!offers.length) break;
            for (const { form, key } of offers) this.offered.add(form.command), this.offered_forms.add(key);
            this.states.add(seen.ma.state);
            if (!over.includes(seen.ma.phase)) this.keep_place(seen.ma, offers, matter, way);
            if (step === steps) break;
            if (state !== seen.ma.state) tried.clear();
            state = seen.ma.state;
            const late = step >= steps - 8 || over.includes(seen.ma.phase);
            const may_end = late || this.below(6) === 0;
            const fits = ({ form }) => may_end || !ending.includes(form.command);
            const fresh = offers.filter((one) => fits(one) && wanted(one.key) && (tried.get(one.key) ?? 0) < 3)
                .sort((one, two) => sought(two.key) - sought(one.key));
            const rest = offers.filter((one) => !ending.includes(one.form.command) && one.form.command !== 'note')
                .map((one) => ({ ...one, done: this.times.get(one.key) ?? 0, lot: this.below(1000) }))
                .sort(this.below(2) ? (one, two) => one.lot - two.lot : (one, two) => one.done - two.done || one.lot - two.lot);
            const done = (await this.first(number, fresh, tries_a_form, seen.ma, now, other, tried))
                ?? (this.below(4) ? await this.first(number, rest.slice(0, 5), 2, seen.ma, now, other) : undefined);
            if (done) way.push(done), tried.clear(); // what was refused may be taken now
            else {
                const advance = ['3 hours', '3 hours', '1 working days', '4 days'][this.below(4)];
                await this.wait(advance);
                way.push({ advance });
            }
        }
        return { matter, way };
    }

    keep_place(ticket, offers, matter, way) {
        const late = (ticket.deadlines ?? []).some((one) => one.state === 'missed');
        const keys = offers.map((one) => one.key);
        const place = [ticket.state, late ? 'late' : 'in time', ...keys.sort()].join(' ');
        const known = this.places.get(place);
        if (!known || cost(way) < cost(known.way)) this.places.set(place, { matter, way: [...way], keys, starts: known?.starts ?? 0 });
    }

    // Where to go on from: often a place that offers what is looked for, else the one least gone on from.
    start(sought) {
        const places = [...this.places.values()].sort((one, two) => one.starts - two.starts);
        const rich = places.filter(({ keys }) => keys.some((key) => sought(key)));
        return (this.below(2) && rich[0]) || places[0];
    }

    // The first of these that is taken, with what was refused before it.
    async first(number, offers, tries, ticket, now, other, tried) {
        for (const { who, form, key } of offers) {
            tried?.set(key, (tried.get(key) ?? 0) + 1);
            this.times.set(key, (this.times.get(key) ?? 0) + 1);
            let refused;
            for (let turn = 0; turn < tries; turn++) {
                const body = filled(form, other, this.below);
                const answer = await this.give(number, { who, form }, at_time(body, form.command, ticket, now));
                if (answer.status === 200) return { who, command: form.command, key, body, refused };
                refused = { body, says: answer.body.detail };
                this.refusals.set(key, [...new Set([...(this.refusals.get(key) ?? []), answer.body.detail])].slice(-4));
                if (!(form.fields ?? []).length) break; // there is nothing to say otherwise
            }
        }
        return undefined;
    }
}

// ---- filing ------------------------------------------------------------------------------------------------------------

// What the pack wants to know at filing.
export function matter_for(said, kind, index, below) {
    const category = kind.categories[below(Math.max(1, kind.categories.length))];
    const pick = picker(index % 4, below);
    const facts = said.sources.length ? { source: pick(said.sources).key } : {};
    for (const slot of said.slots) {
        const applies = (!slot.kinds?.length || slot.kinds.includes(kind.key)) && (!slot.categories?.length || slot.categories.includes(category?.key));
        if (!applies || ['description', 'place', 'phone', 'name', 'photo', 'occurred', 'people', 'wish'].includes(slot.name)) continue;
        facts[slot.name] = slot.type === 'boolean' ? below(4) > 0
            : slot.type === 'integer' ? 1 + below(20)
              : slot.type === 'number' ? 100 * (1 + below(40))
                : slot.type === 'time' ? { in_days: -10 }
                  : slot.type === 'choice' ? pick(slot.choices)
                    : '说过了';
    }
    return {
        kind: kind.key,
        ...(category ? { category: category.key } : {}),
        description: `第${index + 1}件：说好的事情没有做到，请给个说法`,
        ...(said.has_buildings ? { household: { building: '3', unit: '2', room: '501' } } : {}),
        customer: { name: '王女士', phone: '13812345678' },
        facts: { ...facts, people: '一户', wish: '尽早答复', occurred_at: { in_days: -6 }, ...(said.has_buildings ? {} : { location: '城东' }) },
    };
}

export async function file_by_api(who, matter) {
    const now = Date.parse((await who.get('/api/v1/clock')).now);
    const answer = await who.post('/api/v1/tickets', { ...matter, facts: at_time(matter.facts, 'open', {}, now) });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.number;
}
