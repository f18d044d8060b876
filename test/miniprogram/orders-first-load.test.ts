/** @jest-environment jsdom */
import { createCloud, sampleOrders, type Answer, type Cloud } from './cloud';
import { openOrdersPage, settle, type OrdersPage } from './orders-page';

const failed: Answer = { code: 500, msg: '请求失败', requestId: 'req-42' };

let page: OrdersPage;

function open(cloud: Cloud): void {
  page = openOrdersPage(cloud);
}

async function tap(...selectors: string[]): Promise<void> {
  page.tap(...selectors);
  await settle();
}

afterEach(() => {
  page.leave();
});

/** Titles are not read: an id tells which order it is. */
const newest = (count: number, of = 45): string[] =>
  sampleOrders(of)
    .slice(0, count)
    .map(({ id }) => id);

describe('at first', () => {
  test('the page asks nothing and says what the button does', async () => {
    const cloud = createCloud();
    open(cloud);
    await settle();
    expect(cloud.calls).toEqual([]);
    expect(page.text('.ask')).toBe('携带token请求数据');
    expect(page.text('.first', '.heading')).toBe('还没有请求数据');
  });

  test('a tap gets a token, then the newest orders', async () => {
    const cloud = createCloud();
    open(cloud);
    await tap('.ask');
    expect(cloud.calls).toEqual(['gettoken 1', 'orders 1']);
    expect(page.orderIds()).toEqual(newest(20));
    expect(page.text('.first')).toBe('');
  });

  test('an order shows its title, its time and its number', async () => {
    const [order] = sampleOrders(1);
    if (!order) throw new Error('no sample');
    open(createCloud([order]));
    await tap('.ask');
    expect(page.text('.order-list', '.order-item', '.title')).toBe(order.title);
    expect(page.text('.order-list', '.order-item', '.time')).toMatch(
      /^\d{4}年\d+月\d+日 \d\d:\d\d$/,
    );
    expect(page.text('.order-list', '.order-item', '.id')).toBe(order.id);
  });
});

test('a pull-down before the first tap loads the orders as well', async () => {
  const cloud = createCloud();
  open(cloud);
  page.pullDown();
  await settle();
  expect(cloud.calls).toEqual(['gettoken 1', 'orders 1']);
  expect(page.orderIds()).toEqual(newest(20));
  expect(page.pulling()).toBe(false);
});

describe('while loading', () => {
  test('the first load shows that it loads', async () => {
    const cloud = createCloud();
    cloud.hold();
    open(cloud);
    await tap('.ask');
    expect(page.text('.loading')).toContain('正在加载订单');
    expect(page.text('.first')).toBe('');
    cloud.flow();
    await settle();
    expect(page.text('.loading')).toBe('');
    expect(page.orderIds()).toHaveLength(20);
  });

  test('a double tap sends one request', async () => {
    const cloud = createCloud();
    cloud.hold();
    open(cloud);
    page.tap('.ask');
    await tap('.ask');
    await tap('.ask');
    cloud.flow();
    await settle();
    expect(cloud.calls).toEqual(['gettoken 1', 'orders 1']);
  });

  test('a double tap with orders on show sends one request', async () => {
    const cloud = createCloud();
    open(cloud);
    await tap('.ask');
    cloud.hold();
    page.tap('.ask');
    await tap('.ask');
    cloud.flow();
    await settle();
    expect(cloud.calls.slice(2)).toEqual(['orders 1']);
  });
});

test('a user without orders reads that there are none', async () => {
  open(createCloud([]));
  await tap('.ask');
  expect(page.text('.empty', '.heading')).toBe('还没有订单');
  expect(page.orderIds()).toEqual([]);
  expect(page.text('.list')).toBe('');
});

test('orders that arrive after an empty answer are shown by the next tap', async () => {
  const cloud = createCloud([]);
  open(cloud);
  await tap('.ask');
  cloud.orders = sampleOrders(2);
  await tap('.ask');
  expect(page.orderIds()).toEqual(newest(2, 2));
  expect(page.text('.empty')).toBe('');
});

describe('when the first load fails', () => {
  test('the page says what happened, and 重试 loads the orders', async () => {
    const cloud = createCloud();
    cloud.answerNext('orders', failed);
    open(cloud);
    await tap('.ask');
    expect(page.text('.error', '.heading')).toBe('云端出了点问题');
    expect(page.text('.error', '.detail')).toContain('req-42');
    await tap('.error', '.action');
    expect(page.text('.error')).toBe('');
    expect(page.orderIds()).toEqual(newest(20));
  });

  test('the button above works as well', async () => {
    const cloud = createCloud();
    cloud.answerNext('orders', new Error('request:fail'));
    open(cloud);
    await tap('.ask');
    expect(page.text('.error', '.heading')).toBe('没有收到云端的返回');
    await tap('.ask');
    expect(page.orderIds()).toEqual(newest(20));
  });

  test('while 重试 is under way the failure is gone and loading is shown', async () => {
    const cloud = createCloud();
    cloud.answerNext('orders', failed);
    open(cloud);
    await tap('.ask');
    cloud.hold();
    await tap('.error', '.action');
    expect(page.text('.error')).toBe('');
    expect(page.text('.loading')).not.toBe('');
  });

  test('a token that is refused for ever ends in words, not in a loop', async () => {
    const cloud = createCloud();
    const refused: Answer = { code: 903, msg: 'Token验证失败' };
    cloud.answerNext('orders', refused, refused, refused, refused);
    open(cloud);
    await tap('.ask');
    expect(page.text('.error', '.heading')).toBe('登录状态无法恢复');
    expect(cloud.calls.length).toBeLessThanOrEqual(4);
  });

  test('a refusal to give tokens so often says how long to wait', async () => {
    const cloud = createCloud();
    cloud.answerNext('gettoken', { code: 429, msg: 'slow down', retryAfter: 17 });
    open(cloud);
    await tap('.ask');
    expect(page.text('.error', '.heading')).toBe('登录没有成功');
    expect(page.text('.error', '.detail')).toContain('17 秒');
  });

  test('no answer is ever shown in English or in codes alone', async () => {
    const cloud = createCloud();
    cloud.answerNext('orders', { code: 400, msg: 'limit: expected a number' });
    open(cloud);
    await tap('.ask');
    expect(page.text('.error', '.heading')).toBe('请求没有被接受');
    expect(page.text('.error')).not.toContain('expected');
  });
});
