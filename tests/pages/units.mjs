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

// Several sources as one module, so that they share what they keep.
async function load(...sources) {
    const outfile = join(folder, sources.join().replace(/\W/g, '_') + '.mjs');
    const contents = sources.map((source) => `export * from './${source}';`).join('\n');
    await build({ stdin: { contents, resolveDir: join(pages, 'src') }, outfile, bundle: true, format: 'esm', logLevel: 'error' });
    return import(pathToFileURL(outfile).href);
}

const { shape, runs, safe_url, score_of, status_lines } = await load('chat/shape.ts');
const { event_reader } = await load('stream.ts');
const { near_time, near_due, full_due, full_time, span_text, parts } = await load('time.ts');
const { next_due, by_due, place, ordered_commands, picks, derivation, span_words } = await load('console/logic.ts');
const { learn, pack_for, timeline, said } = await load('console/words.ts', 'console/timeline.ts', 'console/facts.ts');
const { periods, days_of, figure, by_each } = await load('console/report.ts');
const { list_in, as_tree } = await load('console/directory.ts');
const { staff_client } = await load('api/staff.ts');
rmSync(folder, { recursive: true, force: true });

const bot = (text, titles = [], more = {}) => ({
    id: '1', at: '2026-11-23T09:00:00+08:00', from: 'bot', text,
    ...(titles.length ? { choices: titles.map((title, index) => ({ title, payload: `p${index}` })) } : {}),
    ...more,
});

