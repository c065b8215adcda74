// What the resident said and the service has not yet confirmed, kept in the browser so that a closed page or a dead
// battery loses nothing. Without IndexedDB (private windows) it lives as long as the page.

export type Refusal = 'choice' | 'long' | 'large' | 'no_photo' | 'other';

export interface Draft {
    key: string; // the Idempotency-Key, the same for every attempt
    order: number;
    text?: string;
    choice?: string; // payload
    title?: string; // what the chosen chip said
    for?: string; // id of the message that offered the choice
    image?: Blob;
    name?: string;
    refused?: Refusal; // the service will not take it as it is; it waits for the resident, not for the line
}

const store_name = 'drafts';

function open(name: string): Promise<IDBDatabase | null> {
    return new Promise((resolve) => {
        try {
            const request = indexedDB.open(name, 1);
            request.onupgradeneeded = () => request.result.createObjectStore(store_name, { keyPath: 'key' });
            request.onsuccess = () => resolve(request.result);
            request.onerror = request.onblocked = () => resolve(null);
        } catch {
            resolve(null);
        }
    });
}

function done<T>(request: IDBRequest<T>): Promise<T | null> {
    return new Promise((resolve) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(null);
    });
}

export function outbox(channel: string) {
    const ready = open(`huiyin.chat.${channel}`);
    const table = async (mode: IDBTransactionMode) =>
        (await ready)?.transaction(store_name, mode).objectStore(store_name) ?? null;
    return {
        async put(draft: Draft): Promise<void> {
            const place = await table('readwrite');
            if (place) await done(place.put({ ...draft })); // a plain copy: the page's own may be observed
        },
        async remove(key: string): Promise<void> {
            const place = await table('readwrite');
            if (place) await done(place.delete(key));
        },
        async all(): Promise<Draft[]> {
            const place = await table('readonly');
            const found = place ? ((await done(place.getAll() as IDBRequest<Draft[]>)) ?? []) : [];
            return found.sort((one, other) => one.order - other.order);
        },
    };
}
