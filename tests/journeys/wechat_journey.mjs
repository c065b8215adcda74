// The same complaint through WeChat's encrypted callbacks.
import assert from 'node:assert/strict';
import { with_account } from './account.mjs';
import { run, test, until } from './house.mjs';

test('a complaint in safe mode: the passive replies open with an independent implementation', async (to_end) => {
    const { it, send } = await with_account(to_end);
    const first = await send('oTest0000000000000000000AAA', '3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678');
    assert.equal(first.problem ?? '', '');
    assert.match(first.texts[0], /3栋2单元501[\s\S]*138\*\*\*\*5678/);
    const second = await send('oTest0000000000000000000AAA', '对');
    const number = /T20260302-\d+/.exec(second.texts[0])?.[0];
    assert.ok(number, second.texts[0]);
    const li = await it.sign_in('li.na');
    const ticket = await li.ticket(number);
    assert.equal(ticket.customer.channel, 'oa');
    assert.equal(ticket.category, 'housing');
});

test('the same delivery three times at once: one effect, the same words, encrypted anew', async (to_end) => {
    const { it, send } = await with_account(to_end);
    await send('oTest0000000000000000000AAA', '5栋2单元楼道灯坏了三天没人修,电话13812345678');
    const filed = await send('oTest0000000000000000000AAA', '对', { together: 3 });
    assert.equal(filed.texts.length, 3);
    assert.ok(/T\d{8}-\d+/.test(filed.texts[0]));
    assert.equal(new Set(filed.texts).size, 1, 'the same words');
    assert.equal(new Set(filed.deliveries.map((one) => one.body)).size, 3, 'encrypted anew');
    const li = await it.sign_in('li.na');
    assert.equal((await li.tickets('')).length, 1);
    // And once more after a restart.
    const again = await send('oTest0000000000000000000AAA', '查进度', { repeat: true });
    assert.equal(new Set(again.texts).size, 1);
});

test('what staff do later reaches WeChat as a custom message', async (to_end) => {
    const { stand_in, it, send } = await with_account(to_end);
    await send('oTest0000000000000000000AAA', '3栋2单元501卫生间漏水,电话13812345678');
    const number = /T\d{8}-\d+/.exec((await send('oTest0000000000000000000AAA', '对')).texts[0])[0];
    const li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    const zhang = await it.sign_in('zhang.qiang');
    await zhang.give(number, 'propose', { text: '明天上午更换水管' });
    await until('the proposal at WeChat', async () => JSON.stringify(await stand_in.delivered('oTest0000000000000000000AAA')).includes('更换水管'));
    assert.match((await send('oTest0000000000000000000AAA', '同意')).texts[0], /./);
    assert.equal((await li.ticket(number)).consent.answer, 'agreed');
});

test('callbacks that are not right: 403 without a body, nothing stored; DOCTYPE 400; unknown types are kept', async (to_end) => {
    const { stand_in, it, send, happens } = await with_account(to_end);
    const refused = async (more, status = 403) => {
        const outcome = await send('oTest0000000000000000000AAA', '你好', { attempts: 1, ...more });
        assert.equal(outcome.deliveries[0].status, status, JSON.stringify(more));
        assert.equal(outcome.deliveries[0].body, '');
    };
    await refused({ tamper: { msg_signature: '0'.repeat(40) } });
    await refused({ tamper: { msg_signature: null } });
    await refused({ as: { token: 'othertoken' } });
    await refused({ as: { receiver: 'wx9999999999999999' } });
    await refused({ as: { mode: 'plain' } });
    await refused({ body: '<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>a</Encrypt></xml>' }, 400);
    const unknown = await stand_in.call('/_callback', { url: it.url + '/hooks/nobody', platform: 'wechat', message: { FromUserName: 'oTest0000000000000000000AAA', MsgType: 'text', Content: 'x' }, attempts: 1 });
    assert.equal(unknown.deliveries[0].status, 404);
    const verify = await stand_in.call('/_callback', { url: it.url + '/hooks/oa', platform: 'wechat', verify: true });
    assert.equal(verify.problem ?? '', '');
    const strange = await stand_in.call('/_callback', { url: it.url + '/hooks/oa', platform: 'wechat', message: { FromUserName: 'oTest0000000000000000000AAA', MsgType: 'hologram', MsgId: '99' } });
    assert.equal(strange.deliveries[0].status, 200);
    assert.match(it.said(), /"event":"hook\.unknown_kind","channel":"oa"/);
    const event = await happens('oTest0000000000000000000AAA', { Event: 'hologram' });
    assert.equal(event.deliveries[0].status, 200);
    assert.equal(event.texts[0], 'success', 'who said nothing is not answered');
    assert.match(it.said(), /"event":"hook\.unreadable","channel":"oa"/);
    const large = await fetch(it.url + '/hooks/oa', { method: 'POST', body: 'x'.repeat(70000) });
    assert.equal(large.status, 413);
    const li = await it.sign_in('li.na');
    assert.equal((await li.tickets('')).length, 0);
});

