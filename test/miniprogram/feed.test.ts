import { setImmediate as turn } from 'node:timers/promises';
import type { OrdersRequest, OrdersSuccess } from '../../contract/index';
import { createError } from '../../miniprogram/session/errors';
import { createFeed } from '../../miniprogram/pages/orders/feed';
import { cloudOf, createScreen } from './feed-model';

interface HeldCall {
  request: OrdersRequest;
  answer(): Promise<void>;
  fail(): Promise<void>;
}

/** A cloud that answers when told to. */
class HeldCloud {
  readonly held: HeldCall[] = [];
  readonly #cloud;

  constructor(count: number) {
    this.#cloud = cloudOf(count);
  }

  readonly ask = (request: OrdersRequest): Promise<OrdersSuccess> =>
    new Promise((resolve, reject) => {
      this.held.push({
        request,
        answer: async () => {
          resolve(this.#cloud.answer(request));
          await turn();
        },
        fail: async () => {
          reject(new Error('network down'));
          await turn();
        },
      });
    });

  next(): HeldCall {
    const first = this.held.shift();
    if (!first) throw new Error('nothing was asked');
    return first;
  }
}

test('nothing is asked before the user asks', () => {
  const cloud = new HeldCloud(5);
  createFeed(cloud.ask, createScreen().show);
  expect(cloud.held).toHaveLength(0);
});

test('a second reload while one is under way asks nothing more', async () => {
  const cloud = new HeldCloud(5);
  const feed = createFeed(cloud.ask, createScreen().show);
  const both = Promise.all([feed.reload(), feed.reload()]);
  expect(cloud.held).toHaveLength(1);
  await cloud.next().answer();
  await both;
  expect(cloud.held).toHaveLength(0);
});

test('a page asked for before a reload is dropped when it arrives after it', async () => {
  const cloud = new HeldCloud(60);
  const view = createScreen();
  const feed = createFeed(cloud.ask, view.show);
  void feed.reload();
  await cloud.next().answer();
  void feed.loadMore();
  const older = cloud.next();
  const reloaded = feed.reload();
  await cloud.next().answer();
  await reloaded;
  const after = structuredClone(view.data);
  await older.answer();
  expect(view.data).toEqual(after);
});

test('a reload asks for as many orders as are on show or on their way', async () => {
  const cloud = new HeldCloud(60);
  const feed = createFeed(cloud.ask, createScreen().show);
  void feed.reload();
  await cloud.next().answer();
  void feed.loadMore();
  const second = cloud.next();
  void feed.reload();
  expect(cloud.next().request).toEqual({ limit: 40 });
  await second.answer();
});

test('a reload asks for 100 orders at most, the most that the cloud gives', async () => {
  const cloud = new HeldCloud(200);
  const view = createScreen();
  const feed = createFeed(cloud.ask, view.show);
  void feed.reload();
  await cloud.next().answer();
  for (let page = 2; page <= 6; page += 1) {
    void feed.loadMore();
    await cloud.next().answer();
  }
  expect(view.ids()).toHaveLength(120);
  const reloaded = feed.reload();
  const first = cloud.next();
  expect(first.request).toEqual({ limit: 100 });
  await first.answer();
  expect(view.ids()).toHaveLength(120);
  const second = cloud.next();
  expect(second.request).toEqual({ limit: 20, cursor: '101' });
  await second.answer();
  await reloaded;
  expect(view.ids()).toEqual(Array.from({ length: 120 }, (_, at) => 200 - at));
  expect(view.data.more).toBe('idle');
  void feed.loadMore();
  expect(cloud.next().request).toEqual({ limit: 20, cursor: '81' });
});

test('a reload of many orders that fails halfway keeps what is on show', async () => {
  const cloud = new HeldCloud(200);
  const view = createScreen();
  const feed = createFeed(cloud.ask, view.show);
  void feed.reload();
  await cloud.next().answer();
  for (let page = 2; page <= 6; page += 1) {
    void feed.loadMore();
    await cloud.next().answer();
  }
  const reloaded = feed.reload();
  await cloud.next().answer();
  await cloud.next().fail();
  await reloaded;
  expect(view.ids()).toHaveLength(120);
  expect(view.data.notice).not.toBe('');
});

test('a cloud that gives no more orders, and says there are more, ends a reload', async () => {
  const view = createScreen();
  const feed = createFeed(
    () => Promise.resolve({ code: 1, orders: [], nextCursor: '9' }),
    view.show,
  );
  await feed.reload();
  expect(view.data.view.kind).toBe('empty');
});

test('the seconds to wait count down on screen, until another reload', async () => {
  jest.useFakeTimers();
  const answer = { code: 429, msg: 'slow down', retryAfter: 3 };
  const view = createScreen();
  const feed = createFeed(
    () => Promise.reject(createError('ANSWERED', undefined, answer)),
    view.show,
  );
  const detail = (): unknown => view.data.view.kind === 'error' && view.data.view.failure.detail;
  await feed.reload();
  expect(detail()).toBe('请等 3 秒再试。');
  jest.advanceTimersByTime(1_000);
  expect(detail()).toBe('请等 2 秒再试。');
  jest.advanceTimersByTime(2_000);
  expect(detail()).toBe('现在可以重试。');
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

test('nothing counts on once the page is gone, or the user has asked again', async () => {
  jest.useFakeTimers();
  const answer = { code: 429, msg: 'slow down', retryAfter: 30 };
  const feed = createFeed(
    () => Promise.reject(createError('ANSWERED', undefined, answer)),
    () => undefined,
  );
  await feed.reload();
  const again = feed.reload();
  expect(jest.getTimerCount()).toBe(0);
  await again;
  expect(jest.getTimerCount()).toBe(1);
  feed.close();
  expect(jest.getTimerCount()).toBe(0);
  await feed.reload();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

test('a reload that fails keeps the orders on show and a page that is on its way', async () => {
  const cloud = new HeldCloud(60);
  const view = createScreen();
  const feed = createFeed(cloud.ask, view.show);
  void feed.reload();
  await cloud.next().answer();
  void feed.loadMore();
  const second = cloud.next();
  const reloaded = feed.reload();
  await cloud.next().fail();
  await reloaded;
  expect(view.data.notice).not.toBe('');
  await second.answer();
  expect(view.ids()).toHaveLength(40);
});

test('nothing is shown once the page is gone', async () => {
  const cloud = new HeldCloud(60);
  const view = createScreen();
  const feed = createFeed(cloud.ask, view.show);
  void feed.reload();
  feed.close();
  const before = structuredClone(view.data);
  await cloud.next().answer();
  void feed.reload();
  feed.close();
  await cloud.next().fail();
  expect(view.data.pages).toEqual(before.pages);
  expect(view.data.view).toEqual(before.view);
});

test('nothing further is asked while a reload is under way', async () => {
  const cloud = new HeldCloud(60);
  const view = createScreen();
  const feed = createFeed(cloud.ask, view.show);
  void feed.reload();
  await cloud.next().answer();
  const reloaded = feed.reload();
  await feed.loadMore();
  expect(cloud.held).toHaveLength(1);
  await cloud.next().answer();
  await reloaded;
  expect(view.data.more).toBe('idle');
});

test('a page that fails after a reload has replaced its list is not the failure of the new one', async () => {
  const cloud = new HeldCloud(60);
  const view = createScreen();
  const feed = createFeed(cloud.ask, view.show);
  void feed.reload();
  await cloud.next().answer();
  void feed.loadMore();
  const older = cloud.next();
  void feed.reload();
  await cloud.next().answer();
  await older.fail();
  expect(view.data.more).toBe('idle');
});
