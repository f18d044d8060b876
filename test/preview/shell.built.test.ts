import { startPreviews, startProject, type OpenPreview, type Previews } from './preview';

let previews: Previews;
let preview: OpenPreview;

jest.setTimeout(60_000);
beforeAll(async () => {
  previews = await startPreviews();
});
afterEach(async () => {
  await previews.project.undo();
  await previews.close();
});
afterAll(() => previews.end());

describe('beside the phone', () => {
  test('another user sees only their own three orders, and each keeps their own token', async () => {
    preview = await previews.open();
    const { page, ask, orders, newCalls } = preview;
    await ask.click();
    await orders.first().waitFor();
    await newCalls();
    await page.getByRole('radio', { name: '小红' }).check();
    await orders.first().waitFor({ state: 'detached' });
    await ask.click();
    await orders.first().waitFor();
    expect(await orders.count()).toBe(3);
    expect(await orders.allTextContents()).toEqual([
      expect.stringContaining('order-0051'),
      expect.stringContaining('order-0050'),
      expect.stringContaining('order-0049'),
    ]);
    expect(await newCalls()).toEqual(['gettoken 1', 'orders 1']);
    await page.getByRole('radio', { name: '小明' }).check();
    await orders.first().waitFor({ state: 'detached' });
    await ask.click();
    await orders.nth(19).waitFor();
    expect(await newCalls()).toEqual(['orders 1']);
  });

  test('the chosen user is kept across visits', async () => {
    preview = await previews.open();
    await preview.page.getByRole('radio', { name: '小红' }).check();
    await preview.page.reload();
    await preview.ask.click();
    await preview.orders.nth(2).waitFor();
    expect(await preview.orders.count()).toBe(3);
  });

  test('clearing the phone makes it a first launch again', async () => {
    preview = await previews.open();
    const { page, ask, orders, newCalls } = preview;
    await ask.click();
    await orders.first().waitFor();
    await newCalls();
    await page.getByRole('button', { name: '清除小程序缓存' }).click();
    await orders.first().waitFor({ state: 'detached' });
    await ask.click();
    await orders.first().waitFor();
    expect(await newCalls()).toEqual(['gettoken 1', 'orders 1']);
  });

  test('a phone that found no cloud opens when the cloud is back', async () => {
    const own = await startPreviews();
    try {
      const { page, phone } = await own.open();
      await own.cloud.close();
      await page.getByRole('radio', { name: '小红' }).check();
      await phone.locator('html:not([data-version])').waitFor({ state: 'attached' });
      const back = await startProject(own.project, own.cloud.port, {});
      try {
        await phone.getByText('还没有请求数据').waitFor();
      } finally {
        await back.close();
      }
    } finally {
      await own.end();
    }
  });

  test('a phone without a token says what to do first', async () => {
    preview = await previews.open();
    await preview.page.getByRole('button', { name: '让云端忘记当前token' }).click();
    await preview.page.getByText('手机里还没有 token').waitFor();
    expect(await preview.newCalls()).toEqual([]);
  });

  test.each([360, 768, 1280])('nothing is cut off on a screen %d pixels wide', async (width) => {
    preview = await previews.open({ viewport: { width, height: 740 } });
    await preview.ask.click();
    await preview.orders.first().waitFor();
    for (const frame of preview.page.frames())
      expect(await frame.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    const ask = await preview.ask.boundingBox();
    const tools = await preview.page.getByRole('complementary').boundingBox();
    expect(ask?.width).toBeGreaterThan(300);
    expect(tools?.width).toBeGreaterThan(280);
  });

  test('the documents allow nothing from elsewhere and nothing inline', async () => {
    preview = await previews.open();
    const { url } = previews.cloud;
    for (const [document, ancestors] of [
      ['/', "frame-ancestors 'none'"],
      ['/phone', "frame-ancestors 'self'"],
    ] as const) {
      const policy = (await fetch(url + document)).headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain(ancestors);
      expect(policy).not.toContain('unsafe');
    }
    expect(preview.complaints).toEqual([]);
    expect(preview.strays).toEqual([]);
  });

  test('a damaged list of users is named in one sentence', async () => {
    await previews.project.edit('database/sample-users.json', '"openid"', '"open"');
    const response = await fetch(previews.cloud.url);
    expect(response.status).toBe(500);
    expect(await response.text()).toMatch(/^.*sample-users\.json is malformed at 0\.openid: .+$/);
  });

  test('an address that is not there is not found', async () => {
    for (const address of [
      '/nothing',
      '/preview/nothing.js',
      '/preview/panel.ts',
      '/package.json',
    ]) {
      const response = await fetch(previews.cloud.url + address);
      expect(response.status).toBe(404);
    }
  });
});
