// Several services that start at the same moment on an empty database: all of them serve, and the organisation is there
// once.
import assert from 'node:assert/strict';
import { house, Resident, run, test } from '../journeys/house.mjs';
import { ask } from './schema.mjs';

const rounds = Number(process.env.ROUNDS ?? 4);

test(`${rounds} times three services start at once where there is nothing yet`, async (to_end) => {
    const one = await house();
    to_end(() => one.destroy());
    const { listen, ...same } = one.settings;
    const others = [];
    for (let index = 0; index < 2; ++index) {
        const it = await house({ over: { ...same, media: `${one.folder}/media` } });
        others.push(it);
        to_end(() => it.destroy());
    }
    const all = [one, ...others];
    const [database, schema] = /^(.*)\?options=-csearch_path%3D(\w+)$/.exec(same.store).slice(1);
    for (let round = 0; round < rounds; ++round) {
        for (const it of all) await it.stop();
        ask(database, `DROP SCHEMA ${schema} CASCADE; CREATE SCHEMA ${schema}`);
        await Promise.all(all.map((it) => it.start()));
        assert.equal(ask(database, `SELECT COUNT(*) FROM ${schema}.organisations`), '1');
        assert.equal(ask(database, `SELECT COUNT(*) - COUNT(DISTINCT login) FROM ${schema}.staff`), '0');
        const numbers = [];
        for (const it of all) numbers.push(await new Resident(it).files());
        assert.equal(new Set(numbers).size, all.length);
        for (const it of all) assert.equal((await (await it.sign_in('li.na')).tickets()).length, all.length);
    }
});

await run();