// A pack with one of everything that a line may need words for.
const titled = (list) => Object.entries(list).map(([key, title]) => ({ key, title }));
const pack_words = {
    policy: { id: 'p', version: '1', title: 'P' },
    kinds: [{ key: 'complaint', title: '投诉', categories: titled({ fee: '收费' }) }],
    levels: titled({ general: '一般', major: '重大' }), states: [], roles: titled({ desk: '柜台' }), deadlines: titled({ handle: '答复限期' }),
    steps: [
        { key: 'verify', title: '核实', decisions: titled({ so: '属实', not_so: '不属实' }) },
        { key: 'explain', title: '解释', fields: [{ name: 'way', title: '怎么说的', type: 'choice', choices: { phone: '打电话' } }] },
    ],
    fields: [
        { name: 'reason_said', title: '延期的原因', type: 'text' }, { name: 'keeps_out', title: '应当回避的人员', type: 'person' },
        { name: 'customer_agreed', title: '客户已接受', type: 'boolean' }, { name: 'responsible', title: '责任人', type: 'person' },
        { name: 'involved', title: '到哪一级', type: 'choice', choices: { desk: 'desk' } },
    ],
    penalties: titled({ idle: '推诿' }), forms: titled({ slip: '处理单' }), sources: titled({ letter: '来信' }), tests: titled({ ours: '属于本局' }),
    answers: [{ score: 1, title: '不满意' }, { score: 5, title: '满意' }], scale: 5, reasons: [], slots: [], clauses: [],
    facts: [
        { key: 'category', title: '类别', type: 'text' }, { key: 'urging', title: '催办中', type: 'boolean' }, { key: 'wanted_until', title: '希望延到', type: 'time' },
        { key: 'parts_yuan', title: '配件金额（元）', type: 'number' }, { key: 'amount_yuan', title: '涉及金额（元）：合计', type: 'number' },
        { key: 'people', title: '反映同一事项的人数', type: 'integer' }, { key: 'answer', title: '客户的答复', type: 'text', choices: { accepts: '接受' } },
        { key: 'days_since_resolved', title: '办结后天数', type: 'integer' }, { key: 'flags', title: '标记', type: 'list' }, { key: 'missed', title: '超过的时限', type: 'list' },
        { key: 'steps_done', title: '已完成的事项', type: 'list' }, { key: 'source', title: '来源', type: 'text' }, { key: 'told', title: '已经说明的事项', type: 'list' },
    ],
};

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
    ['a line of the timeline says in people\'s words what happened, whatever the event', () => {
        learn([pack_words]);
        const at = '2026-03-02T10:00:00.000+08:00', ms = (text) => Date.parse(text);
        const told = (type, data = {}, more = {}) => {
            const [line] = timeline([{ sequence: 1, id: '1', type, version: 1, at, by: { kind: 'policy' }, data, previous_hash: '', hash: '', ...more }], { pack: 'p', zone: '+08:00' });
            return `${line.what}｜${line.detail}`;
        };
        assert.equal(told('deadline.warned', { deadline: 'handle', step: 'chief', due_at: ms('2026-03-02T12:00:00+08:00') }), '临期提醒｜答复限期 · 离时限还有2小时');
        assert.equal(told('deadline.warned', { deadline: 'handle', step: 'chief', due_at: ms('2026-03-01T10:00:00+08:00') }), '超时上报｜答复限期 · 已超1天');
        assert.equal(told('deadline.missed', { deadline: 'handle', step: 'miss', due_at: ms(at) }), '超时｜答复限期 · 时限到了');
        assert.equal(told('ticket.decided', { step: 'verify', decision: 'so', text: {} }, { words: { text: '查过了' } }), '核实｜属实 · 「查过了」');
        assert.equal(told('ticket.decided', { step: 'penalty:idle', decision: 'dropped' }), '考核建议：推诿｜不处罚');
        assert.equal(told('fact.set', { fact: 'urging', value: true, because: '客户催了两次' }), '更新情况｜催办中：是 · 客户催了两次');
        assert.equal(told('fact.set', { fact: 'category', value: 'fee' }), '更新情况｜类别：收费');
        assert.equal(told('ticket.completed', { step: 'explain', facts: { wanted_until: ms('2026-03-06T17:30:00+08:00'), parts_fen: 1200050, people: 12, answer: 'accepts', told: ['x'] } }),
            '解释｜希望延到：3月6日 周五 17:30 · 配件金额：12000.5元 · 反映同一事项的人数：12 · 客户的答复：接受');
        assert.equal(told('ticket.completed', { step: 'explain', fields: {} }, { words: { fields: { way: 'phone', reason_said: '配件没到' } } }), '解释｜怎么说的：打电话 · 延期的原因：配件没到');
        assert.equal(told('ticket.classified', { keeps_out: '77', validity: 'valid', customer_agreed: true }, { names: { keeps_out: ['王芳'] } }), '调整分类｜应当回避的人员：王芳 · 是否有效：有效 · 客户已接受：是');
        assert.equal(told('ticket.classified', { flags: [], level: 'major', validity: 'invalid', cause: 'nobody', reason: {} }, { words: { reason: '查了' } }), '调整分类｜级别：重大 · 标记：没有 · 是否有效：无效 · 原因：无责任方 · 「查了」');
        assert.equal(told('ticket.completed', { step: 'explain', form: 'slip' }), '解释｜填《处理单》');
        assert.equal(told('ticket.completed', { step: 'explain' }, { words: { fields: { involved: 'desk' } } }), '解释｜到哪一级：柜台');
        assert.equal(told('ticket.assigned', { assignee: '77' }, { names: { assignee: ['王芳'] } }), '派单｜交给王芳');
        assert.equal(told('ticket.transferred', { role: 'desk', unit: '5', owner_unit: '5', reason: {} }, { words: { reason: '归他们管' }, names: { unit: ['城东'], owner_unit: ['城东'] } }), '转派｜柜台 · 城东 · 「归他们管」');
        assert.equal(told('task.opened', { task: 'verify', role: 'desk', means: 'phone', unit: '5', due_at: ms('2026-03-06T17:30:00+08:00') }), '新增待办｜核实 · 由柜台办 · 电话 · 3月6日 周五 17:30前');
        assert.equal(told('penalty.proposed', { penalty: 'idle', title: '推诿', role: 'desk', staff: '77', amount_fen: 20000 }, { names: { staff: ['王芳'] } }), '建议考核｜推诿 · 王芳 · 200元');
        assert.equal(told('penalty.proposed', { penalty: 'idle', title: '推诿', role: 'desk', from_fen: 10000, to_fen: 50000 }), '建议考核｜推诿 · 柜台 · 100–500元');
        assert.equal(told('ticket.rated', { score: 5, scale: 5, means: 'visit', comment: {} }, { words: { comment: '好' } }), '客户评分｜5分（满意） · 上门 · 「好」');
        assert.equal(told('revisit.drawn', { stratum: 'all', lot: 17, revisit: true, in_person: true }), '抽取回访｜抽中，要当面回访');
        assert.equal(told('survey.suppressed', { rule: '1 in 7 days' }), '不再发问卷｜7天里已经问过1次');
        assert.equal(told('question.put_off', { question: 'fixed', until: ms('2026-03-03T09:00:00+08:00') }), '改时间再问｜是否真的解决 · 到 3月3日 周二 09:00');
        assert.equal(told('ticket.extended', { clock: 'handle', until: ms('2026-03-06T17:30:00+08:00'), reason: {} }, { words: { reason: '等配件' } }), '延期｜答复限期 · 到 3月6日 周五 17:30 · 「等配件」');
        assert.equal(told('ticket.rejected', { admission: 'redirect', admission_test: 'ours', notice: 'written', body: '住建局', transfers_file: true, copies: ['消费者'] }), '不予受理｜转其他单位 · 属于本局 · 住建局 · 书面告知 · 材料由我们转去 · 抄送消费者');
        assert.deepEqual(timeline([{ sequence: 1, type: 'question.put_off', at, data: { question: '' } }, { sequence: 2, type: 'fact.cleared', at, data: { fact: 'fixed' } }], { zone: '+08:00' }), []);
        learn([]);
    }],
    ['a fact of every type is said as people say it', () => {
        learn([pack_words]);
        const value = (name, given) => said(name, given, { pack: 'p' })?.value;
        assert.equal(value('amount_yuan', 99.5), '99.5元');
        assert.equal(value('wanted_until', '2026-03-06T17:30:00+08:00'), '3月6日 周五 17:30');
        assert.equal(value('days_since_resolved', 3), '3天');
        assert.equal(value('flags', ['media', 'group']), '媒体、群诉');
        assert.equal(value('missed', ['handle']), '答复限期');
        assert.equal(value('steps_done', ['verify', 'penalty:idle']), '核实、考核建议：推诿');
        assert.equal(value('source', 'letter'), '来信');
        assert.equal(said('responsible', '77', { pack: 'p', names: { responsible: ['王芳'] } }).value, '王芳');
        assert.equal(said('told', ['wish'], { pack: 'p' }), null);
        assert.equal(said('nobody_knows', 1, { pack: 'p' }), null);
        learn([]);
    }],
    ['the rules of a unit are those that hold for it', () => {
        learn([{ ...pack_words, units: ['1'] }, { ...pack_words, policy: { id: 'q', version: '1', title: 'Q' }, units: ['2', '3'] }]);
        assert.deepEqual(['1', '3', '9', undefined].map((unit) => pack_for(unit).policy.id), ['p', 'q', 'p', 'p']);
        learn([]);
    }],
    ['the periods of a report are the present one and those before it, across the turn of the year', () => {
        assert.deepEqual(periods('month', '2026-02').slice(0, 3).map((one) => one.label), ['2026-02', '2026-01', '2025-12']);
        assert.deepEqual(periods('quarter', '2026-Q1').slice(0, 2), [{ label: '2026-Q1', title: '2026 年第 1 季度' }, { label: '2025-Q4', title: '2025 年第 4 季度' }]);
        assert.equal(periods('year', '2026')[1].label, '2025');
        assert.deepEqual(periods('week', '2026-02-03').slice(0, 2).map((one) => one.label), ['2026-02-03', '2026-01-27']);
        assert.equal(days_of({ from: '2026-02-25T00:00:00+08:00', until: '2026-03-25T00:00:00+08:00' }), '2026 年 2 月 25 日至 2026 年 3 月 24 日');
    }],
    ['a figure says how it comes about, and nothing is not nought per cent', () => {
        assert.deepEqual(figure('count', { part: 0 }), { value: '0', beside: '', share: null });
        assert.deepEqual(figure('timeliness', { part: 18, of: 20, percent: 90 }), { value: '90%', beside: '18 / 20', share: 0.9 });
        assert.equal(figure('satisfaction', { part: 3, of: 4, percent: 75, sum: 17 }).beside, '3 / 4，平均 4.3');
        assert.deepEqual(figure('timeliness', { part: 0 }), { value: '—', beside: '还没有', share: null });
        assert.equal(figure('waiting_time', { part: 0, of: 4, sum: 50 }).value, '12.5');
        assert.equal(figure('points', { part: 7 }).value, '7');
    }],
    ['lists are read as people write them', () => {
        assert.deepEqual(list_in('1、2,3 4'), ['1', '2', '3', '4']);
        assert.deepEqual(list_in('01-03；11'), ['01', '02', '03', '11']);
        assert.deepEqual(list_in('A-C'), ['A-C']);
        assert.deepEqual(list_in(' '), []);
    }],
    ['units stand below the one they belong to; a circle ends', () => {
        const unit = (id, parent) => ({ id, key: id, name: id, kind: 'branch', parent: parent ? { id: parent } : null, phones: { duty: '' }, shifts: [], disabled: false });
        assert.deepEqual(as_tree([unit('c', 'b'), unit('a'), unit('b', 'a'), unit('d', 'a')]).map((one) => [one.id, one.depth]), [['a', 0], ['b', 1], ['c', 2], ['d', 1]]);
        assert.deepEqual(as_tree([unit('x', 'y'), unit('y', 'x')]), []);
    }],
    ['a figure by one of the ways it is split: rows that differ only in the others are added up', () => {
        const row = (kind, category, measured) => ({ split: { kind: { title: kind }, category: { title: category } }, measured });
        const answer = { rows: [
            row('投诉', '房屋', { count: { part: 3 }, timeliness: { part: 1, of: 3 } }),
            row('投诉', '秩序', { count: { part: 1 }, timeliness: { part: 1, of: 1 } }),
            row('需求', '咨询', { count: { part: 9 }, timeliness: { part: 0 } }),
        ] };
        assert.deepEqual(by_each(answer, 'kind', 'count').map((one) => [one.title, one.value, one.bar]), [['需求', '9', 9], ['投诉', '4', 4]]);
        assert.deepEqual(by_each(answer, 'kind', 'timeliness').map((one) => [one.title, one.value, one.beside]), [['投诉', '50%', '2 / 4']]);
        assert.deepEqual(by_each({}, 'kind', 'count'), []);
    }],
    ['where more is open than one can look through, what waits for oneself is there all the same', async () => {
        const before = globalThis.fetch;
        const all = Array.from({ length: 2300 }, (_, n) => ({ number: `T${n}`, mine: n === 3 || n === 2250 }));
        const asked = [];
        globalThis.fetch = async (path) => {
            asked.push(path);
            const query = new URL(path, 'http://x').searchParams, from = Number(query.get('cursor') ?? 0);
            const found = query.get('assignee') === 'me' ? all.filter((one) => one.mine) : all;
            return new Response(JSON.stringify({ items: found.slice(from, from + 200), next_cursor: from + 200 < found.length ? String(from + 200) : null }), { headers: { 'Content-Type': 'application/json' } });
        };
        try {
            const open = await staff_client().open_tickets();
            assert.equal(open.length, 2001);
            assert.equal(new Set(open.map((one) => one.number)).size, 2001);
            assert.ok(open.some((one) => one.number === 'T2250'));
            assert.equal(asked.length, 11);
            all.length = 40;
            asked.length = 0;
            assert.equal((await staff_client().open_tickets()).length, 40);
            assert.equal(asked.length, 1);
        } finally {
            globalThis.fetch = before;
        }
    }],
];
