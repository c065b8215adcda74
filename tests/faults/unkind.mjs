// Drives unkind.cpp: a house whose calls on files and wishes for memory fail and whose wall clock lies, on request.
import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../journeys/house.mjs';

export const library = process.env.HUIYIN_UNKIND_LIBRARY ?? join(root, 'build/libunkind.so');
export const kinds = { syncs: 1, writes: 2, cuts: 4, opens: 8, renames: 16, all: 31, memory: 32 }; // all: those on files
export const errors = { EIO: 5, ENOMEM: 12, ENOSPC: 28 };
const size = 40; // of struct Wish

export class Unkind {
    constructor(to_end) {
        assert.ok(existsSync(library), `${library} is not built: ninja -C build unkind`);
        this.folder = mkdtempSync(join(tmpdir(), 'huiyin-unkind-'));
        to_end(() => rmSync(this.folder, { recursive: true, force: true }));
        this.path = join(this.folder, 'wish');
        this.shift = 0;
        this.be_kind();
    }
    // For the process that is started.
    get environment() {
        return { LD_PRELOAD: library, HUIYIN_UNKIND: this.path };
    }
    // `good` more calls of those kinds succeed, then `bad` fail (-1: all).
    fail(what, error, good = 0, bad = -1) {
        this.#write({ kinds: kinds[what], error: errors[error], good, bad });
    }
    be_kind() {
        this.#write({ kinds: 0, error: 0, good: 0, bad: 0 });
    }
    // The wall clock is so far off from now on.
    set_clock_off(ms) {
        this.shift = ms;
        this.be_kind();
    }
    failed() {
        return Number(readFileSync(this.path).readBigInt64LE(32));
    }
    #write({ kinds: which, error, good, bad }) {
        const bytes = Buffer.alloc(size);
        bytes.writeBigInt64LE(BigInt(this.shift), 0);
        bytes.writeUInt32LE(which, 8);
        bytes.writeInt32LE(error, 12);
        bytes.writeBigInt64LE(BigInt(good), 16);
        bytes.writeBigInt64LE(BigInt(bad), 24);
        const file = openSync(this.path, existsSync(this.path) ? 'r+' : 'w+', 0o600); // in place: the process has it mapped
        writeSync(file, bytes, 0, size, 0);
        closeSync(file);
    }
}

// Starts what `start` starts in that world; children of this script that start later are not in it.
export function in_the_world_of(unkind, start) {
    Object.assign(process.env, unkind.environment);
    try {
        return start(); // spawns before it first waits
    } finally {
        for (const name of Object.keys(unkind.environment)) delete process.env[name];
    }
}
