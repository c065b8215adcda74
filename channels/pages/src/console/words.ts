// The words of the work, as the desk says them: the pack's own first, where the service gives them, then ours. A key that
// nobody has a word for is shown as it is.
import { shallowReactive } from 'vue';
import type { PackWords, Titled } from '../api';

const kinds: Record<string, string> = { complaint: '投诉', demand: '需求', consultation: '咨询', suggestion: '建议' };
const categories: Record<string, string> = {
    housing: '房屋',
    equipment: '设备',
    order: '秩序',
    environment: '环境',
    service: '服务',
    consultation: '咨询',
    basic: '基础服务',
    special: '特约服务',
    leasing: '租售',
    dispute: '邻里纠纷',
    developer: '开发商',
    other: '其他',
};
const levels: Record<string, string> = { general: '一般', major: '重大' };
const phases: Record<string, string> = {
    open: '待受理',
    accepted: '已受理',
    working: '处理中',
    deciding: '等客户答复',
    resolved: '已办结',
    revisiting: '回访中',
    closed: '已结案',
    rejected: '不予受理',
    withdrawn: '已撤诉',
    merged: '已并案',
    terminated: '已终止',
};
const flags: Record<string, string> = {
    emergency: '紧急',
    media: '媒体',
    lawsuit: '诉讼',
    group: '群诉',
    repeat: '重复',
    unreasonable: '不合理',
    improper: '不当',
    developer: '开发商',
    exempt: '免计',
    confidential: '保密',
    abuse: '言辞激烈',
    praise: '表扬',
    suggestion: '建议',
    safety: '安全',
    vulnerable: '老弱',
    unverified_address: '地址待核',
    key_customer: '重点客户',
};
const roles: Record<string, string> = {
    front_desk: '前台',
    engineering: '工程',
    order: '秩序',
    environment: '环境',
    centre_manager: '服务中心经理',
    project_centre: '项目管理中心',
    quality_centre: '品管中心',
    administrator: '管理员',
};
const clocks: Record<string, string> = {
    accept: '受理时限',
    handle: '办结时限',
    escalated: '升级后时限',
    revisit: '回访时限',
    consent: '答复时限',
};
const deadline_states: Record<string, string> = {
    running: '计时中',
    met: '按时',
    missed: '超时',
    paused: '挂起',
    cancelled: '取消',
};
const commands: Record<string, string> = {
    accept: '受理',
    reject: '不予受理',
    assign: '派单',
    transfer: '转派',
    return: '退单',
    escalate: '升级',
    urge: '催办',
    extend: '延期',
    pause: '挂起',
    resume: '恢复',
    classify: '调整分类',
    propose: '提出方案',
    review: '内部评审',
    consent: '记客户答复',
    resolve: '办结',
    confirm: '记客户确认',
    rate: '记客户评分',
    revisit: '回访',
    reopen: '重办',
    withdraw: '撤诉',
    merge: '并案',
    terminate: '终止',
    note: '内部备注',
    reply: '回复客户',
    complete: '完成事项',
    decide: '审批',
};
const fields: Record<string, string> = {
    reason: '理由',
    assignee: '承办人',
    unit: '单位',
    role: '岗位',
    clock: '哪个时限',
    until: '到什么时候',
    kind: '性质',
    category: '类别',
    level: '级别',
    flags: '标记',
    validity: '是否有效',
    cause: '原因',
    text: '内容',
    amount_yuan: '金额（元）',
    finish_by: '完成时间',
    decision: '结论',
    answer: '客户的答复',
    means: '方式',
    correction: '纠正措施',
    prevention: '预防措施',
    fixed: '问题解决了吗',
    score: '分数',
    comment: '客户的话',
    reached: '联系上了吗',
    into: '并入工单',
    step: '事项',
    attachments: '照片',
};
const choices: Record<string, string> = {
    agreed: '同意',
    small_gap: '差一点',
    irreconcilable: '谈不拢',
    approved: '通过',
    rejected: '不通过',
    yes: '解决了',
    partly: '解决了一部分',
    no: '没有解决',
    phone: '电话',
    visit: '上门',
    chat: '对话',
    valid: '有效',
    invalid: '无效',
    own: '我方',
    customer: '客户',
    supplier: '供应商',
    other_company: '其他公司',
    developer: '开发商',
    nobody: '无责任方',
};
const events: Record<string, string> = {
    'ticket.opened': '登记',
    'ticket.accepted': '受理',
    'ticket.rejected': '不予受理',
    'ticket.assigned': '派单',
    'ticket.transferred': '转派',
    'ticket.returned': '退单',
    'ticket.escalated': '升级',
    'ticket.urged': '催办',
    'ticket.extended': '延期',
    'ticket.paused': '挂起',
    'ticket.resumed': '恢复',
    'ticket.classified': '调整分类',
    'ticket.level_changed': '级别变更',
    'ticket.routed': '确定责任岗位',
    'ticket.proposed': '提出方案',
    'ticket.reviewed': '内部评审',
    'ticket.consented': '客户答复',
    'ticket.resolved': '办结',
    'ticket.confirmed': '客户确认',
    'ticket.rated': '客户评分',
    'ticket.revisited': '回访',
    'ticket.reopened': '重办',
    'ticket.withdrawn': '撤诉',
    'ticket.merged': '并案',
    'ticket.terminated': '终止',
    'ticket.closed': '结案',
    'ticket.noted': '内部备注',
    'ticket.replied': '回复客户',
    'ticket.completed': '完成事项',
    'ticket.decided': '审批',
    'deadline.warned': '临期提醒',
    'deadline.missed': '超时',
    'event.declared': '宣布特殊情况',
    'event.lifted': '特殊情况解除',
    'emergency.paged': '紧急呼叫值班',
    'emergency.kept_alive': '再次呼叫',
    'consent.asked': '请客户答复方案',
    'fixed.asked': '问客户是否修好',
    'rating.asked': '请客户评分',
    'task.opened': '新增待办',
    'task.dropped': '撤销待办',
    'details.amended': '补充信息',
    'evidence.added': '补充材料',
    'supporter.joined': '邻居联名',
    'flag.set': '加标记',
    'assignee.cleared': '取消承办人',
    'revisit.drawn': '抽中上门回访',
    'question.put_off': '改时间再问',
    'question.repeated': '再问一次',
    'survey.suppressed': '不再发问卷',
    'conversation.handed_over': '转人工',
};
const reasons: Record<string, string> = {
    counted: '计入',
    'first day not counted': '首日不计',
    weekend: '周末',
    holiday: '放假',
    'closed day': '不上班',
    'outside hours': '下班时间',
    paused: '挂起',
    'before start of work': '上班前',
    'make-up working day': '调休上班',
};
const span_units: Record<string, string> = {
    minutes: '分钟',
    hours: '小时',
    days: '天',
    weeks: '周',
    months: '个月',
    working_days: '个工作日',
    'working days': '个工作日',
    working_hours: '个工作小时',
    'working hours': '个工作小时',
    working_minutes: '个工作分钟',
    'working minutes': '个工作分钟',
    closing: '当天下班',
    minute: '分钟',
    hour: '小时',
    day: '天',
    week: '周',
    month: '个月',
    year: '年',
    years: '年',
    'working day': '个工作日',
    'working hour': '个工作小时',
    'working minute': '个工作分钟',
    'same day': '当天',
    'closing of the day': '当天下班',
    'next start of work': '下次上班时',
    'at once': '立即',
};
const decisions: Record<string, string> = {
    owner: '责任岗位',
    level: '级别',
    flags: '标记',
    category: '类别',
    kind: '性质',
    acceptor: '受理岗位',
    deadline: '时限',
    revisit: '回访',
};
const dangers: Record<string, string> = {
    lift: '电梯困人',
    gas: '燃气泄漏',
    fire: '着火',
    electricity: '触电危险',
    falling_object: '高空坠物',
    water_on_wires: '水漏到电线',
    injury: '有人受伤',
    violence: '有人动手',
    self_harm: '有人要轻生',
};
const tasks: Record<string, string> = {
    call_consent: '打电话问客户是否同意',
    call_fixed: '打电话问客户是否解决',
    call_rating: '打电话请客户评分',
    call_customer: '打电话给客户',
    revisit: '回访',
    remedy_revisit: '补救回访',
    visit: '上门回访',
    second_revisit: '再次回访',
};
const about_penalty: Record<string, string> = {
    penalty: '考核建议：',
    appeal: '提出申诉：',
    appeal_decision: '申诉决定：',
};
const nothing: Record<string, string> = {}; // only packs have words for these
const parties: Record<string, string> = { resident: '客户', staff: '工作人员', policy: '制度', system: '系统' };
const channels: Record<string, string> = { web: '网页', webchat: '网页', oa: '公众号', app: '企业微信', kf: '微信客服' };

