// Two services on one database send by one account: together they keep to what its platform takes, and when one of them
// dies the other one has all of it.
//
//   tests/postgres/with node tests/postgres/rates_journey.mjs
import assert from 'node:assert/strict';
import { house, platform, Resident, run, test, until } from '../journeys/house.mjs';

const app = { id: 'app', type: 'wecom_app', corp_id: 'ww0123456789abcdef', agent_id: 1000002, secret: 'wecom-app-secret-0123456789abcdefghijklmnop', token: 'tsCallbackTok01', encoding_aes_key: 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA' };
const each = 20;

test('thirty a minute to one member, counted by two: nothing is dropped, and after a death all arrives', async (to_end) => {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const options = { channels: [{ id: 'web', type: 'webchat' }, { ...app, api_base: stand_in.url }], notify: { staff: ['app'], fallback: ['web'] } };
    const one = await house(options);
    to_end(() => one.destroy());
    const { listen, ...same } = one.settings;
    const two = await house({ ...options, over: { ...same, media: `${one.folder}/media` } });
    to_end(() => two.destroy());
    await until('each to know the other', () => [one, two].every((it) => /"serve":2/.test(it.said())), 15);

    // More dangers within a moment than one member may be told of in a minute.
    const files = (it, n) => new Resident(it).says(`${1 + (n % 6)}栋${1 + (n % 2)}单元${1 + n}01有人被困在电梯里了`);
    const heard = await Promise.all([one, two].flatMap((it, who) => [...Array(each).keys()].map((n) => files(it, who * each + n))));
    assert.ok(heard.every((words) => words.length > 0));
    const to_wang = async () => (await stand_in.delivered('wang.fang')).filter((sent) => /困/.test(JSON.stringify(sent.message)));
    const dropped = async () => (await stand_in.delivered()).filter((sent) => sent.dropped);
    const admin = await one.sign_in('admin');
    const held = async () => (await admin.outbox('waiting')).filter((row) => row.to === 'wang.fang' && row.kind === 'emergency');
    // Each has sent its half of the thirty; one that died before would leave more than the other may send in a minute.
    await until('both to have sent what is theirs', async () => (await held()).some((row) => row.last_error?.code === 'budget') && (await to_wang()).length === 30, 40);
    assert.equal((await held()).length, 2 * each - 30, 'the rest waits');
    assert.deepEqual(await dropped(), []);

    await two.kill();
    await until('one to know that it is alone', () => /"serve":1/.test(one.said()), 15);
    await until('the rest, when the minute is over', async () => (await to_wang()).length === 2 * each, 90);
    assert.deepEqual(await dropped(), []);
});

await run();
