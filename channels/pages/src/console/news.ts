// What is new for whoever is signed in, as it happens. The stream says what to read again, never what it says now; after a
// break everything is read again. Held only while the page is seen: a browser gives an address few lines at a time.
import { Refused } from '../api';
import { follow, type ServerEvent } from '../stream';

export type News = { what: 'all' } | { what: 'ticket'; number: string; version: number; by: string | null } | { what: 'talk'; id: string | null };

const address = '/api/v1/news';
const longest_wait_s = 60;
const listeners = new Set<(news: News) => void>();
let line: AbortController | null = null;
let wanted = false;
let lives = false;

// Whether changes come by themselves; otherwise the pages look every few seconds.
export const is_live = (): boolean => lives;

export function hear(listener: (news: News) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

function tell(news: News): void {
    for (const listener of listeners) listener(news);
}

export function read_news({ event, data }: ServerEvent): News | null {
    if (event === 'hello') return { what: 'all' };
    const said = JSON.parse(data) as { number?: string; version?: number; by?: string | null; id?: string };
    if (event === 'ticket' && said.number) return { what: 'ticket', number: said.number, version: said.version ?? 0, by: said.by ?? null };
    return event === 'talk' ? { what: 'talk', id: said.id ?? null } : null;
}

const pause = (seconds: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
        const timer = window.setTimeout(resolve, seconds * 1000);
        signal.addEventListener('abort', () => (window.clearTimeout(timer), resolve()), { once: true });
    });

async function hold(signal: AbortSignal): Promise<void> {
    for (let wait = 1; !signal.aborted; wait = Math.min(wait * 2, longest_wait_s)) {
        try {
            await follow(address, {}, undefined, signal, () => ((lives = true), (wait = 1)), (event) => {
                const news = read_news(event);
                if (news) tell(news);
            });
        } catch (error) {
            lives = false;
            // Signed out, or a service that has none: the pages go on looking by themselves.
            if (error instanceof Refused && error.status < 500) return;
        }
        await pause(wait * (0.75 + Math.random() / 2), signal);
    }
}

function decide(): void {
    const now = wanted && document.visibilityState === 'visible';
    if (now && !line) {
        line = new AbortController();
        void hold(line.signal);
    } else if (!now && line) {
        line.abort();
        line = null;
        lives = false;
    }
}

// Called when somebody signed in or out.
export function want_news(yes: boolean): void {
    wanted = yes;
    decide();
}
document.addEventListener('visibilitychange', decide);
