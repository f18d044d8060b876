import { call, names, start, withToken } from './driving';
import { createWorld } from './world';

const HOUR = 3_600_000;

test('a phone that sleeps during a login goes on with it when it wakes', async () => {
  const world = createWorld();
  const result = start(world);
  await world.sleep(HOUR);
  await world.settle(() => false, 4);
  await expect(result).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders']);
});

test('a tap after waking works at once, though the login before was asleep', async () => {
  const world = createWorld();
  const before = start(world);
  await world.sleep(HOUR);
  const tap = start(world);
  await world.settle(() => false, 6);
  await expect(tap).resolves.toMatchObject({ code: 1 });
  await expect(before).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders', 'orders']);
});

test('a business call that was asleep has its answer, not its time limit', async () => {
  const world = await withToken();
  const result = start(world);
  await world.sleep(HOUR);
  await world.settle(() => false, 2);
  await expect(result).resolves.toMatchObject({ code: 1 });
});

test('after sleep a time limit leaves a second for the answers that wait', async () => {
  const world = await withToken();
  const result = start(world, {}, { timeLimit: 10_000 });
  await world.sleep(HOUR);
  await world.pass(999);
  expect(world.timers.size).toBe(1);
  await world.pass(1);
  await expect(result).resolves.toMatchObject({ code: 'TIMED_OUT' });
});

test('a phone that falls asleep again, before it has read what waits, loses nothing', async () => {
  const world = await withToken();
  const result = start(world);
  await world.sleep(HOUR);
  await world.sleep(HOUR);
  await world.settle(() => false, 2);
  await expect(result).resolves.toMatchObject({ code: 1 });
});

test('a gettoken that sleep has killed gets another beside it a second after waking', async () => {
  const world = createWorld();
  void start(world);
  await world.sleep(HOUR);
  await world.pass(999);
  expect(names(world)).toEqual(['gettoken']);
  await world.pass(1);
  expect(names(world)).toEqual(['gettoken', 'gettoken']);
});

test('a timer that is late by a second is no sleep', async () => {
  const world = await withToken();
  const result = start(world, {}, { timeLimit: 10_000 });
  await world.sleep(11_000);
  await expect(result).resolves.toMatchObject({ code: 'TIMED_OUT' });
});

test('a cool-down ends in sleep', async () => {
  const world = createWorld();
  world.cloud.mint = 429;
  world.cloud.retryAfter = 60;
  const failing = start(world);
  await world.settle(() => false, 2);
  await failing;
  await world.sleep(HOUR);
  world.cloud.mint = 'up';
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
});

test('a token that was asleep on its way for longer than it lives is no broken loop', async () => {
  const world = createWorld();
  const result = start(world);
  await world.settle(() => false, 1);
  await world.sleep(3 * HOUR);
  world.cloud.tokens.clear();
  await world.settle(() => false);
  await expect(result).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders', 'gettoken', 'orders']);
});
