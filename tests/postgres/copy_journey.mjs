// A service moves from a file to PostgreSQL and back by huiyin copy-store: talks go on, numbers go on, sessions hold, and
// what waited to be sent is sent once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { house, platform, program, root, run, test, until } from '../journeys/house.mjs';
import { ask, fresh_schema } from './schema.mjs';

const database = process.env.HUIYIN_TEST_DATABASE;
const password = new URL(database.replace('postgresql:', 'http:')).password;
const account = { app_id: 'wx0123456789abcdef', app_secret: 'wechat-secret-0123456789abcdef01', token: 'Tower7token', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
const by = (api_base) => [{ id: 'web', type: 'webchat' }, { id: 'oa', type: 'wechat_official_account', api_base, ...account }];

// The address comes from the environment, as an operator would give it.
function copy(it, to) {
    const told = spawnSync(program, ['copy-store', '${COPY_TO}', '--config', it.config], { encoding: 'utf8', cwd: root, env: { ...process.env, COPY_TO: to } });
    assert.ok(!(told.stdout + told.stderr).includes(password), 'nothing that is said shows the password');
    return told;
}
function moves(it, store, channels = it.settings.channels) {
    Object.assign(it.settings, { store, channels });
    writeFileSync(it.config, JSON.stringify(it.settings));
}

test('from a file to PostgreSQL and back: talks go on, what waited is told once', async (to_end) => {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const nobody = by('http://127.0.0.1:9');
    const it = await house({ channels: nobody, over: { store: 'sqlite:huiyin.db' } });
    to_end(() => it.destroy());
    const resident = it.resident();
    const first = await resident.files();
    await resident.says('5栋2单元601楼道灯不亮');
    let message = 24800000000000001n;
    for (const Content of ['3栋2单元501卫生间漏水,电话13800002000', '对'])
        await stand_in.call('/_callback', {
            url: `${it.url}/hooks/oa`, platform: 'wechat',
            message: { FromUserName: 'oTest000000000000000001000', MsgType: 'text', Content, MsgId: String(message++) },
        });
    const li = await it.sign_in('li.na');
    const numbers = (await li.tickets()).map((ticket) => ticket.number).sort();
    assert.equal(numbers.length, 2);
    const theirs = numbers.find((number) => number !== first);
    await li.give(theirs, 'accept');
    await (await it.sign_in('zhang.qiang')).give(theirs, 'propose', { text: '明天更换水管' });
    const proposed = await until('a row that waits', async () =>
        (await (await it.sign_in('admin')).outbox()).find((row) => row.ticket === theirs && row.preview.includes('明天更换')));
    assert.ok(['waiting', 'sending', 'failed'].includes(proposed.state), proposed.state);

    const store = fresh_schema(database);
    const refused = copy(it, store);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /^huiyin: another process serves this store .*: stop it first/);
    assert.equal(ask(store, 'SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()'), '0');
    const before = await resident.messages();
    await it.kill();

    const moved = copy(it, store);
    assert.equal(moved.status, 0, moved.stdout + moved.stderr);
    assert.match(moved.stdout, /^events +\d+ {2}\d+\.\d s$/m);
    assert.match(moved.stdout, /^2 tickets, \d+ events: every chain fits$/m);
    assert.match(moved.stdout, /^copied: \d+ tables, \d+ rows in \d+\.\d s; now write the new place into "store": postgresql:\/\/huiyin@/m);
    assert.match(copy(it, store).stderr, /^huiyin: there is something already where the copy would go: .*: name an empty place/);

    moves(it, store, by(stand_in.url));
    await it.start();
    assert.deepEqual(await resident.messages(), before);
    const second = /T\d{8}-\d+/.exec(await resident.says('对'))?.[0];
    assert.ok(second > numbers[1], `${second} after ${numbers}`);
    assert.equal((await li.ticket(theirs)).number, theirs, 'her session is the one of before');
    const told = async () => (await stand_in.delivered()).filter((one) => JSON.stringify(one).includes('明天更换水管')).length;
    await until('the proposal', async () => (await told()) > 0, 40);
    await until('nothing waits any more', async () => (await (await it.sign_in('admin')).outbox('waiting')).length === 0, 40);
    assert.equal(await told(), 1);
    assert.match(it.command('verify').stdout, /^3 tickets, \d+ events: every chain fits/);

    const again = `sqlite:${it.folder}/again.db`;
    assert.match(copy(it, again).stderr, /^huiyin: another process serves this store: postgresql:\/\/huiyin@/);
    await it.stop();
    const back = copy(it, again);
    assert.equal(back.status, 0, back.stdout + back.stderr);
    moves(it, again);
    await it.start();
    assert.match(await resident.says('查进度'), new RegExp(second));
    const fourth = await it.resident().files();
    assert.ok(fourth > second, `${fourth} after ${second}`);
    assert.equal(await told(), 1);
});

test('what cannot be copied is said in one line', async (to_end) => {
    const it = await house({ over: { store: 'sqlite:huiyin.db' } });
    to_end(() => it.destroy());
    await it.stop();
    const says = (to, code = 1) => {
        const told = copy(it, to);
        assert.equal(told.status, code, told.stdout + told.stderr);
        return told.stderr.trim();
    };
    assert.match(says('mysql://root@localhost/x'), /^huiyin: not the address of a store: .*write sqlite:PATH or postgresql:/);
    assert.match(says(''), /^huiyin: the environment has no COPY_TO/);
    const by_file = (path) => spawnSync(program, ['copy-store', `file:${path}`, '--config', it.config], { encoding: 'utf8' }).stderr;
    writeFileSync(`${it.folder}/address`, `${database}_of_nobody\n`);
    assert.match(by_file(`${it.folder}/address`), /^huiyin: there is no such database/);
    assert.match(by_file(`${it.folder}/nowhere`), /^huiyin: no address in this file/);
    assert.match(says(`${database}_of_nobody`), /^huiyin: there is no such database/);
    assert.match(says(`sqlite:${it.folder}/huiyin.db`), /^huiyin: a store cannot be copied into itself/);
    assert.match(says(`sqlite:${it.folder}/nowhere/huiyin.db`), /^huiyin: the folder of the store is missing/);
    assert.equal(spawnSync(program, ['copy-store', '--config', it.config], { encoding: 'utf8' }).status, 2);
    const help = spawnSync(program, ['copy-store', '--help'], { encoding: 'utf8' });
    assert.match(help.stdout, /postgresql:\/\/USER@HOST\/DATABASE/);
    await it.start();
});

await run();
