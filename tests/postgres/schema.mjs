// Schemas of their own in the PostgreSQL database that HUIYIN_TEST_DATABASE names (tests/postgres/run).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

let last = 0;
export function ask(database, sentence) {
    const answer = spawnSync('psql', ['-qAtX', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', sentence], { encoding: 'utf8' });
    assert.equal(answer.status, 0, answer.stderr);
    return answer.stdout.trim();
}
export function fresh_schema(database) {
    const name = `house_${process.pid}_${(last += 1)}`;
    ask(database, `CREATE SCHEMA ${name}`);
    return `${database}?options=-csearch_path%3D${name}`;
}
