// A model endpoint beside the real program: it helps an unclear message, and nothing waits for it or depends on it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, program, root, run, test } from './house.mjs';

// One that neither the rules nor the model, as it was trained this time, make anything of.
const candidates = ['那玩意儿又整活了', '这味儿真上头', '那边黑咕隆咚的', '这日子没法过', '它还在那儿', '就那个谁呗', '又是那一出', '懂的都懂', '咋整嘛这个', '真是绝了啊那个', '还是原来那样子呗', '那个那个又那个了', '你自己品品', '说了也白说', '反正就那么回事'];
const unclear = spawnSync(program, ['understand'], { input: candidates.join('\n') + '\n', encoding: 'utf8', cwd: root }).stdout.trim().split('\n')
    .map((line) => JSON.parse(line)).find((one) => ['chitchat', 'progress_query'].includes(one.kind) && one.meanings.length === 0)?.text;
assert.ok(unclear, 'every candidate is understood by now: write stranger ones');
const limit_ms = 1000;

// Plays the endpoint; `answer` gets the request and the response, and may leave it hanging.
async function endpoint(answer) {
    const it = { requests: [], answer };
    const server = createServer((request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (text) => (body += text));
        request.on('end', () => {
            it.requests.push({ url: request.url, headers: request.headers, body: JSON.parse(body) });
            it.answer(response);
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    it.url = `http://127.0.0.1:${server.address().port}/v1`;
    it.stop = () => { server.closeAllConnections(); return new Promise((resolve) => server.close(resolve)); };
    return it;
}

const says = (content) => (response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ id: 'c', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: JSON.stringify(content) } }] }));
};
const helps = says({ kind: 'complaint', category: 'equipment', acts: [] });
const hangs = () => {};

const with_endpoint = (url, more = {}) => ({ over: { understanding: { model: 'openai-compatible', url: `${url}#stand-in`, key: 'a-key', timeout_ms: limit_ms, ...more } } });

async function metrics(it) {
    const text = await (await fetch(it.url + '/metrics')).text();
    const value = (name) => Number(text.split('\n').find((line) => line.startsWith(name + ' '))?.split(' ').at(-1) ?? 0);
    return {
        text,
        asked: value('huiyin_advice_total{outcome="asked"}'),
        helped: value('huiyin_advice_total{outcome="helped"}'),
        timeout: value('huiyin_advice_refused_total{reason="timeout"}'),
        resting: value('huiyin_advice_refused_total{reason="resting"}'),
        breaker: value('huiyin_advice_breaker'),
    };
}

test('an unclear message is taken down with the endpoint and not understood without; what leaves is masked', async (ending) => {
    const plain = await house();
    ending(plain.destroy);
    const alone = await plain.resident().says(unclear);
    assert.match(alone, /没/, alone);
    assert.ok(!(await metrics(plain)).text.includes('huiyin_advice'));

    const model = await endpoint(helps);
    ending(model.stop);
    const it = await house(with_endpoint(model.url));
    ending(it.destroy);
    const wang = it.resident();
    const heard = await wang.says(unclear);
    assert.notEqual(heard, alone);
    await wang.says('3栋2单元501,电话13812345678');
    const number = /T\d{8}-\d+/.exec(await wang.says('对'))?.[0];
    assert.ok(number);
    const li = await it.sign_in('li.na');
    const ticket = await li.ticket(number);
    assert.equal(ticket.kind, 'complaint');
    assert.equal(ticket.category, 'equipment');
    assert.equal(ticket.level, 'general');

    assert.equal(model.requests.length, 1);
    const [asked] = model.requests;
    assert.equal(asked.url, '/v1/chat/completions');
    assert.equal(asked.headers.authorization, 'Bearer a-key');
    assert.equal(asked.body.model, 'stand-in');
    assert.equal(asked.body.response_format.type, 'json_schema');
    assert.deepEqual(JSON.parse(asked.body.messages[1].content), { message: unclear });

    const zhang = it.resident();
    await zhang.says(`我叫张建国,${unclear},打13987654321`);
    for (const request of model.requests.slice(1)) assert.doesNotMatch(JSON.stringify(request.body), /张建国|1398|4321/);
    const seen = await metrics(it);
    assert.equal(seen.helped, seen.asked);
    assert.ok(!it.said().includes(unclear));
    assert.doesNotMatch(it.said(), /张建国|a-key/);
});

test('clear messages, answers, commands, buttons and dangers are never sent', async (ending) => {
    const model = await endpoint(helps);
    ending(model.stop);
    const it = await house(with_endpoint(model.url));
    ending(it.destroy);
    await it.resident().files();
    const other = it.resident();
    for (const text of ['你好', '楼道灯坏了三天没人修', '3栋2单元', '没有电话', '对', '转人工', '5', '谢谢']) await other.says(text);
    const third = it.resident();
    await third.says('电梯里关了人,快来');
    await third.says('那个');
    assert.equal(model.requests.length, 0, JSON.stringify(model.requests.map((request) => request.body.messages)));
});

