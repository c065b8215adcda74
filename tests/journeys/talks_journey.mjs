// Talks as staff read them: without numbers, from the newest line, beside the matters that they may see.
import assert from 'node:assert/strict';
import { house, png, run, test } from './house.mjs';

const of_talk = (id, query = '') => `/api/v1/conversations/${id}/messages${query}`;

test('a number that is said in a talk is read in no list and no line of it', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const wang = it.resident();
    await wang.says('我是王女士13812345678,楼道灯坏了,打010-62345678也行');
    await wang.says('转人工');
    const li = await it.sign_in('li.na');
    const list = await li.ask('GET', '/api/v1/conversations?state=waiting');
    assert.equal(list.body.items.length, 1);
    const [{ id }] = list.body.items;
    const lines = await li.ask('GET', of_talk(id));
    assert.match(lines.text, /楼道灯坏了,打\[电话\]也行/);
    await li.good('POST', `/api/v1/conversations/${id}/commands`, { command: 'take_over' });
    const said = await li.ask('POST', `/api/v1/conversations/${id}/commands`, { command: 'say', text: '师傅打13912345678给您' });
    for (const { text } of [list, lines, said, await li.ask('GET', '/api/v1/conversations'), await li.ask('GET', of_talk(id))])
        assert.doesNotMatch(text, /1[38]\d?12345678|62345678/, text);
    assert.match(await wang.hears(), /13912345678/, 'the resident hears it as it was said');
});

test('a ticket names the talk it was told in; a long talk is read from its newest lines', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const wang = it.resident();
    const number = await wang.files();
    const li = await it.sign_in('li.na');
    const ticket = await li.ticket(number);
    const whole = await li.get(of_talk(ticket.conversation));
    assert.equal(whole.conversation.id, ticket.conversation);
    assert.equal(whole.conversation.ticket, number);
    const two = await li.get(of_talk(ticket.conversation, '?last=2'));
    assert.deepEqual(two.items, whole.items.slice(-2));
    assert.deepEqual((await li.get(of_talk(ticket.conversation, '?last=1000'))).items, whole.items);
    assert.equal((await li.ask('GET', of_talk(ticket.conversation, '?last=all'))).status, 400);
    const filed = await li.good('POST', '/api/v1/tickets', { kind: 'complaint', category: 'environment', description: '楼下垃圾三天没收', household: { building: '3', unit: '2', room: '501' }, customer: { name: '王先生', phone: '13900001111' } });
    assert.equal(filed.conversation, null, 'told at the desk');
});

test('a picture in a talk without a unit is seen by the desk that it waits for, and by nobody else there', async (ending) => {
    const it = await house();
    ending(it.destroy);
    const wang = it.resident();
    assert.equal((await wang.photo(png, '你们看看这个')).status, 200);
    await wang.says('转人工');
    const [li, zhang, zhao] = await Promise.all(['li.na', 'zhang.qiang', 'zhao.min'].map((login) => it.sign_in(login)));
    const [talk] = (await li.get('/api/v1/conversations?state=waiting')).items;
    assert.equal(talk.unit, null);
    const picture = (await li.get(of_talk(talk.id))).items.find((one) => one.image).image.url;
    assert.equal((await li.ask('GET', picture)).status, 200);
    assert.equal((await zhao.ask('GET', picture)).status, 200, 'who stands over all of it');
    assert.equal((await zhang.ask('GET', picture)).status, 404);
    assert.equal((await zhang.ask('GET', of_talk(talk.id))).status, 404);
});

await run();
