// Who sets the service up and keeps it: public passwords, links to sign in by, what commands note, what they say where
// nothing is yet, what doctor sees before the service would refuse, and what root leaves behind.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unkind } from '../faults/unkind.mjs';
import { end, house, png, program, root, run, sign_in, start, test } from './house.mjs';

const is_root = process.getuid() === 0;
const demo_file = join(root, 'templates/demo/directory.json');
const own_directory = () => readFileSync(demo_file, 'utf8').replace(/^.*"demo_password".*\n/m, '');

function place(to_end, settings = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-operator-'));
    to_end(() => rmSync(folder, { recursive: true, force: true }));
    const config = join(folder, 'service.json');
    const write = (more = {}) => writeFileSync(config, JSON.stringify({
        listen: '127.0.0.1:0', store: 'sqlite:huiyin.db', media: 'media', directory: 'templates/demo/directory.json',
        secret: 's'.repeat(32), data_key: '0'.repeat(64), channels: [{ id: 'web', type: 'webchat' }], ...settings, ...more,
    }));
    write();
    const huiyin = (...args) => spawnSync(program, [...args, '--config', config], { encoding: 'utf8', cwd: folder, timeout: 60000 });
    const serve = async (...more) => {
        const running = await start(program, ['serve', '--config', config, ...more], { cwd: folder });
        to_end(() => end(running.child));
        return running;
    };
    return { folder, config, write, huiyin, serve };
}
const said = (outcome) => `${outcome.status}\n${outcome.stdout}${outcome.stderr}`;

test('a public password lets nobody in from outside, whenever the service is opened to others', async (to_end) => {
    const it = place(to_end);
    const { child } = await it.serve();
    await end(child);
    for (const [open, why] of [[{ public_url: 'https://service.example.com' }, /"public_url" is https:\/\/service\.example\.com/], [{ trusted_proxies: ['10.0.0.0/8'] }, /"trusted_proxies"/], [{ listen: '0.0.0.0:0' }, /listens on 0\.0\.0\.0/]]) {
        it.write(open);
        const refused = it.huiyin('serve');
        assert.equal(refused.status, 1, said(refused));
        assert.match(refused.stderr, /holds the demo community with its public password/);
        assert.match(refused.stderr, why);
        const seen = it.huiyin('doctor');
        assert.equal(seen.status, 1);
        assert.match(seen.stdout, /bad {3}directory: this store holds the demo community/);
    }
    it.write({ public_url: 'http://localhost:8080', trusted_proxies: ['127.0.0.1/32'] });
    const { child: again } = await it.serve();
    await end(again);
});

test("an organisation's own directory is served, and its first administrator comes in by a link", async (to_end) => {
    const it = place(to_end, { public_url: 'https://service.example.com', trusted_proxies: ['127.0.0.1/32'], directory: 'directory.json' });
    writeFileSync(join(it.folder, 'directory.json'), own_directory());
    const { url } = await it.serve();
    const sent = it.huiyin('user', 'reset-password', 'admin');
    assert.equal(sent.status, 0, said(sent));
    assert.equal(sent.stderr, '');
    const link = /https:\/\/service\.example\.com\/console\/#\/link\/(\S+)/.exec(sent.stdout)?.[1];
    assert.ok(link, sent.stdout);
    const signed = await fetch(url + '/api/v1/sessions', { method: 'POST', body: JSON.stringify({ link, password: 'a long password' }) });
    assert.equal(signed.status, 200, await signed.text());
});

