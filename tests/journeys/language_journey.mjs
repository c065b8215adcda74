// The language that somebody sets on the page reaches the service, and what he is told is in it.
import assert from 'node:assert/strict';
import { house, run, test } from './house.mjs';

const channels = [{ id: 'web', type: 'webchat' }];

test('a language that was set is obeyed, whatever is written; the next setting counts from then on', async (to_end) => {
    const it = await house({ channels });
    to_end(() => it.destroy());
    const wang = it.resident();
    const english = await wang.says('3栋2单元501卫生间漏水,电话13812345678', { 'Accept-Language': 'en' });
    assert.match(english, /Building 3, Unit 2, Room 501/);
    const traditional = await wang.says('对', { 'Accept-Language': 'zh-TW' });
    assert.match(traditional, /案件/);
    const desk = await it.sign_in('li.na');
    await wang.hears();
    await desk.give(/T\d{8}-\d+/.exec(traditional)[0], 'accept');
    assert.match(await wang.hears(), /案件.*受理/, 'what is said later is in it as well');
});

test('what a browser prefers is where a talk begins; what is written counts more', async (to_end) => {
    const it = await house({ channels });
    to_end(() => it.destroy());
    const ann = it.resident();
    const browser = { 'Accept-Language': 'en-US,en;q=0.9,zh-CN;q=0.8' };
    assert.match(await ann.says('hello', browser), /complaint|report|Hello|Hi/i);
    assert.match(await ann.says('3栋2单元501卫生间漏水,电话13812345678', browser), /请核对/);
    const other = it.resident();
    assert.match(await other.says('3栋2单元501卫生间漏水', { 'Accept-Language': 'en;q=0.5' }), /电话/);
});

await run();
