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
const pack = validator('workflow/policy/pack.schema.json');
for (const file of readdirSync(join(root, 'templates/policies')).filter((name) => name.endsWith('.json'))) fits(pack, `templates/policies/${file}`, read(`templates/policies/${file}`));
const directory = validator('templates/demo/directory.schema.json');
fits(directory, 'templates/demo/directory.json', read('templates/demo/directory.json'));
refuses(directory, 'a directory without units', { ...read('templates/demo/directory.json'), units: undefined });

console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed ? 1 : 0;