test('without a public_url links lead to where the service listens, and it is said', async (to_end) => {
    const it = place(to_end);
    const { url, child } = await it.serve();
    const sent = it.huiyin('user', 'reset-password', 'li.na');
    assert.ok(sent.stdout.includes(` ${url}/console/#/link/`), said(sent));
    assert.match(sent.stderr, /this machine alone: write "public_url" into \S+service\.json/);
    const admin = await sign_in({ url }, 'admin');
    const given = await admin.good('POST', '/api/v1/directory/staff/li.na/commands', { command: 'reset_password' });
    assert.ok(given.link.startsWith(`${url}/console/#/link/`), given.link);
    const made = await admin.good('POST', '/api/v1/directory/staff', { login: 'he.li', name: '何丽', roles: ['order'], unit: 'jinxiu-centre' });
    assert.ok(made.link.startsWith(`${url}/console/#/link/`), made.link);
    await end(child);
    it.write({ listen: '127.0.0.1:18099' });
    assert.match(it.huiyin('user', 'reset-password', 'li.na').stdout, /http:\/\/127\.0\.0\.1:18099\/console\/#\/link\//);
});

test('figures are read with any of the tokens; what may be left empty is none', async (to_end) => {
    const it = place(to_end, { metrics_token: ['the newer token', 'the older token'], channels: [{ id: 'web', type: 'webchat' }, { id: 'app', type: 'wecom_app', corp_id: 'ww1', agent_id: 1, secret: 's', token: '', encoding_aes_key: '', api_base: 'http://127.0.0.1:9' }] });
    const { url } = await it.serve();
    const read = async (token) => (await fetch(url + '/metrics', { headers: token ? { Authorization: `Bearer ${token}` } : {} })).status;
    assert.deepEqual([await read('the newer token'), await read('the older token'), await read('another token'), await read()], [200, 200, 401, 401]);
});

test('what is done to accounts on the machine is noted as in the console, and what the service does is its own', async (to_end) => {
    const it = await house();
    to_end(it.destroy);
    const good = (...args) => {
        const done = it.command('user', ...args);
        assert.equal(done.status, 0, said(done));
        return done.stdout;
    };
    const unnamed = it.command('user', 'add', 'wu.hao', '--name', ' ', '--role', 'engineering', '--unit', 'jinxiu-centre');
    assert.deepEqual([unnamed.status, /unreadable name " "/.test(unnamed.stderr)], [1, true]);
    good('add', 'wu.hao', '--name', '吴昊', '--role', 'engineering', '--unit', 'jinxiu-centre');
    good('reset-password', 'wu.hao');
    good('disable', 'wu.hao');
    good('disable', 'wu.hao'); // it is so already: nothing was changed
    const refused = it.command('user', 'reset-password', 'wu.hao');
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /"wu\.hao" is disabled/);
    good('enable', 'wu.hao');
    const nobody = it.command('user', 'disable', 'nobody');
    assert.deepEqual([nobody.status, nobody.stdout], [1, '']);
    const admin = await it.sign_in('admin');
    const entries = async () => (await admin.get('/api/v1/audit?limit=200')).items;
    assert.deepEqual((await entries()).reverse().map((one) => [one.by.name, one.action, one.field, one.reason]), [
        ['命令行', 'directory.added', 'staff', 'wu.hao：姓名、岗位、单位'], ['命令行', 'directory.reset_password', 'staff', 'wu.hao'],
        ['命令行', 'directory.changed', 'staff', 'wu.hao：停用'], ['命令行', 'directory.changed', 'staff', 'wu.hao：启用']]);
    await it.to('2026-05-01 09:00'); // papers are made and sent by themselves
    const own = (await entries()).filter((one) => ['report', 'duty'].includes(one.action));
    assert.ok(own.length > 0);
    for (const one of own) assert.equal(one.by.name, '系统');
});

test('commands on a store that is not there say so, and make none', async (to_end) => {
    const it = place(to_end);
    writeFileSync(join(it.folder, 'staff.csv'), '登录名,姓名\nli.na,李娜\n');
    for (const args of [['user', 'list'], ['user', 'add', 'x', '--name', 'x', '--role', 'order', '--unit', 'x'], ['user', 'disable', 'x'], ['report'], ['import', 'staff', 'staff.csv'], ['import', 'staff', 'staff.csv', '--apply'], ['verify'], ['export', 'staff']]) {
        const refused = it.huiyin(...args);
        assert.equal(refused.status, 1, said(refused));
        assert.match(refused.stderr, /^huiyin: there is no store yet: /, args.join(' '));
        assert.deepEqual(readdirSync(it.folder).filter((name) => name.startsWith('huiyin.db')), [], args.join(' '));
    }
    const unnamed = it.huiyin('import', 'tickets', 'staff.csv');
    assert.equal(unnamed.status, 1);
    assert.match(unnamed.stderr, /--by: write the login/);
});

