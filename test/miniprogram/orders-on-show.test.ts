/** @jest-environment jsdom */
import { createCloud, sampleOrders, type Answer, type Cloud } from './cloud';
import { openOrdersPage, settle, type OrdersPage } from './orders-page';

const failed: Answer = { code: 500, msg: '请求失败', requestId: 'req-42' };

let cloud: Cloud;
let page: OrdersPage;

async function tap(...selectors: string[]): Promise<void> {
  page.tap(...selectors);
  await settle();
}

const newest = (count: number, of = 45): string[] =>
  sampleOrders(of)
    .slice(0, count)
    .map(({ id }) => id);

beforeEach(async () => {
  cloud = createCloud();
  page = openOrdersPage(cloud);
  await tap('.ask');
  cloud.calls.length = 0;
});

afterEach(() => {
  page.leave();
});

test('a forgotten token is replaced without the user noticing', async () => {
  cloud.forget();
  await tap('.ask');
  expect(cloud.calls).toEqual(['orders 903', 'gettoken 1', 'orders 1']);
  expect(page.orderIds()).toEqual(newest(20));
  expect(page.text('.notice')).toBe('');
});

test('reaching the bottom appends the next page, until there is no more', async () => {
  expect(page.text('.more')).toBe('上拉或点按加载更多');
  page.reachBottom();
  await settle();
  expect(page.orderIds()).toEqual(newest(40));
  page.reachBottom();
  await settle();
  expect(page.orderIds()).toEqual(newest(45));
  expect(page.text('.more')).toBe('没有更多了');
  page.reachBottom();
  await settle();
  expect(cloud.calls).toEqual(['orders 1', 'orders 1']);
});

test('reaching the bottom twice asks for the next page once', async () => {
  cloud.hold();
  page.reachBottom();
  page.reachBottom();
  await settle();
  expect(page.text('.more')).toBe('加载中…');
  cloud.flow();
  await settle();
  expect(cloud.calls).toEqual(['orders 1']);
  expect(page.orderIds()).toEqual(newest(40));
});

test('a next page that fails keeps the orders, and a tap on the foot tries again', async () => {
  cloud.answerNext('orders', failed);
  page.reachBottom();
  await settle();
  expect(page.text('.more')).toBe('加载失败：云端出了点问题，点按重试');
  expect(page.orderIds()).toEqual(newest(20));
  await tap('.more');
  expect(page.orderIds()).toEqual(newest(40));
});

test('the second page survives a token that is refused in the middle', async () => {
  cloud.forget();
  page.reachBottom();
  await settle();
  expect(cloud.calls).toEqual(['orders 903', 'gettoken 1', 'orders 1']);
  expect(page.orderIds()).toEqual(newest(40));
});

test('the second page survives a pull-down', async () => {
  page.reachBottom();
  await settle();
  page.pullDown();
  await settle();
  expect(page.orderIds()).toEqual(newest(40));
  page.reachBottom();
  await settle();
  expect(page.orderIds()).toEqual(newest(45));
});

test('a second page on its way survives a pull-down in the middle', async () => {
  cloud.hold();
  page.reachBottom();
  await settle();
  page.pullDown();
  await settle();
  cloud.release(1);
  await settle();
  expect(page.orderIds()).toEqual(newest(40));
  cloud.flow();
  await settle();
  expect(page.orderIds()).toEqual(newest(40));
});

test('a pull-down shows new orders on top and the dots stop', async () => {
  cloud.orders = sampleOrders(46);
  cloud.hold();
  page.pullDown();
  await settle();
  expect(page.pulling()).toBe(true);
  expect(page.orderIds()).toEqual(newest(20));
  cloud.flow();
  await settle();
  expect(page.pulling()).toBe(false);
  expect(page.orderIds()).toEqual(newest(20, 46));
});

test('a pull-down that fails keeps the orders, says so, and 重试 clears it', async () => {
  cloud.answerNext('orders', failed);
  page.pullDown();
  await settle();
  expect(page.pulling()).toBe(false);
  expect(page.orderIds()).toEqual(newest(20));
  expect(page.text('.notice')).toContain('刷新失败');
  expect(page.text('.notice')).toContain('云端出了点问题');
  expect(page.text('.error')).toBe('');
  await tap('.notice-action');
  expect(page.text('.notice')).toBe('');
  expect(page.orderIds()).toEqual(newest(20));
});

test('once the page is left, what still arrives changes nothing of it', async () => {
  cloud.hold();
  page.pullDown();
  await settle();
  page.leave();
  cloud.flow();
  await settle();
  expect(cloud.calls).toEqual(['orders 1']);
  expect(page.changesAfterLeaving()).toBe(0);
});
