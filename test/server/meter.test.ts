import { DatabaseError, DatabaseTimeout } from '../../server/collections';
import { startMeter } from '../../server/meter';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the meter', () => {
  test('counts calls side by side as one wait, and calls after one another as many', async () => {
    const meter = startMeter(() => 1000);
    const call = () => meter.run('x', settled);
    await Promise.all([call(), call(), call()]);
    expect([meter.roundTrips(), meter.calls()]).toEqual([1, 3]);
    await call();
    await call();
    expect([meter.roundTrips(), meter.calls()]).toEqual([3, 5]);
  });

  test('counts a chain beside a call that is still on its way', async () => {
    const meter = startMeter(() => 1000);
    let end = (): void => undefined;
    const long = meter.run('long', () => new Promise<void>((resolve) => (end = resolve)));
    await meter.run('a', settled);
    await meter.run('b', settled);
    end();
    await long;
    expect(meter.roundTrips()).toBe(2);
  });

  test('gives up a call that does not answer in time, and says which', async () => {
    const meter = startMeter(() => 5);
    const never = meter.run('tokens.find', () => new Promise<void>(() => undefined));
    await expect(never).rejects.toThrow(
      new DatabaseTimeout('tokens.find gave no answer within 5 ms'),
    );
  });

  test('keeps what the database threw as the cause', async () => {
    const cause = new Error('disk');
    const failing = startMeter(() => 1000).run('logins.add', () => Promise.reject(cause));
    await expect(failing).rejects.toMatchObject(new DatabaseError('logins.add failed', { cause }));
    await expect(failing).rejects.toHaveProperty('cause', cause);
  });
});
