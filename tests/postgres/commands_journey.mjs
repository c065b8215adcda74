// The program on PostgreSQL from outside: what it says before there is a store, beside a running service and after it,
// and that a killed service goes on where it was.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { house, png, run, test } from '../journeys/house.mjs';
import { ask } from './schema.mjs';

const password = new URL(process.env.HUIYIN_TEST_DATABASE.replace('postgresql:', 'http:')).password;
const shown = (store) => store.replace(`:${password}@`, '@');

test('a complaint, a photo, a kill -9, and the same complaint goes on', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const resident = it.resident();
    const number = await resident.files();
    const photo = await resident.photo(png, '照片在这里');
    assert.equal(photo.status, 200, photo.text);
    const before = await resident.messages();
    await it.kill();
    await it.start();
    assert.deepEqual(await resident.messages(), before);
    const li = await it.sign_in('li.na');
    await li.give(number, 'accept');
    assert.match(await resident.says('查进度'), new RegExp(number));
    await it.kill();
    await it.start();
    assert.equal((await (await it.sign_in('li.na')).ticket(number)).phase, 'accepted');
});

test('commands stand beside the service, one that writes at a time', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    await it.resident().files();
    const where = shown(it.settings.store);
    assert.match(it.command('verify').stdout, /^1 tickets, \d+ events: every chain fits/);
    assert.match(it.command('migrate', '--check').stdout, /up to date/);
    assert.match(it.command('migrate').stdout, /up to date/);
    assert.ok(it.command('doctor').stdout.includes(`ok    store: ${where}\n`));
    const users = it.command('user', 'list');
    assert.equal(users.status, 0, users.stderr);
    assert.match(users.stdout, /li\.na/);
    const saved = it.command('backup', `${it.folder}/one.tar`);
    assert.equal(saved.status, 1);
    assert.match(saved.stderr, /pg_dump/);
    for (const args of [['verify'], ['doctor'], ['migrate'], ['user', 'list']]) {
        const told = it.command(...args);
        assert.ok(!(told.stdout + told.stderr + it.said()).includes(password), 'nothing that is said shows the password');
    }
});

test('a database that was altered by hand is found', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    const number = await it.resident().files();
    await it.stop();
    ask(it.settings.store, "UPDATE events SET body = replace(body, '{', '{ ') WHERE sequence = 1");
    const verified = it.command('verify');
    assert.equal(verified.status, 1, verified.stdout + verified.stderr);
    assert.match(verified.stdout, new RegExp(`ticket ${number}: event 1`));
    await it.start();
});

test('what the program cannot use is said in one line, and nothing is begun', async (to_end) => {
    const it = await house();
    to_end(() => it.destroy());
    await it.stop();
    const says = (store) => {
        writeFileSync(it.config, JSON.stringify({ ...it.settings, store }));
        const told = it.command('migrate');
        assert.equal(told.status, 1, told.stdout + told.stderr);
        assert.ok(!(told.stdout + told.stderr).includes(password));
        return told.stderr.trim();
    };
    const database = process.env.HUIYIN_TEST_DATABASE;
    assert.match(says(database.replace(`:${password}@`, ':wrong@')), /^huiyin: the database does not take this user or password/);
    assert.match(says(`${database}_of_nobody`), /^huiyin: there is no such database/);
    assert.match(says(database.replace(/:\d+\//, ':1/')), /^huiyin: the database cannot be reached/);
    assert.match(says('mysql://root@localhost/x'), /write sqlite:PATH or postgresql:/);
    writeFileSync(it.config, JSON.stringify(it.settings));
    await it.start();
});

await run();
