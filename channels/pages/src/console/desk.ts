// What every view of the console shares: who is signed in, what time it is for the service, where one stands, and how
// the service's refusals are told.
import { reactive, ref } from 'vue';
import { clock, type CodeWanted, csrf, type Me, Refused, second_factor, type Session, sessions, staff_client, Unreachable } from '../api';
import { parts } from '../time';
import { hear, is_live, type News } from './news';
import { learn } from './words';

export const service = staff_client();

export type View = 'todo' | 'revisit' | 'all' | 'talks' | 'reports' | 'directory' | 'me' | 'rules' | 'outbox' | 'audit' | 'privacy' | 'second-factor';
export interface Place {
    view: View;
    ticket: string;
    talk: string;
    part: string; // of a view that has several
}

const views: View[] = ['todo', 'revisit', 'all', 'talks', 'reports', 'directory', 'me', 'rules', 'outbox', 'audit', 'privacy', 'second-factor'];

function read_place(before: View): Place {
    const hash = location.hash.replace(/^#\/?/, '');
    const [head = '', tail = ''] = hash.split('/');
    if (head === 'tickets' && tail) return { view: before, ticket: decodeURIComponent(tail), talk: '', part: '' };
    if (head === 'talks' && tail) return { view: 'talks', ticket: '', talk: decodeURIComponent(tail), part: '' };
    return { view: views.includes(head as View) ? (head as View) : 'todo', ticket: '', talk: '', part: tail };
}

// Whoever comes back from another sign-in without being let in: why; `code`: he is not in yet.
const sent_back = /^#\/sign-in\/(\w+)/.exec(location.hash)?.[1] ?? '';
export const sign_in_refusal = ref(sent_back === 'code' ? '' : sent_back);
export const code_wanted = ref(sent_back === 'code');
if (sent_back) history.replaceState(null, '', location.pathname);

// A link in a push names the ticket, the talk or the report in the path; from then on the part behind # says where one
// is, so that the page never has to be fetched again.
const deep = /^\/console\/(tickets|conversations|reports)\/([^/]+)/.exec(location.pathname);
if (deep) history.replaceState(null, '', `/console/#/${deep[1] === 'conversations' ? 'talks' : deep[1]}/${deep[2]}`);

// A link to sign in by once, from an administrator: its token is used for a new password and stands in no history.
const given = /^#\/link\/(\w+)/.exec(location.hash);
export const link_token = ref(given?.[1] ?? '');
if (given) history.replaceState(null, '', '/console/');

export const place = reactive<Place>(read_place('todo'));

// What is being typed and was not sent. Who goes back from it is asked first, and stays until he has answered.
export const not_sent_yet = new Set<{ filled(): boolean; ask(): void }>();
window.addEventListener('hashchange', (event) => {
    const held = [...not_sent_yet].find((one) => one.filled());
    if (held) {
        history.pushState(null, '', event.oldURL);
        return held.ask();
    }
    Object.assign(place, read_place(place.view === 'talks' ? 'todo' : place.view));
});

export function go(path: string): void {
    location.hash = path;
}

export const me = ref<Me | null>(null);
export const signed_in = ref<boolean | null>(null); // null: not known yet
export const offline = ref(false);
export const notice = ref(''); // a short word about what just happened, read out and shown for a while

let notice_timer = 0;
export function tell(text: string): void {
    notice.value = text;
    window.clearTimeout(notice_timer);
    notice_timer = window.setTimeout(() => (notice.value = ''), 4000);
}

// ---- the service's time -----------------------------------------------------------------------------------------------

let manual = true; // until the service says that it has no clock to ask
let skew_ms = 0;
export const now = ref(Date.now());

export async function ask_time(): Promise<void> {
    if (manual) {
        try {
            const answer = await clock.get();
            const p = parts(answer.now);
            if (p) {
                skew_ms = NaN;
                now.value = p.at;
                return;
            }
        } catch (error) {
            if (!(error instanceof Refused)) throw error;
            if (error.status !== 401) manual = false;
            skew_ms = 0;
        }
    }
    if (!Number.isNaN(skew_ms)) now.value = Date.now() + skew_ms;
}

// ---- refusals -----------------------------------------------------------------------------------------------------------

// What to show for an error; the service's own text wherever it has one.
export function words_of(error: unknown): string {
    if (error instanceof Unreachable) {
        offline.value = true;
        return '连不上服务。检查网络后再试，您填的还在。';
    }
    if (error instanceof Refused) {
        offline.value = false;
        if (error.status === 401) {
            signed_in.value = false; // his desk stands behind the sign-in, with all that he typed
            return '登录已过期，请重新登录。';
        }
        const clause = error.body.clause ? `（${error.body.clause}）` : '';
        const wrong = (error.body.errors ?? []).map((one) => one.detail).filter((one) => one && /[\u4e00-\u9fff]/.test(one));
        const said = wrong.length ? wrong.join('；') : error.body.detail || error.body.title;
        if (error.status === 403) return said ? said + clause : '您的岗位不能做这一步。';
        if (error.status === 404) return said || '没有这一项，或不归您看。';
        if (error.status === 412) return '这张工单刚被别人改过，已换成最新的。请看一眼再提交。';
        if (error.status === 429) return said || '操作太频繁，请过一会儿再试。';
        return (said || '服务暂时没办成，请再试一次。') + clause;
    }
    throw error;
}

// ---- signing in ---------------------------------------------------------------------------------------------------------

export async function who_am_i(): Promise<void> {
    try {
        const answer = await service.me();
        if (answer.csrf) csrf.set(answer.csrf);
        if (!answer.second_factor_wanted) learn(await service.words());
        me.value = answer;
        signed_in.value = true;
        offline.value = false;
    } catch (error) {
        if (error instanceof Refused && error.status === 401) signed_in.value = false;
        else throw error;
    }
}

async function opened(session: Session | CodeWanted): Promise<void> {
    if ('code_wanted' in session) {
        code_wanted.value = true;
        return;
    }
    csrf.set(session.csrf ?? '');
    await who_am_i();
    code_wanted.value = false;
    for (const again of listeners) again(); // of a desk that waited behind the sign-in
}

export async function sign_in(login: string, password: string): Promise<void> {
    await opened(await sessions.open(login, password));
}

// Digits as a Chinese keyboard may write them; who types a code for recovery has it with a dash.
export const as_code = (typed: string): string => typed.normalize('NFKC').trim();

export async function sign_in_by_code(typed: string): Promise<void> {
    const code = as_code(typed);
    await opened(await sessions.open_by_code(code));
    if (/^\d{3} ?\d{3}$/.test(code)) return;
    const { recovery_codes_left } = await second_factor.get();
    tell(`恢复码还剩 ${recovery_codes_left} 个`);
}

export async function sign_in_by_link(password: string): Promise<void> {
    const session = await sessions.open_by_link(link_token.value, password);
    link_token.value = '';
    await opened(session);
}

export async function sign_out(): Promise<void> {
    try {
        await sessions.close();
    } catch (error) {
        if (!(error instanceof Refused && error.status === 401)) throw error;
    }
    csrf.set('');
    me.value = null;
    signed_in.value = false;
}

// ---- keeping fresh ------------------------------------------------------------------------------------------------------

const listeners = new Set<() => void>();

const unheard_ms = 60_000; // even where news come by themselves: time passes, and a matter may leave one's sight
const between_ms = 1000; // news that follow each other are read together
export const spread_ms = 800; // two hundred consoles that hear the same do not ask for their lists in the same instant

// Calls `again` when there is news that `concerns` it (at most once a second, within `spread`), else every `seconds`,
// while the page is seen; at once when it is seen again, and when the demo page says that the clock moved. Gives the way to stop.
export function keep_fresh(again: () => void, seconds: number, concerns: (news: News) => boolean, spread = 0): () => void {
    let last = 0;
    let soon = 0;
    const run = () => {
        if (document.visibilityState !== 'visible' || signed_in.value === false) return;
        last = Date.now();
        again();
    };
    const look = () => {
        if (!is_live() || Date.now() - last >= unheard_ms) run();
    };
    const unhear = hear((news) => {
        if (soon || (news.what !== 'all' && !concerns(news))) return;
        soon = window.setTimeout(() => ((soon = 0), run()), Math.max(0, last + between_ms - Date.now()) + Math.random() * spread);
    });
    const timer = window.setInterval(look, seconds * 1000);
    document.addEventListener('visibilitychange', run);
    window.addEventListener('online', run);
    listeners.add(again);
    return () => {
        window.clearInterval(timer);
        window.clearTimeout(soon);
        unhear();
        document.removeEventListener('visibilitychange', run);
        window.removeEventListener('online', run);
        listeners.delete(again);
    };
}

window.addEventListener('message', (event) => {
    if (event.origin !== location.origin || typeof event.data !== 'object' || !event.data) return;
    if ((event.data as { huiyin?: string }).huiyin === 'refresh') for (const listener of listeners) listener();
});
