// The console by keyboard: one key each, none while somebody types, none with Ctrl, Alt or ⌘, none behind an open sheet.
// Whoever speaks to his computer, or rests a hand on the keys, switches them off (WCAG 2.1.4).
import { ref } from 'vue';
import { go, place, signed_in, type View } from './desk';

const kept_at = 'huiyin.keys';
export const views_by_number: View[] = ['todo', 'revisit', 'all', 'talks', 'reports', 'directory', 'me'];

export const keys_on = ref(read());
export const keys_shown = ref(false);

function read(): boolean {
    try {
        return localStorage.getItem(kept_at) !== 'off';
    } catch {
        return true;
    }
}
export function switch_keys(on: boolean): void {
    keys_on.value = on;
    try {
        localStorage.setItem(kept_at, on ? 'on' : 'off');
    } catch {
        // without storage it holds for this visit
    }
}

export const all_keys: { keys: string[]; does: string }[] = [
    { keys: ['J', '↓'], does: '下一条' },
    { keys: ['K', '↑'], does: '上一条' },
    { keys: ['Enter'], does: '打开' },
    { keys: ['Esc'], does: '回到列表，或关掉弹出的一页' },
    { keys: ['/'], does: '搜索' },
    { keys: ['N'], does: '登记一张工单' },
    { keys: ['A'], does: '工单上：做第一件能做的事' },
    { keys: ['M'], does: '工单上：还可以做什么' },
    { keys: ['1', '…', '7'], does: '待办、待回访、全部、会话、报表、组织、我的' },
    { keys: ['?'], does: '看这一页' },
];

const seen = (one: Element) => one.getClientRects().length > 0;
const first_seen = <T extends Element>(selector: string): T | undefined => [...document.querySelectorAll<T>(selector)].find(seen);
const is_typed_in = (one: EventTarget | null) => one instanceof HTMLElement && !!one.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
const open_sheet = () => [...document.querySelectorAll<HTMLElement>('.van-popup, .van-image-preview')].filter(seen).pop();
const sheet_open = () => !!open_sheet();

// The next row of the list from where the focus is; from nowhere, the one that is open, else the first.
function step(by: 1 | -1): boolean {
    const rows = [...document.querySelectorAll<HTMLElement>('.rows .row, .lines .line')].filter(seen);
    if (!rows.length) return false;
    const focused = rows.indexOf(document.activeElement as HTMLElement);
    const open = rows.findIndex((row) => row.classList.contains('here'));
    const next = focused >= 0 ? focused + by : open >= 0 ? open + by : 0;
    const row = rows[Math.min(Math.max(next, 0), rows.length - 1)]!;
    row.focus();
    row.scrollIntoView({ block: 'nearest' });
    return true;
}

function press(selector: string): boolean {
    const button = first_seen<HTMLElement>(selector);
    button?.click();
    return !!button;
}

function search(): boolean {
    const input = first_seen<HTMLInputElement>('input[type=search]');
    if (input) input.focus();
    else {
        go('/all');
        const watcher = new MutationObserver(() => {
            const there = first_seen<HTMLInputElement>('input[type=search]');
            if (!there) return;
            watcher.disconnect();
            there.focus();
        });
        watcher.observe(document.body, { childList: true, subtree: true });
        window.setTimeout(() => watcher.disconnect(), 3000);
    }
    return true;
}

function back_to_list(): boolean {
    if (!place.ticket && !place.talk) return false;
    const row = document.querySelector<HTMLElement>('.rows .row.here');
    const number = place.ticket || place.talk;
    go('/' + place.view);
    // On a phone the list comes back only now.
    requestAnimationFrame(() => (row?.isConnected ? row : document.querySelector<HTMLElement>(`.rows .row[href$="${CSS.escape(number)}"]`))?.focus());
    return true;
}

function act(event: KeyboardEvent): boolean {
    const in_list = document.activeElement?.matches('.rows .row, .lines .line');
    switch (event.key) {
        case 'j':
            return step(1);
        case 'k':
            return step(-1);
        case 'ArrowDown':
            return !!in_list && step(1);
        case 'ArrowUp':
            return !!in_list && step(-1);
        case '/':
            return search();
        case '?':
            keys_shown.value = true;
            return true;
        case 'n':
            return press('.tickets .file');
        case 'a':
            return press('.ticket .actions .main');
        case 'm':
            return press('.ticket .actions .button:not(.main)');
        case 'Escape':
            return back_to_list();
    }
    const tab = /^[1-7]$/.test(event.key) && document.querySelector<HTMLElement>(`.tabs a[href="#/${views_by_number[Number(event.key) - 1]}"]`);
    if (!tab) return false;
    tab.click();
    return true;
}

function pressed(event: KeyboardEvent): void {
    if (signed_in.value === false || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const sheet = open_sheet();
    if (sheet) {
        // While it still comes up, the focus is not in it, nor is what is pressed: it closes all the same.
        if (event.key === 'Escape' && !sheet.contains(event.target as Node)) sheet.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
        return;
    }
    if (is_typed_in(event.target)) {
        // Out of the search, down into what was found.
        const search_input = event.target instanceof HTMLInputElement && event.target.type === 'search';
        if (search_input && (event.key === 'ArrowDown' || event.key === 'Escape') && step(1)) event.preventDefault();
        return;
    }
    if (!keys_on.value && event.key !== 'Escape' && !event.key.startsWith('Arrow')) return;
    if (act(event)) event.preventDefault();
}

// Tab goes round inside the open sheet: what lies behind it is out of reach until it closes.
const can_have_focus = 'a[href], button, input, select, textarea, summary, [tabindex]';
function go_round(event: KeyboardEvent): void {
    const sheet = event.key === 'Tab' && open_sheet();
    if (!sheet) return;
    const inside = [...sheet.querySelectorAll<HTMLElement>(can_have_focus)].filter((one) => one.tabIndex >= 0 && !one.matches(':disabled') && seen(one));
    const now = document.activeElement;
    const at = inside.indexOf(now as HTMLElement);
    const leaves = event.shiftKey ? at <= 0 : at === inside.length - 1 || !sheet.contains(now);
    if (!leaves) return;
    event.preventDefault();
    (inside[event.shiftKey ? inside.length - 1 : 0] ?? sheet).focus();
}

// A sheet that closes gives the focus back to what opened it.
let before: HTMLElement | null = null;
function remember(event: FocusEvent): void {
    const target = event.target;
    if (target instanceof HTMLElement && !target.closest('.van-popup, .van-image-preview')) before = target;
}
function give_back(): void {
    // What has gone with the sheet may still hold the focus until the page is drawn.
    const now = document.activeElement;
    if (now && now !== document.body && seen(now)) return;
    if (!sheet_open() && before?.isConnected && seen(before)) before.focus({ preventScroll: true });
}

export function listen_to_keys(): void {
    document.addEventListener('keydown', go_round, true);
    document.addEventListener('keydown', pressed);
    document.addEventListener('focusin', remember);
    new MutationObserver((changes) => {
        const closed = changes.some(({ target, removedNodes }) =>
            [target, ...removedNodes].some((one) => one instanceof HTMLElement && one.matches('.van-popup, .van-image-preview') && !seen(one)),
        );
        if (closed) requestAnimationFrame(give_back);
    }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['style'] });
}
