// An open sheet, and how it is left: one in which something was typed asks before it goes, whichever way leads out of it.
import { onBeforeUnmount, onMounted, ref } from 'vue';
import { not_sent_yet } from './desk';

export function open_sheet(filled: () => boolean) {
    const shown = ref(true);
    const asked = ref(false); // whether what was typed may go
    const held = { filled: () => shown.value && filled(), ask: () => void (asked.value = true) };
    onMounted(() => not_sent_yet.add(held));
    onBeforeUnmount(() => not_sent_yet.delete(held));
    return {
        shown,
        asked,
        leave(): void {
            if (held.filled()) held.ask();
            else shown.value = false;
        },
    };
}
