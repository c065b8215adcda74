// What must be known to nobody: looked for in everything that a service writes, says, shows and keeps.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { house, platform, run, test, until } from './house.mjs';

const aes = 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA';
const canaries = {
    app: 'wecom-app-secret-0123456789abcdefghijklmnop', app_token: 'tsCallbackTok01', aes, kf: 'wecom-kf-secret-0123456789abcdefghijklmnopq', kf_token: 'kfCallbackTok02', kf_aes: 'obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8',
    oa: 'wechat-secret-0123456789abcdef01', oa_token: 'Tower7token', robot: 'robot-key-1', bot_token: 'aibotToken9', hook: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr', metrics: 'canary-metrics-token-0001', password: 'huiyin-demo',
};

function files_below(folder) {
    return readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        const what = statSync(path);
        return what.isDirectory() ? files_below(path) : what.isFile() ? [path] : [];
    });
}

test('no secret stands in the process list, the log, an error, an answer, the store or a backup', async (to_end) => {
    const stand_in = await platform();
    to_end(() => stand_in.stop());
    const at = stand_in.url;
    const it = await house({
        channels: [{ id: 'web', type: 'webchat' },
            { id: 'oa', type: 'wechat_official_account', app_id: 'wx0123456789abcdef', app_secret: canaries.oa, token: canaries.oa_token, encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', api_base: at },
            { id: 'app', type: 'wecom_app', corp_id: 'ww0123456789abcdef', agent_id: 1000002, secret: canaries.app, token: canaries.app_token, encoding_aes_key: aes, api_base: at },
            { id: 'kf', type: 'wecom_kf', corp_id: 'ww0123456789abcdef', secret: canaries.kf, open_kfid: 'wkTESTkfid0001', token: canaries.kf_token, encoding_aes_key: canaries.kf_aes, api_base: at },
            { id: 'bot', type: 'wecom_aibot', token: canaries.bot_token, encoding_aes_key: canaries.kf_aes, api_base: at },
            { id: 'crew', type: 'wecom_robot', webhook_url: `${at}/cgi-bin/webhook/send?key=${canaries.robot}` },
            { id: 'hook', type: 'webhook', secret: `whsec_${canaries.hook}`, url: `${at}/nowhere` }],
        notify: { staff: ['app', 'crew', 'hook'], fallback: ['web'] },
        over: { metrics_token: canaries.metrics },
    });
    to_end(() => it.destroy());
    const shown = [];
    const look = async (path, options) => {
        const answer = await fetch(it.url + path, options);
        shown.push(`${path} ${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`);
        return answer;
    };
    // Everything goes wrong in turn, and some of it well.
    const resident = it.resident();
    await resident.files();
    for (const kind of ['http', 'reset', 'text', 'redirect', 'lose']) await stand_in.call('/_fault', { path: '/cgi-bin', kind, times: 3 });
    for (const errcode of [40001, 42001, 60020, 93000, 301002]) await stand_in.call('/_fault', { path: '/cgi-bin', kind: 'errcode', errcode, errmsg: `hint: [${canaries.app}]`.slice(0, 10), times: 2 });
    await it.resident().files('5栋2单元楼道灯坏了三天没人修,电话13812345678');
    for (let i = 0; i < 3; ++i) await it.to('10 minutes');
    for (const name of ['oa', 'app', 'kf', 'bot', 'hook']) {
        await look(`/hooks/${name}`, { method: 'POST', body: '<xml><Encrypt>x</Encrypt></xml>' });
        await look(`/hooks/${name}?msg_signature=1&timestamp=2&nonce=3&echostr=4`);
    }
    await look('/api/v1/sessions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"login":"admin","password":"nothing-of-ours"}' });
    await look('/metrics', { headers: { Authorization: `Bearer ${canaries.metrics}` } });
    for (const path of ['/metrics', '/readyz', '/healthz', '/api/v1/openapi.json', '/api/v1/sessions/ways', '/nothing', '/console/']) await look(path);
    const admin = await it.sign_in('admin');
    for (const path of ['/api/v1/me', '/api/v1/outbox?limit=200', '/api/v1/policies', '/api/v1/policies/property-group', '/api/v1/conversations', '/api/v1/tickets', '/api/v1/words'])
        shown.push(JSON.stringify(await admin.ask('GET', path)));
    await until('the log has something to say', async () => it.said().includes('outbox.not_sent'));
    const doctor = it.command('doctor');
    shown.push(doctor.stdout, doctor.stderr);
    const backup = join(it.folder, 'backup.tar');
    const made = it.command('backup', backup);
    assert.equal(made.status, 0, made.stderr);
    shown.push(it.said(), readFileSync(`/proc/${it.child.pid}/cmdline`, 'latin1'));
    for (const file of files_below(it.folder).filter((one) => one !== it.config)) shown.push(readFileSync(file, 'latin1'));
    // What was lent by the platform is as secret as what was written down.
    const tokens = [...new Set((await stand_in.call('/_recorded')).calls.map((one) => one.query.access_token).filter(Boolean))];
    assert.ok(tokens.length > 0);
    for (const [name, secret] of [...Object.entries(canaries), ['secret', it.settings.secret], ['data_key', it.settings.data_key], ...tokens.map((one) => ['access_token', one])])
        for (const text of shown) assert.ok(!text.includes(secret), `${name} stands in: ${text.slice(Math.max(0, text.indexOf(secret) - 120), text.indexOf(secret) + 20)}`);
});

await run();
