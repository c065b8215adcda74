// An official account of ours, the stand-in that plays WeChat, and residents who write to it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { house, platform, root } from './house.mjs';

// An implementation that is not ours and not the stand-in's: installed as its lock file says.
const interop = join(root, 'tests/crypto/interop');
if (!existsSync(join(interop, 'node_modules')))
    spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: interop, stdio: 'inherit' });
export const others = createRequire(join(interop, 'package.json'));
const WeChatCrypto = others('wechat-crypto');

export const account = { app_id: 'wx0123456789abcdef', app_secret: 'wechat-secret-0123456789abcdef01', token: 'Tower7token', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };

export async function with_account(to_end, over = {}, options = {}) {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const it = await house({ channels: [{ id: 'web', type: 'webchat' }, { id: 'oa', type: 'wechat_official_account', api_base: stand_in.url, ...account, ...over }], ...options });
    to_end(() => it.destroy());
    let id = 0n;
    const text_of = (outcome) => {
        const crypto = new WeChatCrypto(account.token, account.encoding_aes_key, account.app_id);
        return outcome.deliveries.map((one) => {
            const encrypt = /<Encrypt><!\[CDATA\[(.*?)\]\]><\/Encrypt>/.exec(one.body)?.[1];
            if (!encrypt) return one.body;
            const signature = /<MsgSignature><!\[CDATA\[(.*?)\]\]>/.exec(one.body)[1];
            const stamp = /<TimeStamp>(\d+)</.exec(one.body)[1];
            const nonce = /<Nonce><!\[CDATA\[(.*?)\]\]>/.exec(one.body)[1];
            assert.equal(crypto.getSignature(stamp, nonce, encrypt), signature, 'signed as the other implementation signs');
            const opened = crypto.decrypt(encrypt);
            assert.equal(opened.id, account.app_id);
            return /<Content><!\[CDATA\[([\s\S]*?)\]\]><\/Content>/.exec(opened.message)?.[1] ?? opened.message;
        });
    };
    const happens = async (openid, event, more = {}) => {
        const outcome = await stand_in.call('/_callback', { url: it.url + '/hooks/oa', platform: 'wechat', message: { FromUserName: openid, MsgType: 'event', ...event }, ...more });
        return { ...outcome, texts: text_of(outcome) };
    };
    const send = async (openid, content, more = {}) => {
        const outcome = await stand_in.call('/_callback', {
            url: it.url + '/hooks/oa', platform: 'wechat',
            message: { FromUserName: openid, MsgType: 'text', Content: content, MsgId: String(24800000000000001n + id++), ...more.with }, ...more,
        });
        return { ...outcome, texts: text_of(outcome) };
    };
    return { stand_in, it, send, happens };
}
