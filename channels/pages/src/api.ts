// The typed client of /chat and /api/v1, shared by the three entries. The types say what an answer carries; fields that
// a policy may leave out are optional. Times are RFC 3339 texts with offset. Errors: Refused (the service said no, with
// its own text) and Unreachable (no answer came); nothing else is thrown on purpose.

export interface Choice {
    title: string;
    payload: string;
}

export interface Card {
    title?: string;
    text?: string;
    url?: string;
}

export interface Message {
    id: string;
    at: string;
    from: 'bot' | 'staff' | 'resident';
    text?: string;
    choices?: Choice[];
    card?: Card;
    image?: { url: string };
    ticket?: string | null;
    key?: string; // the Idempotency-Key it came with, on the resident's own messages
    kind?: string; // how the service wants it drawn: read_back, rating, status, emergency
    by_name?: string; // who of the staff says it
}

// What a service centre tells about itself; a service that does not say leaves it out.
export interface Centre {
    id?: string;
    name?: string;
    phones?: { duty?: string; gas?: string; lift?: string };
    hours?: string;
}

export interface ChatAnswer {
    messages: Message[];
    token?: string;
    unit?: Centre | null;
}

export interface Page<T> {
    items: T[];
    next_cursor?: string | null;
}

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

// What one pack of rules calls things, and what it asks when a matter is filed.
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
export interface PackWords {
    policy: { id: string; version: string; title: string };
    kinds: (Titled & { categories: Titled[] })[];
    levels: Titled[];
    states: Titled[];
    roles: Titled[];
    deadlines: Titled[];
    steps: Titled[];
    penalties: Titled[];
    forms: Titled[];
    sources: Titled[];
    answers: { score: number; title: string }[];
    scale: number;
    reasons: { command: string; title: string }[];
    slots: Slot[];
    facts: (Titled & { choices?: Record<string, string> })[];
    clauses: { id: string; text: string; printed: boolean; because?: string }[];
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
    why?: Why[];
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
    words?: Record<string, string>; // what people wrote, where the data only refers to it
}

export interface Me {
    login: string;
    name: string;
    roles: string[];
    unit?: { id: string; name: string } | null; // where the roles are held
    units?: { id: string; name: string; kind?: string }[]; // that one and all below
    csrf?: string;
}

export interface Session {
    token: string;
    expires_at: string;
    csrf: string;
}

export interface Conversation {
    id: string;
    channel: string;
    customer?: { name?: string | null; phone_masked?: string | null; anonymous?: boolean } | string | null;
    state: 'bot' | 'waiting' | 'person';
    since?: string;
    draft?: Record<string, unknown> | null; // what is known of a matter that is being told
    unit?: { id: string; name: string } | null;
    taken_by?: { login: string; name: string } | null;
    ticket?: string | null;
    last_message?: Message | string | null;
}

export interface OutboxRow {
    id: string;
    channel: string;
    to?: string;
    ticket?: string | null;
    kind?: string;
    state: string;
    attempts?: number;
    created_at: string;
    sent_at?: string | null;
    preview?: string;
}

export interface ProblemBody {
    type?: string;
    title?: string;
    status?: number;
    detail?: string;
    code?: string;
    clause?: string;
    errors?: { pointer?: string; detail?: string }[];
}

export class Refused extends Error {
    constructor(
        readonly status: number,
        readonly body: ProblemBody,
        readonly retry_after_s: number | null,
    ) {
        super(body.detail || body.title || `HTTP ${status}`);
    }
}

export class Unreachable extends Error {}

export interface Ask {
    method?: string;
    body?: unknown;
    headers?: Record<string, string>;
    signal?: AbortSignal;
    token?: string;
}

const csrf_place = 'huiyin.csrf';

// The CSRF value lives as long as the tab; the session itself is a cookie that no script can read.
export const csrf = {
    get(): string {
        try {
            return sessionStorage.getItem(csrf_place) ?? '';
        } catch {
            return '';
        }
    },
    set(value: string): void {
        try {
            if (value) sessionStorage.setItem(csrf_place, value);
            else sessionStorage.removeItem(csrf_place);
        } catch {
            // without storage our own Origin still proves the request
        }
    },
};

