// A list that comes page by page. What was asked for last is shown, however late the answer to something earlier comes.
import { onMounted, ref, type Ref } from 'vue';
import type { Page } from '../api/http';
import { words_of } from './desk';

export interface Pages<Row> {
    rows: Ref<Row[]>;
    more: Ref<boolean>; // there is a next page
    loaded: Ref<boolean>;
    problem: Ref<string>; // in words; empty: none
    look: () => Promise<void>; // from the first page
    look_on: () => Promise<void>;
    put: (row: Row) => void; // a row as it is now, in the place of the one with its id
}

// ask: the page after `cursor`, the first without one.
export function pages<Row extends { id?: unknown }>(ask: (cursor?: string) => Promise<Page<Row>>): Pages<Row> {
    const rows = ref([]) as Ref<Row[]>;
    const more = ref(false);
    const loaded = ref(false);
    const problem = ref('');
    let cursor: string | undefined;
    let turn = 0;

    async function take(from?: string): Promise<void> {
        const mine = ++turn;
        problem.value = '';
        try {
            const page = await ask(from);
            if (mine !== turn) return;
            rows.value = from ? [...rows.value, ...page.items] : page.items;
            cursor = page.next_cursor ?? undefined;
            more.value = cursor !== undefined;
            loaded.value = true;
        } catch (error) {
            if (mine === turn) problem.value = words_of(error);
        }
    }
    const look = () => take();
    onMounted(look);
    return {
        rows,
        more,
        loaded,
        problem,
        look,
        look_on: () => take(cursor),
        put: (row) => (rows.value = rows.value.map((one) => (one.id === row.id ? row : one))),
    };
}
