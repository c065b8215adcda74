// The conversation as the page holds it: what the service has, and what it has not yet confirmed. Promises: a line that
// was typed stays until the service has it; the same line is never sent as two; what the service says is shown once.
// Sending is strictly in order, one at a time; every attempt of a line carries the same Idempotency-Key.
import { reactive, ref, type Ref } from 'vue';
import { type Centre, type ChatClient, type Message, new_key, Refused, Unreachable } from '../api';
import { type Draft, outbox, type Refusal } from './outbox';
import { follow } from '../stream';

export interface Line {
    key: string; // stable while the page lives; for v-for
    message?: Message;
    draft?: Draft;
    state: 'sent' | 'waiting' | 'sending' | 'failed';
    problem?: Refusal; // why the service will not take it, however often it is asked
    final?: boolean;
    progress?: number; // share of a photo that has left
    preview?: string; // blob: URL of a photo
}

const waits_ms = [1000, 2000, 4000, 8000, 15000];
const wait_ms = (attempt: number) =>
    (waits_ms[Math.min(attempt, waits_ms.length - 1)] ?? 15000) * (0.8 + Math.random() * 0.4);

export interface Conversation {
    lines: Line[];
    centre: Ref<Centre | null>;
    loading: Ref<boolean>;
    load_failed: Ref<boolean>;
    online: Ref<boolean>;
    replying: Ref<boolean>;
    busy_s: Ref<number>;
    say(text: string): void;
    choose(message: Message, payload: string, title: string): void;
    show(image: Blob, name: string): void;
    resend(line: Line): void;
    discard(line: Line): void;
    start(): Promise<void>;
    wake(): void;
    stop(): void;
}

