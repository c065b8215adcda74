// Pages as people see them: nothing that axe finds, no page that scrolls aside, everything large enough for a finger.
import assert from 'node:assert/strict';

export function as_seen({ shot, flawless, small_targets, phone, wide }) {
    const good = async (page, name) => {
        await flawless(page, name);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name}: the page scrolls aside`);
        if (page.viewportSize().width < 500) assert.deepEqual(await small_targets(page), [], name);
        await shot(page, name);
    };
    // On a wide screen, then on a phone, which it is left on.
    const both = async (page, name) => {
        await page.setViewportSize(wide);
        await good(page, `${name}-wide`);
        await page.setViewportSize(phone);
        await good(page, `${name}-phone`);
    };
    return { good, both };
}
