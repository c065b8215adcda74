// A small in-memory service that speaks just enough of the HTTP interface to draw and try the pages without the real
// one. It is a drawing board, never shipped, and proves nothing about the service. `node fake_server.mjs [PORT] [ROOT]`.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const pages = fileURLToPath(new URL('../../channels/pages/dist/', import.meta.url));
const policy = (ancestors, frames) =>
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; ` +
    `base-uri 'none'; form-action 'none'; frame-ancestors ${ancestors}${frames ? "; frame-src 'self'" : ''}`;

const people = [
    ['li.na', '李娜', 'front_desk'],
    ['zhang.qiang', '张强', 'engineering'],
    ['liu.yang', '刘洋', 'order'],
    ['sun.mei', '孙梅', 'environment'],
    ['wang.fang', '王芳', 'centre_manager'],
    ['chen.gang', '陈刚', 'project_centre'],
    ['admin', '系统管理员', 'administrator'],
].map(([login, name, role]) => ({ login, name, roles: [role], units: [{ id: 'jinxiu', name: '锦绣花园物业服务中心' }] }));
const centre = { id: 'jinxiu', name: '锦绣花园物业服务中心', phones: { duty: '02155550100' } };

export function fake_service() {
    let now = Date.parse('2026-11-23T09:00:00+08:00');
    let counter = 0;
    let refuse_next = null; // {status, body, left} for trying out failures
    const at = (ms = now) => new Date(ms + 8 * 3600_000).toISOString().slice(0, 23) + '+08:00';
    const tick = () => at((now += 1));
    const tokens = new Map(); // staff token -> person
    const talks = new Map(); // resident token -> conversation
    const tickets = new Map();
    const outbox = [];
    const media = new Map();
    const seen = new Map(); // idempotency key -> answer
    const id = () => `m${String(++counter).padStart(6, '0')}`;

    // ---- conversations ---------------------------------------------------------------------------------------------

    function talk_of(token) {
        let talk = token && talks.get(token);
        if (!talk) {
            token = randomBytes(16).toString('hex');
            talk = { id: `c${talks.size + 1}`, token, channel: 'web', messages: [], streams: new Set(), state: 'bot', since: at(), draft: {}, payloads: new Map(), stage: 'new', ticket: null };
            talks.set(token, talk);
        }
        return talk;
    }

    function post(talk, from, message) {
        const full = { id: id(), at: tick(), from, ...message };
        if (full.choices)
            full.choices = full.choices.map((title) => {
                const payload = randomBytes(9).toString('base64url');
                talk.payloads.set(payload, title);
                return { title, payload };
            });
        talk.messages.push(full);
        for (const stream of talk.streams) stream.write(`id: ${full.id}\ndata: ${JSON.stringify(full)}\n\n`);
        return full;
    }

    function read_back(talk) {
        const d = talk.draft;
        talk.stage = 'confirm';
        return post(talk, 'bot', {
            text: `请核对,点一行可以改:\n1 事情 ${d.what}\n2 地点 ${d.where}\n3 电话 ${d.phone.replace(/^(\d{3})\d{4}/, '$1****')}\n4 照片 ${d.photos ? d.photos + '张' : '没有,可以补'}\n5 希望 (可不填)`,
            choices: ['提交', '先不报了'],
        });
    }

    function turn(talk, text, image) {
        const d = talk.draft;
        const say = (text, choices, more) => post(talk, 'bot', { text, choices, ...more });
        if (talk.state !== 'bot') return [];
        if (/困|着火|漏气|煤气/.test(text))
            return [
                post(talk, 'bot', {
                    text: '先别动开关,不点火。\n打开门窗,带家人到楼下。\n我已经叫值班的人,他马上打给您。',
                    card: { title: '燃气泄漏', text: '燃气抢修电话 962777', url: 'tel:962777' },
                }),
            ];
        if (/人工|真人|person/.test(text)) {
            talk.state = 'waiting';
            talk.since = at();
            return [say('好,我请李娜来。她现在在岗,10分钟内回您。')];
        }
        const ticket = talk.ticket && tickets.get(talk.ticket);
        if (ticket && /进度|progress/i.test(text))
            return [
                post(talk, 'bot', {
                    ticket: ticket.number,
                    card: { title: `${ticket.state} · ${ticket.assignee?.name ?? '前台'}`, text: `最晚 11月27日 周五 17:30 给您结果\n${ticket.events.map((e) => `${e.at.slice(11, 16)} ${e.says}`).join('\n')}` },
                    choices: ['催一下', '补充', '找人工'],
                }),
            ];
        if (ticket?.phase === 'deciding') {
            if (/^同意/.test(text)) {
                ticket.consent = { answer: 'agreed', at: at() };
                move(ticket, 'working', '处理中', 'consent.given', '您同意方案', { kind: 'resident' });
                return [say('好。张强明天上午9点到您家,动手前半小时给您打电话。', null, { ticket: ticket.number })];
            }
        }
        if (ticket?.phase === 'resolved') {
            if (/^好了|^已解决/.test(text)) {
                move(ticket, 'revisiting', '待评价', 'ticket.confirmed', '您说已修好', { kind: 'resident' });
                ticket.fixed = 'yes';
                return [say('那就好。这次办得怎么样?', ['1 很不满意', '2 不满意', '3 一般', '4 满意', '5 很满意'])];
            }
        }
        if (ticket?.phase === 'revisiting' && /^[1-5]/.test(text)) {
            ticket.rating = { score: Number(text[0]), scale: 5 };
            move(ticket, 'closed', '已结案', 'ticket.closed', '您评了' + text[0] + '分,结案', { kind: 'resident' });
            return [say(`记下了。工单${ticket.number}结案,30天内有反复,回我一句就重办。`, null, { ticket: ticket.number })];
        }
        if (image) {
            d.photos = (d.photos ?? 0) + 1;
            return [d.what && d.where && d.phone ? read_back(talk) : say('照片收到。在哪里、发生了什么?比如 3栋2单元501漏水')];
        }
        if (talk.stage === 'confirm') {
            if (/^(提交|对)/.test(text)) return [file(talk)];
            if (/^先不报了/.test(text)) {
                talk.stage = 'new';
                talk.draft = {};
                return [say('好,不报了。哪天要报,说一声就行。')];
            }
            const edit = /^改(\d)/.exec(text);
            if (edit) {
                talk.stage = ['', 'what', 'where', 'phone', 'photo', 'wish'][edit[1]];
                return [say({ what: '事情改成什么?', where: '在哪栋哪单元?比如 3栋2单元501', phone: '电话改成多少?' }[talk.stage] ?? '改成什么?')];
            }
        }
        if (talk.stage === 'where') d.where = text;
        else if (talk.stage === 'phone') d.phone = text;
        else if (talk.stage === 'what') d.what = text;
        else {
            const where = /\d+栋\d+单元\d+/.exec(text);
            const phone = /1\d{10}/.exec(text);
            if (where) d.where = where[0];
            if (phone) d.phone = phone[0];
            const rest = text.replace(where?.[0] ?? '', '').replace(/[,,]?电话?1\d{10}/, '').trim();
            if (rest && /漏|坏|吵|脏|灯|梯|堵/.test(rest)) d.what = rest;
        }
        if (!d.what) return [say('您说,发生了什么?比如 楼道灯坏了三天')];
        if (!d.where) {
            talk.stage = 'where';
            return [say('漏到楼下,您肯定着急。在哪栋哪单元?比如 3栋2单元501', ['3栋2单元501', '不在楼里', '说不清'])];
        }
        if (!d.phone) {
            talk.stage = 'phone';
            return [say('留个电话,师傅上门前打给您。')];
        }
        return [read_back(talk)];
    }

    // ---- tickets ---------------------------------------------------------------------------------------------------

    function event(ticket, type, says, by, data = {}) {
        const previous_hash = ticket.events.at(-1)?.hash ?? '0'.repeat(64);
        const body = { sequence: ticket.events.length + 1, id: `${ticket.number}-${ticket.events.length + 1}`, type, version: 1, at: tick(), by, clause: 'property-group/4', data };
        const hash = createHash('sha256').update(previous_hash + '\n' + JSON.stringify(body)).digest('hex');
        ticket.events.push({ ...body, previous_hash, hash, says, by_name: by.name });
        ticket.version++;
    }

    function move(ticket, phase, state, type, says, by, data) {
        ticket.phase = phase;
        ticket.state = state;
        event(ticket, type, says, by, { ...data, state });
    }

    function make(fields) {
        const number = `T20261123-${String(tickets.size + 1).padStart(3, '0')}`;
        const ticket = {
            number, version: 0, policy: { id: 'property-group', version: '1' }, kind: 'complaint', category: 'housing', level: 'general', flags: [],
            state: '待受理', phase: 'open', unit: { id: 'jinxiu', name: centre.name }, household: { building: '3', unit: '2', room: '501', label: '3栋2单元501' },
            customer: { name: '王女士', phone_masked: '138****5678', channel: 'web', anonymous: false }, summary: '', description: '', facts: {}, attachments: [],
            opened_at: at(), assignee: null, owner_role: 'front_desk', events: [], supporters: 0, proposal: null, consent: null, rating: null, fixed: null,
            deadlines: [
                { clock: 'accept', due_at: at(now + 2 * 3600_000), state: 'running', clause: 'property-group/assumed-1' },
                { clock: 'handle', due_at: '2026-11-27T17:30:00+08:00', state: 'running', clause: 'property-group/T1' },
            ],
            why: [
                { decision: 'level: general', clause: 'property-group/5', because: '金额没有到2000元,没有媒体、诉讼,也不是群体诉求' },
                { decision: 'owner: front_desk', clause: 'property-group/7', because: '受理由本服务中心前台负责' },
                { decision: 'deadline: handle', clause: 'property-group/T1', because: '一般投诉五个工作日内给出方案' },
            ],
            ...fields,
        };
        tickets.set(number, ticket);
        event(ticket, 'ticket.opened', '您提交', { kind: 'resident' });
        outbox.unshift({ id: `o${outbox.length + 1}`, channel: 'app', to: 'li.na', ticket: number, kind: 'accept', state: 'sent', attempts: 1, created_at: at(), sent_at: at(), preview: `${ticket.household.label} ${ticket.summary},11:00前受理` });
        return ticket;
    }

    function file(talk) {
        const ticket = make({ summary: talk.draft.what, description: `${talk.draft.where}${talk.draft.what}`, household: { building: '3', unit: '2', room: '501', label: talk.draft.where } });
        talk.ticket = ticket.number;
        ticket.talk = talk;
        talk.stage = 'filed';
        return post(talk, 'bot', { ticket: ticket.number, text: `已登记,工单 ${ticket.number}。前台今天11:00前受理,最晚11月27日周五17:30给您结果。`, choices: ['查进度', '找人工'] });
    }

    const field = (name, type, required = false, choices) => ({ name, type, required, ...(choices ? { choices } : {}) });
    const crew = people.filter((p) => !p.roles.includes('administrator')).map((p) => ({ value: p.login, title: p.name }));
    function commands(ticket, person) {
        if (!person || person.roles.includes('administrator')) return [];
        const c = (command, title, ...fields) => ({ command, title, fields, roles: ['front_desk'] });
        const note = c('note', '记一笔', field('text', 'text', true));
        switch (ticket.phase) {
            case 'open': return [c('accept', '受理'), c('reject', '不予受理', field('reason', 'text', true)), c('transfer', '转派', field('unit', 'unit', false, [{ value: 'cuihu', title: '翠湖苑物业服务中心' }]), field('reason', 'text', true)), note];
            case 'accepted':
            case 'working': return [
                c('assign', '派单', field('assignee', 'person', true, crew)),
                c('propose', '提出方案', field('text', 'text', true), field('amount_yuan', 'number'), field('finish_by', 'time')),
                c('resolve', '办结', field('text', 'text', true), field('cause', 'choice', false, ['老化', '施工', '使用', '其他']), field('prevention', 'text')),
                c('escalate', '升级', field('reason', 'text', true)), c('extend', '延期', field('clock', 'choice', true, ['handle']), field('until', 'time', true), field('reason', 'text', true)), note];
            case 'deciding': return [c('consent', '记录客户答复', field('answer', 'choice', true, ['agreed', 'small_gap', 'irreconcilable']), field('means', 'choice', true, ['phone', 'visit']), field('text', 'text')), note];
            case 'resolved':
            case 'revisiting': return [c('revisit', '回访', field('means', 'choice', true, ['phone', 'visit', 'chat']), field('reached', 'boolean', true), field('score', 'integer'), field('text', 'text')), note];
            default: return [note];
        }
    }

    const shown = (ticket, person) => {
        const { events, talk, ...rest } = ticket;
        const admin = person.roles.includes('administrator');
        return { ...rest, conversation: talk?.id ?? null, customer: admin ? { anonymous: true } : rest.customer, commands: commands(ticket, person) };
    };

    function command(ticket, person, body) {
        const by = { kind: 'staff', id: person.login, name: person.name };
        const allowed = commands(ticket, person).find((one) => one.command === body.command);
        if (!allowed) return problem(409, `现在不能「${body.command}」:工单${ticket.number}在「${ticket.state}」:先完成当前一步。`, 'ticket.not_allowed', 'property-group/4');
        const missing = allowed.fields.filter((one) => one.required && (body[one.name] ?? '') === '');
        if (missing.length) return { ...problem(422, '有必填的没填。'), errors: missing.map((one) => ({ pointer: `/${one.name}`, detail: '请填写' })) };
        const talk = ticket.talk;
        const tell = (message) => talk && post(talk, 'bot', { ticket: ticket.number, ...message });
        if (body.command === 'accept') {
            move(ticket, 'accepted', '已受理', 'ticket.accepted', `${person.name}受理`, by);
            ticket.accepted_at = at();
            ticket.owner_role = 'engineering';
            ticket.deadlines[0].state = 'met';
            tell({ text: `${person.name}受理了,最晚11月27日周五17:30给您结果。` });
        } else if (body.command === 'assign') {
            const who = people.find((one) => one.login === body.assignee);
            ticket.assignee = { login: who.login, name: who.name };
            move(ticket, 'working', '处理中', 'ticket.assigned', `派给${who.name}`, by, { assignee: who.login });
        } else if (body.command === 'propose') {
            ticket.proposal = { text: body.text, amount_yuan: body.amount_yuan ?? null, finish_by: body.finish_by ?? null, round: (ticket.proposal?.round ?? 0) + 1 };
            move(ticket, 'deciding', '待业主确认', 'ticket.proposed', '提出方案', by, { text: body.text });
            tell({ text: `${person.name}给您的方案:${body.text}。您看行不行?`, choices: ['同意', '还差一点', '不同意'] });
        } else if (body.command === 'resolve') {
            move(ticket, 'resolved', '已办结', 'ticket.resolved', '办结', by, { text: body.text });
            ticket.deadlines[1].state = 'met';
            tell({ text: `${person.name}说修好了:${body.text}。真的好了吗?`, choices: ['好了', '好了一部分', '没有好'] });
        } else event(ticket, `ticket.${body.command}`, body.text ?? body.command, by, body);
        return shown(ticket, person);
    }

    function problem(status, detail, code = '', clause) {
        return { type: 'about:blank', status, title: detail, detail, code, ...(clause ? { clause } : {}) };
    }

    function advance(body) {
        const from = now;
        const found = /^(\d+) (minutes|hours|days|weeks|working days)$/.exec(body.advance ?? '');
        const unit = { minutes: 60_000, hours: 3600_000, days: 86_400_000, weeks: 7 * 86_400_000, 'working days': 86_400_000 * 1.4 };
        const to = body.now ? Date.parse(body.now) : found ? from + Number(found[1]) * unit[found[2]] : from;
        if (to < from) return problem(409, '时钟不能往回拨:现在是' + at() + ':给一个更晚的时间。');
        now = to;
        for (const ticket of tickets.values())
            for (const deadline of ticket.deadlines)
                if (deadline.state === 'running' && Date.parse(deadline.due_at) <= to) {
                    deadline.state = 'missed';
                    outbox.unshift({ id: `o${outbox.length + 1}`, channel: 'app', to: 'wang.fang', ticket: ticket.number, kind: 'escalation', state: 'sent', attempts: 1, created_at: deadline.due_at, sent_at: deadline.due_at, preview: `${ticket.household.label} ${ticket.summary},${deadline.clock === 'accept' ? '两个工作小时没人受理' : '超过办结时限'},请安排` });
                    event(ticket, 'deadline.missed', '超时', { kind: 'policy', id: 'property-group' }, { clock: deadline.clock });
                }
        return { now: at() };
    }

    // ---- HTTP ------------------------------------------------------------------------------------------------------

    async function handle(request, response) {
        const url = new URL(request.url, 'http://x');
        const path = url.pathname;
        const answer = (status, body, headers = {}) => {
            const type = status >= 400 ? 'application/problem+json' : 'application/json';
            response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers });
            response.end(body === undefined ? '' : JSON.stringify(body));
        };
        const page = (name, csp) => {
            response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': csp, 'X-Content-Type-Options': 'nosniff' });
            response.end(readFileSync(join(pages, name, 'index.html')));
        };
        const raw = await new Promise((resolve) => {
            const chunks = [];
            request.on('data', (chunk) => chunks.push(chunk));
            request.on('end', () => resolve(Buffer.concat(chunks)));
        });
        const cookies = Object.fromEntries((request.headers.cookie ?? '').split(/; */).map((pair) => pair.split('=')));
        if (path === '/fake/refuse') return (refuse_next = JSON.parse(raw)), answer(200, {});
        if (refuse_next && request.method === 'POST' && refuse_next.left-- > 0) return answer(refuse_next.status, refuse_next.body, refuse_next.headers);
        if (path === '/') return page('demo', policy("'none'", true));
        if (path.startsWith('/assets/') && existsSync(join(pages, path))) {
            const types = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
            response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream', 'Cache-Control': 'max-age=31536000, immutable' });
            return response.end(readFileSync(join(pages, path)));
        }
        if (path.startsWith('/console')) return page('console', policy("'self'"));
        if (path === '/chat/web') return page('chat', policy("'self'"));
        if (path.startsWith('/chat/web/attachments/')) {
            response.writeHead(200, { 'Content-Type': 'image/jpeg' });
            return response.end(media.get(path.split('/').pop()));
        }
        if (path === '/chat/web/messages') {
            const talk = talk_of(cookies.huiyin_chat);
            const cookie = { 'Set-Cookie': `huiyin_chat=${talk.token}; HttpOnly; SameSite=Lax; Path=/chat` };
            if (request.method === 'GET') {
                const after = request.headers['last-event-id'] || url.searchParams.get('after') || '';
                const missing = talk.messages.filter((message) => message.id > after);
                if (!(request.headers.accept ?? '').includes('text/event-stream'))
                    return answer(200, { messages: missing.slice(0, 200), unit: centre }, cookie);
                response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', ...cookie });
                response.write(': open\n\n');
                for (const message of missing) response.write(`id: ${message.id}\ndata: ${JSON.stringify(message)}\n\n`);
                talk.streams.add(response);
                request.on('close', () => talk.streams.delete(response));
                return;
            }
            const key = request.headers['idempotency-key'];
            if (key && seen.has(key)) return answer(200, seen.get(key), cookie);
            let text = '';
            let image;
            if ((request.headers['content-type'] ?? '').startsWith('multipart/')) {
                const start = raw.indexOf('\r\n\r\n') + 4;
                const name = randomBytes(6).toString('hex');
                media.set(name, raw.subarray(start, raw.lastIndexOf('\r\n--')));
                image = { url: `/chat/web/attachments/${name}` };
            } else {
                const body = JSON.parse(raw);
                text = body.choice ? talk.payloads.get(body.choice) : body.text;
                if (text === undefined) return answer(400, problem(400, '这个选项不是给您的:请点最近一条消息下面的。'));
            }
            post(talk, 'resident', image ? { image, key } : { text, key });
            const result = { messages: turn(talk, text, image), token: talk.token, unit: centre };
            if (key) seen.set(key, result);
            return answer(200, result, cookie);
        }
        if (path === '/api/v1/clock') return request.method === 'GET' ? answer(200, { now: at() }) : ((result) => answer(result.status ?? 200, result))(advance(JSON.parse(raw)));
        if (path === '/api/v1/sessions/ways') return answer(200, { items: [], next_cursor: null });
        if (path === '/api/v1/sessions') {
            const body = JSON.parse(raw);
            const person = people.find((one) => one.login === body.login);
            if (!person || body.password !== 'huiyin-demo') return answer(401, problem(401, '登录名或密码不对。'));
            const token = randomBytes(16).toString('hex');
            tokens.set(token, person);
            return answer(200, { token, expires_at: at(now + 8 * 3600_000), csrf: 'csrf-' + token.slice(0, 8) }, { 'Set-Cookie': `huiyin_session=${token}; HttpOnly; SameSite=Strict; Path=/` });
        }
        const token = (request.headers.authorization ?? '').replace(/^Bearer /, '') || cookies.huiyin_session;
        const person = tokens.get(token);
        if (!person) return answer(401, problem(401, '请先登录。'));
        if (path === '/api/v1/sessions/current') {
            tokens.delete(token);
            response.writeHead(204, { 'Set-Cookie': 'huiyin_session=; Path=/; Max-Age=0' });
            return response.end();
        }
        if (path === '/api/v1/me') return answer(200, person);
        if (path === '/api/v1/me/filters') return answer(200, { items: [], next_cursor: null });
        if (path === '/api/v1/words') return answer(200, { items: [], next_cursor: null });
        if (path === '/api/v1/outbox') return answer(200, { items: outbox, next_cursor: null });
        if (path === '/api/v1/tickets') {
            const phase = url.searchParams.get('phase');
            const q = url.searchParams.get('q');
            const only_open = url.searchParams.get('open') === 'true';
            const ended = ['closed', 'rejected', 'withdrawn', 'merged', 'terminated'];
            const items = [...tickets.values()].reverse().filter((one) => (!phase || one.phase === phase) && (!only_open || !ended.includes(one.phase)) && (!q || (one.number + one.summary + one.household.label).includes(q)));
            return answer(200, { items: items.map((one) => shown(one, person)), next_cursor: null });
        }
        const about = (one) => ({ id: one.id, channel: one.channel, customer: { name: '王女士', phone_masked: '138****5678' }, state: one.state, since: one.since, draft: one.draft, ticket: one.ticket, last_message: one.messages.at(-1) });
        if (path === '/api/v1/conversations') {
            const state = url.searchParams.get('state');
            const items = [...talks.values()].filter((one) => one.messages.length && (!state || one.state === state));
            return answer(200, { items: items.map(about), next_cursor: null });
        }
        const talking = /^\/api\/v1\/conversations\/([^/]+)\/(messages|commands)$/.exec(path);
        if (talking) {
            const talk = [...talks.values()].find((one) => one.id === talking[1]);
            if (!talk) return answer(404, problem(404, '没有这个会话。'));
            if (talking[2] === 'messages') return answer(200, { items: talk.messages, next_cursor: null, conversation: about(talk) });
            const body = JSON.parse(raw);
            if (body.command === 'take_over') talk.state = 'person';
            else if (body.command === 'give_back') talk.state = 'bot';
            else if (body.command === 'say') post(talk, 'staff', { text: body.text, by_name: person.name });
            return answer(200, { id: talk.id, state: talk.state, channel: 'web' });
        }
        const one = /^\/api\/v1\/tickets\/([^/]+)(?:\/(\w+))?$/.exec(path);
        const ticket = one && tickets.get(decodeURIComponent(one[1]));
        if (one && !ticket) return answer(404, problem(404, '没有这张工单。'));
        if (ticket)
            switch (one[2]) {
                case undefined: return answer(200, shown(ticket, person), { ETag: `"${ticket.version}"` });
                case 'events': return answer(200, { items: ticket.events.map(({ says, ...rest }) => rest), next_cursor: null });
                case 'deadlines':
                    return answer(200, { items: ticket.deadlines.map((deadline) => ({ ...deadline, derivation: { start_event: 'ticket.opened', start_at: ticket.opened_at, span: { count: deadline.clock === 'accept' ? 2 : 5, unit: deadline.clock === 'accept' ? 'working hours' : 'working days' }, text: deadline.clock === 'accept' ? '2个工作小时,从11月23日09:00起算:09:00至11:00;最晚11月23日11:00。' : '5个工作日,从11月23日起算:23日、24日、25日、26日、27日;最晚27日17:30。', segments: deadline.clock === 'accept' ? [{ from: ticket.opened_at, until: deadline.due_at, counted: true, reason: 'counted' }] : [21, 22, 23, 24, 25, 26, 27].map((day) => ({ from: `2026-11-${day}T00:00:00+08:00`, until: `2026-11-${day + 1}T00:00:00+08:00`, counted: day > 22, reason: day > 22 ? 'counted' : 'weekend', ...(day > 22 ? { day: day - 22 } : {}) })), pauses: [], extensions: [], clause: deadline.clause } })) });
                case 'attachments': {
                    const name = randomBytes(6).toString('hex');
                    media.set(name, raw.subarray(raw.indexOf('\r\n\r\n') + 4, raw.lastIndexOf('\r\n--')));
                    const attachment = { id: name, kind: 'image', name: 'photo.jpg', bytes: raw.length, url: `/api/v1/attachments/${name}` };
                    ticket.attachments.push(attachment);
                    return answer(201, attachment);
                }
                case 'reveal': return answer(200, { field: 'phone', value: '13812345678' });
                case 'commands': {
                    const match = request.headers['if-match'];
                    if (match && match !== `"${ticket.version}"`) return answer(412, problem(412, `工单${ticket.number}刚被别人改过。`));
                    const result = command(ticket, person, JSON.parse(raw));
                    return answer(typeof result.status === 'number' ? result.status : 200, result, { ETag: `"${ticket.version}"` });
                }
            }
        if (path.startsWith('/api/v1/attachments/')) {
            response.writeHead(200, { 'Content-Type': 'image/jpeg' });
            return response.end(media.get(path.split('/').pop()));
        }
        answer(404, problem(404, '没有这个地址。'));
    }

    // A morning's worth of tickets, so that the lists can be looked at.
    function fill() {
        const seeded = [
            ['12栋1503', '电梯一楼到三楼总停一下,关不上门', { category: 'equipment', flags: ['safety'] }, 0.66],
            ['3栋2单元501', '卫生间漏水,漏到楼下', { level: 'major', flags: ['media'] }, -2.2],
            ['B1车位032', '车位被占三天,保安说管不了', { category: 'order' }, 8.5],
            ['7栋1单元', '楼道垃圾两天没清,已经发臭', { category: 'environment' }, 26],
            ['5栋2单元1202', '楼上装修到晚上十点还在敲,孩子明年高考,跟管家说过三次都没有用,昨天还和施工的人吵起来了,要求物业今天就到现场管一管并且以后每天巡查', { kind: 'demand', category: 'dispute' }, 80],
            ['11栋2206', '被困电梯,老人心脏不好', { category: 'equipment', flags: ['emergency', 'vulnerable'] }, 0.2],
        ];
        for (const [label, summary, more, hours] of seeded) {
            const ticket = make({ summary, description: summary, household: { label, building: null, unit: null, room: null }, ...more });
            ticket.deadlines[0].due_at = at(now + hours * 3600_000);
        }
    }

    return { handle, fill, refuse: (next) => (refuse_next = next), close_streams: () => talks.forEach((talk) => talk.streams.forEach((stream) => stream.destroy())) };
}

export function listen(service, port = 0) {
    const server = createServer((request, response) => {
        service.handle(request, response).catch((error) => {
            response.writeHead(500, { 'Content-Type': 'application/problem+json' });
            response.end(JSON.stringify({ status: 500, detail: String(error) }));
        });
    });
    return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}` })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const service = fake_service();
    service.fill();
    const { url } = await listen(service, Number(process.argv[2] ?? 8090));
    process.stderr.write(`listening on ${url}\n`);
}
