import { begin, call, names, record, start, withToken } from './driving';
import { createWorld } from './world';

const HOUR = 3_600_000;

test('a token near its end is renewed in the background, while it still works', async () => {
  const world = await withToken();
  const old = world.slot.value;
  await world.pass(7_200_000 - 200_000);
  const result = start(world);
  await begin(world);
  expect(names(world)).toEqual(['orders', 'gettoken']);
  await world.settle();
  await expect(result).resolves.toMatchObject({ code: 1 });
  expect(world.sent[0]?.data).toMatchObject({ token: 'token-1' });
  expect(world.slot.value).not.toEqual(old);
  await call(world);
  expect(world.sent[2]?.data).toMatchObject({ token: 'token-2' });
});

test('a token that lives for 100 s is near its end in its last 10 s', async () => {
  const world = await withToken(100);
  await world.pass(90_000);
  await call(world);
  expect(names(world)).toEqual(['orders']);
  await world.pass(1);
  await call(world);
  expect(names(world)).toEqual(['orders', 'orders', 'gettoken']);
});

test('a renewal in the background that fails is not repeated, and disturbs nobody', async () => {
  const world = await withToken();
  await world.pass(7_200_000 - 200_000);
  world.cloud.mint = 'unreachable';
  for (let calls = 0; calls < 5; calls += 1) {
    await expect(call(world)).resolves.toMatchObject({ code: 1 });
    await world.pass(10_000);
  }
  expect(names(world).filter((name) => name === 'gettoken')).toHaveLength(3);
  expect(world.slot.value).toMatchObject({ token: 'token-1' });
});

test('the life of a token counts from when it was asked for', async () => {
  const world = createWorld();
  world.cloud.life = 10;
  const first = start(world);
  await world.settle(() => false, 1);
  await world.pass(4_000);
  await world.settle();
  await first;
  await world.pass(6_000);
  await call(world);
  expect(names(world)).toEqual(['gettoken', 'orders', 'gettoken', 'orders']);
});

test('a token that lives less long than the network takes is used all the same', async () => {
  const world = createWorld();
  world.cloud.life = 0;
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders']);
});

test('a token whose life seems over when it comes is used all the same, and not renewed at once', async () => {
  const world = createWorld();
  const result = start(world);
  await begin(world);
  world.jump(3 * HOUR);
  await world.settle();
  await expect(result).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders']);
});

test.each([-20 * HOUR, 20 * HOUR])(
  'a clock wrong by %d ms from the start changes nothing',
  async (error) => {
    const world = createWorld();
    world.jump(error);
    await call(world);
    await world.pass(7_200_000);
    await call(world);
    expect(names(world)).toEqual(['gettoken', 'orders', 'gettoken', 'orders']);
  },
);

test('a clock that jumps back neither ends a token early nor hides its end for long', async () => {
  const world = await withToken();
  world.jump(-5 * HOUR);
  await call(world);
  expect(names(world)).toEqual(['orders']);
  await world.pass(7_200_000);
  await call(world);
  expect(names(world, 1)).toEqual(['gettoken', 'orders']);
});

test('after a sleep longer than its life the token is renewed before the call', async () => {
  const world = await withToken();
  world.jump(3 * HOUR);
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders']);
});

test('a second launch goes on with the stored token', async () => {
  const world = await withToken();
  const second = { ...world, session: world.relaunch() };
  await call(second);
  expect(names(world)).toEqual(['orders']);
});

test('a second launch knows that the stored token has come to its end', async () => {
  const world = await withToken();
  world.jump(3 * HOUR);
  await call({ ...world, session: world.relaunch() });
  expect(names(world)).toEqual(['gettoken', 'orders']);
});

test('a stored token from a future of the clock is tried: the 903 decides', async () => {
  const world = await withToken();
  world.jump(-5 * HOUR);
  world.cloud.tokens.clear();
  await expect(call({ ...world, session: world.relaunch() })).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['orders', 'gettoken', 'orders']);
});

test.each([
  ['rubbish', 'rubbish'],
  ['a number', 7],
  ['what an earlier version kept', { v: 1, token: 'token-1', left: 1, seenAt: 1 }],
  ['a token that is not text', { token: {}, expiresIn: 1, seenAt: 1 }],
  ['a token that is empty', { token: '', expiresIn: 7200, seenAt: 1 }],
  ['a life that is not a number', { token: 'token-1', expiresIn: null, seenAt: 1 }],
  ['a life that is NaN', { token: 'token-1', expiresIn: Number.NaN, seenAt: 1 }],
  ['a life that is over', { token: 'token-1', expiresIn: -1, seenAt: 1 }],
  ['a time that is infinite', { token: 'token-1', expiresIn: 1, seenAt: Infinity }],
  ['a list', ['token-1']],
])('a storage that holds %s is ignored, and the event says so', async (_, value) => {
  const world = createWorld();
  world.slot.value = value;
  const events = record(world);
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders']);
  expect(events).toContainEqual({ type: 'storage-failed' });
  expect(world.slot.value).toEqual({
    code: 1,
    token: 'token-1',
    expiresIn: 7200,
    seenAt: expect.any(Number) as number,
  });
});

test('an empty storage is no failure', async () => {
  const world = createWorld();
  world.slot.value = '';
  const events = record(world);
  await call(world);
  expect(events.map(({ type }) => type)).not.toContain('storage-failed');
});

test('when the storage throws, memory serves, and the events say so', async () => {
  const world = createWorld();
  world.slot.fails = true;
  const events = record(world);
  await call(world);
  await call(world);
  expect(names(world)).toEqual(['gettoken', 'orders', 'orders']);
  expect(events.filter(({ type }) => type === 'storage-failed')).toEqual([
    { type: 'storage-failed' },
    { type: 'storage-failed' },
  ]);
});

test('a life of NaN in the storage costs 50 calls one gettoken', async () => {
  const world = createWorld();
  world.slot.value = { token: 'token-0', expiresIn: Number.NaN, seenAt: 1 };
  const results = Array.from({ length: 50 }, () => start(world));
  await world.settle(() => false);
  await Promise.all(results);
  expect(names(world).filter((name) => name === 'gettoken')).toHaveLength(1);
  expect(world.sent).toHaveLength(51);
});

test('a clock that jumps back during a refresh starts no second one', async () => {
  const world = await withToken();
  await world.pass(7_200_000 - 200_000);
  world.jump(200_000);
  const waiting = start(world);
  await begin(world);
  world.jump(-100_000);
  const going = start(world);
  await world.settle(() => false);
  await expect(waiting).resolves.toMatchObject({ code: 1 });
  await expect(going).resolves.toMatchObject({ code: 1 });
  expect(names(world).filter((name) => name === 'gettoken')).toHaveLength(1);
});
