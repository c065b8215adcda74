// What one pack of rules calls things, what its forms ask, and what its clauses say.

export interface Field {
    name: string;
    type:
        | 'text'
        | 'integer'
        | 'number'
        | 'boolean'
        | 'time'
        | 'choice'
        | 'person'
        | 'unit'
        | 'flags'
        | 'attachments'
        | 'ticket'
        | 'object'
        | 'evidence';
    required?: boolean;
    title?: string;
    choices?: (string | number | Option)[];
    choice_titles?: Record<string, string>; // what a person reads for a choice
}

export interface Option {
    value?: string;
    id?: string;
    login?: string;
    title?: string;
    name?: string;
}

export interface Titled {
    key: string;
    title: string;
    about?: string;
}
export interface Slot extends Field {
    ask?: string;
    kinds?: string[];
    categories?: string[];
    conditional?: boolean; // asked only in some cases, which the service knows
}
export interface PackField {
    name: string;
    title: string;
    type?: string;
    choices?: Record<string, string>;
}
// boolean, integer, number, text, list or time; money is a number whose name ends in _yuan.
export interface Fact extends Titled {
    type?: string;
    choices?: Record<string, string>;
}
// What the rules would do with a case.
export interface Explanation {
    level: { key: string; title: string; clause: string; because: { because: string; clause: string }[] };
    accept: { role: string; title: string; clause: string };
    owner: { role: string; title: string; clause: string };
    deadlines: { clock: string; title: string; clause: string; due_at?: string | null; text?: string }[];
    revisit?: { title: string; rate_percent: number; in_person_percent: number; clause: string };
}
export interface PackWords {
    policy: { id: string; version: string; title: string };
    kinds: (Titled & { categories: Titled[] })[];
    levels: Titled[];
    states: Titled[];
    roles: Titled[];
    deadlines: Titled[];
    steps: (Titled & { decisions?: Titled[]; fields?: PackField[] })[];
    fields?: PackField[]; // what its other forms ask
    tests?: Titled[]; // of admission
    penalties: Titled[];
    forms: Titled[];
    sources: Titled[];
    answers: { score: number; title: string }[];
    scale: number;
    reasons: { command: string; title: string }[];
    stages?: { stage: string; script: string }[]; // how a talk is led
    slots: Slot[];
    facts: Fact[];
    units?: string[]; // of one's own units, those under these rules
    may_file?: boolean; // whether one's roles may file a matter under them
    clauses: { id: string; text: string; printed: boolean; because?: string }[];
}