test('a store is not copied onto itself, however it is written', async (to_end) => {
    const it = place(to_end);
    await end((await it.serve()).child);
    for (const to of ['sqlite:huiyin.db', `sqlite:${it.folder}/./huiyin.db`]) {
        const refused = it.huiyin('copy-store', to);
        assert.equal(refused.status, 1, said(refused));
        assert.match(refused.stderr, /cannot be copied into itself/);
    }
});

test('doctor is red wherever the service would refuse, and names what is only missing', async (to_end) => {
    const it = place(to_end);
    const sees = (more, ...lines) => {
        it.write(more);
        const seen = it.huiyin('doctor');
        for (const line of lines) assert.match(seen.stdout, line);
        assert.equal(seen.status, /^bad /m.test(seen.stdout) ? 1 : 0, said(seen));
        return seen.stdout;
    };
    const file = (name, text) => {
        writeFileSync(join(it.folder, name), text);
        return name;
    };
    const well = sees({}, /^ok {4}directory: .*: 6 units, \d+ households: read at the first start$/m, /^ok {4}staff: 9, 1 administrators$/m, /^ok {4}channel web: /m);
    assert.doesNotMatch(well, /^bad /m);
    sees({ directory: undefined }, /^bad {3}directory: the store knows no organisation yet: write "directory" into \S+service\.json/m);
    sees({ listen: '0.0.0.0:0' }, /^bad {3}directory: .*\/demo_password: this service listens on 0\.0\.0\.0/m);
    sees({ directory: file('broken.json', '{"organisation":') }, /^bad {3}directory: not readable as JSON at line 1/m);
    sees({ directory: file('odd.json', '{"organisation":"a","units":[{"key":"a","name":"A","kind":"organisation","zon":"x"}],"staf":[]}') },
        /^bad {3}directory: .*odd\.json \/units\/0\/zon/m, /^bad {3}directory: .*odd\.json \/staf/m);
    sees({ answers: file('answers.json', '{"answer":[]}') }, /^bad {3}answers: .*answers\.json/m);
    sees({ directory: file('nobody.json', '{"organisation":"a","units":[{"key":"a","name":"A","kind":"organisation"}]}') }, /^look {2}staff: nobody could sign in/m);
    sees({ store: 'sqlite:nowhere/huiyin.db' }, /^bad {3}store: the folder \S+nowhere is not there: make it/m);
    const key = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
    sees({ channels: [{ id: 'hook', type: 'webhook', secret: 'whsec_' + 'A'.repeat(43) + '=', url: 'http://192.0.2.1/x' }, { id: 'web', type: 'webchat' }, { id: 'bot', type: 'wecom_aibot', token: 't', encoding_aes_key: key }] },
        /^(ok {4}|bad {3}|look {2})channel hook: /m, /^ok {4}channel web: /m, /^(ok {4}|bad {3})channel bot: /m);
    // A pack of one's own that has gone, and a house whose phrases are damaged.
    const share = join(it.folder, 'share');
    cpSync(join(root, 'templates'), join(share, 'templates'), { recursive: true });
    symlinkSync(join(root, 'build/share/huiyin/model.bin'), join(share, 'model.bin'));
    writeFileSync(join(share, 'templates/phrases/en.json'), '{"customer.filed": 5}');
    it.write();
    const hurt = it.huiyin('doctor', '--share', share);
    assert.match(hurt.stdout, /^bad {3}phrases: .*en\.json/m);
});

