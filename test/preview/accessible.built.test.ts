import type { RunOptions } from 'axe-core';
import axe from 'axe-core';
import type { Locator } from 'playwright-core';
import * as v from 'valibot';
import { startPreviews, type OpenPreview, type Previews } from './preview';

const resultsSchema = v.object({
  violations: v.array(v.object({ id: v.string(), nodes: v.array(v.object({ html: v.string() })) })),
});
const rules: RunOptions = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };

let previews: Previews;

jest.setTimeout(60_000);
beforeAll(async () => {
  previews = await startPreviews();
});
afterEach(async () => {
  await previews.project.undo();
  await previews.close();
});
afterAll(() => previews.end());

/** Answers of `orders` instead of the cloud's, until the page is closed. */
const failing = { result: { code: 500, msg: '请求失败', requestId: 'r-1' }, requestId: 'r-1' };
const empty = { result: { code: 1, orders: [] }, requestId: 'r-2' };

/** What axe finds wrong with the preview and the phone in it. */
async function violations({ page }: OpenPreview): Promise<string[]> {
  for (const frame of page.frames()) await frame.evaluate(axe.source);
  const results: unknown = await page.evaluate(`axe.run(document, ${JSON.stringify(rules)})`);
  return v
    .parse(resultsSchema, results)
    .violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

async function answerOrders({ page }: OpenPreview, answer?: object): Promise<void> {
  await page.route('**/invoke/orders', (route) => answer && route.fulfill({ json: answer }));
}

/** Goes to a state and gives what is to be seen of it. */
const states: Record<string, (preview: OpenPreview) => Promise<Locator>> = {
  'at first': ({ phone }) => Promise.resolve(phone.getByText('还没有请求数据')),
  async 'while loading'(preview) {
    await answerOrders(preview);
    await preview.ask.click();
    return preview.phone.getByText('正在加载订单');
  },
  async 'with orders and the loop in the log'({ page, phone, ask, orders }) {
    await ask.click();
    await orders.first().waitFor();
    await page.getByRole('button', { name: '让云端忘记当前token' }).click();
    await page.getByText('云端已忘记').waitFor();
    await phone.getByRole('button', { name: '调用记录', expanded: false }).click();
    await ask.click();
    return phone.getByText('带上新 token');
  },
  async 'when a refresh and a further page fail'(preview) {
    const { phone, ask, orders } = preview;
    await ask.click();
    await orders.first().waitFor();
    await answerOrders(preview, failing);
    await ask.click();
    await phone.getByText('刷新失败').waitFor();
    await phone.getByRole('button', { name: '加载更多' }).scrollIntoViewIfNeeded();
    await phone.getByText('点按重试').waitFor();
    await phone.getByRole('button', { name: '调用记录', expanded: false }).click();
    return phone.getByText('点按重试');
  },
  async 'with no orders'(preview) {
    await answerOrders(preview, empty);
    await preview.ask.click();
    return preview.phone.getByText('还没有订单');
  },
  async 'when the first load fails'(preview) {
    await answerOrders(preview, failing);
    await preview.ask.click();
    return preview.phone.getByText('云端出了点问题');
  },
  async 'when the sources do not compile'({ phone }) {
    await previews.project.edit('miniprogram/app.ts', 'App(', 'App((');
    return phone.getByText('编译失败');
  },
};

test.each(Object.entries(states))('%s, axe finds nothing wrong', async (_, reach) => {
  const preview = await previews.open({ reducedMotion: 'reduce' });
  const seen = await reach(preview);
  await seen.first().waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await preview.page.emulateMedia({ colorScheme });
    expect(await violations(preview)).toEqual([]);
  }
});
