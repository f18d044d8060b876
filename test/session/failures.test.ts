import { begin, call, names, start, withToken } from './driving';
import { createWorld, type World } from './world';

test.each([400, 429, 500, 777])('%d of a business function reaches the caller', async (code) => {
  const world = await withToken();
  world.cloud.business = code;
  await expect(call(world)).resolves.toMatchObject({
    code: 'ANSWERED',
    answer: { code, msg: 'no', requestId: 'r1' },
  });
  expect(names(world)).toEqual(['orders']);
});

test('a call that failed in transport is not repeated: it may have happened', async () => {
  const world = await withToken();
  world.cloud.business = 'unreachable';
  const error = await call(world);
  expect(error).toMatchObject({ code: 'CALL_FAILED', cause: new Error('request:fail') });
  expect(names(world)).toEqual(['orders']);
});

test('a failed refresh is tried three times with jittered pauses, then fails for a cool-down', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  world.cloud.mint = 'unreachable';
  const first = await call(world);
  expect(first).toMatchObject({ code: 'REFRESH_FAILED', cause: { code: 'CALL_FAILED' } });
  expect(names(world)).toEqual(['orders', 'gettoken', 'gettoken', 'gettoken']);
});

test('calls within the cool-down fail at once with the same cause; later ones try again', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  world.cloud.mint = 'rubbish';
  const failing = start(world);
  const stepsToFailure = 2 + 3 * 2 + 2;
  await world.settle(() => false, stepsToFailure);
  const first = await failing;
  const sent = world.sent.length;
  const second = await start(world);
  expect(second).toMatchObject({ code: 'REFRESH_FAILED' });
  expect(second).not.toBe(first);
  expect(second instanceof Error && second.cause).toBe(first instanceof Error && first.cause);
  expect(world.sent).toHaveLength(sent);
  world.cloud.mint = 'up';
  await world.pass(2_000);
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
});

test.each([
  [0, [200, 400]],
  [1, [400, 800]],
])('with a random number of %d the pauses are %j ms', async (random, pauses) => {
  const world = createWorld();
  world.random = random;
  world.cloud.mint = 500;
  const result = start(world);
  for (const [tries, pause] of pauses.entries()) {
    await world.settle(() => false, 2);
    expect(world.sent).toHaveLength(tries + 1);
    await world.pass(pause - 1);
    expect(world.sent).toHaveLength(tries + 1);
    await world.pass(1);
    expect(world.sent).toHaveLength(tries + 2);
  }
  await world.settle(() => false, 2);
  await expect(result).resolves.toMatchObject({ code: 'REFRESH_FAILED' });
});

test.each([400, 401, 429])('gettoken is asked once when it answers %d', async (code) => {
  const world = createWorld();
  world.cloud.mint = code;
  await expect(call(world)).resolves.toMatchObject({
    code: 'REFRESH_FAILED',
    cause: { code: 'ANSWERED', answer: { code } },
  });
  expect(names(world)).toEqual(['gettoken']);
});

test('gettoken is left alone for as long as its 429 asks for, from 2 s to a minute', async () => {
  const session = (retryAfter: number): { world: World; answer: Promise<unknown> } => {
    const world = createWorld();
    world.cloud.mint = 429;
    world.cloud.retryAfter = retryAfter;
    const answer = start(world);
    return { world, answer };
  };
  for (const [retryAfter, seconds] of [
    [3, 3],
    [1, 2],
    [0, 2],
    [-5, 2],
    [Number.NaN, 2],
    [20, 20],
    [86_400, 60],
  ] as const) {
    const { world, answer } = session(retryAfter);
    await world.settle(() => false, 2);
    await answer;
    await world.pass(seconds * 1000 - 1);
    await start(world);
    expect(names(world)).toEqual(['gettoken']);
    await world.pass(1);
    void start(world);
    await begin(world);
    expect(names(world)).toEqual(['gettoken', 'gettoken']);
  }
});

test.each([
  [-5, 2],
  [0, 2],
  [3, 3],
  [86_400, 86_400],
])('a 429 that asks for %d s is told as one of %d s', async (retryAfter, told) => {
  const world = createWorld();
  world.cloud.mint = 429;
  world.cloud.retryAfter = retryAfter;
  await expect(call(world)).resolves.toMatchObject({ cause: { answer: { retryAfter: told } } });
});

test('a transient failure keeps the stored token', async () => {
  const world = await withToken();
  await world.pass(7_200_000);
  world.cloud.mint = 500;
  await expect(call(world)).resolves.toMatchObject({ code: 'REFRESH_FAILED' });
  expect(world.slot.value).toMatchObject({ token: 'token-1' });
});

test('a definite refusal drops the stored token', async () => {
  const world = await withToken();
  await world.pass(7_200_000);
  world.cloud.mint = 401;
  await call(world);
  expect(world.slot.value).toBeUndefined();
});

test('the end of an earlier cool-down does not end a later one', async () => {
  const world = createWorld();
  world.cloud.mint = 401;
  const fail = async (): Promise<void> => {
    const failing = start(world);
    await world.settle(() => false, 2);
    await expect(failing).resolves.toMatchObject({ code: 'REFRESH_FAILED' });
  };
  await fail();
  await world.pass(1_000);
  await world.session.clear();
  await fail();
  await world.pass(1_000);
  await start(world);
  expect(names(world)).toEqual(['gettoken', 'gettoken']);
});
