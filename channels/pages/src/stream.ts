// Server-sent events over fetch: unlike EventSource it lets us see a refusal, set the language and notice a silent line.
import { Refused, refusal, Unreachable } from './api';

const silence_ms = 90_000; // a line that says nothing for so long, not even a comment, is taken for dead

export interface ServerEvent {
    id: string;
    event: string;
    data: string;
}

// Cuts a stream of text into events. Pure but for what it has not yet finished reading.
export function event_reader(take: (event: ServerEvent) => void): (chunk: string) => void {
    let rest = '';
    let id = '';
    let event = '';
    let data: string[] = [];
    return (chunk) => {
        rest += chunk;
        const rows = rest.split(/\r\n|\n|\r(?!$)/);
        rest = rows.pop() ?? '';
        for (const row of rows) {
            if (row === '') {
                if (data.length) take({ id, event: event || 'message', data: data.join('\n') });
                event = '';
                data = [];
                continue;
            }
            if (row.startsWith(':')) continue;
            const colon = row.indexOf(':');
            const name = colon < 0 ? row : row.slice(0, colon);
            const value = colon < 0 ? '' : row.slice(colon + 1).replace(/^ /, '');
            if (name === 'id') id = value;
            else if (name === 'event') event = value;
            else if (name === 'data') data.push(value);
        }
    };
}

// Reads until the line breaks or `signal` says stop; always ends by throwing.
export async function follow(
    path: string,
    headers: Record<string, string>,
    last_id: string | undefined,
    signal: AbortSignal,
    opened: () => void,
    take: (event: ServerEvent) => void,
): Promise<never> {
    const line = new AbortController();
    const stop = () => line.abort();
    signal.addEventListener('abort', stop);
    let watchdog = window.setTimeout(stop, silence_ms);
    try {
        const response = await fetch(path, {
            headers: { Accept: 'text/event-stream', ...headers, ...(last_id ? { 'Last-Event-ID': last_id } : {}) },
            credentials: 'same-origin',
            cache: 'no-store',
            signal: line.signal,
        });
        if (!response.ok) throw await refusal(response);
        if (!response.body || !(response.headers.get('Content-Type') ?? '').startsWith('text/event-stream'))
            throw new Unreachable('no event stream');
        opened();
        const reader = response.body.getReader();
        const decoder = new TextDecoder();
        const read = event_reader(take);
        for (;;) {
            const { done, value } = await reader.read();
            if (done) throw new Unreachable('the stream ended');
            window.clearTimeout(watchdog);
            watchdog = window.setTimeout(stop, silence_ms);
            read(decoder.decode(value, { stream: true }));
        }
    } catch (error) {
        if (error instanceof Refused || error instanceof Unreachable) throw error;
        throw new Unreachable('the stream broke');
    } finally {
        window.clearTimeout(watchdog);
        signal.removeEventListener('abort', stop);
        line.abort();
    }
}
