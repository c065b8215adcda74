// What residents ask about their own data, as a lead decides it in the console: on a phone and on a wide screen, without
// anything that axe finds.
import assert from 'node:assert/strict';
import { house } from '../journeys/house.mjs';
import { as_seen } from './seen.mjs';

export async function privacy({ check, open, phone, wide, ...tools }) {
    const { good, both } = as_seen({ phone, wide, ...tools });
    const it = await house();
    const button = (page, name) => page.getByRole('button', { name, exact: true });
    try {
        await check('a lead decides what a resident asks about his data: a copy, a name put right, an erasure of what is open', async () => {
            const wang = it.resident();
            const number = await wang.files();
            const zhao = await it.sign_in('zhao.min');
            const asked = (kind, words) => zhao.good('POST', '/api/v1/privacy/requests', { ticket: number, kind, words });
            const right = await asked('correct', '我叫王秀兰');
            const erase = await asked('erase', '搬走了，请把我的信息都删掉');
            const copy = await asked('export', '');
            const page = await open(it.url + '/console/', phone);
            await page.fill('[name=login]', 'zhao.min');
            await page.fill('[name=password]', 'huiyin-demo');
            await page.click('button[type=submit]');
            await page.locator('.tabs a', { hasText: '我的' }).click();
            await button(page, '个人信息申请').click();
            const row = (words) => page.locator('.entries > li', { hasText: words });
            await row('要删除').waitFor();
            assert.equal(await page.locator('.entries > li').count(), 3);
            assert.match(await row('要删除').textContent(), new RegExp(`还不能删：${number}（没结案）`));
            await both(page, 'console-privacy');

            await button(row('要更正'), '办理').click();
            assert.ok(await button(row('要更正'), '同意').isDisabled(), 'without what is right there is nothing to agree to');
            await both(page, 'console-privacy-form');
            await row('要更正').getByLabel('改成的姓名').fill('王秀兰');
            await button(row('要更正'), '同意').click();
            await row('要更正').filter({ hasText: '已办好' }).waitFor();
            assert.match(await row('要更正').textContent(), /王秀兰/);

            const link = row('要一份').getByRole('link', { name: '下载（网页）' });
            assert.equal(await link.count(), 0, 'there is a copy when it was agreed to');
            await button(row('要一份'), '办理').click();
            await button(row('要一份'), '同意').click();
            await row('要一份').filter({ hasText: '已办好' }).waitFor();
            const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
            assert.equal(file.suggestedFilename(), 'personal-data.html');
            const again = await asked('correct', '我没住过这里');
            await page.reload();
            const wrong = row('我没住过这里');
            await button(wrong, '办理').click();
            await wrong.getByLabel('理由').fill('登记的就是您的房号');
            await button(wrong, '不同意').click();
            await row('我没住过这里').filter({ hasText: '没有同意' }).waitFor();

            await button(row('要删除'), '办理').click();
            await row('要删除').getByLabel('没结案的也删').check();
            assert.ok(await button(row('要删除'), '同意').isDisabled(), 'what is open goes with a reason alone');
            await row('要删除').getByLabel('理由').fill('本人坚持');
            await button(row('要删除'), '同意').click();
            await row('要删除').filter({ hasText: '正在删' }).waitFor();

            const all = (await zhao.get('/api/v1/privacy/requests?state=all')).items;
            const state_of = (one) => all.find((each) => each.id === one.id).state;
            assert.equal(state_of(right), 'done');
            assert.equal(state_of(copy), 'done');
            assert.equal(state_of(again), 'refused');
            assert.ok(['erasing', 'done'].includes(state_of(erase)));
            await page.context().close();
        });
        await check('a lead holds what is evidence, with a reason and an end, and lifts it', async () => {
            const number = await it.resident().files('3栋1单元101楼道灯不亮,电话13912345678');
            const page = await open(it.url + '/console/', phone);
            await page.fill('[name=login]', 'zhao.min');
            await page.fill('[name=password]', 'huiyin-demo');
            await page.click('button[type=submit]');
            await page.waitForSelector('.tickets');
            await page.goto(`${it.url}/console/#/tickets/${number}`);
            await page.locator('.hold summary').click();
            await button(page, '设保留').waitFor();
            assert.ok(await button(page, '设保留').isDisabled());
            await page.getByLabel('保留到哪天').fill('2029-03-01');
            await page.getByLabel('为什么要保留').fill('业主已起诉');
            await good(page, 'console-hold-phone');
            await button(page, '设保留').click();
            await page.locator('.hold li', { hasText: '保留中 业主已起诉' }).waitFor();
            await page.getByLabel('为什么不用再保留').fill('已撤诉');
            await button(page, '取消保留').click();
            await page.locator('.hold li', { hasText: '已取消' }).waitFor();
            await page.context().close();
        });
        await check('who is no lead has no such page', async () => {
            const page = await open(it.url + '/console/', phone);
            await page.fill('[name=login]', 'li.na');
            await page.fill('[name=password]', 'huiyin-demo');
            await page.click('button[type=submit]');
            await page.locator('.tabs a', { hasText: '我的' }).click();
            await button(page, '键盘快捷键').waitFor();
            assert.equal(await button(page, '个人信息申请').count(), 0);
            await page.goto(it.url + '/console/#/privacy');
            await page.locator('.notice.late').waitFor();
            await page.context().close();
        });
    } finally {
        await it.destroy();
    }
}
