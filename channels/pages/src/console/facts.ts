// Facts and the answers of forms as people read them: 「涉及金额：300元」, 「订车日期：1月5日 周一 09:00」.
import type { Fact, PackField, PackWords } from '../api';
import { full_time, with_offset } from '../time';
import { pack_of, say, type Table, task_word } from './words';

export interface Said {
    title: string;
    value: string;
}
interface Known {
    title: string;
    type?: string;
    choices?: Record<string, string>;
}

// Which of our tables has the words for the values of a fact that every pack knows.
const tables: Record<string, Table> = {
    kind: 'kinds', intake_kind: 'kinds', category: 'categories', intake_category: 'categories', level: 'levels', state: 'states', phase: 'phases',
    owner_role: 'roles', role: 'roles', flags: 'flags', consent: 'choices', fixed: 'choices', cause: 'choices', validity: 'choices',
    source: 'sources', channel: 'channels', emergency: 'dangers', missed: 'clocks', steps_open: 'tasks', steps_done: 'tasks',
    admission: 'choices', admission_test: 'tests', means: 'choices',
};
// Kept for the rules: who was told what, and what was drawn.
const quiet = ['told', 'unknown_slots', 'missing_slots', 'drawn'];

const is_yuan = (name: string) => name.endsWith('_yuan');
const as_yuan = (name: string) => name.replace(/_fen$/, '_yuan');

function known_as(name: string, pack: PackWords | undefined, step?: string): Known | undefined {
    const named = (list: PackField[] | undefined) => list?.find((one) => one.name === as_yuan(name));
    const fact: Fact | undefined = pack?.facts.find((one) => one.key === as_yuan(name));
    const field = named(pack?.steps.find((one) => one.key === step)?.fields) ?? fact ?? named(pack?.fields);
    const choices = { ...fact?.choices, ...field?.choices };
    return field && { title: field.title || fact?.title || '', type: field.type ?? fact?.type, choices };
}

export function money(yuan: number): string {
    return `${yuan.toLocaleString('zh-CN', { maximumFractionDigits: 2, useGrouping: false })}元`;
}

// Moments come as milliseconds or as texts.
export function moment(value: unknown, zone: string): string {
    return full_time(typeof value === 'number' ? with_offset(value, zone) : String(value ?? ''));
}

function one(name: string, value: unknown, known: Known, pack: string | undefined, zone: string): string {
    if (typeof value === 'boolean') return value ? '是' : '否';
    if (known.type === 'time' || (typeof value === 'number' && value > 1e11)) return moment(value, zone);
    if (typeof value === 'number') {
        if (name.endsWith('_fen')) return money(value / 100);
        return is_yuan(name) ? money(value) : name.startsWith('days_') ? `${value}天` : String(value);
    }
    const text = String(value);
    const chosen = known.choices?.[text];
    if (chosen && chosen !== text) return chosen;
    const table = tables[name];
    const said = table === 'tasks' ? task_word(text, pack) : table ? say(table, text, pack) : text;
    if (said !== text) return said;
    const role = say('roles', text, pack); // a role may be chosen for anything
    return role !== text ? role : say('choices', text);
}

// Null where nobody needs to read it, or nobody has a title for it. `names`: who is meant, where the value is an id.
export function said(
    name: string,
    value: unknown,
    { pack, step, zone = '+08:00', names }: { pack?: string; step?: string; zone?: string; names?: Record<string, string[]> } = {},
): Said | null {
    if (quiet.includes(name) || value === null || value === undefined || value === '') return null;
    const words = pack_of(pack);
    const known = known_as(name, words, step);
    if (!known?.title) return null;
    const read = names?.[name]?.join('、') ?? (Array.isArray(value) ? value : [value]).map((each) => one(name, each, known, pack, zone)).join('、');
    const title = known.title.replace(/[（(]元[)）].*$/, '').replace(/[？?]$/, '');
    return read ? { title, value: read } : null;
}
