// The same complaint, word for word, over every channel that residents have: from the first word to the rating. Whatever
// a channel can show, words are enough on each of them.
import assert from 'node:assert/strict';
import { run, test, until } from './house.mjs';
import { every_house, settings, words } from './voices.mjs';

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
