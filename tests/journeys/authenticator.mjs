// An authenticator as a phone has it, and a service whose wall clock a test moves.
import { createHmac } from 'node:crypto';
import { in_the_world_of, Unkind } from '../faults/unkind.mjs';
import { house } from './house.mjs';

export const step = 30e3; // milliseconds

// RFC 6238: a secret in base32 and a moment in; six digits out.
export function code_at(secret, at) {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bits = [...secret.replaceAll(' ', '')].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
    const counter = Buffer.alloc(8);
    counter.writeBigInt64BE(BigInt(Math.floor(at / step)));
    const hash = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
    return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

// A service whose wall clock is moved; it always stands early in a step, so that no code grows old while it is sent.
export async function office(to_end, options = {}) {
    const unkind = new Unkind(to_end);
    const at = () => Date.now() + unkind.shift;
    const pass = (time) => unkind.set_clock_off(unkind.shift + time);
    const tick = () => pass(step - (at() % step) + 2e3);
    tick();
    const it = await in_the_world_of(unkind, () => house({ clock: 'system', ...options }));
    to_end(() => it.destroy());
    const again = () => in_the_world_of(unkind, () => it.start('system'));
    const other = () => in_the_world_of(unkind, () => house({ clock: 'system', over: { ...options.over, store: it.settings.store, data_key: it.settings.data_key, secret: it.settings.secret } }));
    const command = (...args) => in_the_world_of(unkind, () => it.command(...args));
    return { it, pass, tick, again, other, command, code: (secret, steps = 0) => code_at(secret, at() + steps * step) };
}
