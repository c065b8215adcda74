// The channels that residents write by, each with the platform that stands in for it: the same words go through all.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createHmac, randomBytes } from 'node:crypto';
import { house, platform } from './house.mjs';

const hook_key = randomBytes(32);
export const settings = (at, hook, more = {}) => [
    { id: 'web', type: 'webchat' },
    { id: 'oa', type: 'wechat_official_account', app_id: 'wx0123456789abcdef', app_secret: 'wechat-secret-0123456789abcdef01', token: 'Tower7token', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', api_base: at },
    { id: 'app', type: 'wecom_app', corp_id: 'ww0123456789abcdef', agent_id: 1000002, secret: 'wecom-app-secret-0123456789abcdefghijklmnop', token: 'tsCallbackTok01', encoding_aes_key: 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA', api_base: at },
    { id: 'kf', type: 'wecom_kf', corp_id: 'ww0123456789abcdef', secret: 'wecom-kf-secret-0123456789abcdefghijklmnopq', open_kfid: 'wkTESTkfid0001', token: 'kfCallbackTok02', encoding_aes_key: 'obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8', api_base: at },
    { id: 'bot', type: 'wecom_aibot', bot_id: 'AIBOTtest', token: 'aibotToken9', encoding_aes_key: 'obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8', api_base: at },
    { id: 'lark', type: 'feishu', app_id: 'cli_demo', app_secret: 'feishu-secret-0123456789abcdef01', verification_token: 'vtok-demo-01', encrypt_key: 'fs-demo-encrypt-key', api_base: at },
    { id: 'ding', type: 'dingtalk', app_key: 'dingdemoappkey0001', app_secret: 'demo-app-secret-7f3a', robot_code: 'dingdemoappkey0001', corp_id: 'dingdemo', api_base: at, old_api_base: at },
    { id: 'hook', type: 'webhook', secret: `whsec_${hook_key.toString('base64')}`, url: hook },
].map((one) => ({ ...one, ...more[one.id] }));

// All words that stand in a message, whatever its form.
export function words(value) {
    if (typeof value === 'string') {
        try { return value.startsWith('{') ? words(JSON.parse(value)) : value; } catch { return value; }
    }
    return value && typeof value === 'object' ? Object.values(value).map(words).join('\n') : '';
}

export async function other_system(to_end) {
    const got = [];
    const server = createServer((request, response) => {
        let text = '';
        request.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => { got.push(JSON.parse(text)); response.writeHead(204).end(); });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    to_end(() => server.close().closeAllConnections());
    return { url: `http://127.0.0.1:${server.address().port}/huiyin`, got };
}

// Somebody on each channel, `who` a number of five digits: `tell(text)` says it and gives the words of the answer that came with it, `told()` all
// messages that were shown.
export function voices(it, stand_in, other, who = '00000') {
    const shown = (to, platform_name) => async () => (await stand_in.delivered(to)).filter((one) => one.platform === platform_name && one.type !== 'card_update').map((one) => words(one.message));
    const on = (platform_name, to, send) => ({
        tell: async (text) => {
            const sent = await send(text);
            assert.equal(sent.problem, '');
            return sent.reply?.Content ?? '';
        },
        told: shown(to, platform_name),
    });
    const callback = (hook, platform_name, to) => on(platform_name, to, (Content) => stand_in.call('/_callback', { url: `${it.url}/hooks/${hook}`, platform: platform_name, message: { FromUserName: to, MsgType: 'text', Content } }));
    const says = (path, hook, platform_name, to, more = {}) => on(platform_name, to, (text) => stand_in.call(path, { do: 'say', url: `${it.url}/hooks/${hook}`, from: to, text, ...more }));
    let serial = 0;
    const resident = it.resident();
    return {
        web: { tell: (text) => resident.says(text), told: async () => (resident.token ? (await resident.messages()).filter((one) => one.from !== 'resident').map((one) => one.text) : []) },
        oa: callback('oa', 'wechat', `oTest00000000000000000${who}A`),
        app: callback('app', 'wecom', `employee.${who}`),
        kf: says('/_kf', 'kf', 'kf', `wmTESTuser${who}`),
        bot: says('/_aibot', 'bot', 'aibot', `zhangsan${who}`),
        lark: says('/_feishu', 'lark', 'feishu', `ou_wang${who}`),
        ding: says('/_dingtalk', 'ding', 'dingtalk', `staff-wang${who}`, { old_api: stand_in.url }),
        hook: {
            tell: async (text) => {
                const id = `msg_${who}_${++serial}`, at = Math.floor(Date.now() / 1000), body = JSON.stringify({ type: 'message.received', timestamp: new Date().toISOString(), data: { from: `u-${who}`, text } });
                const sign = createHmac('sha256', hook_key).update(`${id}.${at}.${body}`).digest('base64');
                const answer = await fetch(`${it.url}/hooks/hook`, { method: 'POST', body, headers: { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${sign}` } });
                assert.equal(answer.status, 200);
                return words((await answer.json()).messages);
            },
            told: async () => other.got.filter((one) => one.data.to === `u-${who}`).map((one) => words(one.data)),
        },
    };
}

// `more`: what a channel has besides, by its id.
export async function every_house(to_end, more = {}, options = {}) {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const other = await other_system(to_end);
    const it = await house({ channels: settings(stand_in.url, other.url, more), notify: { staff: ['hook'], fallback: ['web'] }, ...options });
    to_end(() => it.destroy());
    return { it, stand_in, other, all: voices(it, stand_in, other) };
}
