// Another system as a channel: it speaks for its people by signed webhooks, and hears what they and the staff are told.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, program, root, run, test, until } from './house.mjs';

// The scheme's own library: it signs what we must take and checks what we sign.
const interop = join(root, 'tests/crypto/interop');
if (!existsSync(join(interop, 'node_modules/standardwebhooks')))
    spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: interop, stdio: 'inherit' });
const { Webhook } = createRequire(join(interop, 'package.json'))('standardwebhooks');

const fresh = 'whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=', older = 'whsec_ZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5/gIGCg4Q=';

// A system that listens: keeps what came, with its headers, and answers as told.
async function listener(to_end) {
    const it = { got: [], status: 204, headers: {} };
    const server = createServer((request, response) => {
        let text = '';
        request.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => {
            it.got.push({ headers: request.headers, text, body: JSON.parse(text), status: it.status });
            response.writeHead(it.status, it.headers).end();
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    to_end(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));
    it.url = `http://127.0.0.1:${server.address().port}/huiyin`;
    it.taken = () => it.got.filter((one) => one.status < 300);
    return it;
}

let serial = 0;
async function with_desk(to_end, over = {}) {
    const desk = await listener(to_end);
    const it = await house({ channels: [{ id: 'web', type: 'webchat' }, { id: 'desk', type: 'webhook', secret: [fresh, older], url: desk.url, ...over }], notify: { staff: ['desk'], fallback: ['web'] } });
    to_end(() => it.destroy());
    const post = async (data, { secret = fresh, id = `msg_${++serial}`, at = new Date(), type = 'message.received', text, prefix = 'webhook' } = {}) => {
        const body = text ?? JSON.stringify({ type, timestamp: at.toISOString(), data });
        const signature = new Webhook(secret).sign(id, at, body);
        const answer = await fetch(it.url + '/hooks/desk', { method: 'POST', body, headers: { 'Content-Type': 'application/json', [`${prefix}-id`]: id, [`${prefix}-timestamp`]: String(Math.floor(at / 1000)), [`${prefix}-signature`]: signature } });
        return { status: answer.status, body: await answer.text(), id };
    };
    const told = (who) => desk.taken().filter((one) => one.body.type === 'message.sent' && one.body.data.to === who).map((one) => one.body.data);
    const says = async (who, data, more) => {
        const before = told(who).length;
        const answer = await post({ from: who, ...data }, more);
        assert.equal(answer.status, 200, answer.body);
        return until(`an answer to ${JSON.stringify(data)}`, () => (told(who).length > before ? told(who).slice(before) : null));
    };
    return { it, desk, post, told, says };
}

test('a complaint by webhooks from the first word to the rating; every call opens with the scheme\'s own library', async (to_end) => {
    const { it, desk, told, says } = await with_desk(to_end);
    const welcome = await says('u-17', { entered: true });
    assert.match(welcome[0].text, /机器人/);
    assert.equal(welcome[0].choices.length, 3);
    await says('u-17', { text: '3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678' });
    const filed = await says('u-17', { text: '对' });
    const number = /T20260302-\d+/.exec(filed.map((one) => one.text).join('\n'))?.[0];
    assert.ok(number, JSON.stringify(filed));
    const li = await it.sign_in('li.na');
    assert.equal((await li.ticket(number)).customer.channel, 'desk');
    await until('staff hear of it as a notice', () => desk.taken().some((one) => one.body.type === 'notice' && one.text.includes(number)));
    await li.give(number, 'accept');
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '明天上午更换水管' });
    const choice = async (title) => (await until(title, () => told('u-17').flatMap((one) => one.choices ?? []).reverse().find((one) => one.title === title))).payload;
    await says('u-17', { choice: await choice('同意') });
    assert.equal((await li.ticket(number)).consent.answer, 'agreed');
    await zhang.give(number, 'resolve', { text: '水管换好了' });
    await says('u-17', { choice: await choice('真的好了') });
    await says('u-17', { choice: await choice('5分 很满意') });
    await until('the rating', async () => (await li.ticket(number)).rating?.score === 5);
    for (const one of desk.got)
        for (const secret of [fresh, older]) new Webhook(secret).verify(one.text, one.headers);
    const ids = desk.taken().map((one) => one.headers['webhook-id']);
    assert.equal(new Set(ids).size, ids.length, 'each once');
    assert.throws(() => new Webhook('whsec_' + Buffer.alloc(32, 9).toString('base64')).verify(desk.got[0].text, desk.got[0].headers));
});

test('a delivery again changes nothing; what is not signed as it should be is refused', async (to_end) => {
    const { it, post, says, told } = await with_desk(to_end);
    await says('u-17', { text: '5栋2单元楼道灯坏了三天没人修,电话13812345678' });
    const first = await post({ from: 'u-17', text: '对' });
    const again = await Promise.all(Array.from({ length: 5 }, () => post({ from: 'u-17', text: '对' }, { id: first.id })));
    assert.ok(again.every((one) => one.status === 200));
    await until('it is filed', () => told('u-17').some((one) => /已登记/.test(one.text ?? '')));
    const li = await it.sign_in('li.na');
    assert.equal((await li.tickets('')).length, 1);
    assert.equal((await post({ from: 'u-17', text: '好' }, { secret: older })).status, 200);
    assert.equal((await post({ from: 'u-17', text: '好' }, { prefix: 'svix' })).status, 200);
    for (const more of [{ secret: 'whsec_' + Buffer.alloc(32, 9).toString('base64') }, { at: new Date(Date.now() - 301e3) }, { at: new Date(Date.now() + 302e3) }, { id: 'msg.dotted' }]) {
        const refused = await post({ from: 'u-99', text: '喂' }, more);
        assert.deepEqual([refused.status, refused.body], [403, ''], JSON.stringify(more));
    }
    assert.equal((await fetch(it.url + '/hooks/desk', { method: 'POST', body: '{}' })).status, 403);
    assert.equal((await fetch(it.url + '/hooks/desk')).status, 403);
    for (const text of ['no json', '{"type":"order.paid","data":{}}']) assert.equal((await post({}, { text })).status, 200);
    const talks = (await li.get('/api/v1/conversations?limit=100')).items.filter((one) => one.channel === 'desk');
    assert.equal(talks.length, 1);
});

