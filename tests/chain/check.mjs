// Recomputes the event chain of one ticket as anybody could who reads the description of EVENT. Reads the JSON answer of
// GET /api/v1/tickets/{number}/events (or an array of its events) from standard input or a file.
// Prints "N events: the chain fits" or the first fault, and exits 1.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const canonical = (value) => {
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']';
  if (value !== null && typeof value === 'object')
    return '{' + Object.keys(value).sort().map((key) => JSON.stringify(key) + ':' + canonical(value[key])).join(',') + '}';
  return JSON.stringify(value);
};

const fail = (sequence, text) => {
  console.error(`event ${sequence}: ${text}`);
  process.exit(1);
};

const body = JSON.parse(readFileSync(process.argv[2] ?? 0, 'utf8'));
const events = Array.isArray(body) ? body : body.items;
let previous = '0'.repeat(64);
events.forEach((event, index) => {
  const { hash, previous_hash, by_name, ...kept } = event;
  if (kept.sequence !== index + 1) fail(index + 1, `is missing: the next one is ${kept.sequence}`);
  if (previous_hash !== previous) fail(kept.sequence, 'does not follow the one before');
  const expected = createHash('sha256').update(`${previous}\n${canonical(kept)}`, 'utf8').digest('hex');
  if (hash !== expected) fail(kept.sequence, `its hash is ${hash}, recomputed ${expected}`);
  if (!/\.\d{3}[+-]\d\d:\d\d$/.test(kept.at)) fail(kept.sequence, `"at" is ${kept.at}: no milliseconds or no offset`);
  previous = hash;
});
console.log(`${events.length} events: the chain fits, receipt ${previous}`);
