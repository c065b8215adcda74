// How a message is to be drawn, read from what it carries. Pure. A message always keeps its text: one that fits no
// special shape is a bubble, so nothing the service says can get lost here.
import type { Choice, Message } from '../api';

export interface ReadBackLine {
    number: number;
    label: string;
    value: string;
    photo: boolean;
    payload?: string; // the choice that edits this line, where the service offers one
}

export interface Face {
    score: number; // 1..5
    title: string; // the service's own words, empty if it only gave the number
    choice: Choice;
}

export interface StatusLine {
    time?: string;
    text: string;
    strong?: boolean;
}

export type Shape =
    | { kind: 'bubble'; text: string; choices: Choice[] }
    | { kind: 'read_back'; before: string; lines: ReadBackLine[]; after: string; choices: Choice[] }
    | { kind: 'rating'; text: string; faces: Face[]; choices: Choice[] }
    | { kind: 'status'; text: string; title: string; number: string; lines: StatusLine[]; url: string; choices: Choice[] }
    | { kind: 'emergency'; title: string; lines: string[]; phone: string; spoken: string; choices: Choice[] }
    | { kind: 'card'; text: string; title: string; body: string; url: string; choices: Choice[] };

const labels =
    '事情|问题|地点|位置|电话|联系方式|联系人|称呼|照片|图片|希望|诉求|期望|时间|金额|' +
    '問題|地點|位置|電話|聯絡方式|聯絡人|稱呼|圖片|訴求|時間|金額|' +
    'What|Matter|Problem|Where|Place|Location|Phone|Contact|Name|Photos?|Pictures?|Wish|Hope|When|Time|Amount';
const line_shape = /^\s*(\d{1,2})\s*[.、．)）：:]?\s*(\S(?:[^\s:：]*))\s*[:：]?\s*(.*)$/;
const inline_shape = new RegExp(`(?:^|[\\s:：,，;；])(\\d{1,2})[.、．]?\\s*(${labels})[\\s:：]+`, 'gi');
const known_label = new RegExp(`^(?:${labels})$`, 'i');
const photo_label = /^(照片|图片|圖片|photos?|pictures?)$/i;
const edit_title = /^(?:改|修改|change|edit)\s*(\d{1,2})(?:\D|$)/i;

// Numbered lines are a read-back only if the service says so or their labels are those of a read-back: numbered advice
// must never look as if a tap could change it.
function read_back(text: string, choices: Choice[], said_so: boolean): Shape | null {
    const rows = text.split('\n');
    const first = rows.findIndex((row) => /^\s*1\s*[.、．)）：:]?\s*\S/.test(row));
    let before = '';
    let after = '';
    let lines: ReadBackLine[] = [];
    if (first >= 0) {
        let row = first;
        for (; row < rows.length; row++) {
            const found = line_shape.exec(rows[row]!);
            if (!found || Number(found[1]) !== lines.length + 1) break;
            lines.push(line(lines.length + 1, found[2]!, found[3]!));
        }
        before = rows.slice(0, first).join('\n').trim();
        after = rows.slice(row).join('\n').trim();
    }
    if (!said_so && lines.filter((one) => known_label.test(one.label)).length < 2) lines = [];
    if (lines.length < 2) {
        lines = [];
        const marks = [...text.matchAll(inline_shape)].filter((mark, index) => Number(mark[1]) === index + 1);
        if (marks.length < 2) return null;
        before = text.slice(0, marks[0]!.index).trim().replace(/[:：]$/, '');
        marks.forEach((mark, index) => {
            const from = mark.index! + mark[0].length;
            let value = text.slice(from, index + 1 < marks.length ? marks[index + 1]!.index : undefined);
            if (index + 1 === marks.length) {
                const stop = value.search(/[。\n]/);
                if (stop >= 0) {
                    after = value.slice(stop + 1).trim();
                    value = value.slice(0, stop);
                }
            }
            lines.push(line(index + 1, mark[2]!, value.trim()));
        });
    }
    const rest: Choice[] = [];
    for (const choice of choices) {
        const edits = edit_title.exec(choice.title);
        const target = edits && lines.find((one) => one.number === Number(edits[1]));
        if (target) target.payload = choice.payload;
        else rest.push(choice);
    }
    // Here a line is tapped and the answers are buttons: how one would write it elsewhere is not said.
    before = before.replace(/[，,]?\s*要改.{0,12}数字\s*[：:。]?$/, '');
    if (/^没错就回.{1,4}[。]?$/.test(after)) after = '';
    return { kind: 'read_back', before, lines, after, choices: rest };
}

function line(number: number, label: string, value: string): ReadBackLine {
    return { number, label, value: value.trim(), photo: photo_label.test(label) };
}

const face_words: [number, RegExp][] = [
    [1, /^(很|非常)不(满意|滿意)|^very (unhappy|dissatisfied|bad|poor)/i],
    [2, /^(比较|比較)?不(满意|滿意)|^(unhappy|dissatisfied|bad|poor)/i],
    [3, /^(一般|普通|还行|還行)|^(fair|ok|okay|neutral|average)/i],
    [5, /^(很|非常)(满意|滿意)|^very (happy|satisfied|good)/i],
    [4, /^(比较|比較|基本)?(满意|滿意)|^(happy|satisfied|good)/i],
];

