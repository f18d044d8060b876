/** @jest-environment jsdom */
import { createCloud, sampleOrders } from './cloud';
import { openOrdersPage, settle, type OrdersPage, type Storage } from './orders-page';

const HOUR = 3_600_000;

let page: OrdersPage;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});

afterEach(() => {
  page.leave();
  jest.useRealTimers();
});

async function tap(...selectors: string[]): Promise<void> {
  page.tap(...selectors);
  await settle();
}

test('a token lasts from one launch to the next', async () => {
  const cloud = createCloud();
  const storage: Storage = new Map();
  page = openOrdersPage(cloud, storage);
  await tap('.ask');
  page.leave();
  page = openOrdersPage(cloud, storage);
  await tap('.ask');
  expect(cloud.calls).toEqual(['gettoken 1', 'orders 1', 'orders 1']);
  expect(page.orderIds()).toHaveLength(20);
});

test('a token that ran out in the background is replaced without the user noticing', async () => {
  const cloud = createCloud();
  page = openOrdersPage(cloud);
  await tap('.ask');
  page.background(() => {
    jest.advanceTimersByTime(3 * HOUR);
    cloud.forget();
  });
  await settle();
  expect(page.orderIds()).toHaveLength(20);
  cloud.orders = sampleOrders(46);
  await tap('.ask');
  expect(cloud.calls).toEqual(['gettoken 1', 'orders 1', 'gettoken 1', 'orders 1']);
  expect(page.orderIds()[0]).toBe('order-0046');
  expect(page.text('.notice') + page.text('.error')).toBe('');
});

test('the same when only the cloud knows that the token ran out', async () => {
  const cloud = createCloud();
  page = openOrdersPage(cloud);
  await tap('.ask');
  page.background(() => {
    cloud.forget();
  });
  page.reachBottom();
  await settle();
  expect(cloud.calls.slice(2)).toEqual(['orders 903', 'gettoken 1', 'orders 1']);
  expect(page.orderIds()).toHaveLength(40);
  expect(page.text('.notice') + page.text('.error')).toBe('');
});

test('when no token can be had the user reads why, and 重试 goes on once it can', async () => {
  const cloud = createCloud();
  const down = new Error('request:fail');
  cloud.answerNext('gettoken', down, down, down);
  page = openOrdersPage(cloud);
  await tap('.ask');
  expect(page.text('.loading')).not.toBe('');
  await jest.advanceTimersByTimeAsync(10_000);
  await settle();
  expect(cloud.calls).toEqual(['gettoken none', 'gettoken none', 'gettoken none']);
  expect(page.text('.error', '.heading')).toBe('登录没有成功');
  expect(page.text('.error', '.detail')).toContain('请检查网络');
  await jest.advanceTimersByTimeAsync(60_000);
  await tap('.error', '.action');
  expect(page.orderIds()).toHaveLength(20);
});

test('a cloud that never answers ends in words, and 重试 goes on', async () => {
  const cloud = createCloud();
  page = openOrdersPage(cloud);
  await tap('.ask');
  cloud.hold();
  page.pullDown();
  await settle();
  await jest.advanceTimersByTimeAsync(120_000);
  await settle();
  expect(page.pulling()).toBe(false);
  expect(page.text('.notice')).toContain('等待超时');
  expect(page.orderIds()).toHaveLength(20);
  cloud.flow();
  await tap('.notice-action');
  expect(page.text('.notice')).toBe('');
});
