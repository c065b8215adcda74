// The books of a running house: what was received is handled, what is owed is sent, waits or was given up, every chain
// fits, and no open ticket is without somebody and a limit.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { program, root } from '../journeys/house.mjs';

export async function all_pages(person, path) {
    const all = [];
    for (let cursor = '';;) {
        const page = await person.get(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
        all.push(...page.items);
        cursor = page.next_cursor;
        if (!cursor) return all;
    }
}

// Staff read a telephone masked.
const without_phones = (text) => text.replace(/1\d{2}(\*{4}|\d{4})\d{4}|\[电话\]/g, '#');

// Each message that was acknowledged stands in its talk once, in the order in which its resident sent it.
export async function received_is_handled(reader, residents) {
    const talks = await all_pages(reader, '/api/v1/conversations');
    let stored = 0;
    const heard = new Set();
    for (const talk of talks) {
        const texts = (await all_pages(reader, `/api/v1/conversations/${talk.id}/messages`)).filter((one) => one.from === 'resident').map((one) => without_phones(one.text));
        stored += texts.length;
        heard.add(texts.join('\n'));
    }
    const wrote = residents.filter((one) => one.sent.length);
    for (const one of wrote) assert.ok(heard.has(one.sent.map(without_phones).join('\n')), `${one.name}: what he wrote, once and in his order:\n${one.sent.join('\n')}`);
    assert.equal(stored, wrote.reduce((sum, one) => sum + one.sent.length, 0), 'received = handled');
    return { talks: talks.length };
}

// Every row of the outbox is in one of its states, and none that was there is gone.
export async function owed_is_accounted_for(admin, before) {
    const rows = await all_pages(admin, '/api/v1/outbox');
    const states = {};
    for (const row of rows) states[row.state] = (states[row.state] ?? 0) + 1;
    const known = ['waiting', 'sending', 'sent', 'failed', 'dead', 'undeliverable'];
    assert.deepEqual(Object.keys(states).filter((state) => !known.includes(state)), []);
    const ids = new Map(rows.map((row) => [row.id, row.state]));
    assert.equal(ids.size, rows.length, 'a row is listed once');
    for (const [id, state] of before ?? []) {
        assert.ok(ids.has(id), `row ${id} (${state}) is gone`);
        if (state === 'sent') assert.equal(ids.get(id), 'sent', `row ${id} was sent and is ${ids.get(id)}`);
    }
    return { rows: ids, states };
}

const ends = ['closed', 'rejected', 'withdrawn', 'merged', 'terminated'];
const is_watched = (ticket) => ticket.phase === 'resolved' || ticket.phase === 'revisiting' || ticket.deadlines.some((each) => ['running', 'paused', 'missed'].includes(each.state));

// Somebody has it, and there is a moment at which it is looked at again. Once the pack has sent a customer to an outside
// review its paper counts nothing any more.
export async function open_tickets_are_held(person) {
    const tickets = await all_pages(person, '/api/v1/tickets');
    const open = tickets.filter((one) => !ends.includes(one.phase));
    let outside = 0;
    for (const one of open) {
        assert.ok(one.owner_role || one.assignee, `${one.number} (${one.state}) belongs to nobody`);
        assert.ok(one.deadlines.length > 0, `${one.number} (${one.state}) has no limit`);
        if (is_watched(one)) continue;
        const events = await all_pages(person, `/api/v1/tickets/${one.number}/events`);
        assert.ok(events.some((event) => event.data.to === 'external_review'), `${one.number} (${one.state}) is watched by nothing: ${JSON.stringify(one.deadlines)}\n${events.map((event) => `${event.type} ${event.data.from} -> ${event.data.to}`).join('\n')}`);
        outside += 1;
    }
    return { tickets: tickets.length, open: open.length, outside };
}

// `huiyin verify` beside the service.
export function chains_fit(it) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, ['verify', '--config', it.config], { cwd: root });
        let said = '';
        for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
        child.on('exit', (code) => (code === 0 && /every chain fits/.test(said) ? resolve(said.trim()) : reject(new Error(`verify ended with ${code}: ${said}`))));
    });
}

// Memory in MiB, open descriptors, threads.
export function body_of(child) {
    const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
    return { mib: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024), descriptors: readdirSync(`/proc/${child.pid}/fd`).length, threads: Number(/Threads:\s+(\d+)/.exec(status)[1]) };
}