test('doctor is red where what is there is not writable for the user who runs the service', async (to_end) => {
    const it = place(to_end, { store: 'sqlite:data/huiyin.db', media: 'data/media' });
    const data = join(it.folder, 'data');
    chmodSync(it.folder, 0o755);
    for (const folder of [data, join(data, 'media')]) mkdirSync(folder);
    const own = is_root ? { uid: 65534, gid: 65534 } : {};
    if (is_root) for (const path of [data, join(data, 'media')]) chownSync(path, 65534, 65534);
    const sees = () => spawnSync(program, ['doctor', '--config', it.config], { encoding: 'utf8', cwd: root, ...own });
    const { child } = await start(program, ['serve', '--config', it.config], { cwd: root, ...own });
    await end(child);
    assert.doesNotMatch(sees().stdout, /^bad /m);
    for (const [path, line] of [['huiyin.db.lock', /^bad {3}store: this user may not write \S+huiyin\.db\.lock: chown it/m], ['huiyin.db', /^bad {3}store: /m], ['media', /^bad {3}media: this user may not write into \S+media: chown it/m], ['.', /^bad {3}store: this user may not write into \S+data: chown it/m]]) {
        const place = join(data, path), mode = statSync(place).mode;
        if (is_root) chownSync(place, 0, 0);
        chmodSync(place, statSync(place).isDirectory() ? 0o555 : 0o444);
        const seen = sees();
        assert.match(seen.stdout, line, path);
        assert.equal(seen.status, 1, said(seen));
        chmodSync(place, mode);
        if (is_root) chownSync(place, 65534, 65534);
    }
    assert.doesNotMatch(sees().stdout, /^bad /m);
});