export function new_key(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function refusal(response: Response): Promise<Refused> {
    let body: ProblemBody = {};
    try {
        const read: unknown = JSON.parse(await response.text());
        if (read && typeof read === 'object') body = read as ProblemBody;
    } catch {
        // an answer without a readable body keeps its status
    }
    const wait = Number(response.headers.get('Retry-After'));
    return new Refused(response.status, body, Number.isFinite(wait) && wait > 0 ? wait : null);
}

async function send(path: string, ask: Ask): Promise<Response> {
    const method = ask.method ?? 'GET';
    const headers: Record<string, string> = { Accept: 'application/json', ...ask.headers };
    let body: BodyInit | undefined;
    if (ask.body instanceof FormData) {
        body = ask.body;
    } else if (ask.body !== undefined) {
        body = JSON.stringify(ask.body);
        headers['Content-Type'] = 'application/json';
    }
    if (ask.token) headers['Authorization'] = `Bearer ${ask.token}`;
    else if (method !== 'GET' && path.startsWith('/api/') && csrf.get()) headers['X-Huiyin-CSRF'] = csrf.get();
    let response: Response;
    try {
        response = await fetch(path, {
            method,
            headers,
            body,
            signal: ask.signal,
            credentials: ask.token ? 'omit' : 'same-origin',
            cache: 'no-store',
        });
    } catch (error) {
        if (ask.signal?.aborted) throw error;
        throw new Unreachable(path);
    }
    if (!response.ok) throw await refusal(response);
    return response;
}

async function json<T>(path: string, ask: Ask = {}): Promise<T> {
    const response = await send(path, ask);
    if (response.status === 204) return undefined as T;
    try {
        return (await response.json()) as T;
    } catch {
        throw new Unreachable(path);
    }
}

export function query(values: Record<string, string | number | boolean | undefined | null>): string {
    const pairs = new URLSearchParams();
    for (const [name, value] of Object.entries(values))
        if (value !== undefined && value !== null && value !== '') pairs.set(name, String(value));
    const text = pairs.toString();
    return text ? `?${text}` : '';
}

const piece = encodeURIComponent;

// ---- residents -------------------------------------------------------------------------------------------------

export function chat_client(channel: string, unit: string | null, language: () => string) {
    const base = `/chat/${piece(channel)}/messages`;
    const place = (after?: string) => base + query({ unit, after });
    return {
        place,
        headers: (): Record<string, string> => ({ 'Accept-Language': language() }),
        // Oldest first; asks again until everything after `after` was read.
        async history(after?: string): Promise<{ messages: Message[]; unit: Centre | null }> {
            const messages: Message[] = [];
            let unit_said: Centre | null = null;
            for (let last = after; ; ) {
                const answer = await json<ChatAnswer & Partial<Page<Message>>>(place(last), {
                    headers: { 'Accept-Language': language() },
                });
                const more = answer.messages ?? answer.items ?? [];
                unit_said = answer.unit ?? unit_said;
                messages.push(...more);
                const next = more[more.length - 1]?.id;
                if (more.length < 200 || !next || next === last) return { messages, unit: unit_said };
                last = next;
            }
        },
        say(body: { text: string } | { choice: string }, key: string, signal?: AbortSignal): Promise<ChatAnswer> {
            const headers = { 'Idempotency-Key': key, 'Accept-Language': language() };
            return json<ChatAnswer>(place(), { method: 'POST', body, headers, signal });
        },
        // A request of its own kind, because only it can tell how much of a photo has left.
        show(image: Blob, name: string, key: string, progress: (share: number) => void): Promise<ChatAnswer> {
            return upload<ChatAnswer>(place(), 'image', image, name, progress, {
                'Idempotency-Key': key,
                'Accept-Language': language(),
            });
        },
    };
}

export type ChatClient = ReturnType<typeof chat_client>;

export function upload<T>(
    path: string,
    part: string,
    file: Blob,
    name: string,
    progress: (share: number) => void,
    headers: Record<string, string>,
): Promise<T> {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open('POST', path);
        request.timeout = 120_000;
        request.setRequestHeader('Accept', 'application/json');
        for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value);
        request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
        request.onerror = request.ontimeout = () => reject(new Unreachable(path));
        request.onload = () => {
            let body: unknown = {};
            try {
                body = JSON.parse(request.responseText);
            } catch {
                // handled by status below
            }
            if (request.status >= 200 && request.status < 300) return resolve(body as T);
            const wait = Number(request.getResponseHeader('Retry-After'));
            reject(new Refused(request.status, body as ProblemBody, wait > 0 ? wait : null));
        };
        const form = new FormData();
        form.append(part, file, name);
        request.send(form);
    });
}

// ---- staff and programs ----------------------------------------------------------------------------------------

export interface TicketFilter {
    state?: string;
    phase?: string;
    kind?: string;
    category?: string;
    level?: string;
    unit?: string;
    assignee?: string;
    open?: boolean;
    order?: 'newest' | 'next_deadline';
    overdue?: boolean;
    since?: string;
    until?: string;
    q?: string;
    limit?: number;
    cursor?: string;
}

