// What the pages compute without a browser: how a message is drawn, how a stream is cut, how times and deadlines are said.
// The sources are bundled by the esbuild that the pages' own build brings.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const pages = fileURLToPath(new URL('../../channels/pages/', import.meta.url));
const { build } = createRequire(join(pages, 'package.json'))('esbuild');
const folder = mkdtempSync(join(tmpdir(), 'huiyin-pages-'));

async function load(source) {
    const outfile = join(folder, source.replace(/\W/g, '_') + '.mjs');
    await build({ entryPoints: [join(pages, 'src', source)], outfile, bundle: true, format: 'esm', logLevel: 'error' });
    return import(pathToFileURL(outfile).href);
}

const { shape, runs, safe_url, score_of, status_lines } = await load('chat/shape.ts');
const { event_reader } = await load('chat/stream.ts');
const { near_time, near_due, full_due, full_time, span_text, parts } = await load('time.ts');
const { next_due, by_due, place, ordered_commands, picks, derivation, span_words } = await load('console/logic.ts');
rmSync(folder, { recursive: true, force: true });

const bot = (text, titles = [], more = {}) => ({
    id: '1', at: '2026-11-23T09:00:00+08:00', from: 'bot', text,
    ...(titles.length ? { choices: titles.map((title, index) => ({ title, payload: `p${index}` })) } : {}),
    ...more,
});

