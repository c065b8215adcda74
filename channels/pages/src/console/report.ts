// What the report page works out for itself: which periods may be chosen, and a figure as people read it.
import type { Measured, ReportAnswer, ReportEntry } from '../api';
import { parts, with_offset } from '../time';

export interface PeriodChoice {
    label: string; // as the service names it
    title: string;
}

const two = (n: number) => String(n).padStart(2, '0');

// The present period and those before it, the newest first.
export function periods(every: ReportEntry['every'], present: string): PeriodChoice[] {
    const choices: PeriodChoice[] = [];
    const year = Number(present.slice(0, 4));
    if (every === 'year')
        for (let i = 0; i < 4; ++i) choices.push({ label: String(year - i), title: `${year - i} 年` });
    else if (every === 'quarter')
        for (let i = 0; i < 6; ++i) {
            const at = year * 4 + Number(present.slice(6)) - 1 - i;
            choices.push({ label: `${Math.floor(at / 4)}-Q${(at % 4) + 1}`, title: `${Math.floor(at / 4)} 年第 ${(at % 4) + 1} 季度` });
        }
    else if (every === 'month')
        for (let i = 0; i < 13; ++i) {
            const at = year * 12 + Number(present.slice(5, 7)) - 1 - i;
            choices.push({ label: `${Math.floor(at / 12)}-${two((at % 12) + 1)}`, title: `${Math.floor(at / 12)} 年 ${(at % 12) + 1} 月` });
        }
    else
        for (let i = 0; i < 14; ++i) {
            const day = new Date(Date.parse(present + 'T00:00:00Z') - i * (every === 'week' ? 7 : 1) * 86_400_000);
            const label = day.toISOString().slice(0, 10);
            choices.push({ label, title: every === 'week' ? `${label} 那一周` : label });
        }
    return choices;
}

// "25 日" cannot be seen from "2026-03": the days that the period really has.
export function days_of(period: { from: string; until: string }): string {
    const from = parts(period.from);
    const end = parts(with_offset((parts(period.until)?.at ?? 0) - 1, from?.offset ?? '+08:00'));
    if (!from || !end) return '';
    return `${from.year} 年 ${from.month} 月 ${from.day} 日至 ${end.year} 年 ${end.month} 月 ${end.day} 日`;
}

export interface Figure {
    value: string; // the large part
    beside: string; // how it comes about
    share: number | null; // 0 to 1, to be drawn
}

const tenth = (n: number) => String(Math.round(n * 10) / 10);

export function figure(measure: string, measured: Measured): Figure {
    if (measure === 'waiting_time')
        return measured.of ? { value: tenth((measured.sum ?? 0) / measured.of), beside: `分钟，${measured.of} 件`, share: null } : nothing;
    if (measured.of === undefined) {
        if (measure === 'count' || measured.part) return { value: String(measured.part), beside: '', share: null };
        return share_measures.has(measure) ? nothing : { value: '0', beside: '', share: null };
    }
    const mean = measured.sum ? `，平均 ${tenth(measured.sum / measured.of)}` : '';
    return {
        value: `${tenth(measured.percent ?? 0)}%`,
        beside: `${measured.part} / ${measured.of}${mean}`,
        share: measured.part / measured.of,
    };
}

const share_measures = new Set(['timeliness', 'revisits', 'in_person', 'satisfaction', 'direct_solve', 'repeats']);
const nothing: Figure = { value: '—', beside: '还没有', share: null };

export interface SplitFigure extends Figure {
    title: string;
    bar: number; // how long it is drawn: a count, per cent, minutes
}

// One measure by one of the ways that a report is split; rows that differ only in the others are added up. The largest
// stands first.
export function by_each(answer: ReportAnswer, by: string, measure: string): SplitFigure[] {
    const sums = new Map<string, Measured>();
    for (const row of answer.rows ?? []) {
        const title = row.split?.[by]?.title || '未填';
        const one = row.measured?.[measure];
        if (!one) continue;
        const sum = sums.get(title) ?? { part: 0 };
        sum.part += one.part;
        if (one.of !== undefined) sum.of = (sum.of ?? 0) + one.of;
        if (one.sum !== undefined) sum.sum = (sum.sum ?? 0) + one.sum;
        if (sum.of) sum.percent = (sum.part * 100) / sum.of;
        sums.set(title, sum);
    }
    return [...sums]
        .map(([title, sum]) => {
            const said = figure(measure, sum);
            const bar = measure === 'waiting_time' ? (sum.of ? (sum.sum ?? 0) / sum.of : 0) : said.share !== null ? said.share * 100 : sum.part;
            return { ...said, title, bar };
        })
        .filter((one) => one.value !== '—')
        .sort((a, b) => b.bar - a.bar || a.title.localeCompare(b.title, 'zh'));
}
