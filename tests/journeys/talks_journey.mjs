// Talks as staff read them: without numbers, from the newest line, beside the matters that they may see.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, png, root, run, test } from './house.mjs';

const of_talk = (id, query = '') => `/api/v1/conversations/${id}/messages${query}`;

test('a number that is said in a talk is read in no list and no line of it, but by whoever took it over', async (ending) => {
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
    await li.good('POST', `/api/v1/conversations/${id}/commands`, { command: 'say', text: '师傅打13912345678给您' });
    await wang.says('还可以打我爱人13887654321');
    // He is spoken to, with no ticket that could reveal it; his colleagues are not.
    assert.match((await li.ask('GET', of_talk(id))).text, /我爱人13887654321/);
    const zhao = await it.sign_in('zhao.min');
    for (const { text } of [list, lines, await zhao.ask('GET', '/api/v1/conversations'), await zhao.ask('GET', of_talk(id))])
        assert.doesNotMatch(text, /13812345678|13912345678|13887654321|62345678/, text);
    await li.good('POST', `/api/v1/conversations/${id}/commands`, { command: 'give_back' });
    assert.doesNotMatch((await li.ask('GET', of_talk(id))).text, /13887654321/);
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

test('who keeps out of a matter sees no picture of its talk either', async (ending) => {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-talks-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    const text = readFileSync(join(root, 'templates/policies/property-group.json'), 'utf8');
    const pack = JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g, (piece) => (piece.startsWith('//') ? '' : piece)));
    pack.recusal = { fields: ['complained_of'], line: true, clause: 'property-group/15' };
    pack.moves.unshift({ name: 'name-person', command: 'classify', title: '登记被投诉人', from: ['*'], roles: ['front_desk'], when: { var: 'given.complained_of' }, fields: [{ name: 'complained_of', title: '被投诉人', type: 'person' }], clause: 'property-group/15' });
    writeFileSync(join(folder, 'property-group.json'), JSON.stringify(pack));
    const it = await house({ over: { policy: join(folder, 'property-group.json') } });
    ending(it.destroy);
    const resident = it.resident();
    const number = await resident.files();
    const [li, wang, zhao] = await Promise.all(['li.na', 'wang.fang', 'zhao.min'].map((login) => it.sign_in(login)));
    const { conversation } = await li.ticket(number);
    await resident.says('还有一件事,楼道灯也坏了');
    assert.equal((await resident.photo(png)).status, 200);
    const picture = (await li.get(of_talk(conversation))).items.find((one) => one.image).image.url;
    assert.deepEqual([(await li.ask('GET', picture)).status, (await wang.ask('GET', picture)).status], [200, 200]);
    await li.give(number, 'classify', { complained_of: 'wang.fang', reason: '客户指名' });
    assert.equal((await wang.ask('GET', of_talk(conversation))).status, 404);
    // Nor do those below her; who stands above does.
    assert.deepEqual(await Promise.all([wang, li, zhao].map(async (who) => (await who.ask('GET', picture)).status)), [404, 404, 200]);
});

await run();