export const units = [
    ['numbered lines with the labels of a read-back become one', () => {
        const view = shape(bot('请核对:\n1 事情 卫生间漏水\n2 地点 3栋2单元501\n3 电话 138****5678\n4 照片 没有\n5 希望 (可不填)\n对就点提交', ['提交', '不报了']));
        assert.equal(view.kind, 'read_back');
        assert.deepEqual(view.lines.map((line) => line.label), ['事情', '地点', '电话', '照片', '希望']);
        assert.equal(view.lines[1].value, '3栋2单元501');
        assert.equal(view.lines[3].photo, true);
        assert.equal(view.before, '请核对:');
        const spoken = shape(bot('请核对，要改哪条就回“改”加数字：\n1 事情  漏水\n2 地点  3栋\n没错就回“对”。', ['提交', '不报了'], { kind: 'readback' }));
        assert.deepEqual([spoken.before, spoken.after, spoken.lines[0].value], ['请核对', '', '漏水']);
        assert.equal(view.after, '对就点提交');
        assert.deepEqual(view.choices.map((choice) => choice.title), ['提交', '不报了']);
    }],
    ['a read-back written in one line is read as well', () => {
        const view = shape(bot('我记下的是:1 事情 楼道灯坏了三天 2 地点 5栋2单元 3 电话 138****5678。对的话回"对",要改回数字。', ['对']));
        assert.equal(view.kind, 'read_back');
        assert.deepEqual(view.lines.map((line) => line.value), ['楼道灯坏了三天', '5栋2单元', '138****5678']);
        assert.equal(view.after, '对的话回"对",要改回数字。');
    }],
    ['full-width punctuation is read like any other', () => {
        const view = shape(bot('请核对，点一行可以改：\n1．事情：漏水\n2．地点：3栋2单元501\n3．电话：138****5678', ['提交']));
        assert.equal(view.kind, 'read_back');
        assert.deepEqual(view.lines.map((line) => line.label + '|' + line.value), ['事情|漏水', '地点|3栋2单元501', '电话|138****5678']);
        assert.equal(shape(bot('打几分？', ['很不满意（1分）', '不满意（2分）', '一般（3分）', '满意（4分）', '很满意（5分）'])).faces[0].title, '很不满意');
    }],
    ['choices that edit a line belong to that line', () => {
        const view = shape(bot('1. 事情:漏水\n2. 地点:3栋', ['提交', '改1', '改2'], { kind: 'read_back' }));
        assert.deepEqual(view.lines.map((line) => line.payload), ['p1', 'p2']);
        assert.deepEqual(view.choices.map((choice) => choice.title), ['提交']);
    }],
    ['numbered advice is no read-back', () => {
        assert.equal(shape(bot('1 先关总阀\n2 打开门窗\n3 到楼下等', ['知道了'])).kind, 'bubble');
    }],
    ['five steps of a scale become faces, in every wording', () => {
        for (const titles of [
            ['1 很不满意', '2 不满意', '3 一般', '4 满意', '5 很满意'], ['1', '2', '3', '4', '5'],
            ['很满意', '满意', '一般', '不满意', '很不满意'], ['非常满意(5)', '满意(4)', '一般(3)', '不满意(2)', '非常不满意(1)'],
            ['Very unhappy', 'Unhappy', 'Fair', 'Happy', 'Very happy'], ['1分', '2分', '3分', '4分', '5分'], ['1分 很不满意', '2分 不满意', '3分 一般', '4分 满意', '5分 很满意'],
        ]) {
            const view = shape(bot('满意吗?', titles));
            assert.equal(view.kind, 'rating', titles.join());
            assert.deepEqual(view.faces.map((face) => face.score), [1, 2, 3, 4, 5]);
        }
        assert.equal(shape(bot('满意吗?', ['1 很不满意', '2 不满意', '3 一般', '4 满意', '5 很满意'])).faces[4].title, '很满意');
        assert.equal(shape(bot('要哪个?', ['1号楼', '2号楼', '3号楼', '4号楼', '5号楼'])).kind, 'bubble');
        assert.equal(score_of('12'), 0);
    }],
    ['a card that dials is an emergency, its number the button', () => {
        const view = shape(bot('先关总阀。\n别开灯。', [], { card: { title: '燃气', text: '马上到', url: 'tel:962777' } }));
        assert.equal(view.kind, 'emergency');
        assert.equal(view.phone, '962777');
        assert.deepEqual(view.lines, ['先关总阀。', '别开灯。', '马上到']);
        const plain = shape(bot('先别动开关。打开门窗，到楼下打962777或119。', [], { kind: 'emergency' }));
        assert.deepEqual([plain.kind, plain.lines.length, plain.phone], ['emergency', 2, '962777']);
    }],
    ['a card of a ticket shows its state and its timeline', () => {
        const view = shape(bot('', [], { ticket: 'T1', card: { title: '处理中', text: '最晚 11月27日 17:30 给结果\n─ 时间线 ─\n09:12 您提交\n11月24日 09:20 李娜受理', url: '' } }));
        assert.equal(view.kind, 'status');
        assert.deepEqual(view.lines.map((line) => line.time ?? ''), ['', '09:12', '11月24日 09:20']);
        assert.equal(view.lines[0].strong, true);
    }],
    ['what fits nothing keeps its text', () => assert.equal(shape(bot('您好', ['好'])).text, '您好')],
    ['a resident\'s own words never grow buttons', () => assert.equal(shape({ ...bot('1 事情 漏\n2 地点 家', ['提交']), from: 'resident' }).kind, 'bubble')],
    ['phone numbers can be called, masked ones and ticket numbers cannot', () => {
        const phones = (text) => runs(text).filter((run) => run.phone).map((run) => run.phone);
        assert.deepEqual(phones('打 021-1055-0177、021-55550100 或 13812345678,着火打119'), ['02110550177', '02155550100', '13812345678', '119']);
        assert.deepEqual(phones('138****5678,工单 T20261123-001,金额11000元，96000元，3.110'), []);
        assert.equal(runs('打119。').map((run) => run.text).join(''), '打119。');
    }],
    ['only links a page may follow are links', () => {
        assert.equal(safe_url('/chat/web/x'), '/chat/web/x');
        assert.equal(safe_url('tel:119'), 'tel:119');
        for (const bad of ['javascript:alert(1)', '//evil.example', 'data:text/html,x', 'tel:<x>', undefined]) assert.equal(safe_url(bad), '');
    }],
    ['status lines drop rulers and blanks', () => assert.equal(status_lines('a\n\n────\nb').length, 2)],
    ['a stream is cut into events wherever the chunks break', () => {
        const text = ': hello\n\nid: 1\ndata: {"a":1}\n\nid: 2\r\nevent: message\r\ndata: x\r\ndata: y\r\n\r\nretry: 5\n\n';
        for (let size = 1; size < text.length; size++) {
            const found = [];
            const read = event_reader((event) => found.push([event.id, event.data]));
            for (let at = 0; at < text.length; at += size) read(text.slice(at, at + size));
            assert.deepEqual(found, [['1', '{"a":1}'], ['2', 'x\ny']], `chunks of ${size}`);
        }
    }],
    ['times are said in the organisation\'s zone, near ones by their day', () => {
        assert.equal(near_due('2026-03-05T00:00:00+08:00', Date.parse('2026-03-02T09:00:00+08:00')), '周三 24:00');
        assert.equal(full_due('2026-03-05T00:00:00+08:00'), '3月4日 周三 24:00');
        assert.equal(full_due('2026-03-05T00:30:00+08:00'), '3月5日 周四 00:30');
        const now = Date.parse('2026-11-23T09:00:00+08:00');
        assert.equal(near_time('2026-11-23T17:30:00+08:00', now), '今天 17:30');
        assert.equal(near_time('2026-11-24T09:00:00.000+08:00', now), '明天 09:00');
        assert.equal(near_time('2026-11-27T17:30:00+08:00', now), '周五 17:30');
        assert.equal(near_time('2026-11-30T17:30:00+08:00', now), '11月30日 17:30');
        assert.equal(near_time('2027-01-04T17:30:00+08:00', now), '2027年1月4日 17:30');
        assert.equal(full_time('2026-11-27T09:30:00Z'), '11月27日 周五 17:30');
        assert.equal(span_text(-2.5 * 3600_000), '2小时');
        assert.equal(parts('tomorrow'), null);
    }],
    ['the next deadline decides colour, words and order', () => {
        const now = Date.parse('2026-11-23T09:00:00+08:00');
        const ticket = (number, due_at, more = {}) => ({ number, version: 1, kind: 'complaint', state: '', phase: 'accepted', opened_at: due_at, deadlines: [{ clock: 'handle', due_at, state: 'running' }], ...more });
        const late = ticket('1', '2026-11-23T07:00:00+08:00'), soon = ticket('2', '2026-11-23T09:40:00+08:00'), calm = ticket('3', '2026-11-27T17:30:00+08:00');
        assert.equal(next_due(late, now).words, '超时 2小时');
        assert.equal(next_due(soon, now).words, '还剩 40分钟');
        assert.equal(next_due(calm, now).urgency, 'calm');
        const page = ticket('4', '2026-12-01T09:00:00+08:00', { flags: ['emergency'] });
        assert.deepEqual([calm, soon, page, late].sort(by_due(now)).map((one) => one.number), ['4', '1', '2', '3']);
        assert.equal(next_due(ticket('5', '2026-11-23T07:00:00+08:00', { phase: 'open', deadlines: [{ clock: 'accept', due_at: '2026-11-23T08:00:00+08:00', state: 'missed' }, { clock: 'handle', due_at: '2026-11-27T17:30:00+08:00', state: 'running' }] }), now).urgency, 'late');
        assert.equal(next_due(ticket('6', '2026-11-23T07:00:00+08:00', { phase: 'closed' }), now).urgency, 'done');
    }],
    ['places, commands, choices and derivations are read as they come', () => {
        assert.equal(place({ household: { building: '3', unit: '2', room: '501' } }), '3栋2单元501');
        assert.equal(place({ household: null, facts: { location: 'B2车库' } }), 'B2车库');
        const order = ordered_commands({ phase: 'accepted', assignee: { login: 'z' }, commands: [{ command: 'note' }, { command: 'assign' }, { command: 'propose' }] }, { login: 'z', roles: [] });
        assert.deepEqual(order.map((one) => one.command), ['propose', 'assign', 'note']);
        assert.deepEqual(picks(['a', { value: 'b', title: 'B' }, { login: 'c', name: 'C' }]), [{ value: 'a', title: 'a' }, { value: 'b', title: 'B' }, { value: 'c', title: 'C' }]);
        assert.deepEqual(picks(['li.na'], undefined, { 'li.na': '李娜' }), [{ value: 'li.na', title: '李娜' }]);
        assert.equal(derivation({ clock: 'x', due_at: '', state: 'running', derivation: { text: 't', segments: [{}] } }).segments.length, 1);
        assert.equal(span_words({ count: 5, unit: 'working_days' }), '5 个工作日');
        assert.equal(span_words('2 working hours'), '2 个工作小时');
    }],
];