test('an endpoint that hangs costs its time limit, holds nobody else, and is left alone after five times', async (ending) => {
    const model = await endpoint(hangs);
    ending(model.stop);
    const it = await house({ ...with_endpoint(model.url), limits: { workers: 1 } });
    ending(it.destroy);
    const timed = async (resident, text) => {
        const began = Date.now();
        const heard = await resident.says(text);
        return { heard, ms: Date.now() - began };
    };
    const plain = await house();
    ending(plain.destroy);
    const alone = await plain.resident().says(unclear);

    // One worker only: while the first waits for the endpoint, a clear message of another is answered at once.
    const waits = timed(it.resident(), unclear);
    const clear = await timed(it.resident(), '3栋2单元501卫生间漏水,电话13812345678');
    assert.ok(clear.ms < limit_ms - 200, `a clear message took ${clear.ms} ms`);
    const first = await waits;
    assert.equal(first.heard, alone);
    assert.ok(first.ms >= limit_ms - 100 && first.ms < limit_ms + 700, `it took ${first.ms} ms`);

    // Of one sender nothing overtakes: the clear message that comes later is answered later.
    const order = [];
    const same = it.resident();
    await same.says('你好');
    const earlier = same.says(unclear).then(() => order.push('unclear'));
    const later = same.says('转人工').then(() => order.push('clear'));
    await Promise.all([earlier, later]);
    const told = (await same.messages()).filter((message) => message.from === 'resident').map((message) => message.text);
    assert.equal(told.length, 3);
    assert.deepEqual(order, told.slice(1).map((text) => (text === unclear ? 'unclear' : 'clear')));

    await Promise.all([1, 2, 3].map(() => it.resident().says(unclear)));
    const open = await metrics(it);
    assert.equal(open.timeout, 5);
    assert.equal(open.breaker, 2);
    const resting = await timed(it.resident(), unclear);
    assert.equal(resting.heard, alone);
    assert.ok(resting.ms < limit_ms - 200, `while it rests it took ${resting.ms} ms`);
    assert.equal(model.requests.length, 5);
    assert.ok((await metrics(it)).resting >= 1);
    assert.match(it.said(), /"event":"advice.breaker"/);
});

test('the same delivery is asked about once and answered once', async (ending) => {
    const model = await endpoint(helps);
    ending(model.stop);
    const it = await house(with_endpoint(model.url));
    ending(it.destroy);
    const who = it.resident();
    await who.says('你好');
    const key = { 'Idempotency-Key': randomUUID() };
    const heard = await Promise.all([who.says(unclear, key), who.says(unclear, key), who.says(unclear, key)]);
    assert.equal(new Set(heard).size, 1);
    assert.equal(await who.says(unclear, key), heard[0]);
    assert.ok(model.requests.length <= 3);
    const said = (await who.messages()).filter((message) => message.text === unclear);
    assert.equal(said.length, 1);
});

test('a stop does not wait for an endpoint that hangs, and what was answered is kept', async (ending) => {
    const model = await endpoint(hangs);
    ending(model.stop);
    const it = await house(with_endpoint(model.url, { timeout_ms: 2000 }));
    ending(it.destroy);
    const who = it.resident();
    const waits = who.post({ text: unclear }).catch(() => null);
    while (model.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const began = Date.now();
    assert.equal(await it.stop(), 0);
    assert.ok(Date.now() - began < 5000);
    await waits;
});

test('where words would go is checked before anything starts, and the doctor names the receiver', async (ending) => {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-advice-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    const config = join(folder, 'huiyin.json');
    const doctor = (understanding) => {
        writeFileSync(config, JSON.stringify({
            store: 'sqlite:huiyin.db', media: 'media', directory: 'templates/demo/directory.json', secret: 'a'.repeat(64), data_key: 'b'.repeat(64),
            understanding, channels: [{ id: 'web', type: 'webchat' }],
        }));
        return spawnSync(program, ['doctor', '--config', config], { encoding: 'utf8', cwd: root, timeout: 20000 });
    };
    const refused = (understanding, pattern) => {
        const { status, stdout } = doctor(understanding);
        assert.equal(status, 1, stdout);
        assert.match(stdout, pattern);
    };
    const model = 'openai-compatible';
    refused({ model }, /\/understanding\/url: missing: write/);
    refused({ model, url: 'http://models.example.com/v1' }, /\/understanding\/url: people's words would travel openly: write https/);
    refused({ model, url: 'http://127.0.0.1.example.com/v1' }, /\/understanding\/url: people's words/);
    refused({ model, url: 'http://10.0.0.8:8000/v1' }, /\/understanding\/url: people's words/);
    refused({ model, url: 'https://user:word@models.example.com/v1' }, /\/understanding\/url: cannot read this address/);
    refused({ model, url: 'https://models.example.com/v1?key=1' }, /\/understanding\/url: cannot read this address/);
    refused({ model, url: 'ftp://models.example.com' }, /\/understanding\/url: cannot read this address/);
    refused({ model, url: 'https://models.example.com/v1', timeout_ms: 30000 }, /\/understanding\/timeout_ms: write a number from 100 to 2000/);
    refused({ model, url: 'https://models.example.com/v1', key: '${HUIYIN_NO_SUCH_KEY}' }, /\/understanding\/key: the environment has no HUIYIN_NO_SUCH_KEY/);
    refused({ model, url: 'https://models.example.com/v1', key: 'two words' }, /\/understanding\/key: a space/);
    refused({ model, url: 'https://models.example.com/v1', adress: 1 }, /\/understanding\/adress/);
    refused({ model: 'builtin', url: 'https://models.example.com/v1' }, /\/understanding\/url: only with/);
    refused({ model: 'gpt' }, /\/understanding\/model/);
    const named = doctor({ model, url: 'http://127.0.0.1:9/v1', key: 'k' });
    assert.equal(named.status, 0, named.stdout);
    assert.match(named.stdout, /look {2}understanding: unclear messages are sent to 127\.0\.0\.1:9, with names.*masked/);
    assert.match(named.stdout, /understanding: the endpoint gives no answer/);
    assert.doesNotMatch(doctor({ model: 'builtin' }).stdout, /unclear messages/);
});

await run();
