// What deploy/container/compose.yaml starts in containers, started from this machine's packages: PostgreSQL, two replicas
// under the container's configuration with keys of deploy/container/prepare, and nginx with TLS under the files that
// compose mounts. Only addresses, ports and folders are exchanged; a file that no longer has what is exchanged is an error.
//
//   node tests/operating/composed.mjs     says where it is, and ends with its standard input (or Ctrl+C)
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { end, program, root, sign_in, start, until } from '../journeys/house.mjs';

export const given = (path) => readFileSync(join(root, 'deploy', path), 'utf8');

export const free_port = () =>
    new Promise((resolve) => {
        const one = createServer().listen(0, '127.0.0.1', () => {
            const { port } = one.address();
            one.close(() => resolve(port));
        });
    });

export function replaced(text, found, by) {
    assert.ok(text.includes(found), `there is no "${found}"`);
    return text.replaceAll(found, by);
}

export function certificate_in(folder) {
    const chain = join(folder, 'chain.pem');
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
        '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', join(folder, 'key.pem'), '-out', chain], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    return chain;
}

// The given site before this upstream, with this machine's ports and a certificate of the moment; nothing else is changed.
export async function nginx(ending, upstream, certificate, tls_port) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-front-'));
    chmodSync(folder, 0o755);
    const [plain, tls] = [await free_port(), tls_port ?? (await free_port())];
    let site = replaced(given('operating/nginx.conf'), 'listen 80;', `listen 127.0.0.1:${plain};`);
    site = replaced(site, 'listen 443 ssl http2;', `listen 127.0.0.1:${tls} ssl http2;`);
    site = replaced(site, '/etc/huiyin/tls/chain.pem', certificate);
    site = replaced(site, '/etc/huiyin/tls/key.pem', certificate.replace('chain', 'key'));
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
    const log = join(folder, 'access.log');
    writeFileSync(join(folder, 'nginx.conf'), `pid ${folder}/pid; error_log stderr warn; events { } http { log_format who '$upstream_addr $status'; access_log ${log} who; ${places} ${upstream} ${site} }`);
    const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    ending(async () => {
        await end(child, 'SIGQUIT');
        rmSync(folder, { recursive: true, force: true });
    });
    await until(`nginx listens: ${said}`, () => {
        assert.equal(child.exitCode, null, said);
        return new Promise((resolve) => connect(tls, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false)).unref());
    });
    return { url: `https://127.0.0.1:${tls}`, tls, plain, asked: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []) };
}

async function postgres(ending) {
    const child = spawn(join(root, 'tests/postgres/serve'), { stdio: ['pipe', 'pipe', 'inherit'] });
    ending(() => new Promise((resolve) => {
        child.once('exit', resolve);
        child.stdin.end();
    }));
    const said = await new Promise((resolve, reject) => {
        child.stdout.setEncoding('utf8').once('data', resolve);
        child.once('exit', (code) => reject(new Error(`tests/postgres/serve ended (${code})`)));
    });
    child.removeAllListeners('exit');
    assert.match(said, /^serving /);
    return said.trim().slice('serving '.length);
}

// A service that can be stopped, killed and started again in its place.
async function replica(ending, folder, number, text) {
    const port = await free_port();
    const config = join(folder, `replica-${number}.json`);
    writeFileSync(config, replaced(text, '0.0.0.0:8080', `127.0.0.1:${port}`));
    const it = { port, config, url: `http://127.0.0.1:${port}` };
    it.start = async () => {
        const running = await start(program, ['serve', '--config', config, '--clock', 'manual:2026-03-02T09:00:00+08:00']);
        it.child = running.child;
    };
    it.kill = () => end(it.child, 'SIGKILL');
    it.command = (...args) => spawnSync(program, [...args, '--config', config], { encoding: 'utf8', cwd: root });
    it.sign_in = (login, password) => sign_in(it, login, password);
    ending(() => it.child && end(it.child));
    await it.start();
    return it;
}

// certificate: what the caller trusts (NODE_EXTRA_CA_CERTS). Gives the address in front, and the replicas behind it.
export async function composed(ending, certificate, messages_per_minute = 30) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-composed-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    const secrets = join(folder, 'secrets');
    const prepared = spawnSync(join(root, 'deploy/container/prepare'), [secrets], { encoding: 'utf8' });
    assert.equal(prepared.status, 0, prepared.stderr);
    rmSync(join(secrets, 'store'));
    writeFileSync(join(secrets, 'store'), await postgres(ending));
    mkdirSync(join(folder, 'media'));
    const tls = await free_port();
    let text = given('container/configuration.json');
    for (const [found, by] of [
        ['https://service.example.com', `https://127.0.0.1:${tls}`], ['/run/secrets/', `${secrets}/`], ['/var/lib/huiyin/media', `${folder}/media`],
        ['/etc/huiyin/directory.json', 'templates/demo/directory.json'], ['172.31.80.0/24', '127.0.0.1/32'],
        ['"channels"', `"limits": { "messages_per_minute_per_user": ${messages_per_minute} },\n    "channels"`],
    ]) text = replaced(text, found, by);
    const replicas = [await replica(ending, folder, 1, text), await replica(ending, folder, 2, text)];
    const line = /server huiyin:8080( [^;]*)?;/.exec(given('container/upstream.conf'));
    assert.ok(line, 'upstream.conf names huiyin:8080');
    const upstream = replaced(given('container/upstream.conf'), line[0], replicas.map((it) => `server 127.0.0.1:${it.port}${line[1] ?? ''};`).join(' '));
    const front = await nginx(ending, upstream, certificate, tls);
    front.sign_in = (login, password) => sign_in(front, login, password);
    return { front, replicas, secrets };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const endings = [];
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-tls-'));
    chmodSync(folder, 0o755);
    const { front, replicas } = await composed((one) => endings.push(one), certificate_in(folder));
    console.log(`serving ${front.url}/chat/web and ${front.url}/console/ by ${replicas.map((it) => `${it.url} (process ${it.child.pid})`).join(' and ')}`);
    process.on('SIGINT', () => process.stdin.destroy());
    await new Promise((resolve) => process.stdin.on('end', resolve).on('close', resolve).resume());
    for (const one of endings.reverse()) await one();
    rmSync(folder, { recursive: true, force: true });
}
