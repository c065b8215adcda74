// What the console computes from a ticket. Pure: `now` is handed in.
import type { AllowedCommand, Deadline, DerivedDeadline, Me, Option, Phase, Ticket } from '../api';
import { near_due, parts, span_text, with_offset } from '../time';
import { pack_of, say } from './words';

const ends: Phase[] = ['closed', 'rejected', 'withdrawn', 'merged', 'terminated'];
export const is_end = (ticket: Ticket) => ends.includes(ticket.phase);

// The policy's own word for it where the service gives one, else ours.
export const state_word = (ticket: Ticket) => ticket.titles?.state || say('phases', ticket.phase);
export const level_word = (ticket: Ticket) => ticket.titles?.level || say('levels', ticket.level, ticket.policy?.id);
export const owner_word = (ticket: Ticket) => ticket.titles?.owner_role || say('roles', ticket.owner_role, ticket.policy?.id);
// Worse than the mildest level of its rules.
export const is_severe = (ticket: Ticket) => {
    const levels = pack_of(ticket.policy?.id)?.levels ?? [];
    return !!ticket.level && levels.length > 1 && levels[0]!.key !== ticket.level;
};
export const matter_word = (ticket: Ticket) =>
    [ticket.titles?.kind || say('kinds', ticket.kind), ticket.titles?.category || say('categories', ticket.category)]
        .filter(Boolean)
        .join(' · ');

export type Urgency = 'late' | 'soon' | 'calm' | 'done';

export interface Due {
    at: number; // milliseconds UTC; Infinity when nothing runs
    urgency: Urgency;
    words: string; // 「超时 2小时」「还剩 40分钟」「今天 17:30」
    left: string; // 「还剩2天」「超时2小时」
    deadline?: Deadline;
}

const soon_ms = 4 * 3600_000;

// The deadline that counts now: the earliest that runs. A missed limit for acceptance still counts while nobody accepted.
export function next_due(ticket: Ticket, now: number): Due {
    const all = ticket.deadlines ?? [];
    const open = all.filter(
        (one) => one.state === 'running' || (one.state === 'missed' && one.clock === 'accept' && ticket.phase === 'open'),
    );
    if (!open.length && !is_end(ticket)) {
        const missed = all.filter((one) => one.state === 'missed');
        if (missed.length) open.push(missed[missed.length - 1]!);
    }
    open.sort((one, other) => Date.parse(one.due_at) - Date.parse(other.due_at));
    const first = open[0];
    if (is_end(ticket)) return { at: Infinity, urgency: 'done', words: state_word(ticket), left: '' };
    if (!first) {
        const paused = all.some((one) => one.state === 'paused');
        return { at: Infinity, urgency: 'calm', words: paused ? '挂起中' : '不计时', left: '' };
    }
    const at = Date.parse(first.due_at);
    const left = at - now;
    if (left <= 0) {
        const words = left > -60_000 ? '刚到时限' : `超时 ${span_text(left)}`;
        return { at, urgency: 'late', words, left: words.replace(' ', ''), deadline: first };
    }
    if (left < soon_ms) {
        const words = `还剩 ${span_text(left)}`;
        return { at, urgency: 'soon', words, left: words.replace(' ', ''), deadline: first };
    }
    return { at, urgency: 'calm', words: near_due(first.due_at, now), left: `还剩${span_text(left)}`, deadline: first };
}

export function is_today(due: Due, now: number): boolean {
    const p = due.deadline && parts(due.deadline.due_at);
    const today = p && parts(with_offset(now, p.offset));
    return !!p && !!today && p.day_number === today.day_number;
}

export function by_due(now: number): (one: Ticket, other: Ticket) => number {
    const rank = (ticket: Ticket) => (ticket.flags?.includes('emergency') && !is_end(ticket) ? 0 : 1);
    return (one, other) =>
        rank(one) - rank(other) ||
        next_due(one, now).at - next_due(other, now).at ||
        other.number.localeCompare(one.number);
}

export const is_mine = (ticket: Ticket, me: Me) =>
    ticket.assignee ? ticket.assignee.login === me.login : !!ticket.owner_role && me.roles.includes(ticket.owner_role);

