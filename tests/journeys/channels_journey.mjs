// The same complaint, word for word, over every channel that residents have: from the first word to the rating. Whatever
// a channel can show, words are enough on each of them.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createHmac, randomBytes } from 'node:crypto';
import { house, platform, run, test, until } from './house.mjs';

const hook_key = randomBytes(32);
const settings = (at, hook) => [
    { id: 'web', type: 'webchat' },
    { id: 'oa', type: 'wechat_official_account', app_id: 'wx0123456789abcdef', app_secret: 'wechat-secret-0123456789abcdef01', token: 'Tower7token', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', api_base: at },
    { id: 'app', type: 'wecom_app', corp_id: 'ww0123456789abcdef', agent_id: 1000002, secret: 'wecom-app-secret-0123456789abcdefghijklmnop', token: 'tsCallbackTok01', encoding_aes_key: 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA', api_base: at },
    { id: 'kf', type: 'wecom_kf', corp_id: 'ww0123456789abcdef', secret: 'wecom-kf-secret-0123456789abcdefghijklmnopq', open_kfid: 'wkTESTkfid0001', token: 'kfCallbackTok02', encoding_aes_key: 'obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8', api_base: at },
    { id: 'bot', type: 'wecom_aibot', bot_id: 'AIBOTtest', token: 'aibotToken9', encoding_aes_key: 'obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8', api_base: at },
    { id: 'lark', type: 'feishu', app_id: 'cli_demo', app_secret: 'feishu-secret-0123456789abcdef01', verification_token: 'vtok-demo-01', encrypt_key: 'fs-demo-encrypt-key', api_base: at },
    { id: 'ding', type: 'dingtalk', app_key: 'dingdemoappkey0001', app_secret: 'demo-app-secret-7f3a', robot_code: 'dingdemoappkey0001', corp_id: 'dingdemo', api_base: at, old_api_base: at },
    { id: 'hook', type: 'webhook', secret: `whsec_${hook_key.toString('base64')}`, url: hook },
];

// All words that stand in a message, whatever its form.
function words(value) {
    if (typeof value === 'string') {
        try { return value.startsWith('{') ? words(JSON.parse(value)) : value; } catch { return value; }
    }
    return value && typeof value === 'object' ? Object.values(value).map(words).join('\n') : '';
}

async function other_system(to_end) {
    const got = [];
    const server = createServer((request, response) => {
        let text = '';
        request.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => { got.push(JSON.parse(text)); response.writeHead(204).end(); });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    to_end(() => server.close().closeAllConnections());
    return { url: `http://127.0.0.1:${server.address().port}/huiyin`, got };
}

// For each channel: `tell(text)` gives the words of the answer that came with it, `told()` all messages that were shown.
function voices(it, stand_in, other) {
    const shown = (who, platform_name) => async () => (await stand_in.delivered(who)).filter((one) => one.platform === platform_name && one.type !== 'card_update').map((one) => words(one.message));
    const by = (path, hook, who, more = {}) => async (text) => {
        const sent = await stand_in.call(path, { do: 'say', url: `${it.url}/hooks/${hook}`, from: who, text, ...more });
        assert.equal(sent.problem, '');
        return '';
    };
    let serial = 0;
    const resident = it.resident();
    return {
        web: { tell: (text) => resident.says(text), told: async () => (resident.token ? (await resident.messages()).filter((one) => one.from !== 'resident').map((one) => one.text) : []) },
        oa: {
            tell: async (text) => {
                const sent = await stand_in.call('/_callback', { url: `${it.url}/hooks/oa`, platform: 'wechat', message: { FromUserName: 'oTest0000000000000000000AAA', MsgType: 'text', Content: text } });
                assert.equal(sent.problem, '');
                return sent.reply?.Content ?? '';
            },
            told: shown('oTest0000000000000000000AAA', 'wechat'),
        },
        app: {
            tell: async (text) => {
                const sent = await stand_in.call('/_callback', { url: `${it.url}/hooks/app`, platform: 'wecom', message: { FromUserName: 'wang.xiaomei', MsgType: 'text', Content: text } });
                assert.equal(sent.problem, '');
                return '';
            },
            told: shown('wang.xiaomei', 'wecom'),
        },
        kf: { tell: by('/_kf', 'kf', 'wmTESTuser0001'), told: shown('wmTESTuser0001', 'kf') },
        bot: { tell: by('/_aibot', 'bot', 'zhangsan'), told: shown('zhangsan', 'aibot') },
        lark: { tell: by('/_feishu', 'lark', 'ou_wang'), told: shown('ou_wang', 'feishu') },
        ding: { tell: by('/_dingtalk', 'ding', 'staff-wang', { old_api: stand_in.url }), told: shown('staff-wang', 'dingtalk') },
        hook: {
            tell: async (text) => {
                const id = `msg_${++serial}`, at = Math.floor(Date.now() / 1000), body = JSON.stringify({ type: 'message.received', timestamp: new Date().toISOString(), data: { from: 'u-17', text } });
                const sign = createHmac('sha256', hook_key).update(`${id}.${at}.${body}`).digest('base64');
                const answer = await fetch(`${it.url}/hooks/hook`, { method: 'POST', body, headers: { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${sign}` } });
                assert.equal(answer.status, 200);
                return words((await answer.json()).messages);
            },
            told: async () => other.got.filter((one) => one.data.to === 'u-17').map((one) => words(one.data)),
        },
    };
}

async function every_house(to_end) {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const other = await other_system(to_end);
    const it = await house({ channels: settings(stand_in.url, other.url), notify: { staff: ['hook'], fallback: ['web'] } });
    to_end(() => it.destroy());
    return { it, stand_in, all: voices(it, stand_in, other) };
}

for (const { id } of settings('', ''))
    test(`${id}: one complaint from the first word to the rating, in words alone`, async (to_end) => {
        const { it, stand_in, all } = await every_house(to_end);
        const { tell, told } = all[id];
        let heard = '';
        const hears = (pattern) => until(`${pattern} on ${id}`, async () => [heard, ...await told()].find((one) => pattern.test(one)));
        const says = async (text) => { heard = await tell(text); };
        await says('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678');
        await hears(/3栋2单元501[\s\S]*138[*＊]{4}5678/);
        await says('对');
        const number = /T20260302-\d+/.exec(await hears(/T20260302-\d+/))[0];
        const li = await it.sign_in('li.na'), zhang = await it.sign_in('zhang.qiang');
        assert.equal((await li.ticket(number)).customer.channel, id);
        assert.equal((await li.ticket(number)).category, 'housing');
        await li.give(number, 'accept');
        await hears(/已受理/);
        await li.give(number, 'assign', { assignee: 'zhang.qiang' });
        await zhang.give(number, 'propose', { text: '明天上午更换水管' });
        await hears(/更换水管/);
        await says('同意');
        await until('the consent', async () => (await li.ticket(number)).consent?.answer === 'agreed');
        await zhang.give(number, 'resolve', { text: '水管换好了' });
        await hears(/真的好了吗/);
        await says('真的好了');
        await hears(/打几分/);
        await says('5');
        await until('the rating', async () => (await li.ticket(number)).rating?.score === 5);
        assert.equal((await li.ticket(number)).fixed, 'yes');
        assert.equal((await li.tickets('')).length, 1);
        const admin = await it.sign_in('admin');
        const owed = async (state) => (await admin.outbox(state)).filter((row) => row.channel === id);
        await until('nothing waits', async () => (await owed('waiting')).length === 0);
        for (const state of ['dead', 'undeliverable', 'failed']) assert.deepEqual(await owed(state), []);
        const calls = (await stand_in.call('/_recorded?path=/')).calls;
        assert.deepEqual(calls.filter((one) => one.errcode !== 0).map((one) => [one.path, one.errcode]), []);
    });

test('bot: the same delivery three times, a welcome, feedback, and how far an answer is', async (to_end) => {
    const { it, stand_in } = await every_house(to_end);
    const at = (what) => stand_in.call('/_aibot', { url: `${it.url}/hooks/bot`, from: 'lisi', ...what });
    const welcome = await at({ do: 'enter' });
    assert.equal(welcome.problem, '');
    assert.match(welcome.reply.text.content, /机器人/);
    const told = await at({ do: 'say', text: '5栋2单元楼道灯坏了三天没人修,电话13812345678' });
    assert.equal(told.problem, '');
    const filed = await at({ do: 'say', text: '对', together: 3 });
    assert.equal(filed.problem, '');
    const contents = filed.deliveries.map((one) => one.reply?.stream.content);
    assert.match(contents[0], /T20260302-\d+/);
    assert.equal(new Set(contents).size, 1, 'the same words');
    const once_more = await at({ do: 'say', text: '对', msgid: filed.msgid });
    assert.equal(once_more.reply.stream.content, contents[0]);
    const li = await it.sign_in('li.na');
    assert.equal((await li.tickets('')).length, 1);
    const poll = await at({ do: 'poll', id: filed.reply.stream.id });
    assert.equal(poll.problem, '');
    assert.equal(poll.reply.stream.content, contents[0]);
    const feedback = await at({ do: 'feedback', id: filed.reply.stream.feedback.id, type: 2, reasons: [1] });
    assert.equal(feedback.problem, '');
    assert.equal((await at({ do: 'say', text: '对', as: { token: 'another' } })).deliveries.at(-1).status, 403);
});

test('bot: killed and started again it still knows where a talk can be answered, once each', async (to_end) => {
    const { it, stand_in } = await every_house(to_end);
    const at = (what) => stand_in.call('/_aibot', { url: `${it.url}/hooks/bot`, from: 'lisi', ...what });
    await at({ do: 'say', text: '5栋2单元楼道灯坏了三天没人修,电话13812345678' });
    const filed = await at({ do: 'say', text: '对' });
    const number = /T20260302-\d+/.exec(filed.reply.stream.content)[0];
    await it.kill();
    await it.start();
    const li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    const told = async () => (await stand_in.delivered('lisi')).filter((one) => one.type === 'markdown');
    await until('the news', async () => (await told()).some((one) => /已受理/.test(words(one.message))));
    const asked = (await stand_in.call('/_recorded?path=/cgi-bin/aibot')).calls;
    assert.deepEqual(asked.filter((one) => one.errcode !== 0), []);
    assert.equal(new Set(asked.map((one) => one.query.response_code)).size, asked.length);
});

test('bot: in a group it says one line with nothing of his in it, and helps in danger', async (to_end) => {
    const { it, stand_in } = await every_house(to_end);
    const at = (what) => stand_in.call('/_aibot', { url: `${it.url}/hooks/bot`, from: 'lisi', group: 'wrChat01', ...what });
    const said = await at({ do: 'say', text: '3栋2单元501卫生间漏水,电话13812345678' });
    assert.equal(said.problem, '');
    const line = await until('a line in the group', async () => (await stand_in.delivered('wrChat01'))[0]);
    assert.doesNotMatch(words(line.message), /501|138/);
    await at({ do: 'say', text: '电梯困人了' });
    await until('what to do', async () => (await stand_in.delivered('wrChat01')).map((one) => words(one.message)).find((one) => /别扒门/.test(one)));
    const li = await it.sign_in('li.na');
    await until('the emergency', async () => (await li.tickets('')).some((one) => one.flags.includes('emergency')));
});

await run();
