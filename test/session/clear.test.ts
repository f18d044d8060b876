import { begin, call, names, record, start, withToken } from './driving';
import { createWorld } from './world';

test('clear() revokes the token in the cloud and drops it on the phone', async () => {
  const world = await withToken();
  const cleared = world.session.clear();
  expect(world.slot.value).toBeUndefined();
  await world.settle();
  await cleared;
  expect(names(world)).toEqual(['revoke']);
  expect(world.cloud.tokens.size).toBe(0);
  await call(world);
  expect(names(world, 1)).toEqual(['gettoken', 'orders']);
});

test('clear() before the first call revokes the stored token', async () => {
  const world = await withToken();
  void world.relaunch().clear();
  await world.settle();
  expect(names(world)).toEqual(['revoke']);
});

test('clear() without a token asks the cloud for nothing', async () => {
  const world = createWorld();
  await world.session.clear();
  expect(world.sent).toEqual([]);
});

test('clear() ends within 5 s though the cloud does not answer', async () => {
  const world = await withToken();
  const cleared = world.session.clear();
  await world.pass(5_000);
  await expect(cleared).resolves.toBeUndefined();
});

test('clear() ends the calls under way, and what they were answered reaches nobody', async () => {
  const world = await withToken();
  const result = start(world);
  await begin(world);
  void world.session.clear();
  await expect(result).resolves.toMatchObject({ code: 'CLEARED' });
  await world.settle();
  expect(names(world)).toEqual(['orders', 'revoke']);
});

test('a call that is cleared before it begins sends nothing', async () => {
  const world = await withToken();
  const result = start(world);
  void world.session.clear();
  await expect(result).resolves.toMatchObject({ code: 'CLEARED' });
  await world.settle();
  expect(names(world)).toEqual(['revoke']);
});

test('clear() during a refresh discards it; the next user gets a token of their own', async () => {
  const world = createWorld();
  const events = record(world);
  const former = start(world);
  await begin(world);
  await world.session.clear();
  world.cloud.user = 'hong';
  const next = start(world);
  await world.settle();
  await expect(former).resolves.toMatchObject({ code: 'CLEARED' });
  await expect(next).resolves.toMatchObject({ orders: [{ id: 'order of hong' }] });
  expect(names(world)).toEqual(['gettoken', 'gettoken', 'orders']);
  expect(events).toContainEqual({ type: 'refresh-ended', reason: 'CLEARED', ms: 0, waiters: 1 });
});

test('the token of a discarded refresh is not kept, and its tries end', async () => {
  const world = createWorld();
  void start(world);
  await begin(world);
  await world.session.clear();
  await world.settle();
  expect(world.slot.value).toBeUndefined();

  world.cloud.mint = 'unreachable';
  void start(world);
  const stepsToThePause = 2;
  await world.settle(() => false, stepsToThePause);
  await world.session.clear();
  await world.settle();
  expect(names(world)).toEqual(['gettoken', 'gettoken']);
});

test('clear() ends the cool-down', async () => {
  const world = createWorld();
  world.cloud.mint = 401;
  const failing = start(world);
  await world.settle(() => false, 2);
  await failing;
  await world.session.clear();
  world.cloud.mint = 'up';
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
});
