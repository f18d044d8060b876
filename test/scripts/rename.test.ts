import { renameOrders } from '../../scripts/rename/words';

const words = { one: 'booking', many: 'bookings', label: '预约' };

test.each([
  ["session.call('orders', {})", "session.call('bookings', {})"],
  ['const { OrdersRequest, OrderDocument } = …', 'const { BookingsRequest, BookingDocument } = …'],
  ['isOrder toOrder latestOrder sampleOrders', 'isBooking toBooking latestBooking sampleBookings'],
  ['orderIds, page.orderId, orderOf(openid)', 'bookingIds, page.bookingId, bookingOf(openid)'],
  ['<order-item order-id="order-0001" />', '<booking-item booking-id="booking-0001" />'],
  ['`order-${number}` and /order-\\d+/', '`booking-${number}` and /booking-\\d+/'],
  ['database/sample-orders.jsonl', 'database/sample-bookings.jsonl'],
  ['components/order-list/', 'components/booking-list/'],
  ['test/miniprogram/orders-on-show.test.ts', 'test/miniprogram/bookings-on-show.test.ts'],
  ['还没有订单', '还没有预约'],
])('%s is renamed', (text, renamed) => {
  expect(renameOrders(text, words)).toBe(renamed);
});

test.each([
  "orderBy('createdAt', 'desc')",
  'border-radius: 16rpx',
  'in this order, one after the other',
  'inOrder(openid)',
  'pay.unifiedOrder()',
  'the events are reordered',
])('%s is about no order, and stays', (text) => {
  expect(renameOrders(text, words)).toBe(text);
});
