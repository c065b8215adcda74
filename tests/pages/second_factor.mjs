// The second factor in the console, as people see it: set up on a phone, asked for, lost, taken off by an administrator,
// and asked of administrators. Each page on a phone and on a wide screen, without anything that axe finds.
import assert from 'node:assert/strict';
import { office } from '../journeys/authenticator.mjs';
import { as_seen } from './seen.mjs';

const password = 'huiyin-demo';

export async function second_factor({ check, open, phone, wide, ...tools }) {
    const { both } = as_seen({ phone, wide, ...tools });
    const endings = [];
    const to_end = (ending) => endings.push(ending);
    const gives = async (page, login) => {
        await page.fill('[name=login]', login);
        await page.fill('[name=password]', password);
        await page.click('button[type=submit]');
    };
    const button = (page, name) => page.getByRole('button', { name, exact: true });
    try {
        const at = await office(to_end);
        let secret, codes;

        await check('an authenticator is set up on a phone: the password again, the picture, a code, ten codes to keep', async () => {
            const page = await open(at.it.url + '/console/', phone);
            await gives(page, 'li.na');
            await page.waitForSelector('.tickets');
            await page.locator('.tabs a', { hasText: '我的' }).click();
            await button(page, '两步验证').click();
            await button(page, '开始设置').waitFor();
            await both(page, 'console-second-factor-off');
            await page.fill('.account [name=password]', 'wrong');
            await button(page, '开始设置').click();
            await page.locator('.notice.late', { hasText: '密码不对' }).waitFor();
            await page.fill('.account [name=password]', password);
            await button(page, '开始设置').click();
            await page.locator('.scan').waitFor();
            await page.waitForFunction(() => document.querySelector('.scan').naturalWidth > 0); // the policy lets it be seen
            secret = await page.locator('.secret').textContent();
            await both(page, 'console-second-factor-scan');
            await page.fill('[name=code]', '000000');
            await button(page, '打开两步验证').click();
            await page.locator('.notice.late', { hasText: '验证码不对' }).waitFor();
            // As a Chinese keyboard may write it.
            await page.fill('[name=code]', at.code(secret).replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)));
            await button(page, '打开两步验证').click();
            await page.locator('.recovery-codes li').first().waitFor();
            codes = await page.locator('.recovery-codes li').allTextContents();
            assert.equal(new Set(codes).size, 10);
            await both(page, 'console-second-factor-codes');
            await button(page, '收好了').click();
            await page.getByText('恢复码还剩 10 个').waitFor();
            for (const part of ['换手机', '换一批恢复码', '关闭两步验证']) {
                await button(page, part).click();
                await page.locator('form [name=code]').waitFor();
                if (part !== '换一批恢复码') await both(page, `console-second-factor-${part === '换手机' ? 'change' : 'switch-off'}`);
                await button(page, part).click();
            }
            await page.reload();
            await page.getByText('恢复码还剩 10 个').waitFor();
            await page.context().close();
        });

        await check('then a code is asked for; a recovery code does, too, and says how many are left', async () => {
            at.tick();
            const page = await open(at.it.url + '/console/', phone);
            await gives(page, 'li.na');
            await page.getByText('再验证一步').waitFor();
            assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'code');
            await both(page, 'console-code');
            await page.fill('[name=code]', '000000');
            await page.click('button[type=submit]');
            await page.locator('.notice.late', { hasText: '验证码不对' }).waitFor();
            await page.fill('[name=code]', at.code(secret));
            await page.click('button[type=submit]');
            await page.waitForSelector('.tickets');
            await page.context().close();

            const lost = await open(at.it.url + '/console/', phone);
            await gives(lost, 'li.na');
            await button(lost, '手机不在身边？用恢复码').click();
            await both(lost, 'console-recovery-code');
            await lost.fill('[name=code]', codes[0]);
            await lost.click('button[type=submit]');
            await lost.locator('.toast.shown', { hasText: '恢复码还剩 9 个' }).waitFor();
            await lost.waitForSelector('.tickets');
            await lost.context().close();

            const late = await open(at.it.url + '/console/', phone);
            await gives(late, 'li.na');
            await late.getByText('再验证一步').waitFor();
            at.pass(6 * 60e3);
            await late.fill('[name=code]', at.code(secret));
            await late.click('button[type=submit]');
            await late.locator('.notice.late', { hasText: '请从头登录' }).waitFor();
            assert.equal(await late.locator('[name=login]').count(), 1);
            await late.context().close();
        });

        await check('an administrator takes it off who lost his phone, after being asked again, and the audit tells it in words', async () => {
            const page = await open(at.it.url + '/console/', phone);
            await gives(page, 'admin');
            await page.waitForSelector('.tickets');
            await page.goto(at.it.url + '/console/#/directory/staff');
            await page.locator('.line', { hasText: '李娜' }).click();
            await button(page, '重置两步验证').click();
            await button(page, '确认重置').waitFor();
            const in_sight = await button(page, '确认重置').evaluate((one) => {
                const box = one.getBoundingClientRect();
                return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
            });
            assert.ok(in_sight, 'what he is asked stands before his eyes');
            await both(page, 'console-second-factor-reset');
            await button(page, '确认重置').click();
            await button(page, '重置两步验证').waitFor({ state: 'detached' });
            await page.goto(at.it.url + '/console/#/audit');
            await page.reload();
            const audit = page.locator('.entries');
            await audit.waitFor();
            const told = await audit.textContent();
            for (const words of ['打开了两步验证', '用恢复码验证了一次', '还剩 9 个', '重置了两步验证']) assert.ok(told.includes(words), `${words}: ${told}`);
            await page.context().close();
            const free = await open(at.it.url + '/console/', phone);
            await gives(free, 'li.na');
            await free.waitForSelector('.tickets');
            await free.context().close();
        });

        await check('an administrator who must have one is led to it and to nothing else, then goes on', async () => {
            const strict = await office(to_end, { over: { sign_in: { second_factor: 'administrators' } } });
            const page = await open(strict.it.url + '/console/', phone);
            await gives(page, 'admin');
            await page.getByText('管理员登录要两步').waitFor();
            assert.equal(await page.locator('.tabs').count(), 0);
            await both(page, 'console-second-factor-asked');
            await page.goto(strict.it.url + '/console/#/audit');
            await page.reload();
            await page.getByText('管理员登录要两步').waitFor();
            await page.fill('.account [name=password]', password);
            await button(page, '开始设置').click();
            await page.locator('.scan').waitFor();
            await page.fill('[name=code]', strict.code(await page.locator('.secret').textContent()));
            await button(page, '打开两步验证').click();
            await page.locator('.recovery-codes li').first().waitFor();
            await button(page, '收好了').click();
            await page.locator('.tabs a', { hasText: '组织' }).waitFor();
            await page.goto(strict.it.url + '/console/#/second-factor');
            await page.getByText('管理员必须用，不能关').waitFor();
            assert.equal(await button(page, '关闭两步验证').count(), 0);
            await both(page, 'console-second-factor-on');
            await page.context().close();
        });
    } finally {
        for (const ending of endings.reverse()) await ending();
    }
}
