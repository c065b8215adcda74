// Times as people say them. Everything is shown in the organisation's own zone, whose offset stands in every time the
// service gives: a phone that is set to another zone shows the same hour as the notice board.

export interface Parts {
    year: number;
    month: number;
    day: number;
    hour: number;
    minute: number;
    weekday: number; // 0 = Sunday
    day_number: number; // days since 1970-01-01, local to the offset
    offset: string;
    at: number; // milliseconds UTC
}

const shape = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

export function parts(text: string): Parts | null {
    const found = shape.exec(text);
    if (!found) return null;
    const [, y, mo, d, h, mi, zone] = found as unknown as [string, string, string, string, string, string, string];
    const offset = zone === 'Z' ? '+08:00' : zone;
    const at = Date.parse(text.replace(' ', 'T'));
    if (Number.isNaN(at)) return null;
    if (zone === 'Z') return parts(with_offset(at, offset));
    const midnight = Date.UTC(Number(y), Number(mo) - 1, Number(d));
    return {
        year: Number(y),
        month: Number(mo),
        day: Number(d),
        hour: Number(h),
        minute: Number(mi),
        weekday: new Date(midnight).getUTCDay(),
        day_number: Math.floor(midnight / 86_400_000),
        offset,
        at,
    };
}

export function offset_ms(offset: string): number {
    const sign = offset.startsWith('-') ? -1 : 1;
    return sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6))) * 60_000;
}

export function with_offset(at: number, offset: string): string {
    return new Date(at + offset_ms(offset)).toISOString().slice(0, 19) + offset;
}

const two = (n: number) => String(n).padStart(2, '0');

export const hour_minute = (p: Parts) => `${two(p.hour)}:${two(p.minute)}`;

export const weekdays: Record<string, string[]> = {
    'zh-CN': ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
    'zh-TW': ['週日', '週一', '週二', '週三', '週四', '週五', '週六'],
    en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
};
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function date_text(p: Parts, language = 'zh-CN'): string {
    const weekday = weekdays[language]?.[p.weekday] ?? '';
    return language === 'en' ? `${weekday} ${p.day} ${months[p.month - 1]}` : `${p.month}月${p.day}日 ${weekday}`;
}

// 「11月27日 周五 17:30」
export function full_time(text: string | null | undefined, language = 'zh-CN'): string {
    const p = text ? parts(text) : null;
    return p ? `${date_text(p, language)} ${hour_minute(p)}` : (text ?? '');
}

// The day as seen from now: 今天, 明天, 周五 within the same week, else the date; then the hour.
export function near_time(text: string, now: number): string {
    const p = parts(text);
    if (!p) return text;
    const today = parts(with_offset(now, p.offset));
    if (!today) return full_time(text);
    const days = p.day_number - today.day_number;
    const time = hour_minute(p);
    if (days === 0) return `今天 ${time}`;
    if (days === 1) return `明天 ${time}`;
    if (days === -1) return `昨天 ${time}`;
    const monday_now = today.day_number - ((today.weekday + 6) % 7);
    const monday_then = p.day_number - ((p.weekday + 6) % 7);
    if (days > 1 && monday_now === monday_then) return `${weekdays['zh-CN']![p.weekday]} ${time}`;
    const year = p.year === today.year ? '' : `${p.year}年`;
    return `${year}${p.month}月${p.day}日 ${time}`;
}

// A limit that ends with a day is said with that day: 周三 24:00, not 周四 00:00.
const end_of_day = (say: (text: string) => string) => (text: string) => {
    const p = parts(text);
    return p && p.hour === 0 && p.minute === 0
        ? say(with_offset(p.at - 60_000, p.offset)).replace(/23:59$/, '24:00')
        : say(text);
};
export const near_due = (text: string, now: number) => end_of_day((one) => near_time(one, now))(text);
export const full_due = end_of_day((one) => full_time(one));

// A span as one number and one word: 40分钟, 2小时, 3天.
export function span_text(ms: number): string {
    const minutes = Math.max(1, Math.floor(Math.abs(ms) / 60_000));
    if (minutes < 60) return `${minutes}分钟`;
    if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}小时`;
    return `${Math.floor(minutes / (24 * 60))}天`;
}