// 1..5 for a choice that is a point of a five-step scale, else 0.
export function score_of(title: string): number {
    const digit =
        /^\s*([1-5])\s*(?:$|分|星|[.、：:\s·-]|points?|stars?)/i.exec(title) ?? /[(（]([1-5])分?[)）]\s*$/.exec(title);
    if (digit) return Number(digit[1]);
    const word = title.trim();
    for (const [score, shape] of face_words) if (shape.test(word)) return score;
    return 0;
}

function rating(text: string, choices: Choice[]): Shape | null {
    const faces: Face[] = [];
    const rest: Choice[] = [];
    for (const choice of choices) {
        const score = score_of(choice.title);
        if (score && !faces.some((face) => face.score === score))
            faces.push({
                score,
                title: choice.title
                    .replace(/^\s*[1-5]\s*(分|星|points?|stars?)?\s*[.、：:·-]?\s*/i, '')
                    .replace(/[(（][1-5]分?[)）]\s*$/, '')
                    .trim(),
                choice,
            });
        else rest.push(choice);
    }
    if (faces.length !== 5) return null;
    faces.sort((one, other) => one.score - other.score);
    return { kind: 'rating', text, faces, choices: rest };
}

const timed = /^\s*[-·•]?\s*((?:\d{4}-\d{2}-\d{2}|\d{1,2}月\d{1,2}日|\d{1,2}-\d{1,2})?\s*(?:周.|週.)?\s*\d{1,2}:\d{2})\s+(\S.*)$/;
const promise = /^(最晚|最迟|最遲|办结时限|辦結時限|Latest|At the latest|By )/i;

export function status_lines(text: string): StatusLine[] {
    return text
        .split('\n')
        .map((row) => row.trim())
        .filter((row) => row && !/^[-─—=]+/.test(row))
        .map((row) => {
            const found = timed.exec(row);
            return found ? { time: found[1]!.trim(), text: found[2]! } : { text: row, strong: promise.test(row) };
        });
}

const phone_shape = /(1[3-9]\d{9}|0\d{2,3}[- ]?\d{3,4}[- ]?\d{4}|400[- ]?\d{3}[- ]?\d{4}|9[56]\d{3,4}|119|110|120|122|12345)/;

export interface Run {
    text: string;
    phone?: string;
}

// The text in runs, phone numbers apart, so that one tap calls. Masked numbers stay text.
export function runs(text: string): Run[] {
    const out: Run[] = [];
    const shape = new RegExp(phone_shape, 'g');
    let from = 0;
    for (let found = shape.exec(text); found; found = shape.exec(text)) {
        const before = text[found.index - 1] ?? '';
        const after = text[found.index + found[0].length] ?? '';
        if (/[\d*A-Za-z.¥￥-]/.test(before) || /[\d*A-Za-z元块万平米]/.test(after)) continue;
        if (found.index > from) out.push({ text: text.slice(from, found.index) });
        out.push({ text: found[0], phone: found[0].replace(/[^\d]/g, '') });
        from = found.index + found[0].length;
    }
    if (from < text.length) out.push({ text: text.slice(from) });
    return out;
}

// Only links that a page may follow; anything else is no link.
export function safe_url(url: string | undefined): string {
    if (!url) return '';
    if (/^(https?:\/\/|tel:[+\d*#-]+$)/i.test(url)) return url;
    return /^\/(?!\/)/.test(url) ? url : '';
}

const said_read_back = (message: Message) => message.kind === 'read_back' || message.kind === 'readback';

export function shape(message: Message): Shape {
    const text = message.text ?? '';
    const choices = message.choices ?? [];
    const card = message.card;
    const url = safe_url(card?.url);
    if (message.from === 'resident') return { kind: 'bubble', text, choices: [] };
    if (url.startsWith('tel:') || message.kind === 'emergency') {
        const body = [text, card?.text ?? ''].filter(Boolean).join('\n');
        const found = runs(body).filter((run) => run.phone);
        const phone = url.startsWith('tel:') ? url.slice(4) : (found[0]?.phone ?? '');
        const spoken = found.find((run) => run.phone === phone)?.text ?? phone; // as it is written, with its gaps
        let lines = body
            .split('\n')
            .map((row) => row.trim())
            .filter(Boolean);
        if (lines.length === 1) lines = body.match(/[^。！!]+[。！!]?/g) ?? lines; // one sentence a line: it is read in haste
        return { kind: 'emergency', title: card?.title ?? '', lines, phone, spoken, choices };
    }
    if (!card) {
        if (choices.length) {
            const faces = rating(text, choices);
            if (faces) return faces;
            const back = read_back(text, choices, said_read_back(message));
            if (back) return back;
        }
        return { kind: 'bubble', text, choices };
    }
    const title = card.title ?? '';
    if (message.ticket) {
        const lines = status_lines(card.text ?? '');
        return { kind: 'status', text, title, number: message.ticket, lines, url, choices };
    }
    const as_read_back = read_back(card.text ?? '', choices, said_read_back(message));
    if (as_read_back && as_read_back.kind === 'read_back')
        return { ...as_read_back, before: [text, title, as_read_back.before].filter(Boolean).join('\n') };
    return { kind: 'card', text, title, body: card.text ?? '', url, choices };
}
