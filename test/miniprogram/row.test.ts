import fc from 'fast-check';
import { formatTime, toRow } from '../../miniprogram/pages/orders/row';
import { sampleOrder } from '../sample-order';

/** Unix seconds of a moment on this machine's own clock face. */
const seconds = (...face: [number, number, number, number, number]): number =>
  new Date(...face).getTime() / 1000;

test('a time reads as a Chinese date with a 24-hour clock', () => {
  expect(formatTime(seconds(2026, 9, 13, 8, 5))).toBe('2026年10月13日 08:05');
  expect(formatTime(seconds(2026, 0, 1, 0, 0))).toBe('2026年1月1日 00:00');
  expect(formatTime(seconds(2024, 1, 29, 23, 59))).toBe('2024年2月29日 23:59');
});

test('every time can be read back to its minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (time) => {
      const parts = /^(\d+)年(\d+)月(\d+)日 (\d\d):(\d\d)$/.exec(formatTime(time));
      const [year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN] = (parts ?? [])
        .slice(1)
        .map(Number);
      const back = seconds(year, month - 1, day, hour, minute);
      // An hour that the clocks go back over reads the same twice.
      expect([0, 3600]).toContain(Math.abs(Math.floor(time / 60) * 60 - back));
    }),
  );
});

test('a row has what the list shows of an order', () => {
  const time = seconds(2026, 9, 13, 8, 30);
  expect(toRow(sampleOrder('order-0001', time))).toMatchObject({
    id: 'order-0001',
    title: '丹东草莓 1 盒',
    time: '2026年10月13日 08:30',
  });
});