const tables = {
    kinds, categories, levels, phases, flags, roles, clocks, deadline_states, commands, fields, choices, events,
    reasons, span_units, parties, channels, dangers, decisions, tasks,
    states: nothing, penalties: nothing, forms: nothing, sources: nothing,
};

// What happened, in two to six characters. A warning after the limit is no warning any more.
export function event_word(event: { type: string; at: string; data: Record<string, unknown> }): string {
    const due = event.data['due_at'];
    if (event.type === 'deadline.warned' && typeof due === 'number' && Date.parse(event.at) >= due) return '超时上报';
    return say('events', event.type);
}

type Table = keyof typeof tables;
const of_pack: Partial<Record<Table, (pack: PackWords) => Titled[]>> = {
    kinds: (pack) => pack.kinds,
    categories: (pack) => pack.kinds.flatMap((kind) => kind.categories),
    levels: (pack) => pack.levels,
    states: (pack) => pack.states,
    roles: (pack) => pack.roles,
    clocks: (pack) => pack.deadlines,
    tasks: (pack) => pack.steps,
    penalties: (pack) => pack.penalties,
    forms: (pack) => pack.forms,
    sources: (pack) => pack.sources,
};

const packs = shallowReactive<PackWords[]>([]);
const titles = new Map<string, Map<string, string>>(); // by pack and table

