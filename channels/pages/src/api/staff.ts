// The client of /api/v1: who I am, tickets, talks, the clock.
import { csrf, json, type Page, piece, query, refusal, upload } from './http';
import type { AuditEntry, DirectoryKind, DirectoryRow, ImportAnswer, SavedFilter, StaffRow } from './directory';
import type { Explanation, PackWords } from './pack';
import type { Hold, PrivacyRequest } from './privacy';
import type { ReportAnswer, ReportEntry, SentReport } from './reports';
import type { Message } from './talk';
import type { Attachment, DerivedDeadline, NewTicket, Ticket, TicketEvent } from './ticket';

export interface Me {
    login: string;
    name: string;
    roles: string[];
    unit?: { id: string; name: string } | null; // where the roles are held
    units?: { id: string; key?: string; name: string; kind?: string; has_buildings?: boolean }[]; // that one and all below
    keeps_directory?: boolean; // he adds and changes units, buildings, staff
    second_factor_wanted?: boolean; // asked of him, and he has none: nothing else is open to him
    csrf?: string;
}

export interface Session {
    token: string;
    expires_at: string;
    csrf: string;
}

// The password was right; half a session is in a cookie, and a code makes it whole.
export interface CodeWanted {
    code_wanted: true;
    expires_at: string;
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
    next_attempt_at?: string | null;
    last_error?: { code: string; text: string } | null;
    preview?: string;
}

// Calls of a calendar month, of a platform that sells them so.
export interface MonthCalls {
    channel: string;
    month: string;
    calls: number;
    most: number;
}

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

interface EventPage extends Page<TicketEvent> {
    words?: Record<number, TicketEvent['words']>;
    names?: Record<number, TicketEvent['names']>;
}

