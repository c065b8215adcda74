// What a form made from fields knows: what was typed, what is wrong with it, and what is sent of it.
import { reactive, watch } from 'vue';
import type { Field } from '../api';
import { picks, type Pick } from './logic';
import { pack_of, say, task_word } from './words';

export interface Form {
    values: Record<string, string>;
    sets: Record<string, string[]>; // of fields that take several
    wrong: Record<string, string>;
    // Whether anything stands in it, beside these fields.
    filled(but?: string[]): boolean;
    // What is sent; empty where something is missing or wrong, which then stands in `wrong`.
    read(fields: Field[], zone: string): Record<string, unknown> | null;
    // Marks what the service found wrong. Gives whether any of it belongs to these fields.
    mark(errors: { pointer?: string; detail?: string }[], fields: Field[]): boolean;
}

export function new_form(): Form {
    const values = reactive<Record<string, string>>({});
    const sets = reactive<Record<string, string[]>>({});
    const wrong = reactive<Record<string, string>>({});

    // What is being mended is no longer called wrong.
    watch([values, sets], () => {
        for (const name of Object.keys(wrong)) if ((values[name] ?? '').trim() || sets[name]?.length) delete wrong[name];
    });

    function refuse(field: Field, words: string): undefined {
        wrong[field.name] = words;
        return undefined;
    }

    function one(field: Field, zone: string): unknown {
        if (field.type === 'flags') return sets[field.name]?.length ? sets[field.name] : undefined;
        const text = (values[field.name] ?? '').trim();
        if (text === '') return undefined;
        switch (field.type) {
            case 'integer':
                return /^-?\d+$/.test(text) ? Number(text) : refuse(field, '请填整数。');
            case 'number':
                return /^-?\d+(\.\d{1,2})?$/.test(text) ? Number(text) : refuse(field, '请填数字，最多两位小数。');
            case 'boolean':
                return text === 'true';
            case 'time':
                return `${text.length === 16 ? text + ':00' : text}${zone}`;
            default:
                return text;
        }
    }

    return {
        values,
        sets,
        wrong,
        filled(but = []) {
            const typed = [...Object.entries(values), ...Object.entries(sets)];
            return typed.some(([name, value]) => !but.includes(name) && (typeof value === 'string' ? value.trim() : value.length));
        },
        read(fields, zone) {
            for (const name of Object.keys(wrong)) delete wrong[name];
            const body: Record<string, unknown> = {};
            for (const field of fields) {
                const value = one(field, zone);
                if (value !== undefined) body[field.name] = value;
                else if (field.required && !wrong[field.name])
                    wrong[field.name] = is_picked(field) ? '请选一个。' : '请填写。';
            }
            return Object.keys(wrong).length ? null : body;
        },
        mark(errors, fields) {
            let any = false;
            for (const error of errors) {
                const name = (error.pointer ?? '').split('/').pop() ?? '';
                if (!fields.some((field) => field.name === name)) continue;
                wrong[name] = in_our_words(error.detail) || '请填好这一项。';
                any = true;
            }
            return any;
        },
    };
}

// The service tells programs what it could not read; people get those of its texts that are written for them.
export const in_our_words = (text: string | undefined) => (text && /[\u4e00-\u9fff]/.test(text) ? text : '');

const is_picked = (field: Field) => ['choice', 'boolean', 'person', 'unit', 'flags'].includes(field.type) || !!field.choices?.length;

const words: Record<string, (value: string, pack?: string) => string> = {
    clock: (value, pack) => say('clocks', value, pack),
    kind: (value, pack) => say('kinds', value, pack),
    category: (value, pack) => say('categories', value, pack),
    level: (value, pack) => say('levels', value, pack),
    flags: (value) => say('flags', value),
    role: (value, pack) => say('roles', value, pack),
    step: (value, pack) => task_word(value, pack),
};

// What may be chosen, in people's words. A score is chosen too: people press a number faster than they type it.
export function options_of(field: Field, pack?: string): Pick[] {
    const word = words[field.name];
    const given = picks(field.choices, (value) => (word ? word(value, pack) : say('choices', value)), field.choice_titles);
    if (given.length || field.name !== 'score') return given;
    const known = pack_of(pack);
    if (known?.answers.length) return known.answers.map((one) => ({ value: String(one.score), title: one.title }));
    return Array.from({ length: known?.scale ?? 5 }, (_, index) => ({ value: String(index + 1), title: String(index + 1) }));
}
