// The service under test: the real one in a process of its own, or the drawing board.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fake_service, listen } from './fake_server.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env.HUIYIN ?? join(root, 'build/huiyin');

// Starts it and waits for the line that names its address.
export function start(arguments_) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, arguments_, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
        let said = '';
        child.stderr.setEncoding('utf8');
        child.stderr.on('data', (text) => {
            said = (said + text).slice(-8000);
            const found = /listening on (http:\/\/[\w.:[\]]+)/.exec(said);
            if (found) resolve({ child, url: found[1], said: () => said });
        });
        child.on('error', reject);
        child.on('exit', (code, signal) => reject(new Error(`${program} ${arguments_.join(' ')} ended (${code ?? signal}): ${said}`)));
    });
}

export function end(child, signal) {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill(signal);
    });
}

export async function real_demo() {
    const { child, url, said } = await start(['demo', '--listen', '127.0.0.1:0']);
    return { url, said, stop: () => end(child, 'SIGTERM') };
}

function free_port() {
    return new Promise((resolve) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

// A service with a store file, that can be killed and started again on the same port.
export async function real_mortal() {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-pages-'));
    const config = join(folder, 'huiyin.json');
    const port = await free_port();
    writeFileSync(config, JSON.stringify({
        listen: `127.0.0.1:${port}`,
        store: 'sqlite:' + join(folder, 'huiyin.db'),
        media: join(folder, 'media'),
        policy: join(root, 'templates/policies/property-group.json'),
        directory: join(root, 'templates/demo/directory.json'),
        secret: randomBytes(32).toString('hex'),
        data_key: randomBytes(32).toString('hex'),
        channels: [{ id: 'web', type: 'webchat' }],
        notify: { staff: [], fallback: ['web'] },
    }));
    const live = () => start(['serve', '--config', config, '--clock', 'manual:2026-11-23T09:00:00+08:00']);
    let one = await live();
    return {
        url: one.url,
        said: () => one.said(),
        kill: () => end(one.child, 'SIGKILL'),
        async revive() {
            one = await live();
        },
        async stop() {
            await end(one.child, 'SIGTERM');
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

export async function fake_demo() {
    const service = fake_service();
    const { server, url } = await listen(service);
    return { url, said: () => '', stop: () => (server.closeAllConnections(), server.close()) };
}

export async function fake_mortal() {
    const service = fake_service();
    let { server, url } = await listen(service);
    const port = server.address().port;
    const kill = async () => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
    };
    return {
        url,
        said: () => '',
        kill,
        async revive() {
            ({ server } = await listen(service, port));
        },
        stop: kill,
    };
}