interface MessagePage extends Page<Message> {
    conversation: Conversation;
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
        // ones, and the old ones are those that matter. Where there are more than one can look through, those that wait
        // for the asker himself are there all the same.
        async open_tickets(): Promise<Ticket[]> {
            const most = 2000;
            const nearest = (assignee?: string) =>
                all<Ticket>((cursor) => '/api/v1/tickets' + query({ open: true, order: 'next_deadline', assignee, limit: 200, cursor }), most);
            const found = await nearest();
            if (found.length < most) return found;
            const known = new Set(found.map((ticket) => ticket.number));
            return [...found, ...(await nearest('me')).filter((ticket) => !known.has(ticket.number))];
        },
        ticket: (number: string) => get<Ticket>(ticket_path(number)),
        // What an event only refers to stands beside the list, by its sequence.
        async events(number: string): Promise<TicketEvent[]> {
            const events: TicketEvent[] = [];
            for (let cursor: string | undefined; ; ) {
                const page = await get<EventPage>(ticket_path(number) + '/events' + query({ limit: 200, cursor }));
                for (const event of page.items)
                    events.push({ ...event, words: page.words?.[event.sequence], names: page.names?.[event.sequence] });
                cursor = page.next_cursor ?? undefined;
                if (!cursor || events.length >= 2000) return events;
            }
        },
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
        attach(number: string, file: Blob, name: string, key: string, progress: (share: number) => void): Promise<Attachment> {
            const headers: Record<string, string> = { 'Idempotency-Key': key };
            if (token) headers['Authorization'] = `Bearer ${token}`;
            else if (csrf.get()) headers['X-Huiyin-CSRF'] = csrf.get();
            return upload<Attachment>(ticket_path(number) + '/attachments', 'file', file, name, progress, headers);
        },
        send_once_more: (number: string, id: string) =>
            post<Ticket>(`${ticket_path(number)}/undelivered/${piece(id)}/commands`, { command: 'retry' }),
        reveal: (number: string, reason: string) =>
            post<{ value?: string; phone?: string }>(ticket_path(number) + '/reveal', { field: 'phone', reason }),
        conversations: (state?: string) =>
            get<Page<Conversation>>('/api/v1/conversations' + query({ state, limit: 200 })),
        // The talk as it stands, and the newest of what was said in it, oldest first.
        async conversation(id: string): Promise<{ about: Conversation; messages: Message[] }> {
            const messages: Message[] = [];
            for (let cursor: string | undefined; ; ) {
                const from = cursor ? { cursor } : { last: 1000 };
                const page = await get<MessagePage>(`/api/v1/conversations/${piece(id)}/messages` + query(from));
                messages.push(...page.items);
                cursor = page.next_cursor ?? undefined;
                if (!cursor) return { about: page.conversation, messages };
            }
        },
        conversation_command: (id: string, body: { command: string; text?: string }, key: string) =>
            post<Conversation>(`/api/v1/conversations/${piece(id)}/commands`, body, { 'Idempotency-Key': key }),
        staff: () => get<Page<{ login: string; name: string; roles: string[] }>>('/api/v1/directory/staff?limit=200'),
        reports: (unit: string) => get<Page<ReportEntry>>('/api/v1/reports' + query({ unit })),
        report: (name: string, period: string, unit: string) =>
            get<ReportAnswer>(`/api/v1/reports/${piece(name)}` + query({ period, unit })),
        sent_reports: (unit: string, cursor?: string) =>
            get<Page<SentReport>>('/api/v1/reports/sent' + query({ unit, limit: 20, cursor })),
        confirm_report: (id: string, key: string) =>
            post<SentReport>(`/api/v1/reports/sent/${piece(id)}`, { command: 'confirm' }, { 'Idempotency-Key': key }),
        outbox: () => get<Page<OutboxRow>>('/api/v1/outbox?limit=100'),
        outbox_page: (state: string, cursor?: string) => get<Page<OutboxRow> & { month_calls?: MonthCalls[] }>('/api/v1/outbox' + query({ state, limit: 50, cursor })),
        outbox_retry: (id: string) => post<OutboxRow>(`/api/v1/outbox/${piece(id)}/commands`, { command: 'retry' }),
        directory: (kind: DirectoryKind, filter: { unit?: string; q?: string; building?: string; limit?: number; cursor?: string }) =>
            get<Page<DirectoryRow>>(`/api/v1/directory/${kind}` + query(filter)),
        whole_directory: <T>(kind: DirectoryKind) =>
            all<T>((cursor) => `/api/v1/directory/${kind}` + query({ limit: 200, cursor }), 5000),
        directory_row: (kind: DirectoryKind, id: string) => get<DirectoryRow>(`/api/v1/directory/${kind}/${piece(id)}`),
        add_row: (kind: DirectoryKind, row: Record<string, unknown>) => post<DirectoryRow>(`/api/v1/directory/${kind}`, row),
        change_row: (kind: DirectoryKind, id: string, row: Record<string, unknown>) =>
            json<DirectoryRow>(`/api/v1/directory/${kind}/${piece(id)}`, { method: 'PATCH', body: row, token }),
        without_second_factor: (login: string) =>
            post<StaffRow>(`/api/v1/directory/staff/${piece(login)}/commands`, { command: 'reset_second_factor' }),
        new_link: (login: string) =>
            post<StaffRow>(`/api/v1/directory/staff/${piece(login)}/commands`, { command: 'reset_password' }),
        import_file(kind: DirectoryKind | 'tickets', file: Blob, preview: boolean, progress: (share: number) => void): Promise<ImportAnswer> {
            const headers: Record<string, string> = {};
            if (token) headers['Authorization'] = `Bearer ${token}`;
            else if (csrf.get()) headers['X-Huiyin-CSRF'] = csrf.get();
            return upload<ImportAnswer>((kind === 'tickets' ? '/api/v1/tickets/import' : `/api/v1/directory/${kind}/import`) + query({ preview }), 'file', file, 'import.csv', progress, headers);
        },
        saved_filters: async (): Promise<SavedFilter[]> => (await get<Page<SavedFilter>>('/api/v1/me/filters')).items,
        save_filters: async (items: SavedFilter[]): Promise<SavedFilter[]> =>
            (await json<Page<SavedFilter>>('/api/v1/me/filters', { method: 'PUT', body: { items }, token })).items,
        explain: (policy: string, facts: Record<string, unknown>) => post<Explanation>(`/api/v1/policies/${piece(policy)}/explain`, facts),
        audit: (cursor?: string) => get<Page<AuditEntry>>('/api/v1/audit' + query({ limit: 50, cursor })),
        holds: (number: string) => get<Page<Hold>>(ticket_path(number) + '/holds'),
        hold: (number: string, reason: string, until: string) => post<Page<Hold>>(ticket_path(number) + '/holds', { reason, until }),
        lift_hold: (number: string, id: string, reason: string) => post<Page<Hold>>(`${ticket_path(number)}/holds/${piece(id)}/lift`, { reason }),
        privacy_requests: (state: 'open' | 'all', cursor?: string) => get<Page<PrivacyRequest>>('/api/v1/privacy/requests' + query({ state, limit: 50, cursor })),
        decide_privacy: (id: string, fields: Record<string, unknown>) => post<PrivacyRequest>(`/api/v1/privacy/requests/${piece(id)}/commands`, fields),
        audit_of: (number: string) => get<Page<AuditEntry>>(ticket_path(number) + '/audit?limit=50'),
    };
}

export type StaffClient = ReturnType<typeof staff_client>;

export interface SignInWay {
    id: string;
    kind: string;
    url: string;
}

export const sessions = {
    ways: async (): Promise<SignInWay[]> => (await json<Page<SignInWay>>('/api/v1/sessions/ways')).items,
    open: (login: string, password: string) =>
        json<Session | CodeWanted>('/api/v1/sessions', { method: 'POST', body: { login, password } }),
    open_by_link: (link: string, password: string) =>
        json<Session | CodeWanted>('/api/v1/sessions', { method: 'POST', body: { link, password } }),
    open_by_code: (code: string) => json<Session>('/api/v1/sessions/code', { method: 'POST', body: { code } }),
    // A token for this page alone: no cookie is set, so it disturbs nobody who is signed in.
    async token_for(login: string, password: string): Promise<string> {
        const response = await fetch('/api/v1/sessions', {
            method: 'POST',
            credentials: 'omit',
            headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
            body: JSON.stringify({ login, password }),
        });
        if (response.status !== 200) throw await refusal(response); // 202: he owes a code
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
