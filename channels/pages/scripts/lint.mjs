// What the compiler does not say: nothing that a strict Content-Security-Policy would stop, no HTML built from text,
// nothing left in the console, colours that can be read, and a chat page that loads on a weak line.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const chat_limit = 150 * 1024;
const findings = [];
const find = (file, line, text) => findings.push(`${relative(root, file)}${line ? `:${line}` : ''}: ${text}`);

function files(folder, pattern) {
    return readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        if (statSync(path).isDirectory()) return files(path, pattern);
        return pattern.test(name) ? [path] : [];
    });
}

// ---- sources ---------------------------------------------------------------------------------------------------------

const forbidden = [
    [/\bv-html\b/, 'v-html: show text with {{ }}'],
    [/\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write\b|createContextualFragment/, 'HTML built from text: use textContent'],
    [/(^|[\s"'])(:|v-bind:)?style\s*=\s*["']/, 'style attribute: the policy forbids it; bind a class'],
    [/setAttribute\(\s*['"]style['"]/, 'style attribute: the policy forbids it; use a class'],
    [/\bconsole\.\w+\(/, 'console output: remove it'],
    [/\beval\(|new Function\(/, 'code from text: the policy forbids it'],
    [/\bon(click|load|error)\s*=\s*["']/, 'inline handler: the policy forbids it'],
    [/https?:\/\/(?!www\.w3\.org\/)[a-z0-9.-]+\.[a-z]{2,}/i, 'address of another host: pages speak to their own origin only'],
];
for (const file of [...files(join(root, 'src'), /\.(ts|vue)$/), ...['chat', 'console', 'demo'].map((name) => join(root, name, 'index.html'))])
    readFileSync(file, 'utf8')
        .split('\n')
        .forEach((text, index) => {
            if (/^\s*(\/\/|\*)/.test(text)) return;
            for (const [pattern, why] of forbidden) if (pattern.test(text)) find(file, index + 1, why);
        });

// ---- colours ---------------------------------------------------------------------------------------------------------

function palette(text) {
    return Object.fromEntries([...text.matchAll(/--([\w-]+):\s*#([0-9a-f]{6})\b/g)].map((found) => [found[1], found[2]]));
}

function light_of(hex) {
    const part = (from) => {
        const value = parseInt(hex.slice(from, from + 2), 16) / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4);
}

function contrast(one, other) {
    const [low, high] = [light_of(one), light_of(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
}

const tokens = join(root, 'src/tokens.css');
const [day_text, night_text] = readFileSync(tokens, 'utf8').split('@media (prefers-color-scheme: dark)');
const day = palette(day_text);
const pairs = [
    ...['ink', 'ink-2', 'accent', 'soon', 'late', 'done'].flatMap((ink) => [[ink, 'ground'], [ink, 'card']]),
    ...['accent', 'soon', 'late', 'done'].map((ink) => [ink, `${ink}-soft`]),
    ['ink', 'accent-soft'],
    ['on-accent', 'accent'],
    ['on-late', 'late'],
];
for (const [name, colours] of [['light', day], ['dark', { ...day, ...palette(night_text) }]])
    for (const [ink, ground] of pairs) {
        const ratio = contrast(colours[ink], colours[ground]);
        if (ratio < 4.5) find(tokens, 0, `${name}: ${ink} on ${ground} has contrast ${ratio.toFixed(2)}, at least 4.5 is needed`);
    }

// ---- what was built --------------------------------------------------------------------------------------------------

const dist = join(root, 'dist');
if (!existsSync(dist)) find(dist, 0, 'nothing built: npm run build first');
else {
    for (const name of ['chat', 'console', 'demo']) {
        const page = join(dist, name, 'index.html');
        const html = readFileSync(page, 'utf8');
        if (/<script(?![^>]*\bsrc=)[^>]*>/.test(html)) find(page, 0, 'inline script');
        if (/<style|\sstyle=/.test(html)) find(page, 0, 'inline style');
        if (/\b(src|href)="(?!\/assets\/)/.test(html)) find(page, 0, 'a file outside /assets/');
    }
    const seen = new Set();
    let bytes = 0;
    const weigh = (path) => {
        if (seen.has(path) || !existsSync(path)) return;
        seen.add(path);
        const text = readFileSync(path);
        bytes += gzipSync(text, { level: 9 }).length;
        if (/\.js$/.test(path))
            for (const found of text.toString('utf8').matchAll(/(?:from|import)\s*\(?\s*["'](\.\/[^"']+)["']/g))
                weigh(join(dirname(path), found[1]));
        if (/\.html$/.test(path))
            for (const found of text.toString('utf8').matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) weigh(join(dist, found[1]));
    };
    weigh(join(dist, 'chat/index.html'));
    if (bytes > chat_limit) find(join(dist, 'chat/index.html'), 0, `${bytes} bytes gzipped, at most ${chat_limit} are allowed`);
    process.stdout.write(`chat: ${seen.size} files, ${(bytes / 1024).toFixed(1)} KB gzipped, limit ${chat_limit / 1024} KB\n`);
}

for (const finding of findings) process.stderr.write(`pages: ${finding}\n`);
process.stdout.write(findings.length ? `${findings.length} findings\n` : 'no findings\n');
process.exitCode = findings.length ? 1 : 0;