const leads = ['centre_manager', 'project_centre', 'quality_centre', 'administrator'];
export const is_lead = (me: Me) => me.roles.some((role) => leads.includes(role));

export function place(ticket: Ticket): string {
    const home = ticket.household;
    if (home?.label) return home.label;
    const said = ticket.facts?.['location'];
    if (typeof said === 'string' && said) return said;
    if (home?.building) return [home.building + '栋', home.unit && home.unit + '单元', home.room].filter(Boolean).join('');
    const slots = pack_of(ticket.policy?.id)?.slots ?? [];
    return !slots.length || slots.some((slot) => slot.name === 'place') ? '地点待问' : ''; // some rules ask for none
}

// The one thing that moves the ticket on comes first; the rest keeps the order the service gives.
const first_by_phase: Partial<Record<Phase, string[]>> = {
    open: ['accept', 'reject', 'transfer'],
    accepted: ['assign', 'propose', 'resolve', 'return'],
    working: ['propose', 'resolve', 'assign', 'reply'],
    deciding: ['consent', 'review', 'propose', 'resolve'],
    resolved: ['confirm', 'revisit'],
    revisiting: ['revisit', 'rate'],
    closed: ['revisit', 'reopen', 'note'],
};

export function ordered_commands(ticket: Ticket, me: Me): AllowedCommand[] {
    const all = ticket.commands ?? [];
    let wish = first_by_phase[ticket.phase] ?? [];
    if (ticket.phase === 'accepted' && ticket.assignee?.login === me.login) wish = ['propose', 'resolve', ...wish];
    if (ticket.consent?.answer === 'agreed') wish = ['resolve', ...wish];
    const rank = (command: string) => {
        const place_in_wish = wish.indexOf(command);
        return place_in_wish < 0 ? wish.length : place_in_wish;
    };
    return [...all].sort((one, other) => rank(one.command) - rank(other.command));
}

export interface Pick {
    value: string;
    title: string;
}

export function picks(
    choices: (string | number | Option)[] | undefined,
    role?: (value: string) => string,
    titles: Record<string, string> = {},
): Pick[] {
    return (choices ?? []).map((choice) => {
        if (typeof choice === 'object') {
            const value = String(choice.value ?? choice.login ?? choice.id ?? choice.name ?? '');
            return { value, title: choice.title ?? choice.name ?? role?.(value) ?? value };
        }
        const value = String(choice);
        return { value, title: titles[value] ?? role?.(value) ?? value };
    });
}

// The parts of a derivation wherever the answer keeps them, in the object itself or one level down.
export function derivation(deadline: DerivedDeadline) {
    const below = deadline.derivation;
    const inner = below && typeof below === 'object' ? below : {};
    return {
        text: (typeof below === 'string' ? below : '') || deadline.text || inner.text || '',
        start_at: deadline.start_at ?? inner.start_at ?? '',
        starts_on: deadline.starts_on ?? inner.starts_on ?? '',
        span: deadline.span ?? inner.span,
        segments: deadline.segments ?? inner.segments ?? [],
        pauses: deadline.pauses ?? inner.pauses ?? [],
        extensions: deadline.extensions ?? inner.extensions ?? [],
    };
}

const after_start = ' after next start of work';

// The same form may stand for several steps: what tells them apart.
export const form_key = (command: AllowedCommand) =>
    command.command + ' ' + (command.fields ?? []).filter((one) => one.name === 'step').map((one) => (one.choices ?? []).map(String).join()).join();

export function span_words(span: string | { count: number; unit: string } | undefined): string {
    if (!span) return '';
    if (typeof span === 'object') return `${span.count} ${say('span_units', span.unit)}`;
    const found = /^(\d+)\s+(.+)$/.exec(span);
    if (!found) return say('span_units', span);
    const [, count, unit = ''] = found;
    const from_work = unit.endsWith(after_start); // counted from when work began
    return `${from_work ? '上班后' : ''}${count} ${say('span_units', from_work ? unit.slice(0, -after_start.length) : unit)}`;
}
