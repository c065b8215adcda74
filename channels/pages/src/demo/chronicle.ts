// What each minute caused: new outbox rows and new ticket events, read as the administrator and put in order of time.
import { type OutboxRow, staff_client, type Ticket, type TicketEvent } from '../api';
import { say } from '../console/words';
import { name_of } from './cast';

export interface Entry {
    key: string;
    at: number;
    time: string; // RFC 3339
    kind: 'push' | 'event' | 'late';
    who: string;
    text: string;
    ticket: string;
}

const silent = new Set(['ticket.routed', 'question.put_off', 'revisit.drawn', 'survey.suppressed', 'assignee.cleared']);

function of_row(row: OutboxRow): Entry {
    const to = name_of(row.to);
    const whom = !row.to || row.to.startsWith('resident') ? '住户' : row.to === 'group' ? '工作群' : to;
    const broken = ['failed', 'dead', 'undeliverable'].includes(row.state) ? '（没送到）' : '';
    return {
        key: `o${row.id}`,
        at: Date.parse(row.created_at),
        time: row.created_at,
        kind: 'push',
        who: `发给${whom}${broken}`,
        text: row.preview ?? row.kind ?? '',
        ticket: row.ticket ?? '',
    };
}

function of_event(ticket: Ticket, event: TicketEvent): Entry {
    const late = event.type === 'deadline.missed' || event.type === 'deadline.warned';
    const which = typeof event.data['deadline'] === 'string' ? event.data['deadline'] : event.data['clock'];
    const what = [say('events', event.type), late && typeof which === 'string' ? say('clocks', which) : ''];
    return {
        key: `e${ticket.number}/${event.sequence}`,
        at: Date.parse(event.at),
        time: event.at,
        kind: event.type === 'deadline.missed' ? 'late' : 'event',
        who: event.by_name || say('parties', event.by.kind),
        text: what.filter(Boolean).join('：') + (event.clause ? `（依据 ${event.clause.replace(/^.*\//, '')}）` : ''),
        ticket: ticket.number,
    };
}

export function chronicle(token: string) {
    const service = staff_client(token);
    const seen = new Set<string>();
    const versions = new Map<string, number>();
    return {
        // What is new since the last call, oldest first, and all tickets that are still under way or just ended.
        async look(): Promise<{ fresh: Entry[]; tickets: Ticket[] }> {
            const [outbox, page] = await Promise.all([service.outbox(), service.tickets({ limit: 50 })]);
            const entries = outbox.items.map(of_row);
            const changed = page.items.filter((ticket) => versions.get(ticket.number) !== ticket.version);
            const histories = await Promise.all(changed.map((ticket) => service.events(ticket.number)));
            changed.forEach((ticket, index) => {
                versions.set(ticket.number, ticket.version);
                for (const event of histories[index] ?? [])
                    if (!silent.has(event.type)) entries.push(of_event(ticket, event));
            });
            const fresh = entries.filter((entry) => !seen.has(entry.key));
            for (const entry of fresh) seen.add(entry.key);
            fresh.sort((one, other) => one.at - other.at);
            return { fresh, tickets: page.items };
        },
    };
}