export function staff_client(token?: string) {
    const get = <T>(path: string, signal?: AbortSignal) => json<T>(path, { token, signal });
    const post = <T>(path: string, body: unknown, headers?: Record<string, string>) =>
        json<T>(path, { method: 'POST', body, token, headers });
    const ticket_path = (number: string) => `/api/v1/tickets/${piece(number)}`;

    async function all<T>(path: (cursor?: string) => string, most: number): Promise<T[]> {
        const items: T[] = [];
        let cursor: string | undefined;
        do {
            const page = await get<Page<T>>(path(cursor));
            items.push(...page.items);
            cursor = page.next_cursor ?? undefined;
        } while (cursor && items.length < most);
        return items;
    }

    return {
        me: () => get<Me>('/api/v1/me'),
        tickets: (filter: TicketFilter, signal?: AbortSignal) =>
            get<Page<Ticket>>('/api/v1/tickets' + query({ ...filter }), signal),
        // Every ticket that still waits for someone, the next deadline first: the newest page of all would miss the old
        // ones, and the old ones are those that matter.
        open_tickets: (): Promise<Ticket[]> =>
            all<Ticket>(
                (cursor) => '/api/v1/tickets' + query({ open: true, order: 'next_deadline', limit: 200, cursor }),
                2000,
            ),
        ticket: (number: string) => get<Ticket>(ticket_path(number)),
        events: (number: string) =>
            all<TicketEvent>((cursor) => ticket_path(number) + '/events' + query({ limit: 200, cursor }), 2000),
        async deadlines(number: string): Promise<DerivedDeadline[]> {
            const answer = await get<Page<DerivedDeadline> | DerivedDeadline[]>(ticket_path(number) + '/deadlines');
            return Array.isArray(answer) ? answer : answer.items;
        },
        words: async (): Promise<PackWords[]> => (await get<Page<PackWords>>('/api/v1/words')).items,
        open: (wish: NewTicket, key: string) => post<Ticket>('/api/v1/tickets', wish, { 'Idempotency-Key': key }),
        command: (ticket: Ticket, command: string, fields: Record<string, unknown>, key: string) =>
            post<Ticket>(
                ticket_path(ticket.number) + '/commands',
                { command, ...fields },
                { 'If-Match': `"${ticket.version}"`, 'Idempotency-Key': key },
            ),
        attach(number: string, file: Blob, name: string, progress: (share: number) => void): Promise<Attachment> {
            const headers: Record<string, string> = {};
            if (token) headers['Authorization'] = `Bearer ${token}`;
            else if (csrf.get()) headers['X-Huiyin-CSRF'] = csrf.get();
            return upload<Attachment>(ticket_path(number) + '/attachments', 'file', file, name, progress, headers);
        },
        reveal: (number: string, reason: string) =>
            post<{ value?: string; phone?: string }>(ticket_path(number) + '/reveal', { field: 'phone', reason }),
        conversations: (state?: string) =>
            get<Page<Conversation>>('/api/v1/conversations' + query({ state, limit: 200 })),
        conversation_messages: (id: string) =>
            all<Message>(
                (cursor) => `/api/v1/conversations/${piece(id)}/messages` + query({ limit: 200, cursor }),
                2000,
            ),
        conversation_command: (id: string, body: { command: string; text?: string }) =>
            post<Conversation>(`/api/v1/conversations/${piece(id)}/commands`, body, { 'Idempotency-Key': new_key() }),
        staff: () => get<Page<{ login: string; name: string; roles: string[] }>>('/api/v1/directory/staff?limit=200'),
        outbox: () => get<Page<OutboxRow>>('/api/v1/outbox?limit=100'),
    };
}

export type StaffClient = ReturnType<typeof staff_client>;

export const sessions = {
    open: (login: string, password: string) =>
        json<Session>('/api/v1/sessions', { method: 'POST', body: { login, password } }),
    // A token for this page alone: no cookie is set, so it disturbs nobody who is signed in.
    async token_for(login: string, password: string): Promise<string> {
        const response = await fetch('/api/v1/sessions', {
            method: 'POST',
            credentials: 'omit',
            headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
            body: JSON.stringify({ login, password }),
        });
        if (!response.ok) throw await refusal(response);
        return ((await response.json()) as Session).token;
    },
    close: () => json<void>('/api/v1/sessions/current', { method: 'DELETE' }),
};

export interface ClockAnswer {
    now: string;
    working_time?: boolean;
    next_start_of_work?: string;
}

export const clock = {
    get: () => json<ClockAnswer>('/api/v1/clock'),
    put: (body: { now: string } | { advance: string }, token?: string) =>
        json<ClockAnswer>('/api/v1/clock', { method: 'PUT', body, token }),
};
