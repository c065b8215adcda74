// What a resident and the house say to each other, and the client of /chat.
import { json, type Page, piece, query, upload } from './http';

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
