// What happened to a ticket, line by line, as a colleague would tell it. Pure: the words come from words.ts.
import type { TicketEvent } from '../api';
import { parts, span_text } from '../time';
import { moment, money, said } from './facts';
import { pack_of, say, type Table, task_word } from './words';

export interface Line {
    sequence: number;
    at: string;
    what: string; // two to six characters, or what the pack calls the step
    who: string;
    by: string;
    detail: string;
    clause?: string;
}

// Bookkeeping that tells nobody anything.
const unsaid = ['fact.cleared', 'assignee.cleared'];
const is_unsaid = (event: TicketEvent) =>
    unsaid.includes(event.type) || (event.type === 'question.put_off' && !event.data['question']);

// Of a step one says which.
const is_step = (event: TicketEvent) => ['ticket.completed', 'ticket.decided'].includes(event.type) && !!event.data['step'];

// A warning after the limit is no warning any more.
export function event_word(event: { type: string; at: string; data: Record<string, unknown> }): string {
    const due = event.data['due_at'];
    if (event.type === 'deadline.warned' && typeof due === 'number' && Date.parse(event.at) >= due) return '超时上报';
    return say('events', event.type);
}

// Fields whose value is a key of ours, and where its word stands.
const tables: Record<string, Table> = {
    penalty: 'penalties', deadline: 'clocks', clock: 'clocks', level: 'levels', category: 'categories', kind: 'kinds',
    role: 'roles', owner_role: 'roles', flag: 'flags', answer: 'choices', fixed: 'choices', means: 'choices', validity: 'choices', cause: 'choices',
    danger: 'dangers', emergency: 'dangers', question: 'questions', admission: 'choices', admission_test: 'tests', notice: 'choices', source: 'sources',
};
// What people wrote, and what it is about where the event does not say so itself.
const written: Record<string, string> = { text: '', reason: '', comment: '', words: '', cause_words: '原因：', correction: '纠正：', prevention: '预防：' };
// Who and what an id means.
const named: Record<string, string> = { assignee: '交给', staff: '', recused: '回避：', team: '一起办：', into: '并入 ', repeat_of: '同一件事：' };
// In this order, then the rest; a value that says nothing by itself stands behind its name.
const order = ['task', 'decision', 'answer', 'fixed', 'admission', 'admission_test', 'body', 'clock', 'deadline', 'role', 'kind', 'category', 'level', 'flags', 'reached', 'score', 'means'];
const labelled = ['kind', 'category', 'level', 'flags', 'validity', 'cause'];
// Said elsewhere, or of no use to a reader.
const silent = ['step', 'from', 'to', 'phase', 'step_title', 'title', 'number', 'policy', 'policy_version', 'judged', 'scale', 'correction', 'fact', 'value', 'start_at', 'from_level', 'unit', 'owner_unit'];

interface Reading {
    event: TicketEvent;
    data: Record<string, unknown>;
    names: Record<string, string[]>;
    pack?: string;
    zone: string;
    clock_word: (clock: string) => string;
}

export function timeline(
    events: TicketEvent[],
    { pack, zone, clock_word }: { pack?: string; zone: string; clock_word?: (clock: string) => string },
): Line[] {
    return events.filter((event) => !is_unsaid(event)).map((event) => ({
        sequence: event.sequence,
        at: event.at,
        what: is_step(event) ? task_word(text_of(event.data['step']), pack) : event_word(event),
        who: event.by_name || say('parties', event.by?.kind),
        by: event.by?.kind,
        detail: detail({
            event, data: event.data ?? {}, names: event.names ?? {}, pack, zone,
            clock_word: clock_word ?? ((clock) => say('clocks', clock, pack)),
        }),
        clause: event.clause || undefined,
    }));
}

function detail(reading: Reading): string {
    const { event, data } = reading;
    const special = by_type[event.type];
    const pieces = special ? special(reading) : [...people(reading), ...fields(reading), ...words(reading)];
    return [...new Set(pieces.filter(Boolean))].join(' · ') || (typeof data['title'] === 'string' ? data['title'] : '');
}

// Where a moment stands to the limit that the event is about.
function to_limit({ event, data }: Reading): string {
    const due = data['due_at'];
    if (typeof due !== 'number') return '';
    const left = due - Date.parse(event.at);
    if (Math.abs(left) < 60_000) return '时限到了';
    return left > 0 ? `离时限还有${span_text(left)}` : `已超${span_text(left)}`;
}

const deadline = (reading: Reading) => [reading.clock_word(String(reading.data['deadline'] ?? '')), to_limit(reading)];

