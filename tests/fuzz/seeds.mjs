#!/usr/bin/env node
// Seeds are kept as text, an input a line, so that a change of them can be read: \n \r \t \\ and \xNN are bytes.
//
//   seeds.mjs unpack TARGET FOLDER    FOLDER/seeds/* and FOLDER/words.dict, as libFuzzer wants them
//   seeds.mjs keep TARGET CORPUS      adds what a corpus has beyond the kept ones, the shortest first, up to 200 lines of 400 bytes
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('seeds/', import.meta.url));
// Targets that read the same kind of text.
const seeds_of = (target) => (target === 'facts' ? 'understand' : target);
const words_of = (target) => ({ facts: 'understand', numbers: 'understand', official_account: 'xml', wecom_app: 'xml', wecom_kf: 'json', dingtalk_event: 'json' })[target] ?? target;
const named = { n: 10, r: 13, t: 9, '\\': 92 };

function bytes_of(line) {
    const parts = line.split(/(\\x[0-9a-fA-F]{2}|\\[nrt\\])/);
    return Buffer.concat(parts.map((part, index) => (index % 2 ? Buffer.from([named[part[1]] ?? parseInt(part.slice(2), 16)]) : Buffer.from(part))));
}

function line_of(bytes) {
    const text = bytes.toString('utf8');
    const readable = Buffer.from(text).equals(bytes); // else it is no UTF-8, and every byte above ASCII is written by number
    const number = (byte) => `\\x${byte.toString(16).padStart(2, '0')}`;
    const one = (point) => {
        if (point === '\n') return '\\n';
        if (point === '\r') return '\\r';
        if (point === '\t') return '\\t';
        if (point === '\\') return '\\\\';
        const code = point.codePointAt(0);
        if (code < 32 || code === 127 || (!readable && code > 126) || /[\p{C}\p{Z}]/u.test(point.replace(' ', ''))) return [...Buffer.from(point, readable ? 'utf8' : 'latin1')].map(number).join('');
        return point;
    };
    return [...(readable ? text : bytes.toString('latin1'))].map(one).join('');
}

function lines_in(file) {
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8').split('\n').filter((line) => line && !line.startsWith('#!'));
}

function unpack(target, folder) {
    const to = join(folder, 'seeds');
    mkdirSync(to, { recursive: true });
    for (const line of lines_in(join(here, `${seeds_of(target)}.txt`))) {
        const bytes = bytes_of(line);
        writeFileSync(join(to, createHash('sha1').update(bytes).digest('hex')), bytes);
    }
    const words = lines_in(join(here, `${words_of(target)}.words`)).map(bytes_of);
    const escaped = (bytes) => [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
    writeFileSync(join(folder, 'words.dict'), words.map((bytes) => `"${escaped(bytes)}"\n`).join(''));
}

function keep(target, corpus) {
    const file = join(here, `${seeds_of(target)}.txt`);
    const known = new Set(lines_in(file));
    const found = readdirSync(corpus).map((name) => readFileSync(join(corpus, name))).filter((bytes) => bytes.length && bytes.length <= 400);
    found.sort((one, other) => one.length - other.length);
    const lines = found.map(line_of).filter((line) => line && !known.has(line) && !line.startsWith('#!'));
    const all = [...known, ...lines.slice(0, Math.max(0, 200 - known.size))];
    writeFileSync(file, all.map((line) => line + '\n').join(''));
    console.log(`${target}: ${all.length} seeds`);
}

const [what, target, folder] = process.argv.slice(2);
if (what === 'unpack' && folder) unpack(target, folder);
else if (what === 'keep' && folder) keep(target, folder);
else {
    console.error('usage: seeds.mjs unpack|keep TARGET FOLDER');
    process.exitCode = 2;
}
