import type { SessionEvent } from '../../miniprogram/session/events';
import { begin, call, names, record, start, withToken } from './driving';
import { createWorld } from './world';

test('the events tell the whole loop, and hold no token', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  const events = record(world);
  await call(world);
  expect(events).toEqual([
    { type: 'call', name: 'orders', code: 903, ms: 0 },
    { type: 'refresh-started', reason: 'refused' },
    { type: 'call', name: 'gettoken', code: 1, ms: 0 },
    { type: 'refresh-ended', reason: undefined, ms: 0, waiters: 1 },
    { type: 'call-repeated', name: 'orders' },
    { type: 'call', name: 'orders', code: 1, ms: 0 },
  ] satisfies SessionEvent[]);
  expect(JSON.stringify(events)).not.toContain('token-');
});

test('a failed refresh is told with its reason, its duration and its waiters', async () => {
  const world = createWorld();
  const events = record(world);
  const results = [start(world), start(world)];
  await world.pass(15_000);
  await Promise.all(results);
  expect(events).toContainEqual({
    type: 'refresh-ended',
    reason: 'TIMED_OUT',
    ms: 15_000,
    waiters: 2,
  });
});

test('a refresh counts those who still wait for it', async () => {
  const world = createWorld();
  const events = record(world);
  const ended = [
    start(world, {}, { timeLimit: 100 }),
    start(world, {}, { cancelled: Promise.resolve() }),
  ];
  const waiting = start(world);
  await world.pass(100);
  await Promise.all(ended);
  await world.settle(() => false);
  await waiting;
  expect(events).toContainEqual({ type: 'refresh-ended', reason: undefined, ms: 100, waiters: 1 });
});

test('a business function with a field `revoke` of its own revokes no token', async () => {
  const world = await withToken();
  const events = record(world);
  const request: object = { revoke: true };
  void start(world, request);
  await world.settle(() => false);
  expect(events).toMatchObject([{ name: 'orders', revokes: undefined }]);
});

test('a call without an answer is told without a code, and never with a negative time', async () => {
  const world = await withToken();
  world.cloud.business = 'unreachable';
  const events = record(world);
  const result = start(world);
  await begin(world);
  world.jump(-1_000_000);
  await world.settle();
  await result;
  const cause = new Error('request:fail');
  expect(events).toEqual([{ type: 'call', name: 'orders', code: undefined, ms: 0, cause }]);
});

test('a listener that throws, spoils the event or calls the session harms nobody', async () => {
  const world = createWorld();
  const seen: string[] = [];
  world.session.on(() => {
    throw new Error('listener');
  });
  world.session.on((event) => {
    event.type = 'loop-broken';
  });
  world.session.on((event) => {
    if (event.type === 'refresh-started') void world.session.call('orders', {});
  });
  world.session.on(({ type }) => seen.push(type));
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders', 'orders']);
  expect(seen).toEqual(['refresh-started', 'call', 'refresh-ended', 'call', 'call']);
});

test('a listener that stopped hears nothing more, even of what has just happened', async () => {
  const world = createWorld();
  const seen: SessionEvent[] = [];
  const stop = world.session.on((event) => seen.push(event));
  const result = start(world);
  stop();
  await world.settle();
  await result;
  expect(seen).toEqual([]);
});

test('a listener that is told of a refusal can make a call: it does not carry the refused token', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  let result: Promise<unknown> = Promise.resolve();
  world.session.on((event) => {
    if (event.type === 'call' && event.code === 903) result = start(world);
  });
  await call(world);
  await expect(result).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['orders', 'gettoken', 'orders', 'orders']);
});

test('a listener whose promise rejects leaves no rejection unhandled', async () => {
  const world = createWorld();
  const unhandled = jest.fn();
  process.once('unhandledRejection', unhandled);
  world.session.on(() => Promise.reject(new Error('listener')));
  await call(world);
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('a revocation is told apart from the asking for a token', async () => {
  const world = await withToken();
  const events = record(world);
  void world.session.clear();
  await world.settle();
  await call(world);
  expect(events).toMatchObject([
    { name: 'gettoken', code: 1, revokes: true },
    { type: 'refresh-started' },
    { name: 'gettoken', code: 1, revokes: undefined },
    { type: 'refresh-ended' },
    { name: 'orders', code: 1, revokes: undefined },
  ]);
});

test('each refresh is told with its reason', async () => {
  const world = createWorld();
  const events = record(world);
  await call(world);
  await world.pass(7_200_000 - 200_000);
  await call(world);
  await world.pass(7_200_000);
  await call(world);
  world.cloud.tokens.clear();
  await call(world);
  const reasons = events.map((event) => event.type === 'refresh-started' && event.reason);
  expect(reasons.filter(Boolean)).toEqual(['absent', 'near-end', 'ended', 'refused']);
});
