/** @jest-environment jsdom */
import { renderComponent, settle } from './render';

test('order-item shows title, time and number', () => {
  const item = renderComponent('components/order-item/index', {
    title: '红富士苹果',
    time: '2026年10月1日 11:00',
    orderId: 'order-0001',
  });
  expect(item.text('.title')).toBe('红富士苹果');
  expect([item.text('.time'), item.text('.id')]).toEqual(['2026年10月1日 11:00', 'order-0001']);
});

test('order-list shows each order, in the order given', () => {
  const orders = ['b', 'a'].map((id) => ({ id, title: id, time: '' }));
  const list = renderComponent('components/order-list/index', { orders });
  expect(list.texts('.order-item', '.id')).toEqual(['b', 'a']);
});

test('state-view shows what is the case, and tells when its button is tapped', async () => {
  const view = renderComponent('components/state-view/index', {
    icon: 'warning',
    heading: '请求失败',
    detail: '请稍后再试',
    action: '重试',
  });
  expect([view.text('.heading'), view.text('.detail')]).toEqual(['请求失败', '请稍后再试']);
  const acts = view.events('act');
  view.tap('.action');
  await settle();
  expect(acts).toHaveLength(1);
});

test('state-view has no button where nothing can be done', () => {
  expect(
    renderComponent('components/state-view/index', { heading: '加载中' }).find('.action'),
  ).toEqual([]);
});

test('call-log is folded at first, and opens with a tap', async () => {
  const log = renderComponent('components/call-log/index');
  expect(log.text('.none')).toBe('');
  log.tap('.bar');
  await settle();
  expect(log.text('.none')).toBe('还没有调用');
});