const by_type: Record<string, (reading: Reading) => string[]> = {
    'deadline.warned': deadline,
    'deadline.missed': deadline,
    'ticket.opened': (reading) => [one('source', (reading.data['facts'] as Record<string, unknown> | undefined)?.['source'], reading)],
    'fact.set': (reading) => [one(String(reading.data['fact']), reading.data['value'], reading), because(reading)],
    'task.opened': (reading) => {
        const { data } = reading;
        const due = data['due_at'];
        return [
            task_word(String(data['task'] ?? ''), reading.pack),
            text_of(data['role']) && `由${say('roles', text_of(data['role']), reading.pack)}办`,
            text_of(data['means']) && say('choices', text_of(data['means'])),
            due ? `${moment(due, reading.zone)}前` : '',
        ];
    },
    'task.dropped': ({ data, pack }) => [task_word(text_of(data['task']), pack)],
    'revisit.drawn': ({ data }) => [data['revisit'] ? (data['in_person'] ? '抽中，要当面回访' : '抽中') : '没有抽中'],
    'survey.suppressed': ({ data }) => {
        const limit = /^(\d+) in (\d+) days$/.exec(text_of(data['rule']));
        return [limit ? `${limit[2]}天里已经问过${limit[1]}次` : '客户不愿意再收问卷'];
    },
    'ticket.routed': (reading) => [table('role', reading), ...(reading.names['owner_unit'] ?? []), because(reading)],
    'ticket.transferred': (reading) => [table('role', reading), ...(reading.names['unit'] ?? []), ...words(reading)],
    'ticket.level_changed': (reading) => [table('level', reading), because(reading)],
    'event.declared': (reading) => [
        text_of(reading.data['title']),
        reading.data['from'] ? `${moment(reading.data['from'], reading.zone)} 至 ${moment(reading.data['until'], reading.zone)}` : '',
    ],
    'event.lifted': (reading) => [reading.data['until'] ? `到 ${moment(reading.data['until'], reading.zone)}` : ''],
    'penalty.proposed': (reading) => {
        const { data, names } = reading;
        const range = typeof data['from_fen'] === 'number' ? `${Number(data['from_fen']) / 100}–${money(Number(data['to_fen']) / 100)}` : '';
        return [
            text_of(data['title']) || table('penalty', reading),
            names['staff']?.join('、') ?? table('role', reading),
            typeof data['amount_fen'] === 'number' ? money(data['amount_fen'] / 100) : range,
        ];
    },
};

const text_of = (value: unknown) => (typeof value === 'string' ? value : '');
const because = ({ data }: Reading) => text_of(data['because']);

function table(name: string, { data, pack }: Reading): string {
    const key = text_of(data[name]);
    return key ? say(tables[name]!, key, pack) : '';
}

function one(name: string, value: unknown, { data, names, pack, zone }: Reading): string {
    const read = said(name, value, { pack, step: text_of(data['step']), zone, names });
    return read ? `${read.title}：${read.value}` : '';
}

function people({ names }: Reading): string[] {
    return Object.entries(named).map(([name, before]) => (names[name] ? before + names[name].join('、') : ''));
}

// A step's own answers have words of their own.
function decision(value: string, { data, pack }: Reading): string {
    const step = pack_of(pack)?.steps.find((each) => each.key === data['step']);
    return step?.decisions?.find((each) => each.key === value)?.title ?? say('choices', value);
}

function score(value: unknown, pack?: string): string {
    const title = pack_of(pack)?.answers.find((each) => each.score === value)?.title;
    return `${String(value)}分${title && title !== String(value) ? `（${title}）` : ''}`;
}

function fields(reading: Reading): string[] {
    const { data, pack, zone } = reading;
    const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
    const entries = Object.entries(data).sort(([one_name], [other]) => rank(one_name) - rank(other));
    const label = (name: string) => (labelled.includes(name) ? `${say('fields', name)}：` : '');
    return entries.flatMap(([name, value]) => {
        if (value === null || value === '' || name in named || name in written || silent.includes(name)) return [];
        if (name === 'task') return [task_word(String(value), pack)];
        if (name === 'form') return [`填《${say('forms', String(value), pack)}》`];
        if (name === 'decision') return [decision(String(value), reading)];
        if (name === 'deadline' || name === 'clock') return [reading.clock_word(String(value))];
        if (tables[name]) return typeof value === 'string' ? [label(name) + say(tables[name], value, pack)] : [];
        if (name === 'facts') return Object.entries(value as Record<string, unknown>).map(([fact, told]) => one(fact, told, reading));
        if (name === 'flags') return [label(name) + ((value as string[]).map((flag) => say('flags', flag)).join('、') || '没有')];
        if (name === 'add_flags') return (value as string[]).map((flag) => `加上${say('flags', flag)}`);
        if (name === 'drop_flags') return (value as string[]).map((flag) => `去掉${say('flags', flag)}`);
        if (name === 'attachments') return Array.isArray(value) && value.length ? [`照片${value.length}张`] : [];
        if (name === 'score') return [score(value, pack)];
        if (name === 'reached') return [value ? '联系上了' : '没有联系上'];
        if (name === 'amount_fen') return [money(Number(value) / 100)];
        if (name === 'finish_by' || name === 'until') return [`到 ${moment(value, zone)}`];
        if (name === 'due_at') return [`${moment(value, zone)}前`];
        if (name === 'because' || name === 'body') return [text_of(value)];
        if (name === 'copies') return Array.isArray(value) ? [`抄送${value.join('、')}`] : [];
        if (name === 'transfers_file') return value ? ['材料由我们转去'] : [];
        return [one(name, value, reading)]; // a field of the pack's own; what has no title there is bookkeeping
    });
}

function words(reading: Reading): string[] {
    return Object.entries(reading.event.words ?? {}).flatMap(([name, value]) => {
        if (typeof value === 'string') return name === 'fields' ? [] : [`${written[name] ?? ''}「${value}」`];
        return Object.entries(value).map(([field, told]) => one(field, told, reading));
    });
}

export const zone_of = (at: string | undefined) => (at && parts(at)?.offset) || '+08:00';
