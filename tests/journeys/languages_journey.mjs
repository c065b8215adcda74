// Residents who write English and traditional Chinese: from the first message to the rating in their language, through a
// restart of the program, deadline news and a survey; what staff get and read stays in the house's language.
import assert from 'node:assert/strict';
import { house, run, test } from './house.mjs';

const han = /[\u4e00-\u9fff]/;
// Names of people and places stay as they are.
const without_names = (text) => text.replaceAll(/锦绣花园物业服务中心|锦绣花园|华东|张强|李娜|王芳|项目管理中心/g, '');

test('an English complaint, with news, a restart and a survey in English', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const anna = it.resident();
    const first = await anna.says('Hi, water is leaking from my bathroom ceiling, Building 3, Unit 2, Room 501, phone 13812345678');
    assert.match(first, /Building 3, Unit 2, Room 501/);
    assert.match(first, /138\*\*\*\*5678/);
    assert.doesNotMatch(first, han);
    const filed = await anna.says('yes');
    const number = /T20260302-\d+/.exec(filed)[0];
    assert.match(filed, /by 11:00 today/);
    assert.match(filed, /by Fri 6 Mar 17:30/);
    assert.doesNotMatch(without_names(filed), han);

    const li = await it.sign_in('li.na');
    const ticket = await li.ticket(number);
    assert.equal(ticket.category, 'housing');
    assert.deepEqual([ticket.household.building, ticket.household.unit, ticket.household.room], ['3', '2', '501']);
    await li.give(number, 'accept', {});
    assert.match(await anna.hears(), /the engineering team is on it/);

    await it.kill();
    await it.start('2026-03-02T10:00:00+08:00');
    await it.to('2026-03-06 17:31');
    const late = await anna.hears();
    assert.match(late, /wasn't done in time; that's on us/);
    assert.doesNotMatch(without_names(late), han);

    const news = await anna.says('any news?');
    assert.match(news, /Next:/);
    assert.doesNotMatch(without_names(news), han);
    const why = await anna.says('why does it take so long?');
    assert.match(why, /working days, counted from/);
    assert.match(why, /The rule: /);
    assert.doesNotMatch(without_names(why), han);
});

test('traditional Chinese, and a wish for another language in mid-talk', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const lin = it.resident();
    const first = await lin.says('3棟2單元501浴室漏水,電話13812345678');
    assert.match(first, /3棟2單元501/);
    assert.match(first, /浴室漏水/);
    assert.match(first, /沒錯就回「對」/);
    assert.match(await lin.says('ok'), /已登記，案件T20260302-\d+/);
    assert.match(await lin.says('English please'), /^Sure, English from here\./);
    assert.match(await lin.says('進度'), /Ticket T20260302/);
    assert.match(await lin.says('說中文'), /繁體中文/);
    const li = await it.sign_in('li.na');
    const talk = (await li.tickets())[0];
    await li.give(talk.number, 'accept', {});
    assert.match(await lin.hears(), /已經受理，由機電組處理/);
});

await run();
