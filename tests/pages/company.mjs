// Staff of a company in WeCom: they sign in by it, see what a customer was not told, and a person tries the platforms on the
// stand-in's page. Against the real service with the stand-in before it.
import assert from 'node:assert/strict';
import { house, platform } from '../journeys/house.mjs';

const app = { corp_id: 'ww0123456789abcdef', agent_id: 1000002, secret: 'wecom-app-secret-0123456789abcdefghijklmnop', token: 'tsCallbackTok01', encoding_aes_key: 'ABEiM0RVZneImaq7zN3u/w8eLTxLWml4h5altMPS4fA' };
const kf = { corp_id: app.corp_id, secret: 'wecom-kf-secret-0123456789abcdefghijklmnopq', open_kfid: 'wkTESTkfid0001', token: 'kfCallbackTok02', encoding_aes_key: 'obLD1OX2BxgpOktcbX6PkKCxwtPk9QYXKDlKW2x9jp8' };

export async function company({ check, open, shot, accessible, small_targets, phone, wide }) {
    const stand_in = await platform();
    const it = await house({ channels: [{ id: 'web', type: 'webchat' }, { id: 'app', type: 'wecom_app', api_base: stand_in.url, ...app }, { id: 'kf', type: 'wecom_kf', api_base: stand_in.url, ...kf }], notify: { staff: ['app'], fallback: [] } });
    try {
        await check('staff sign in with WeCom: by a scanned code on a desk, without being asked inside it', async () => {
            const page = await open(it.url + '/console/', wide);
            const way = page.getByRole('link', { name: '企业微信扫码登录' });
            await way.waitFor();
            await shot(page, 'console-sign-in-wecom');
            await accessible(page, 'sign-in with WeCom');
            await way.click();
            await page.getByText('请用企业微信扫码').waitFor();
            await page.getByRole('link', { name: '张强' }).click();
            await page.waitForSelector('.tickets');
            await page.context().close();

            await stand_in.call('/_setup', { wecom: { in_browser: 'li.na' } });
            const inside = await open(it.url + '/console/', phone, { userAgent: 'Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile wxwork/4.1.20 MicroMessenger/7.0' });
            await inside.waitForSelector('.tickets');
            await inside.context().close();

            await stand_in.call('/_setup', { wecom: { in_browser: 'stranger' } });
            const stranger = await open(it.url + '/console/', phone);
            await stranger.getByRole('link', { name: '企业微信扫码登录' }).click();
            await stranger.getByText('在这里没有账号').waitFor();
            assert.equal(new URL(stranger.url()).hash, '');
            await stranger.context().close();
            await stand_in.call('/_setup', { wecom: { in_browser: '' } });
        });

        await check('a card opens its ticket after signing in; what the customer was not told stands there, and is sent once more', async () => {
            const wang = 'wmTESTuser0001';
            const words = async () => JSON.stringify((await stand_in.delivered(wang)).map((one) => one.message));
            const says = async (text, expected) => {
                await stand_in.call('/_kf', { do: 'say', from: wang, text, url: it.url + '/hooks/kf' });
                for (let i = 0; i < 250 && !expected.test(await words()); ++i) await new Promise((resolve) => setTimeout(resolve, 20));
                return expected.exec(await words());
            };
            await says('3栋2单元501卫生间漏水,已经漏到楼下了,电话13812345678', /3栋2单元501/);
            const [number] = await says('对', /T\d{8}-\d+/);
            await stand_in.call('/_fault', { path: '/cgi-bin/kf/send_msg', kind: 'errcode', errcode: 40058 });
            const li = await it.sign_in('li.na');
            await li.give(number, 'accept');
            await stand_in.call('/_setup', { wecom: { in_browser: 'li.na' } });
            const page = await open(`${it.url}/console/tickets/${number}`, phone, { userAgent: 'Mozilla/5.0 (iPhone) Mobile wxwork/4.1.20' });
            const card = page.locator('.undelivered');
            await card.waitFor();
            assert.match(page.url(), new RegExp(number));
            assert.match(await card.textContent(), /没有送到客户手里[\s\S]*受理[\s\S]*40058/);
            await shot(page, 'console-undelivered');
            await accessible(page, 'undelivered');
            assert.deepEqual(await small_targets(page), []);
            await card.getByRole('button', { name: '再发一次' }).click();
            await card.waitFor({ state: 'detached' });
            for (let i = 0; i < 250 && !/已受理/.test(await words()); ++i) await new Promise((resolve) => setTimeout(resolve, 20));
            assert.match(await words(), /已受理/);
            await page.context().close();
        });

        await check("the stand-in's page: an address is proved, somebody speaks on his phone, a colleague taps the card", async () => {
            for (const viewport of [phone, wide]) {
                const page = await open(stand_in.url, viewport);
                await page.waitForSelector('.phone');
                await page.fill('#service', it.url);
                for (const [index, result] of [[1, /通过/], [2, /通过/], [3, /没有通过/]]) {
                    const line = page.locator('#hooks li').nth(index);
                    await line.getByRole('button', { name: '验证' }).click();
                    await line.locator('.result', { hasText: result }).waitFor();
                }
                const resident = page.locator('.phone', { hasText: 'wmUser-li' });
                await resident.getByPlaceholder('说点什么').fill('5栋2单元楼道灯坏了三天没人修,电话13812345678');
                await resident.getByRole('button', { name: '发送' }).click();
                await resident.locator('.bubble:not(.own)', { hasText: '5栋2单元' }).first().waitFor();
                await resident.locator('.choices button', { hasText: '提交' }).last().click();
                await resident.locator('.bubble:not(.own)', { hasText: '已登记' }).last().waitFor();
                const colleague = page.locator('.phone', { hasText: 'li.na' });
                await colleague.locator('.choices button', { hasText: '受理' }).last().click();
                await colleague.locator('.note', { hasText: '卡片更新' }).last().waitFor();
                await shot(page, `stand-in-${viewport.width}`);
                await accessible(page, "the stand-in's page");
                assert.deepEqual(await small_targets(page), []);
                assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'nothing is wider than the screen');
                await page.context().close();
            }
        });
    } finally {
        await it.destroy();
        await stand_in.stop();
    }
}
