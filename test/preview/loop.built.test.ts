import type { Page, Response } from 'playwright-core';
import * as v from 'valibot';
import { startPreviews, type OpenPreview, type Previews } from './preview';

const answerSchema = v.object({ result: v.object({ code: v.number() }) });
const keptSchema = v.object({ data: v.object({ token: v.string() }) });
const mintSchema = v.object({ result: v.object({ token: v.string() }) });

let previews: Previews;
let preview: OpenPreview;

jest.setTimeout(60_000);
beforeAll(async () => {
  previews = await startPreviews();
});
afterEach(() => previews.close());
afterAll(() => previews.end());

/** The lines of the 调用记录 panel, oldest first, each as `function code`. */
async function panelLines({ phone }: OpenPreview): Promise<string[]> {
  const bar = phone.getByRole('button', { name: '调用记录', expanded: false });
  if (await bar.isVisible()) await bar.click();
  const labels = await phone.getByRole('log').getByLabel('用时').all();
  const texts = await Promise.all(labels.map((label) => label.getAttribute('aria-label')));
  return texts.map((text) => (text ?? '').split('，').slice(0, 2).join(' ')).reverse();
}

async function forget({ page }: OpenPreview): Promise<void> {
  await page.getByRole('button', { name: '让云端忘记当前token' }).click();
  await page.getByText('云端已忘记当前 token').waitFor();
}

describe('the token loop in a browser', () => {
  test('the first tap gets a token and then the newest twenty orders', async () => {
    preview = await previews.open();
    await preview.ask.click();
    await preview.phone.getByText('order-0048').waitFor();
    expect(await preview.orders.count()).toBe(20);
    expect(await preview.orders.first().textContent()).toContain('越南火龙果 4 个');
    expect(await preview.newCalls()).toEqual(['gettoken 1', 'orders 1']);
    expect(await panelLines(preview)).toEqual(['gettoken 1', 'orders 1']);
    expect(preview.complaints).toEqual([]);
    expect(preview.strays).toEqual([]);
  });

  test('a token that the cloud forgot is refused, replaced, and the orders come back', async () => {
    preview = await previews.open();
    await preview.ask.click();
    await preview.orders.first().waitFor();
    await preview.newCalls();
    await forget(preview);
    expect(await preview.newCalls()).toEqual(['revoke 1']);
    const repeated = preview.page.waitForResponse(async (response) =>
      (await response.text()).includes('"orders":'),
    );
    await preview.ask.click();
    await repeated;
    expect(await preview.newCalls()).toEqual(['orders 903', 'gettoken 1', 'orders 1']);
    expect(await preview.orders.count()).toBe(20);
    expect((await panelLines(preview)).slice(-3)).toEqual(['orders 903', 'gettoken 1', 'orders 1']);
    expect(preview.complaints).toEqual([]);
  });

  test('another tap while the first is under way sends nothing', async () => {
    preview = await previews.open();
    await preview.ask.dblclick();
    await preview.orders.first().waitFor();
    expect(await preview.newCalls()).toEqual(['gettoken 1', 'orders 1']);
  });

  test('the token survives a reload of the page', async () => {
    preview = await previews.open();
    await preview.ask.click();
    await preview.orders.first().waitFor();
    await preview.page.reload();
    await preview.newCalls();
    await preview.ask.click();
    await preview.orders.first().waitFor();
    expect(await preview.newCalls()).toEqual(['orders 1']);
  });

  test('with a life of one second, an expired token is replaced without an error', async () => {
    const shortLived = await startPreviews({ TOKEN_TTL_SECONDS: '1' });
    try {
      preview = await shortLived.open();
      const { page, ask, orders, phone } = preview;
      await ask.click();
      await orders.first().waitFor();
      await refusedByCloud(shortLived.cloud.url, page);
      await preview.newCalls();
      const answered = page.waitForResponse(async (response) =>
        (await response.text()).includes('"orders":'),
      );
      await ask.click();
      await answered;
      const calls = await preview.newCalls();
      expect(calls).toContain('gettoken 1');
      expect(calls.at(-1)).toBe('orders 1');
      expect(await orders.count()).toBe(20);
      expect(await phone.getByRole('alert').count()).toBe(0);
      expect(await phone.getByText('重试').count()).toBe(0);
    } finally {
      await shortLived.end();
    }
  });

  test('a cloud out of reach is said, with a way on that works when it is back', async () => {
    preview = await previews.open();
    await preview.ask.click();
    await preview.orders.first().waitFor();
    await preview.page.reload();
    await preview.page.route('**/invoke/**', (route) => route.abort());
    await preview.ask.click();
    const retry = preview.phone.getByRole('button', { name: '重试' });
    await retry.waitFor();
    await preview.page.unroute('**/invoke/**');
    await retry.click();
    await preview.orders.first().waitFor();
    expect(await preview.orders.count()).toBe(20);
  });

  test('the token is in no document and in no message of the console', async () => {
    preview = await previews.open();
    const said: string[] = [];
    preview.page.on('console', (message) => said.push(message.text()));
    const minting = preview.page.waitForResponse('**/invoke/gettoken');
    await preview.ask.click();
    await preview.orders.first().waitFor();
    await forget(preview);
    await panelLines(preview);
    const token = await tokenIn(await minting);
    const documents = await Promise.all(preview.page.frames().map((frame) => frame.content()));
    expect(token.length).toBeGreaterThan(20);
    expect([...documents, ...said].join('\n')).not.toContain(token);
  });
});

async function tokenIn(response: Response): Promise<string> {
  return v.parse(mintSchema, await response.json()).result.token;
}

/** Asks the cloud until it refuses the token that the phone holds. */
async function refusedByCloud(url: string, page: Page): Promise<void> {
  const kept = await page.evaluate(
    `JSON.parse(Object.entries(localStorage).find(([key]) => key.endsWith('/token-loop/session'))[1])`,
  );
  const { token } = v.parse(keptSchema, kept).data;
  for (;;) {
    const response = await fetch(`${url}/invoke/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, limit: 1 }),
    });
    if (v.parse(answerSchema, await response.json()).result.code === 903) return;
  }
}