test('what the output does not take is no success', async (to_end) => {
    const it = place(to_end);
    const { child } = await it.serve();
    await end(child);
    const full = openSync('/dev/full', 'w');
    to_end(() => closeSync(full));
    for (const format of ['csv', 'html', 'json', 'xlsx']) {
        const made = spawnSync(program, ['report', 'register', '--format', format, '--config', it.config], { cwd: it.folder, stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
        assert.equal(made.status, 1, format);
        assert.match(made.stderr, /the output did not take it all/, format);
    }
    for (const args of [['user', 'list'], ['export', 'units'], ['verify'], ['doctor']]) {
        const asked = spawnSync(program, [...args, '--config', it.config], { cwd: it.folder, stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
        assert.deepEqual([asked.status, /the output did not take it all/.test(asked.stderr)], [1, true], args.join(' '));
    }
});

test('doctor asks for the holidays of the next year from November on', async (to_end) => {
    const unkind = new Unkind(to_end);
    const it = place(to_end);
    const at = (time) => {
        unkind.set_clock_off(Date.parse(time) - Date.now());
        return spawnSync(program, ['doctor', '--config', it.config], { encoding: 'utf8', cwd: it.folder, env: { ...process.env, ...unkind.environment } }).stdout;
    };
    assert.match(at('2026-10-15T04:00:00Z'), /^ok {4}holidays: property-group: known$/m);
    // Years for which no file comes soon.
    const february = at('2041-02-15T04:00:00Z');
    assert.match(february, /^look {2}holidays: property-group: no file for 2041: put 2041\.json into /m);
    assert.doesNotMatch(february, /no file for 2042/);
    assert.match(at('2041-11-15T04:00:00Z'), /^look {2}holidays: property-group: no file for 2042, which the State Council publishes in November/m);
});

test('what root restores, migrates and copies belongs to who owns the folder, and the service starts', async (to_end) => {
    const it = await house();
    to_end(it.destroy);
    const number = await it.resident().files();
    const li = await it.sign_in('li.na');
    const form = new FormData();
    form.set('file', new Blob([png], { type: 'image/png' }), 'done.png');
    await li.good('POST', `/api/v1/tickets/${number}/attachments`, form);
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-root-'));
    to_end(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o755);
    const tar = join(folder, 'backup.tar'), home = join(folder, 'lib'), config = join(folder, 'huiyin.json');
    const saved = it.command('backup', tar);
    assert.equal(saved.status, 0, said(saved));
    mkdirSync(home, { mode: 0o700 });
    const owner = is_root ? { uid: 65534, gid: 65534 } : { uid: process.getuid(), gid: process.getgid() };
    if (is_root) chownSync(home, owner.uid, owner.gid);
    const settings = { ...it.settings, store: `sqlite:${home}/huiyin.db`, media: `${home}/media` };
    writeFileSync(config, JSON.stringify(settings));
    const restored = spawnSync(program, ['restore', tar, '--config', config], { encoding: 'utf8', cwd: root });
    assert.equal(restored.status, 0, said(restored));
    const staff = spawnSync(program, ['export', 'staff', '--config', config], { encoding: 'utf8', cwd: root });
    writeFileSync(join(folder, 'staff.csv'), staff.stdout);
    rmSync(`${home}/huiyin.db.lock`, { force: true });
    const imported = spawnSync(program, ['import', 'staff', join(folder, 'staff.csv'), '--apply', '--config', config], { encoding: 'utf8', cwd: root });
    assert.equal(imported.status, 0, said(imported));
    const copied = spawnSync(program, ['copy-store', `sqlite:${home}/other.db`, '--config', config], { encoding: 'utf8', cwd: root });
    assert.equal(copied.status, 0, said(copied));
    const all = readdirSync(home, { recursive: true }).map((name) => join(home, name));
    assert.ok(all.length > 6, all.join('\n')); // two stores, their locks, a picture in its folders
    for (const path of all) assert.equal(statSync(path).uid, owner.uid, path);
    // As the service's user, from where he may read.
    const own = is_root ? owner : {};
    const { child, url } = await start(program, ['serve', '--config', config], { cwd: root, ...own });
    to_end(() => end(child));
    assert.equal((await (await sign_in({ url }, 'li.na')).ticket(number)).number, number);
});

test('a wrong command line names the word, the nearest one, and the help of that command', async () => {
    const says = (code, expected, ...args) => {
        const outcome = spawnSync(program, args, { encoding: 'utf8', cwd: root, timeout: 20000 });
        assert.equal(outcome.status, code, said(outcome));
        assert.match(outcome.stderr, expected);
        assert.doesNotMatch(outcome.stderr, /huiyin-(demo|chat)-/, 'no file that nobody wrote');
    };
    says(2, /^huiyin: unknown command "sevre": did you mean "serve"\?: `huiyin --help`/, 'sevre');
    says(2, /^huiyin: unknown command "zzzzzz": `huiyin --help`/, 'zzzzzz');
    says(2, /^huiyin: unknown command "ad": did you mean "add"\?: `huiyin user --help`/, 'user', 'ad');
    says(2, /^huiyin: --name is required: `huiyin user add --help`/, 'user', 'add', 'x');
    says(2, /--what.*`huiyin serve --help`/, 'serve', '--what');
    says(1, /^huiyin: --listen: cannot read "foo"/, 'demo', '--listen', 'foo');
    says(1, /^huiyin: no such pack "nofile": --policy/, 'chat', '--policy', 'nofile');
});

test('the talk in a terminal: a pack by its id, buttons by number, and what is no command', async () => {
    const talk = spawnSync(program, ['chat', '--policy', 'water-bureau'], { encoding: 'utf8', cwd: root, timeout: 60000, input: '/help\n#9\n#1\n/advance 2 hours\n/quit\n你好\n' });
    assert.equal(talk.status, 0, talk.stderr);
    assert.match(talk.stdout, /（没有 \/help 这个命令：/);
    assert.match(talk.stdout, /（没有第 9 个按钮：现在有 \d 个）/);
    assert.match(talk.stdout, /您: #1\n回音: /);
    assert.match(talk.stdout, /（现在是 20/);
    assert.doesNotMatch(talk.stdout, /您: 你好/, '/quit ends it');
});

await run();
