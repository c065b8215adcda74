// What several people have in common, through the real program: one tap joins, news come to all, and nobody is named.
import assert from 'node:assert/strict';
import { check_chain, house, run, test } from './house.mjs';

test('a neighbour joins by one tap and hears the news; another would rather have a case of his own', async (to_end) => {
    const it = await house({ channels: [{ id: 'web', type: 'webchat' }] });
    to_end(() => it.destroy());
    const wang = it.resident(), li = it.resident(), zhou = it.resident();
    const number = await wang.files('5栋1单元电梯老是停在三楼,我是王桂芳,电话13812345678');

    const offered = await li.says('我们楼电梯又坏了,5栋1单元,电话13900002222');
    assert.match(offered, /已经有人报了/);
    assert.doesNotMatch(offered, /王桂芳|5678|三楼/, 'nothing of who told it first, nor his words');
    const joined = await li.taps('一起跟进');
    assert.match(joined, new RegExp(number));
    assert.doesNotMatch(joined, /王桂芳|5678|三楼/);

    const desk = await it.sign_in('li.na');
    assert.equal((await desk.ticket(number)).supporters, 1);
    await li.hears();
    await desk.give(number, 'accept');
    assert.match(await li.hears(), /已受理/);
    assert.match(await li.says('我的投诉到哪了'), new RegExp(number));

    assert.match(await zhou.says('5栋1单元电梯坏了,电话13700003333'), /已经有人报了/);
    assert.match(await zhou.says('我要单独投诉'), /单独登记/);
    const own = /T\d{8}-\d+/.exec(await zhou.says('对'))[0];
    assert.notEqual(own, number);
    assert.equal((await desk.ticket(own)).joined_to, number);
    assert.equal((await desk.ticket(number)).supporters, 1);
    check_chain(await desk.events(number));
    check_chain(await desk.events(own));
});

test('husband and wife report the same: both hear of it, after the program was killed in between', async (to_end) => {
    const it = await house({ channels: [{ id: 'web', type: 'webchat' }] });
    to_end(() => it.destroy());
    const he = it.resident(), she = it.resident();
    const number = await he.files('3栋2单元501卫生间漏水,电话13812345678');
    await he.hears();
    await it.kill();
    await it.start();
    assert.match(await she.says('3栋2单元501厕所漏水了没人来看,电话13900002222'), /您家已经报过/);
    assert.match(await she.taps('一起跟进'), new RegExp(number));
    assert.match(await he.hears(), /您家里又有人/);
    const desk = await it.sign_in('li.na');
    assert.equal((await desk.tickets()).length, 1);
});

await run();