test('a system that is down hears all of it later, in order, each under its own id; one that says it is gone is let be', async (to_end) => {
    const { it, desk, post, says, told } = await with_desk(to_end);
    await says('u-17', { text: '你好' });
    desk.status = 503;
    const answer = await post({ from: 'u-17', text: '3栋2单元501卫生间漏水,电话13812345678' });
    assert.equal(answer.status, 200);
    await until('a failed attempt', () => desk.got.some((one) => one.status === 503));
    await post({ from: 'u-17', text: '对' });
    const before = told('u-17').length;
    desk.status = 200;
    await it.to('6 minutes');
    await until('all of it', () => told('u-17').length >= before + 2);
    const texts = told('u-17').slice(before).map((one) => one.text);
    assert.match(texts[0], /请核对/);
    assert.match(texts.slice(1).join('\n'), /已登记/);
    const ids = desk.got.map((one) => one.headers['webhook-id']);
    const failed = desk.got.find((one) => one.status === 503).headers['webhook-id'];
    assert.ok(ids.filter((id) => id === failed).length >= 2, 'the same id at every attempt');
    desk.status = 410;
    await post({ from: 'u-17', text: '查进度' });
    const admin = await it.sign_in('admin');
    await until('it is given up', async () => (await admin.outbox('dead')).some((row) => row.channel === 'desk' && row.last_error.code === '410'));
    await until('the administrators are told', async () => (await admin.outbox('')).some((row) => /外部系统“desk”没有应答/.test(row.preview)));
    const calls = desk.got.length;
    await post({ from: 'u-17', text: '催一下' });
    await until('nothing is posted any more', async () => (await admin.outbox('dead')).some((row) => row.channel === 'desk' && row.last_error.code === 'disabled'));
    assert.equal(desk.got.length, calls);
});

test('the doctor posts a signed test; wrong settings are told with the mend', async (to_end) => {
    const { it, desk } = await with_desk(to_end);
    // Beside us, not in our place: the desk answers from this very process.
    const doctor = () => new Promise((resolve) => {
        const child = spawn(program, ['doctor', '--config', it.config], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
        let said = '';
        child.stdout.setEncoding('utf8').on('data', (text) => { said += text; });
        child.on('close', () => resolve(said));
    });
    assert.match(await doctor(), /ok {4}channel desk: the endpoint takes a signed test/);
    const asked = desk.got.find((one) => one.body.type === 'test');
    new Webhook(fresh).verify(asked.text, asked.headers);
    desk.status = 404;
    assert.match(await doctor(), /bad {3}channel desk: the endpoint: it answers 404: look at "url"/);
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-journey-'));
    const config = join(folder, 'huiyin.json');
    const told = (hook, more) => {
        writeFileSync(config, JSON.stringify({ secret: 's'.repeat(32), data_key: 'a'.repeat(64), channels: [{ id: 'desk', type: 'webhook', ...hook }], ...more }));
        return spawnSync(program, ['doctor', '--config', config], { encoding: 'utf8', cwd: root }).stdout;
    };
    assert.match(told({}), /\/channels\/0\/secret: missing: write whsec_/);
    assert.match(told({ secret: 'AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=' }), /\/channels\/0\/secret: no webhook secret/);
    assert.match(told({ secret: fresh, url: 'desk' }), /\/channels\/0\/url: cannot read this address/);
    assert.match(told({ secret: fresh }, { notify: { staff: ['desk'] } }), /\/notify\/staff: the webhook "desk" has no "url"/);
    rmSync(folder, { recursive: true, force: true });
});

test('without an address of its own a system reads the answers on its calls', async (to_end) => {
    const it = await house({ channels: [{ id: 'web', type: 'webchat' }, { id: 'desk', type: 'webhook', secret: fresh }] });
    to_end(() => it.destroy());
    const says = async (text, id) => {
        const at = new Date(), body = JSON.stringify({ type: 'message.received', timestamp: at.toISOString(), data: { from: 'u-17', text } });
        const answer = await fetch(it.url + '/hooks/desk', { method: 'POST', body, headers: { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at / 1000)), 'webhook-signature': new Webhook(fresh).sign(id, at, body) } });
        assert.equal(answer.status, 200);
        return (await answer.json()).messages;
    };
    const first = await says('3栋2单元501卫生间漏水,电话13812345678', 'msg_a');
    assert.match(first[0].text, /3栋2单元501/);
    assert.ok(first[0].choices[0].payload);
    assert.deepEqual(await says('3栋2单元501卫生间漏水,电话13812345678', 'msg_a'), first, 'a repeat reads the same');
    assert.match((await says('对', 'msg_b')).map((one) => one.text).join('\n'), /T20260302-\d+/);
});

await run();
