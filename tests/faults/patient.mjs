// Somebody who writes to a service that may refuse him, and counts only what was answered.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Resident } from '../journeys/house.mjs';

export class Patient extends Resident {
    answered = [];
    refused = 0;
    async tries(text) {
        const answer = await this.post({ text }, { 'Idempotency-Key': randomUUID() }).catch(() => ({ status: 0 }));
        if (answer.status === 200) this.answered.push(text);
        else {
            assert.ok([0, 500, 503].includes(answer.status), `${text}: ${answer.status} ${answer.text}`);
            this.refused += 1;
        }
        return answer.status;
    }
    async what_is_kept() {
        const kept = [];
        for (let last = 0;;) {
            const some = await this.messages(last);
            if (!some.length) return kept;
            kept.push(...some.filter((one) => one.from === 'resident').map((one) => one.text));
            last = some.at(-1).id;
        }
    }
    // What was refused may have been saved all the same, so that its repeat finds it; what was answered must be there, in order.
    async finds_what_was_answered(name) {
        const kept = await this.what_is_kept();
        let at = 0;
        for (const text of this.answered) {
            at = kept.indexOf(text, at) + 1;
            assert.ok(at > 0, `${name}: answered and gone: ${text}; kept: ${kept.join(' | ')}`);
        }
    }
}
