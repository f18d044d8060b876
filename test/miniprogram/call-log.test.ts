/** @jest-environment jsdom */
import { createCloud, type Cloud } from './cloud';
import { openOrdersPage, settle, type OrdersPage } from './orders-page';

let cloud: Cloud;
let page: OrdersPage;

beforeEach(() => {
  cloud = createCloud();
  page = openOrdersPage(cloud);
});

afterEach(() => {
  page.leave();
});

async function tap(...selectors: string[]): Promise<void> {
  page.tap(...selectors);
  await settle();
}

const toggle = (): Promise<void> => tap('.call-log', '.bar');

test('the panel is folded at first and shows the last call in one line', async () => {
  expect(page.logged()).toEqual([]);
  expect(page.text('.call-log', '.latest')).toBe('');
  await tap('.ask');
  expect(page.logged()).toEqual([]);
  expect(page.text('.call-log', '.latest')).toBe('orders → 1');
});

test('open, it says that there are no calls yet, then lists them newest on top', async () => {
  await toggle();
  expect(page.text('.call-log', '.none')).toBe('还没有调用');
  await tap('.ask');
  expect(page.text('.call-log', '.none')).toBe('');
  expect(page.logged()).toEqual(['orders 1', 'gettoken 1']);
});

test('it folds and keeps what it knows', async () => {
  await toggle();
  await tap('.ask');
  await toggle();
  expect(page.logged()).toEqual([]);
  await toggle();
  expect(page.logged()).toEqual(['orders 1', 'gettoken 1']);
});

test('the 903 loop can be watched, marked and explained', async () => {
  await tap('.ask');
  cloud.forget();
  await tap('.ask');
  await toggle();
  expect(page.logged()).toEqual(['orders 1', 'gettoken 1', 'orders 903', 'orders 1', 'gettoken 1']);
  expect(page.text('.call-log', '.call-refused .code')).toBe('903');
  expect(page.text('.call-log', '.call-refused .meaning')).toBe('token 失效');
  expect(page.text('.call-log', '.note').split('\n')).toEqual([
    '带上新 token，重发 orders',
    '新 token 到手，1 个请求继续',
    'token 被云端拒绝，向 gettoken 换取新的',
    '新 token 到手，1 个请求继续',
    '本机没有 token，向 gettoken 领取',
  ]);
});

test('each call shows its milliseconds', async () => {
  await toggle();
  await tap('.ask');
  expect(page.text('.call-log', '.ms')).toMatch(/^\d+ ms\n\d+ ms$/);
});

test('calls made while it is open come in on top, in the right order', async () => {
  await toggle();
  await tap('.ask');
  cloud.answerNext('orders', { code: 500, msg: '请求失败', requestId: 'req-42' });
  await tap('.ask');
  cloud.answerNext('orders', new Error('request:fail'));
  await tap('.ask');
  expect(page.logged()).toEqual(['orders 无返回', 'orders 500', 'orders 1', 'gettoken 1']);
  expect(page.text('.call-log', '.call-failed .code')).toBe('无返回\n500');
});

test('no token is ever in the panel', async () => {
  await toggle();
  await tap('.ask');
  cloud.forget();
  await tap('.ask');
  expect(page.text('.call-log')).not.toContain('token-');
});

test('while it is folded its view gets no lines, only the last call', async () => {
  const changes = page.panelChanges();
  await tap('.ask');
  expect(changes).toEqual([{ latest: 'gettoken → 1' }, { latest: 'orders → 1' }]);
});

test('while it is open its view gets each line once', async () => {
  await toggle();
  await tap('.ask');
  const changes = page.panelChanges();
  await tap('.ask');
  await tap('.ask');
  const sent = JSON.stringify(changes);
  expect(sent.match(/token 有效/g)).toHaveLength(2);
  expect(sent).not.toContain('领取');
  expect(page.logged()).toEqual(['orders 1', 'orders 1', 'orders 1', 'gettoken 1']);
});