export function open_conversation(client: ChatClient, channel: string): Conversation {
    const box = outbox(channel);
    const lines = reactive<Line[]>([]);
    const known = new Map<string, Line>();
    const centre = ref<Centre | null>(null);
    const loading = ref(true);
    const load_failed = ref(false);
    const online = ref(true);
    const replying = ref(false);
    const busy_s = ref(0);
    let order = Date.now();
    let last_id: string | undefined;
    let identity: string | undefined;
    let line_stop: AbortController | null = null;
    let wake_up: (() => void) | null = null;
    let pumping = false;
    let stopped = false;

    // ---- what the service says -----------------------------------------------------------------------------------

    function same_words(draft: Draft, message: Message): boolean {
        if (message.key) return message.key === draft.key;
        if (draft.image) return !!message.image && !message.text;
        return (draft.text ?? draft.title ?? '').trim() === (message.text ?? '').trim();
    }

    // The line of ours that this message is, if it is one: by key, else the oldest confirmed line with the same words,
    // else the oldest one still under way (which then stays in the outbox until its own answer came).
    function ours(message: Message): Line | undefined {
        const open = lines.filter((line) => line.draft && !line.message);
        return (
            open.find((line) => message.key && line.draft!.key === message.key) ??
            open.find((line) => line.state === 'sent' && same_words(line.draft!, message)) ??
            open.find((line) => line.state !== 'sent' && same_words(line.draft!, message))
        );
    }

    // Ids of one conversation count upwards; if they ever do not, the time decides.
    function is_later(one: Message, other: Message): boolean {
        const [a, b] = [Number(one.id), Number(other.id)];
        return Number.isFinite(a) && Number.isFinite(b) ? a > b : Date.parse(one.at) > Date.parse(other.at);
    }

    function claim(line: Line, message: Message): void {
        line.message = message;
        known.set(message.id, line);
        if (line.preview && message.image) {
            URL.revokeObjectURL(line.preview);
            line.preview = undefined;
        }
    }

    function take(message: Message): Line {
        message.id = String(message.id);
        const already = known.get(message.id);
        if (already) {
            already.message = message;
            return already;
        }
        last_id = message.id;
        const mine = message.from === 'resident' ? ours(message) : undefined;
        if (mine) {
            claim(mine, message);
            return mine;
        }
        let place = lines.length;
        while (place > 0) {
            const before = lines[place - 1]!;
            const unsent = !before.message && before.state !== 'sent';
            const later = before.message && is_later(before.message, message);
            if (!unsent && !later) break;
            place--;
        }
        lines.splice(place, 0, { key: `m${message.id}`, message, state: 'sent' });
        const line = lines[place]!;
        known.set(message.id, line);
        return line;
    }

    // ---- sending ---------------------------------------------------------------------------------------------------

    function add(draft: Draft): Line {
        const refused = draft.refused !== undefined;
        lines.push({
            key: `d${draft.key}`,
            draft,
            state: refused ? 'failed' : 'waiting',
            final: refused,
            problem: draft.refused,
            preview: draft.image ? URL.createObjectURL(draft.image) : undefined,
        });
        return lines[lines.length - 1]!;
    }

    function write(part: Omit<Draft, 'key' | 'order'>): void {
        const draft: Draft = { key: new_key(), order: order++, ...part };
        add(draft);
        void box.put(draft);
        void pump();
    }

    // If the answer holds only what we already knew, the line itself had arrived before (its first answer was lost):
    // then it is the nearest line of ours above that answer, and must not stand there twice.
    function settle_repeat(line: Line, replies: Message[], knew: boolean): void {
        if (line.message || !knew || !replies[0]) return;
        const reply = known.get(String(replies[0].id));
        let place = reply ? lines.indexOf(reply) : -1;
        while (--place >= 0) {
            const above = lines[place]!;
            if (above.draft || above.message?.from !== 'resident') continue;
            if (same_words(line.draft!, above.message)) lines.splice(lines.indexOf(line), 1);
            return;
        }
    }

    async function attempt(line: Line): Promise<void> {
        const draft = line.draft!;
        line.state = 'sending';
        line.problem = undefined;
        const slow = window.setTimeout(() => (replying.value = true), 350);
        try {
            const answer = draft.image
                ? await client.show(draft.image, draft.name ?? 'photo.jpg', draft.key, (share) => (line.progress = share))
                : await client.say(draft.choice ? { choice: draft.choice } : { text: draft.text ?? '' }, draft.key);
            line.state = 'sent';
            line.progress = undefined;
            const replies = answer.messages ?? [];
            const knew = replies.length > 0 && replies.every((message) => known.has(String(message.id)));
            const resume_from = last_id;
            replies.forEach(take);
            settle_repeat(line, replies, knew);
            // The stream, not the answer, tells up to where everything was read: our own line lies before the replies.
            last_id = resume_from;
            if (answer.unit) centre.value = answer.unit;
            await box.remove(draft.key);
            online.value = true;
            if (!line_stop || (answer.token && answer.token !== identity)) listen();
            identity = answer.token ?? identity;
        } finally {
            window.clearTimeout(slow);
            replying.value = false;
        }
    }

    // The service explains itself to programs; a resident is told in the words of the page.
    function reason(error: Refused, draft: Draft): Refusal {
        if (error.status === 413) return draft.image ? 'large' : 'long';
        if (error.status === 415 || error.body.code === 'media.unsupported') return 'no_photo';
        return draft.choice ? 'choice' : 'other';
    }

    const waiting = () => lines.filter((line) => line.draft && line.state !== 'sent' && !line.final);

    function pause(ms: number): Promise<void> {
        return new Promise((resolve) => {
            const timer = window.setTimeout(finish, ms);
            function finish() {
                window.clearTimeout(timer);
                wake_up = null;
                resolve();
            }
            wake_up = finish;
        });
    }

    async function pump(): Promise<void> {
        if (pumping) return;
        pumping = true;
        let failures = 0;
        try {
            for (let line = waiting()[0]; line && !stopped; line = waiting()[0]) {
                try {
                    await attempt(line);
                    failures = 0;
                    busy_s.value = 0;
                } catch (error) {
                    line.progress = undefined;
                    line.state = 'failed';
                    if (error instanceof Refused && error.status === 429) {
                        busy_s.value = Math.min(60, error.retry_after_s ?? 5);
                        await pause(busy_s.value * 1000);
                        busy_s.value = 0;
                    } else if (error instanceof Refused && error.status >= 400 && error.status < 500) {
                        line.final = true;
                        line.problem = reason(error, line.draft!);
                        line.draft!.refused = line.problem;
                        void box.put(line.draft!);
                    } else if (error instanceof Refused || error instanceof Unreachable) {
                        if (error instanceof Unreachable) online.value = navigator.onLine && failures < 1;
                        await pause(error instanceof Refused && error.retry_after_s ? error.retry_after_s * 1000 : wait_ms(failures++));
                    } else {
                        line.final = true;
                        throw error;
                    }
                }
            }
        } finally {
            pumping = false;
        }
    }

    // ---- listening -------------------------------------------------------------------------------------------------

    function listen(): void {
        line_stop?.abort();
        const stop = new AbortController();
        line_stop = stop;
        void (async () => {
            let failures = 0;
            while (!stop.signal.aborted) {
                try {
                    await follow(
                        client.place(last_id),
                        client.headers(),
                        last_id,
                        stop.signal,
                        () => {
                            online.value = true;
                            if (failures) wake_up?.();
                            failures = 0;
                        },
                        (event) => {
                            const message = read_message(event.data);
                            if (!message) return;
                            take(message);
                            last_id = message.id;
                        },
                    );
                } catch (error) {
                    if (stop.signal.aborted) return;
                    failures++;
                    if (failures > 1 && error instanceof Unreachable) online.value = false;
                    await nap(wait_ms(failures - 1), stop.signal);
                    if (failures > 2 && online.value) await fetch_missing();
                }
            }
        })();
    }

    function read_message(data: string): Message | null {
        try {
            const message = JSON.parse(data) as Message;
            return message && message.id !== undefined && message.from ? message : null;
        } catch {
            return null;
        }
    }

    let end_nap: (() => void) | null = null;
    function nap(ms: number, signal: AbortSignal): Promise<void> {
        return new Promise((resolve) => {
            const finish = () => {
                window.clearTimeout(timer);
                signal.removeEventListener('abort', finish);
                end_nap = null;
                resolve();
            };
            const timer = window.setTimeout(finish, ms);
            signal.addEventListener('abort', finish);
            end_nap = finish;
        });
    }

    async function fetch_missing(): Promise<void> {
        try {
            const more = await client.history(last_id);
            more.messages.forEach(take);
            if (more.unit) centre.value = more.unit;
            online.value = true;
        } catch {
            online.value = false;
        }
    }

    async function start(): Promise<void> {
        loading.value = true;
        load_failed.value = false;
        try {
            const first = await client.history();
            first.messages.forEach(take);
            centre.value = first.unit;
            online.value = true;
        } catch (error) {
            // No conversation yet is no failure: the first message opens one.
            const none = error instanceof Refused && (error.status === 401 || error.status === 404);
            load_failed.value = !none;
            if (error instanceof Unreachable) online.value = false;
        }
        if (!lines.some((line) => line.draft))
            for (const draft of await box.all()) {
                const line = add(draft);
                if (!lines.some((one) => one.message?.key === draft.key)) continue;
                lines.splice(lines.indexOf(line), 1);
                void box.remove(draft.key);
            }
        loading.value = false;
        if (lines.length && !load_failed.value) listen();
        void pump();
    }

    function wake(): void {
        end_nap?.();
        wake_up?.();
        if (load_failed.value) void start();
        else void pump();
    }

    return {
        lines,
        centre,
        loading,
        load_failed,
        online,
        replying,
        busy_s,
        say: (text) => write({ text }),
        choose: (message, payload, title) => write({ choice: payload, title, for: message.id }),
        show: (image, name) => write({ image, name }),
        resend(line) {
            line.final = false;
            line.state = 'waiting';
            if (line.draft) delete line.draft.refused;
            wake();
        },
        discard(line) {
            const at = lines.indexOf(line);
            if (at >= 0) lines.splice(at, 1);
            if (line.preview) URL.revokeObjectURL(line.preview);
            if (line.draft) void box.remove(line.draft.key);
        },
        start,
        wake,
        stop() {
            stopped = true;
            line_stop?.abort();
        },
    };
}
