// Every platform tried by hand, as its page does it: the address is proved, somebody says something and reads the answer.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { program, root, run, test, until } from './house.mjs';

// What the page's phones do, without a page.
const { kinds } = await import('data:text/javascript,' + encodeURIComponent(readFileSync(join(root, 'tests/platform/page/platforms.js'), 'utf8')));

const listens = (port) => new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(0)).listen(port, '127.0.0.1', () => {
        const { port: got } = server.address();
        server.close(() => resolve(got));
    });
});
async function two_ports() {
    for (;;) {
        const one = await listens(0);
        if (one < 65535 && (await listens(one + 1))) return one;
    }
}

test('each platform proves the address from the page of the stand-in, is talked to and answers; a wrong address is told', async (to_end) => {
    const port = await two_ports();
    const tried = spawn(join(root, 'tests/platform/try'), [String(port)], { cwd: root, env: { ...process.env, HUIYIN: program }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let said = '';
    for (const stream of [tried.stdout, tried.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    const ended = new Promise((resolve) => tried.once('exit', resolve));
    to_end(async () => {
        if (tried.exitCode === null) process.kill(-tried.pid, 'SIGINT');  // as Ctrl-C does: all that it started
        await ended;
    });
    await until('both to listen', () => said.split('listening on').length > 2, 30);
    const stand_in = `http://127.0.0.1:${port}`, service = `http://127.0.0.1:${port + 1}`;
    const call = async (path, body) => {
        const answer = await fetch(stand_in + path, body ? { method: 'POST', body: JSON.stringify(body) } : {});
        assert.ok(answer.ok, `${path}: ${answer.status}`);
        return answer.json();
    };
    assert.match(await (await fetch(stand_in + '/')).text(), /platforms\.js|phones\.js/);
    const proved = [];
    for (const [name, kind] of Object.entries(kinds)) {
        if (!kind.verify) continue;
        const told = await call(...kind.verify(`${service}/hooks/${kind.hook}`));
        assert.equal(told.problem ?? told.deliveries?.[0]?.problem ?? '', '', name);
        proved.push(name);
        const nowhere = await call(...kind.verify(`${service}/hooks/nobody`));
        assert.notEqual(nowhere.problem ?? nowhere.deliveries?.[0]?.problem ?? '', '', `${name}: an address that is nobody's`);
        const heard = await call(...kind.say(`${service}/hooks/${kind.hook}`, kind.sample, '你好'));
        assert.equal(heard.problem ?? '', '', name);
        const shown = async () => {
            if (kind.answer?.(heard.reply)) return kind.answer(heard.reply).text;
            const { delivered } = await call('/_recorded');
            return delivered.filter((one) => one.platform === name && one.to === kind.sample).map((one) => kind.one(one).text).join('\n');
        };
        await until(`an answer at ${name}'s`, async () => /[\u4e00-\u9fff]/.test(await shown()), 10);
    }
    assert.deepEqual(proved, ['wechat', 'wecom', 'kf', 'feishu', 'dingtalk', 'aibot']);
});

await run();