test('a photo in WeChat is fetched and stands with the ticket', async (to_end) => {
    const { stand_in, it, send } = await with_account(to_end);
    await send('oTest0000000000000000000AAA', '3栋2单元501卫生间漏水,电话13812345678');
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=';
    const { media_id } = await stand_in.call('/_media', { base64: png, name: 'a.png', type: 'image/png' });
    await stand_in.call('/_callback', { url: it.url + '/hooks/oa', platform: 'wechat', message: { FromUserName: 'oTest0000000000000000000AAA', MsgType: 'image', PicUrl: 'http://127.0.0.1:1/x', MediaId: media_id, MsgId: '700' } });
    const number = /T\d{8}-\d+/.exec((await send('oTest0000000000000000000AAA', '对')).texts[0])[0];
    const li = await it.sign_in('li.na');
    const ticket = await until('the photo', async () => {
        const found = await li.ticket(number);
        return found.attachments[0]?.bytes > 0 ? found : null;
    });
    const photo = await fetch(it.url + ticket.attachments[0].url, { headers: { Authorization: `Bearer ${li.token}` } });
    assert.equal(photo.status, 200);
    assert.equal(photo.headers.get('content-type'), 'image/png');
    assert.equal(Buffer.from(await photo.arrayBuffer()).toString('base64'), png);
});

test('too fast on a platform: kept, asked once to wait, answered together; a danger goes first', async (to_end) => {
    const { stand_in, it, send } = await with_account(to_end, {}, { limits: { messages_per_minute_per_user: 20 } });
    const floods = async (who) => {
        for (let i = 0; i < 20; ++i) await send(who, i % 2 ? '你好' : '在吗');
        const heard = [];
        for (const text of kept) heard.push((await send(who, text)).texts[0]);
        assert.match(heard[0], /都收到了/);
        assert.deepEqual(heard.slice(1), ['success', 'success'], 'asked to wait once a minute');
    };
    const kept = ['3栋2单元501厨房水管漏水', '电话13812345678', '昨天晚上开始的'];
    const wang = 'oTest0000000000000000000AAA', chen = 'oTest0000000000000000000BBB';
    await floods(wang);
    const said = await until('the answer to what was kept', async () => {
        const all = JSON.stringify(await stand_in.delivered(wang));
        return /3栋2单元501/.test(all) ? all : null;
    });
    assert.match(said, /138\*\*\*\*5678/);
    await floods(chen);
    assert.match((await send(chen, '电梯里困人了')).texts[0], /119|110|值班/, 'a danger is answered at once');
    const li = await it.sign_in('li.na');
    for (const talk of (await li.get('/api/v1/conversations')).items) {
        const words = (await li.get(`/api/v1/conversations/${talk.id}/messages?limit=200`)).items.map((one) => one.text);
        for (const text of kept) assert.ok(words.includes(text.replace('13812345678', '[电话]')), text);
    }
});

await run();
