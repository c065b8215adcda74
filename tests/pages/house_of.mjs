// A service under one pack, with the smallest directory it can work with: one service centre, one community, two people
// who hold every role (whoever handled a case does not speak for its customer), and an administrator who moves the clock.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, root, start } from './service.mjs';

export const password = 'huiyin-demo';

// A pack as it lies there; its remarks are no JSON.
export function read_pack(id) {
    const text = readFileSync(join(root, 'templates/policies', `${id}.json`), 'utf8');
    return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*/g, (piece) => (piece.startsWith('//') ? '' : piece)));
}

// `other`: a second pack, which holds for a second centre and its community (城西); 马琳 has its roles too, and both work
// above the two.
export async function house_of(pack, other) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-pack-'));
    const has_buildings = /^(property|real-estate)/.test(pack.id); // where people live is an address, elsewhere it is words
    const roles = pack.roles.filter((role) => role !== 'administrator');
    const person = (login, name, held) => ({ login, name, roles: held, unit: other ? 'head' : 'centre', phone: '15400000999' });
    writeFileSync(join(folder, 'directory.json'), JSON.stringify({
        organisation: 'head',
        demo_password: password,
        units: [
            { key: 'head', name: '总部', kind: 'organisation' },
            { key: 'centre', name: '城东中心', kind: 'service_centre', parent: 'head', phones: { duty: '021-1055-0110' } },
            { key: 'place', name: '城东', kind: 'community', parent: 'centre', phones: { duty: '021-1055-0110' } },
            ...(other ? [{ key: 'west-centre', name: '城西中心', kind: 'service_centre', parent: 'head', policy: other.id, phones: { duty: '021-1055-0110' } }] : []),
            ...(other ? [{ key: 'west', name: '城西', kind: 'community', parent: 'west-centre', phones: { duty: '021-1055-0110' } }] : []),
        ],
        buildings: has_buildings ? [{ community: 'place', names: ['3'], units: ['2'], floors: 6, rooms: ['01', '02'] }] : [],
        staff: [
            person('ma.lin', '马琳', [...new Set([...roles, ...(other?.roles ?? []).filter((role) => role !== 'administrator')])]),
            person('he.ping', '何平', roles),
            { login: 'admin', name: '系统管理员', roles: ['administrator'], unit: 'head' },
        ],
    }));
    writeFileSync(join(folder, 'huiyin.json'), JSON.stringify({
        listen: '127.0.0.1:0',
        store: 'sqlite:' + join(folder, 'huiyin.db'),
        media: join(folder, 'media'),
        policy: join(root, `templates/policies/${pack.id}.json`),
        directory: join(folder, 'directory.json'),
        secret: randomBytes(32).toString('hex'),
        data_key: randomBytes(32).toString('hex'),
        channels: [{ id: 'web', type: 'webchat' }],
        notify: { staff: [], fallback: ['web'] },
    }));
    const one = await start(['serve', '--config', join(folder, 'huiyin.json'), '--clock', 'manual:2026-03-02T09:00:00+08:00']);
    return {
        url: one.url,
        said: one.said,
        has_buildings,
        async stop() {
            await end(one.child, 'SIGTERM');
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

// One of the staff, by the API alone.
export async function colleague(url, login) {
    const ask = async (method, path, body, headers = {}) => {
        const answer = await fetch(url + path, {
            method,
            headers: { 'Content-Type': 'application/json', ...headers },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await answer.text();
        return { status: answer.status, body: text ? JSON.parse(text) : {} };
    };
    const { body } = await ask('POST', '/api/v1/sessions', { login, password });
    const own = { Authorization: `Bearer ${body.token}` };
    return {
        login,
        ask: (method, path, wish) => ask(method, path, wish, own),
        get: async (path) => (await ask('GET', path, undefined, own)).body,
        post: (path, wish) => ask('POST', path, wish, own),
        put: (path, wish) => ask('PUT', path, wish, own),
    };
}

// The same person in a browser; `before` has the page before anybody signs in on it.
export async function sign_in(open, url, login, viewport, before = () => {}) {
    const page = await open(url + '/console/', viewport);
    await before(page);
    await page.fill('[name=login]', login);
    await page.fill('[name=password]', password);
    await page.click('button[type=submit]');
    await page.waitForSelector('.tickets');
    return page;
}
