// A ticket as staff see it: what it is, what may be done with it, and why it stands where it stands.
import type { Field } from './pack';

export type Phase =
    | 'open'
    | 'accepted'
    | 'working'
    | 'deciding'
    | 'resolved'
    | 'revisiting'
    | 'closed'
    | 'rejected'
    | 'withdrawn'
    | 'merged'
    | 'terminated';

export interface Attachment {
    id: string;
    kind?: string;
    name?: string;
    bytes?: number;
    sha256?: string;
    url: string;
}

export interface Deadline {
    clock: string;
    due_at: string;
    state: 'running' | 'met' | 'missed' | 'paused' | 'cancelled';
    clause?: string;
}

export interface Segment {
    from: string;
    until: string;
    counted: boolean;
    reason?: string; // counted, weekend, holiday, make-up working day, outside hours, paused, …
    name?: string; // of the holiday
    day?: number; // which counted day it is
}

export interface DerivedDeadline extends Deadline {
    title?: string;
    clause_text?: string; // what the clause says, in plain words
    warnings?: string[];
    starts_on?: string; // the event that began it
    start_at?: string;
    span?: string | { count: number; unit: string };
    text?: string; // the derivation in one sentence
    segments?: Segment[];
    pauses?: { from: string; until?: string }[];
    extensions?: { until?: string; reason?: string }[];
    derivation?: Partial<Omit<DerivedDeadline, 'derivation'>> | string;
}

export interface NewTicket {
    kind: string;
    category?: string;
    description: string;
    unit?: string;
    household?: { building?: string; unit?: string; room?: string };
    customer: { name?: string; phone?: string; anonymous?: boolean };
    facts?: Record<string, unknown>;
}

export interface AllowedCommand {
    command: string;
    title?: string;
    fields?: Field[];
    roles?: string[];
    script?: string; // how the rules want this part of the talk led
}

export interface Why {
    decision: string;
    clause?: string;
    because?: string;
}

export interface Ticket {
    number: string;
    version: number;
    policy?: { id: string; version: string | number };
    kind: string;
    category?: string | null;
    level?: string | null;
    flags?: string[];
    state: string;
    phase: Phase;
    titles?: { kind?: string; category?: string; state?: string; level?: string; owner_role?: string }; // the policy's own words
    unit?: { id: string; name: string } | null;
    household?: {
        id?: string | null;
        building?: string | null;
        unit?: string | null;
        room?: string | null;
        label?: string | null;
    } | null;
    customer?: { name?: string | null; phone_masked?: string | null; channel?: string; anonymous?: boolean } | null;
    summary?: string;
    description?: string;
    facts?: Record<string, unknown>;
    attachments?: Attachment[];
    opened_at: string;
    accepted_at?: string | null;
    resolved_at?: string | null;
    closed_at?: string | null;
    assignee?: { login: string; name: string } | null;
    owner_role?: string | null;
    deadlines?: Deadline[];
    proposal?: { text: string; amount_yuan?: number | null; finish_by?: string | null; round?: number } | null;
    consent?: { answer: string; at: string } | null;
    steps?: { step: string; state: string; due_at?: string | null; role?: string }[];
    revisits?: { means: string; at: string; by?: string; reached?: boolean; score?: number | null }[];
    rating?: { score: number; scale?: number; comment?: string } | null;
    fixed?: 'yes' | 'partly' | 'no' | null;
    supporters?: number;
    joined_to?: string | null;
    repeat_of?: string | null;
    commands?: AllowedCommand[];
    conversation?: string | null; // the talk it was told in
    why?: Why[];
    undelivered?: Undelivered[];
}

// What the customer was not told, by whatever channel.
export interface Undelivered {
    id: string;
    at: string;
    channel: string;
    kind: string;
    state: string;
    code?: string;
    attempts?: number;
    preview?: string;
}

export interface TicketEvent {
    sequence: number;
    id: string;
    type: string;
    version: number;
    at: string;
    by: { kind: 'resident' | 'staff' | 'policy' | 'system'; id?: string };
    by_name?: string;
    clause?: string;
    data: Record<string, unknown>;
    previous_hash: string;
    hash: string;
    words?: Record<string, string | Record<string, unknown>>; // what people wrote; the answers of a form under `fields`
    names?: Record<string, string[]>; // who and what the ids of a field mean
}
