import type { CDPSession, Locator } from 'playwright-core';
import { startPreviews, type OpenPreview, type Previews } from './preview';

let previews: Previews;

jest.setTimeout(60_000);
beforeAll(async () => {
  previews = await startPreviews();
});
afterEach(() => previews.close());
afterAll(() => previews.end());

async function openWithOrders(hasTouch = false): Promise<OpenPreview> {
  const preview = await previews.open({ hasTouch });
  await preview.ask.click();
  await preview.orders.first().waitFor();
  await preview.newCalls();
  return preview;
}

/** Where the finger goes down: in the middle of the first of these. */
async function start(elements: Locator): Promise<{ x: number; y: number }> {
  const box = await elements.first().boundingBox();
  if (!box) throw new Error('Nothing is on screen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** The refresh is over when a request was answered and the page has gone back to its place. */
async function refreshed({ page, phone }: OpenPreview, pull: () => Promise<void>): Promise<void> {
  const answered = page.waitForResponse('**/invoke/orders');
  await pull();
  await answered;
  await phone.locator('body:not(.refreshing):not(.pulled)').waitFor();
}

async function touch(client: CDPSession, type: string, x: number, y: number): Promise<void> {
  const touchPoints = type === 'touchEnd' ? [] : [{ x, y }];
  await client.send('Input.dispatchTouchEvent', {
    type: type === 'touchStart' || type === 'touchMove' ? type : 'touchEnd',
    touchPoints,
  });
}

describe('gestures on the phone', () => {
  test('scrolling to the bottom loads page after page, each order once, until the end', async () => {
    const { page, orders, phone, newCalls } = await openWithOrders();
    const calls: string[] = [];
    await orders.first().hover();
    for (const count of [20, 40, 48]) {
      await orders.nth(count - 1).waitFor({ state: 'attached' });
      expect(await orders.count()).toBe(count);
      await page.mouse.wheel(0, 10_000);
      calls.push(...(await newCalls()));
      if (count < 48) await orders.nth(count).waitFor({ state: 'attached' });
    }
    await phone.getByText('没有更多了').waitFor();
    const texts = await orders.allTextContents();
    const ids = texts.map((text) => /order-\d+/.exec(text)?.[0]);
    expect(new Set(ids).size).toBe(48);
    expect([...calls, ...(await newCalls())]).toEqual(['orders 1', 'orders 1']);
  });

  test('pulling down with the mouse refreshes once', async () => {
    const preview = await openWithOrders();
    const { page, orders, newCalls } = preview;
    const { x, y } = await start(orders);
    await refreshed(preview, async () => {
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x, y + 160, { steps: 8 });
      await page.mouse.up();
    });
    expect(await newCalls()).toEqual(['orders 1']);
    expect(await orders.count()).toBe(20);
  });

  test('pulling down with a finger refreshes once', async () => {
    const preview = await openWithOrders(true);
    const { page, orders, newCalls } = preview;
    const client = await page.context().newCDPSession(page);
    const { x, y } = await start(orders);
    await refreshed(preview, async () => {
      await touch(client, 'touchStart', x, y);
      for (const down of [20, 60, 110, 160]) await touch(client, 'touchMove', x, y + down);
      await touch(client, 'touchEnd', x, y + 160);
    });
    expect(await newCalls()).toEqual(['orders 1']);
  });

  test('scrolling the open call log by finger is no pull', async () => {
    const preview = await openWithOrders(true);
    const { page, phone, newCalls } = preview;
    await phone.getByRole('button', { name: '调用记录', expanded: false }).tap();
    const log = phone.getByRole('log');
    const client = await page.context().newCDPSession(page);
    const { x, y } = await start(log);
    await touch(client, 'touchStart', x, y);
    for (const down of [20, 60, 110, 160]) await touch(client, 'touchMove', x, y + down);
    expect(await phone.locator('body.pulled').count()).toBe(0);
    await touch(client, 'touchEnd', x, y + 160);
    expect(await newCalls()).toEqual([]);
  });

  test('pulling too little refreshes nothing', async () => {
    const { page, phone, orders, newCalls } = await openWithOrders();
    const { x, y } = await start(orders);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + 40, { steps: 4 });
    await phone.locator('body.pulled').waitFor();
    await page.mouse.up();
    await phone.locator('body:not(.pulled)').waitFor();
    expect(await newCalls()).toEqual([]);
  });

  test('the button beside the phone refreshes as a pull does', async () => {
    const preview = await openWithOrders();
    await refreshed(preview, () => preview.page.getByRole('button', { name: '下拉刷新' }).click());
    expect(await preview.newCalls()).toEqual(['orders 1']);
  });

  test('a button looks pressed while it is, and a slip of the pointer is no tap', async () => {
    const { page, phone, ask, newCalls } = await previews.open();
    await ask.hover();
    await page.mouse.down();
    await phone.locator('.ask-pressed').waitFor();
    await ask.hover({ position: { x: 20, y: 20 } });
    await page.mouse.up();
    await phone.locator('.ask:not(.ask-pressed)').waitFor();
    expect(await newCalls()).toEqual([]);
  });

  test('a tap by finger works', async () => {
    const { ask, orders, newCalls } = await previews.open({ hasTouch: true });
    await ask.tap();
    await orders.first().waitFor();
    expect(await newCalls()).toEqual(['gettoken 1', 'orders 1']);
  });

  test('everything works by keyboard alone', async () => {
    const { page, phone, orders, newCalls } = await previews.open();
    await page.locator('iframe').focus();
    await page.keyboard.press('Tab');
    await phone.locator('[aria-label=携带token请求数据]:focus-visible').waitFor();
    await page.keyboard.press('Enter');
    await orders.first().waitFor();
    expect(await newCalls()).toEqual(['gettoken 1', 'orders 1']);
    await phone.getByRole('button', { name: '调用记录', expanded: false }).focus();
    await page.keyboard.press('Space');
    await phone.getByRole('log').waitFor();
    await page.keyboard.press('Space');
    // The foot of the list comes into view, loads the next page, and keeps the focus.
    await page.keyboard.press('Shift+Tab');
    await orders.nth(39).waitFor({ state: 'attached' });
    await phone.locator('.more:focus').waitFor();
    await page.keyboard.press('End');
    await orders.nth(47).waitFor({ state: 'attached' });
    expect(await newCalls()).toEqual(['orders 1', 'orders 1']);
  });
});
