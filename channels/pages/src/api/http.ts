// How the pages speak to their own origin. Errors: Refused (the service said no, with its own text) and Unreachable (no
// answer came); nothing else is thrown on purpose.

export interface Page<T> {
    items: T[];
    next_cursor?: string | null;
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

// The Idempotency-Key of something that is to be done once: the same as long as the same is asked and no answer came; for
// other words, and after an answer, a new one.
export function one_wish() {
    let key = '';
    let wish = '';
    return {
        key(of: unknown): string {
            const words = JSON.stringify(of);
            if (!key || words !== wish) [key, wish] = [new_key(), words];
            return key;
        },
        answered(): void {
            key = '';
        },
    };
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

export async function json<T>(path: string, ask: Ask = {}): Promise<T> {
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

export const piece = encodeURIComponent;

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
