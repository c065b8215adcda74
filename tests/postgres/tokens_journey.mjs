// Two services on one database share a platform's token: one of them fetches it, both use it, and when the platform no
// longer takes it one of them fetches the next.
//
//   HUIYIN_TEST_DATABASE=postgresql://… node tests/postgres/tokens_journey.mjs
import assert from 'node:assert/strict';
import { house, platform, run, test, until } from '../journeys/house.mjs';

const app = { id: 'app', type: 'wecom_app', corp_id: 'ww0123456789abcdef', agent_id: 1000002, secret: 'wecom-app-secret-0123456789abcdefghijklmnop', token: 'tsCallbackTok01', encoding_aes_key: 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA' };
const oa = { id: 'oa', type: 'wechat_official_account', app_id: 'wx0123456789abcdef', app_secret: 'wechat-secret-0123456789abcdef01', token: 'Tower7token', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };

test('one refresh for two services, and the new token serves both', async (to_end) => {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const channels = [{ id: 'web', type: 'webchat' }, { ...app, api_base: stand_in.url }, { ...oa, api_base: stand_in.url }];
    const options = { channels, notify: { staff: ['app'], fallback: ['web'] } };
    const one = await house(options);
    to_end(() => one.destroy());
    const { listen, ...same } = one.settings;
    const two = await house({ ...options, over: { ...same, media: `${one.folder}/media` } });
    to_end(() => two.destroy());
    const fetched = async (path) => (await stand_in.call(`/_recorded?path=${path}`)).calls.length;
    const sent_by = async (path) => (await stand_in.call(`/_recorded?path=${path}`)).calls.filter((call) => call.errcode === 0);

    // People at both, so that both send to staff and to residents at once; no more of them than that a member of staff may
    // get word of all in one minute, three times.
    const storm = async (name) => {
        const filed = await Promise.all([one, two].flatMap((it) => [...Array(3).keys()].map(async (n) => {
            const from = `oTest${name}${it === one ? 'one' : 'two'}${String(n).padStart(2, '0')}`;
            const say = (text) => stand_in.call('/_callback', { url: `${it.url}/hooks/oa`, platform: 'wechat', message: { FromUserName: from, MsgType: 'text', Content: text } });
            await say(`${1 + (n % 6)}栋2单元${n % 9 + 1}01卫生间漏水,电话1381234${5000 + n}`);
            const number = /T\d{8}-\d+/.exec((await say('对')).reply?.Content ?? '')?.[0];
            assert.ok(number);
            return { it, number, from };
        })));
        const people = new Map();
        for (const it of [one, two]) people.set(it, await it.sign_in('li.na'));
        await Promise.all(filed.map(({ it, number }) => people.get(it).give(number, 'accept')));
        for (const { from } of filed) await until(`news at ${from}'s`, async () => (await stand_in.delivered(from)).some((sent) => JSON.stringify(sent.message).includes('已受理')), 20);
    };
    // Residents were told; what goes to staff by the app may be on its way still, and fetches its token when it goes.
    const fetched_for_staff = async (times) => {
        await until(`a push to staff with token ${times}`, async () => (await fetched('/cgi-bin/gettoken')) >= times, 20);
        assert.equal(await fetched('/cgi-bin/gettoken'), times);
    };
    await storm('a');
    await fetched_for_staff(1);
    assert.equal(await fetched('/cgi-bin/stable_token'), 1);

    await stand_in.call('/_expire', {});
    await storm('b');
    await fetched_for_staff(2);
    assert.equal(await fetched('/cgi-bin/stable_token'), 2);
    const used = new Set((await sent_by('/cgi-bin/message/custom/send')).map((call) => call.query.access_token));
    assert.equal(used.size, 2, 'one token before, one after');

    // Whoever comes later finds it there.
    await two.kill();
    await two.start();
    await storm('c');
    assert.equal(await fetched('/cgi-bin/stable_token'), 2);
    const kept = (await stand_in.call('/_recorded?path=/cgi-bin/message/custom/send')).calls.at(-1).query.access_token;
    assert.ok(used.has(kept));
});

await run();