// What the service says its packs call things; the pack of one's own unit stands first.
export function learn(words: PackWords[]): void {
    titles.clear();
    for (const pack of words)
        for (const [table, list] of Object.entries(of_pack))
            titles.set(`${pack.policy.id} ${table}`, new Map(list(pack).map((one) => [one.key, one.title])));
    packs.splice(0, packs.length, ...words);
}

// The pack a ticket is under; without one, that of one's own unit.
export function pack_of(id?: string): PackWords | undefined {
    return packs.find((pack) => pack.policy.id === id) ?? packs[0];
}
export const all_packs = (): readonly PackWords[] => packs;

export function say(table: Table, key: string | null | undefined, pack?: string): string {
    if (!key) return '';
    const own = titles.get(`${pack_of(pack)?.policy.id} ${table}`)?.get(key);
    return own ?? tables[table][key] ?? key;
}

// A duty: one of the pack's steps, a call or a visit that follows from elsewhere, or a penalty that somebody decides.
export function task_word(task: string, pack?: string): string {
    const [what = '', which = ''] = task.split(':');
    return which && about_penalty[what] ? about_penalty[what] + say('penalties', which, pack) : say('tasks', task, pack);
}

export function clause_of(id: string, pack?: string): PackWords['clauses'][number] | undefined {
    return pack_of(pack)?.clauses.find((one) => one.id === id);
}

// What a derivation remarks, which the service says for programs.
export function remark(text: string, pack?: string): string {
    const year = /^no holiday file for (\d+)/.exec(text)?.[1];
    if (year) return `没有${year}年的放假安排，先按平常的周末算。`;
    const wish = /^the customer's limit "(\w+)" cannot be used/.exec(text)?.[1];
    if (wish) return `${pack_of(pack)?.facts.find((fact) => fact.key === wish)?.title ?? '客户要求的时间'}：已经过去，不能作为时限。`;
    return text;
}

// A fact's value as people read it.
export function fact_word(name: string, value: unknown, pack?: string): { title: string; value: string } | null {
    const known = pack_of(pack)?.facts.find((fact) => fact.key === name);
    if (!known) return null;
    const one = (item: unknown) =>
        typeof item === 'boolean' ? (item ? '是' : '否') : (known.choices?.[String(item)] ?? String(item));
    return { title: known.title, value: Array.isArray(value) ? value.map(one).join('、') : one(value) };
}
