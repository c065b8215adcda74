// Who somebody is in the web chat, as WeChat says: browsers that are sent there and come back.
import assert from 'node:assert/strict';
import { with_account } from './account.mjs';
import { run, test } from './house.mjs';

const wang = 'oTest0000000000000000000AAA';
const says = { a: 'oTest0000000000000000000CCC', b: 'oTest0000000000000000000DDD' };
const number_in = (text) => /T\d{8}-\d+/.exec(text)[0];

async function with_browsers(to_end, limits = {}) {
    const { stand_in, it, send } = await with_account(to_end, { can_oauth: true }, { over: { public_url: 'http://127.0.0.1' }, limits: { signature_window_seconds: 0, ...limits } });
    const open = (address, cookie) => fetch(address, { redirect: 'manual', headers: cookie ? { Cookie: cookie } : {} });
    // The platform knows our address without its port.
    const here = (address) => address.replace('http://127.0.0.1/', it.url + '/');
    const begin = async (cookie) => {
        const away = await open(it.url + '/chat/web/wechat', cookie);
        assert.equal(away.status, 302);
        const address = away.headers.get('location');
        assert.match(address, /#wechat_redirect$/);
        const back = await open(address.replace('#wechat_redirect', ''));
        assert.equal(back.status, 302, JSON.stringify(await back.text()));
        return { cookie: cookie ?? away.headers.get('set-cookie').split(';')[0], back: here(back.headers.get('location')) };
    };
    const asks = async (cookie, text) => (await (await fetch(it.url + '/chat/web/messages', { method: 'POST', headers: { 'Content-Type': 'application/json', Cookie: cookie }, body: JSON.stringify({ text }) })).json()).messages.map((one) => one.text).join('\n');
    const signs_in = async (who, cookie) => {
        await stand_in.call('/_setup', { wechat: { signs_in: who } });
        const { back, cookie: his } = await begin(cookie);
        const answer = await open(back, his);
        assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/chat/web']);
        return answer.headers.get('set-cookie')?.split(';')[0] ?? his;
    };
    const asked = async () => (await stand_in.call('/_recorded?path=/sns/oauth2/access_token')).calls.length;
    return { stand_in, it, send, open, begin, asks, signs_in, asked };
}

test('the web chat learns from WeChat who somebody is: one person, one list; nobody else can become him', async (to_end) => {
    const { stand_in, send, open, begin, asks, signs_in } = await with_browsers(to_end);
    await send(wang, '3栋2单元501卫生间漏水,电话13812345678');
    const number = number_in((await send(wang, '对')).texts[0]);
    const first = await begin();
    // Somebody else's browser gets nowhere with that address.
    assert.equal((await open(first.back)).status, 403);
    const other = await begin();
    assert.equal((await open(first.back, other.cookie)).status, 403);
    assert.equal((await open(first.back.replace(/code=[^&]*/, 'x=1'), first.cookie)).status, 403);
    const in_page = await open(first.back, first.cookie);
    assert.deepEqual([in_page.status, in_page.headers.get('location')], [302, '/chat/web']);
    assert.match(await asks(first.cookie, '查进度'), new RegExp(number));
    // The same return again: the code is used up, and he is who he is.
    assert.equal((await open(first.back, first.cookie)).status, 302);
    assert.match(await asks(first.cookie, '查进度'), new RegExp(number));
    // A preview's user is nobody; a code that is past its time brings nothing.
    await stand_in.call('/_setup', { wechat: { snapshot: true } });
    const preview = await begin();
    assert.equal((await open(preview.back, preview.cookie)).status, 302);
    assert.doesNotMatch(await asks(preview.cookie, '查进度'), new RegExp(number));
    await stand_in.call('/_setup', { wechat: { snapshot: false } });
    const late = await begin();
    await stand_in.call('/_clock', { advance_ms: 301e3 });
    assert.equal((await open(late.back, late.cookie)).status, 302);
    assert.doesNotMatch(await asks(late.cookie, '查进度'), new RegExp(number));
    // Two use one browser. He signs in, reports something there, and leaves it: it is not hers when she signs in.
    const his = await signs_in(says.a);
    await asks(his, '5栋1单元302门禁坏了,电话13912345678');
    const his_number = number_in(await asks(his, '对'));
    const hers = await signs_in(says.b, his);
    assert.notEqual(hers, his, 'a browser in which somebody else signed in gets a name of its own');
    assert.doesNotMatch(await asks(hers, '查进度'), new RegExp(his_number));
    for (const text of (await send(says.b, '查进度')).texts) assert.doesNotMatch(text, new RegExp(his_number));
    assert.match((await send(says.a, '查进度')).texts[0], new RegExp(his_number));
    await asks(hers, '7栋2单元101下水道堵了,电话13712345678');
    const her_number = number_in(await asks(hers, '对'));
    assert.match((await send(says.b, '查进度')).texts[0], new RegExp(her_number));
    // Who comes again is himself, in whichever of them; her matters stay hers.
    assert.equal(await signs_in(says.b, hers), hers);
    const again = await signs_in(says.a, hers);
    assert.notEqual(again, hers);
    assert.match(await asks(again, '查进度'), new RegExp(his_number));
    assert.doesNotMatch((await send(says.a, '查进度')).texts[0], new RegExp(her_number));
    // Where it is not allowed there is no such address.
    const plain = await with_account(to_end);
    assert.equal((await open(plain.it.url + '/chat/web/wechat')).status, 404);
});

test('all pages of one person go along when it shows that he is another, too', async (to_end) => {
    const { send, begin, asks, signs_in } = await with_browsers(to_end);
    // He signed in in one browser and told nothing; in another he told something before he signed in there.
    const first = await signs_in(says.a);
    const { cookie: second } = await begin();
    await asks(second, '5栋1单元302门禁坏了,电话13912345678');
    const number = number_in(await asks(second, '对'));
    assert.equal(await signs_in(says.a, second), second);
    for (const cookie of [first, second]) assert.match(await asks(cookie, '查进度'), new RegExp(number));
    assert.match((await send(says.a, '查进度')).texts[0], new RegExp(number));
    // What he tells in the first one is in all of them, and he stays who he is.
    await asks(first, '5栋1单元302电梯有异响,电话13912345678');
    const other = number_in(await asks(first, '对'));
    assert.equal(await signs_in(says.a, first), first);
    for (const cookie of [first, second]) assert.match(await asks(cookie, '查进度'), new RegExp(other));
    assert.match((await send(says.a, '查进度')).texts.join(), new RegExp(other));
});

test('whoever comes too often goes to the page as he is, and WeChat is not asked', async (to_end) => {
    const { it, open, begin, asked } = await with_browsers(to_end, { messages_per_minute_per_user: 5 });
    const { cookie, back } = await begin();
    for (let i = 0; i < 20; ++i) {
        const answer = await open(back.replace(/code=[^&]*/, 'code=invented' + i), cookie);
        assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/chat/web']);
    }
    const often = await asked();
    assert.ok(often >= 5 && often < 10, `asked ${often} times`);
    let named = 0;
    for (let i = 0; i < 20; ++i) {
        const answer = await open(it.url + '/chat/web/wechat');
        assert.equal(answer.status, 302);
        if (answer.headers.get('set-cookie')) ++named;
        else assert.equal(answer.headers.get('location'), '/chat/web');
    }
    assert.ok(named >= 4 && named < 10, `a new name ${named} times`);
});

test('who waited too long is in the page already: WeChat is not asked for him any more', async (to_end) => {
    const { stand_in, open, begin, signs_in, asked } = await with_browsers(to_end);
    const slow = [await begin(), await begin(), await begin(), await begin()];
    await stand_in.call('/_fault', { path: '/sns/oauth2/access_token', kind: 'delay', ms: 4500, times: 2 });
    for (const answer of await Promise.all(slow.map((one) => open(one.back, one.cookie))))
        assert.deepEqual([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie')], [302, '/chat/web', null]);
    await signs_in(says.b);
    assert.equal(await asked(), 3, 'two were asked about in their time, and she');
});

test('what he asked about his data before he signed in is his own afterwards, and is decided about him', async (to_end) => {
    const { it, send, begin, open, asks } = await with_browsers(to_end);
    await send(wang, '3栋2单元501卫生间漏水,电话13812345678');
    const number = number_in((await send(wang, '对')).texts[0]);
    const page = await begin();
    assert.match(await asks(page.cookie, '请导出我的信息'), /记下了/);
    const zhao = await it.sign_in('zhao.min');
    const requests = async () => (await zhao.get('/api/v1/privacy/requests')).items;
    assert.deepEqual((await requests()).map((one) => one.tickets), [[]]);
    assert.equal((await open(page.back, page.cookie)).status, 302);
    const [mine] = await requests();
    assert.deepEqual(mine.tickets, [number]);
    await zhao.good('POST', `/api/v1/privacy/requests/${mine.id}/commands`, { command: 'grant' });
    const data = JSON.parse((await zhao.ask('GET', `/api/v1/privacy/requests/${mine.id}/data`)).text);
    assert.deepEqual(data.tickets.map((one) => one.number), [number]);
});

await run();
