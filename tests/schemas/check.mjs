// Every sample in the repository against its schema, by a validator that is not our reader.
import Ajv from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
// JSON with // comments, as people edit it: a comment begins outside a text.
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8').replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*/g, (all, text) => text ?? ''));

let passed = 0, failed = 0;
const check = (name, fine, detail) => {
    fine ? ++passed : ++failed;
    console.log(`${fine ? 'ok    ' : 'FAILED'} ${name}${fine ? '' : ': ' + detail}`);
};
const validator = (path) => new Ajv({ allErrors: true, strict: false }).compile(read(path));
const fits = (validate, name, sample) => check(name, validate(sample), JSON.stringify(validate.errors)?.slice(0, 500));
const refuses = (validate, name, sample) => check(name, !validate(sample), 'it was taken');

const config = validator('deploy/config.schema.json');
fits(config, 'deploy/huiyin.example.json', read('deploy/huiyin.example.json'));
refuses(config, 'a configuration with an unknown key', { ...read('deploy/huiyin.example.json'), lisen: 'x' });
refuses(config, 'a configuration without a secret', { ...read('deploy/huiyin.example.json'), secret: undefined });
fits(config, 'a second factor that is offered', { ...read('deploy/huiyin.example.json'), sign_in: { second_factor: 'offered' } });
refuses(config, 'a second factor of somebody else', { ...read('deploy/huiyin.example.json'), sign_in: { second_factor: 'residents' } });
const kf = { id: 'kf', type: 'wecom_kf', corp_id: 'ww1', secret: '${KF_SECRET}', open_kfid: 'wk1', token: ['new', 'old'], encoding_aes_key: 'k', handover: 'servicers' };
fits(config, 'tokens of metrics, the newest first', { ...read('deploy/huiyin.example.json'), metrics_token: ['new', 'old'] });
refuses(config, 'a secret of no letters', { ...read('deploy/huiyin.example.json'), secret: '' });
const with_channel = (one) => ({ ...read('deploy/huiyin.example.json'), channels: [one] });
fits(config, 'an official account in plain words', with_channel({ id: 'oa', type: 'wechat_official_account', app_id: 'wx1', app_secret: 's', token: 't', encoding_aes_key: '' }));
fits(config, 'a WeCom app that takes no callbacks', with_channel({ id: 'app', type: 'wecom_app', corp_id: 'ww1', agent_id: 1, secret: 's', token: '', encoding_aes_key: '' }));
fits(config, 'DingTalk that takes no events', with_channel({ id: 'ding', type: 'dingtalk', app_key: 'k', app_secret: 's', robot_code: 'r', token: '', aes_key: '' }));
const with_kf = (more) => ({ ...read('deploy/huiyin.example.json'), channels: [{ ...kf, ...more }] });
fits(config, 'a customer service channel', with_kf({}));
refuses(config, 'a customer service channel without its account', with_kf({ open_kfid: undefined }));
refuses(config, 'a customer service channel with a token and no key', with_kf({ encoding_aes_key: undefined }));
refuses(config, 'a customer service channel that hands over to nobody', with_kf({ handover: 'nobody' }));
const with_hook = (more) => ({ ...read('deploy/huiyin.example.json'), channels: [{ id: 'desk', type: 'webhook', secret: 'whsec_x', url: 'https://desk.example.com', ...more }] });
fits(config, 'a webhook channel', with_hook({}));
fits(config, 'a webhook channel with an older secret and no address', with_hook({ secret: ['whsec_x', 'whsec_y'], url: undefined }));
refuses(config, 'a webhook channel without a secret', with_hook({ secret: undefined }));
const lark = { id: 'lark', type: 'feishu', app_id: 'cli_1', app_secret: '${LARK_SECRET}', verification_token: ['new', 'old'], encrypt_key: 'k', api_base: 'https://open.larksuite.com' };
const with_lark = (more) => ({ ...read('deploy/huiyin.example.json'), channels: [{ ...lark, ...more }] });
fits(config, 'a Feishu channel', with_lark({}));
refuses(config, 'a Feishu channel without an encrypt key', with_lark({ encrypt_key: undefined }));
refuses(config, 'a Feishu channel with a key of another platform', with_lark({ corp_id: 'ww1' }));
fits(config, 'a WeCom AI bot', { ...read('deploy/huiyin.example.json'), channels: [{ id: 'bot', type: 'wecom_aibot', token: 't', encoding_aes_key: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' }] });
fits(config, 'a Feishu group robot', { ...read('deploy/huiyin.example.json'), channels: [{ id: 'larks', type: 'feishu_robot', webhook_url: 'https://open.feishu.cn/open-apis/bot/v2/hook/x', secret: 's' }] });
const ding = { id: 'ding', type: 'dingtalk', app_key: 'ding1', app_secret: ['new', 'old'], robot_code: 'ding1', card_template: 'x.schema', card_secret: 's', token: 't', aes_key: 'k' };
const with_ding = (more) => ({ ...read('deploy/huiyin.example.json'), channels: [{ ...ding, ...more }] });
fits(config, 'a DingTalk channel', with_ding({}));
fits(config, 'a DingTalk channel without cards and events', with_ding({ card_template: undefined, card_secret: undefined, token: undefined, aes_key: undefined }));
refuses(config, 'a DingTalk channel with a card and no secret for it', with_ding({ card_secret: undefined }));
refuses(config, 'a DingTalk channel without its robot', with_ding({ robot_code: undefined }));
fits(config, 'a DingTalk group robot', { ...read('deploy/huiyin.example.json'), channels: [{ id: 'dings', type: 'dingtalk_robot', webhook_url: 'https://oapi.dingtalk.com/robot/send?access_token=x', secret: 'SECx' }] });
const pack = validator('workflow/policy/pack.schema.json');
for (const file of readdirSync(join(root, 'templates/policies')).filter((name) => name.endsWith('.json'))) fits(pack, `templates/policies/${file}`, read(`templates/policies/${file}`));
const directory = validator('templates/demo/directory.schema.json');
fits(directory, 'templates/demo/directory.json', read('templates/demo/directory.json'));
refuses(directory, 'a directory without units', { ...read('templates/demo/directory.json'), units: undefined });

// What the schema knows is what the room's README tells, and the sample of a directory is one.
const text = readFileSync(join(root, 'deploy/README.md'), 'utf8');
const schema = read('deploy/config.schema.json');
const keys = new Set(['id', 'type', ...Object.keys(schema.properties).filter((key) => !schema.properties[key].properties), ...Object.keys(schema.properties.limits.properties), ...Object.keys(schema.properties.retention.properties)]);
for (const one of Object.values(schema.definitions)) if (one.properties?.type) for (const key of Object.keys(one.properties)) keys.add(key);
const untold = [...keys].filter((key) => !new RegExp(`\`(?:[a-z_]+\\.)?${key}(?:\\.\\*)?\``).test(text));
check('deploy/README.md tells every key of the configuration', untold.length === 0 && keys.size > 50, `${keys.size} keys, not ${untold.join(', ')}`);
const room = readFileSync(join(root, 'workflow/directory/README.md'), 'utf8');
const shown = /^ {4}\{"organisation"[\s\S]*?\n\n/m.exec(room)[0];
fits(directory, 'the directory that workflow/directory/README.md shows', JSON.parse(shown));

console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed ? 1 : 0;
