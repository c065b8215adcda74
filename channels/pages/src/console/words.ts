// The words of the work, as the desk says them: the pack's own first, where the service gives them, then ours. A key that
// nobody has a word for is shown as it is.
import { shallowReactive } from 'vue';
import type { PackWords, Titled } from '../api';
import { about_penalty, tables } from './tables';

export type Table = keyof typeof tables;
const of_pack: Partial<Record<Table, (pack: PackWords) => Titled[]>> = {
    kinds: (pack) => pack.kinds,
    categories: (pack) => pack.kinds.flatMap((kind) => kind.categories),
    levels: (pack) => pack.levels,
    states: (pack) => pack.states,
    roles: (pack) => pack.roles,
    clocks: (pack) => pack.deadlines,
    tasks: (pack) => pack.steps,
    penalties: (pack) => pack.penalties,
    forms: (pack) => pack.forms,
    sources: (pack) => pack.sources,
    tests: (pack) => pack.tests ?? [],
};

const packs = shallowReactive<PackWords[]>([]);
const titles = new Map<string, Map<string, string>>(); // by pack and table

// What the service says its packs call things; the pack of one's own unit stands first.
export function learn(words: PackWords[]): void {
    titles.clear();
    for (const pack of words)
        for (const [table, list] of Object.entries(of_pack))
            titles.set(`${pack.policy.id} ${table}`, new Map(list(pack).map((one) => [one.key, one.title])));
    packs.splice(0, packs.length, ...words);
}

// The pack a ticket is under; without one, that of one's own unit.
export function pack_of(id?: string): PackWords | undefined {
    return packs.find((pack) => pack.policy.id === id) ?? packs[0];
}
export const all_packs = (): readonly PackWords[] => packs;

// The rules that hold for a unit; those of one's own unit where the service does not say.
export function pack_for(unit?: string): PackWords | undefined {
    return packs.find((pack) => unit && pack.units?.includes(unit)) ?? packs[0];
}

export function say(table: Table, key: string | null | undefined, pack?: string): string {
    if (!key) return '';
    const own = titles.get(`${pack_of(pack)?.policy.id} ${table}`)?.get(key);
    return own ?? tables[table][key] ?? key;
}

// A duty: one of the pack's steps, a call or a visit that follows from elsewhere, or a penalty that somebody decides.
export function task_word(task: string, pack?: string): string {
    const [what = '', which = ''] = task.split(':');
    return which && about_penalty[what] ? about_penalty[what] + say('penalties', which, pack) : say('tasks', task, pack);
}

export function clause_of(id: string, pack?: string): PackWords['clauses'][number] | undefined {
    return pack_of(pack)?.clauses.find((one) => one.id === id);
}

// What a derivation remarks, which the service says for programs.
export function remark(text: string, pack?: string): string {
    const year = /^no holiday file for (\d+)/.exec(text)?.[1];
    if (year) return `没有${year}年的放假安排，先按平常的周末算。`;
    const wish = /^the customer's limit "(\w+)" cannot be used/.exec(text)?.[1];
    if (wish) return `${pack_of(pack)?.facts.find((fact) => fact.key === wish)?.title ?? '客户要求的时间'}：已经过去，不能作为时限。`;
    return text;
}
