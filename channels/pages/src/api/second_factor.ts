// Everybody's own second factor, as /api/v1/me/second-factor gives it.
import { json } from './http';

export interface SecondFactorState {
    on: boolean;
    required: boolean; // the configuration asks it of him: it cannot be switched off
    since: string | null;
    recovery_codes_left: number;
}

export interface Offered {
    secret: string; // in groups, to be typed
    address: string;
    picture: string | null; // none: it did not fit
}

const path = '/api/v1/me/second-factor';
const change = <T>(body: Record<string, string>) => json<T>(path + '/commands', { method: 'POST', body });

export const second_factor = {
    get: () => json<SecondFactorState>(path),
    offer: (password: string, code?: string) => json<Offered>(path, { method: 'POST', body: { password, code } }),
    switch_on: async (code: string): Promise<string[]> =>
        (await change<{ recovery_codes: string[] }>({ command: 'switch_on', code })).recovery_codes,
    new_recovery_codes: async (code: string): Promise<string[]> =>
        (await change<{ recovery_codes: string[] }>({ command: 'new_recovery_codes', code })).recovery_codes,
    switch_off: (password: string, code: string) => change<void>({ command: 'switch_off', password, code }),
};
