// What each minute caused: new outbox rows and new ticket events, read as the administrator and put in order of time.
import { type OutboxRow, staff_client, type Ticket, type TicketEvent } from '../api';
import { event_word } from '../console/timeline';
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

const silent = new Set(['question.put_off', 'revisit.drawn', 'survey.suppressed', 'assignee.cleared', 'fact.cleared']);
const answers = new Set(['readback', 'talk', 'ask']); // what is said in the talk itself can be read on the left

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
        text: (row.preview ?? row.kind ?? '').split('\n')[0] ?? '',
        ticket: row.ticket ?? '',
    };
}

function of_event(ticket: Ticket, event: TicketEvent): Entry {
    const text = (name: string) => (typeof event.data[name] === 'string' ? (event.data[name] as string) : '');
    const about = event.type === 'ticket.opened'
        ? ''
        : say('clocks', text('deadline') || text('clock')) || say('levels', text('level')) || say('roles', text('role')) || say('dangers', text('danger'));
    const what = [event_word(event), about];
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
            const entries = outbox.items.filter((row) => !answers.has(row.kind ?? '')).map(of_row);
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
