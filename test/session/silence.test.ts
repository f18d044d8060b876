import { fieldsOf } from '../../miniprogram/session/send';
import { call, names, record, start, withToken } from './driving';
import { inOrder } from './order';
import { createWorld, type World } from './world';

/** Both legs of the newest request, where that passes before all others. */
const oneAnswer = 2;
/** Three requests arrive, and the first answer comes back. */
const firstOfThree = 3 + 1;

/** A world whose gettoken was asked three times in silence, so that the refresh has failed. */
async function afterSilence(): Promise<World> {
  const world = createWorld();
  const result = start(world);
  await world.pass(15_000);
  await expect(result).resolves.toMatchObject({
    code: 'REFRESH_FAILED',
    cause: { code: 'TIMED_OUT' },
  });
  return world;
}

test('a gettoken that is silent for 5 s gets another beside it', async () => {
  const world = createWorld();
  void start(world);
  await world.pass(4_999);
  expect(names(world)).toEqual(['gettoken']);
  await world.pass(1);
  expect(names(world)).toEqual(['gettoken', 'gettoken']);
});

test('of two tries the first that answers is taken, and the other is dropped', async () => {
  const world = createWorld(inOrder('newest'));
  const result = start(world);
  await world.pass(5_000);
  await world.settle(() => false, oneAnswer);
  expect(world.slot.value).toMatchObject({ token: 'token-1' });
  await world.settle(() => false);
  await expect(result).resolves.toMatchObject({ code: 1 });
  expect(world.slot.value).toMatchObject({ token: 'token-1' });
  expect(names(world)).toEqual(['gettoken', 'gettoken', 'orders']);
});

test('a try that fails beside a silent one is not repeated at once', async () => {
  const world = createWorld(inOrder('newest'));
  void start(world);
  await world.pass(5_000);
  world.cloud.mint = 500;
  await world.settle(() => false, oneAnswer);
  await world.pass(4_999);
  expect(names(world)).toEqual(['gettoken', 'gettoken']);
  await world.pass(1);
  expect(names(world)).toEqual(['gettoken', 'gettoken', 'gettoken']);
});

test('when all tries have failed, the last silent one included, the refresh fails', async () => {
  const world = createWorld();
  const result = start(world);
  await world.pass(10_000);
  world.cloud.mint = 500;
  await world.settle(() => false, 3 * oneAnswer);
  await expect(result).resolves.toMatchObject({
    code: 'REFRESH_FAILED',
    cause: { code: 'ANSWERED', answer: { code: 500 } },
  });
  expect(names(world)).toEqual(['gettoken', 'gettoken', 'gettoken']);
});

test('three silent tries end the refresh after 15 s', async () => {
  const world = await afterSilence();
  expect(names(world)).toEqual(['gettoken', 'gettoken', 'gettoken']);
  expect(world.slot.value).toBeUndefined();
});

test('a token that comes after the end is kept: the next call goes out with it at once', async () => {
  const world = await afterSilence();
  const events = record(world);
  await world.settle(() => false, firstOfThree);
  expect(world.slot.value).toMatchObject({ token: 'token-1' });
  expect(events).toContainEqual({
    type: 'refresh-ended',
    reason: undefined,
    ms: 15_000,
    waiters: 0,
  });
  const next = start(world);
  await world.settle(() => false);
  await expect(next).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'gettoken', 'gettoken', 'orders']);
});

test('a token that comes after the end takes the place of one whose life is over', async () => {
  const world = await withToken();
  await world.pass(7_200_000);
  void start(world);
  await world.pass(15_000);
  await world.settle(() => false, firstOfThree);
  expect(world.slot.value).toMatchObject({ token: 'token-2' });
});

test('a token that comes after the end serves those who wait for the next refresh', async () => {
  const world = await afterSilence();
  await world.pass(2_000);
  const next = start(world);
  await world.settle(() => false);
  await expect(next).resolves.toMatchObject({ code: 1 });
  expect(world.slot.value).toMatchObject({ token: 'token-1' });
});

test('such a token, when it was revoked meanwhile, is one refusal, not a loop', async () => {
  const world = await afterSilence();
  await world.settle(() => false, 1);
  world.cloud.tokens.clear();
  await world.pass(2_000);
  const next = start(world);
  await world.settle(() => false);
  await expect(next).resolves.toMatchObject({ code: 1 });
});

test.each([
  [401, undefined],
  [429, 'token-1'],
])('of a token that comes after a %d this is kept: %p', async (code, kept) => {
  const world = createWorld(inOrder('newest'));
  const result = start(world);
  await world.pass(5_000);
  world.cloud.mint = code;
  await world.settle(() => false, oneAnswer);
  await expect(result).resolves.toMatchObject({ code: 'REFRESH_FAILED' });
  world.cloud.mint = 'up';
  await world.settle(() => false);
  expect(fieldsOf(world.slot.value).token).toBe(kept);
});

test('a token that comes after its user left is dropped', async () => {
  const world = await afterSilence();
  await world.session.clear();
  await world.settle();
  expect(world.slot.value).toBeUndefined();
});

test('a gettoken that always takes 16 s fails one call, and serves the next', async () => {
  const world = createWorld();
  const first = start(world);
  await world.pass(15_000);
  await expect(first).resolves.toMatchObject({ code: 'REFRESH_FAILED' });
  await world.pass(1_000);
  await world.settle(() => false, firstOfThree);
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
  expect(names(world).filter((name) => name === 'gettoken')).toHaveLength(3);
});

test('an answer that ends the refresh leaves no timer and no further try', async () => {
  const world = createWorld();
  void start(world);
  await world.pass(5_000);
  await world.settle(() => false, 8);
  expect([...world.timers]).toEqual([]);
  await world.pass(60_000);
  expect(names(world)).toEqual(['gettoken', 'gettoken', 'orders']);
});

test('a definite refusal beside a silent try ends the refresh', async () => {
  const world = createWorld(inOrder('newest'));
  const result = start(world);
  await world.pass(5_000);
  world.cloud.mint = 429;
  await world.settle(() => false, oneAnswer);
  await expect(result).resolves.toMatchObject({ cause: { answer: { code: 429 } } });
  expect(names(world)).toEqual(['gettoken', 'gettoken']);
});

test('a failed late try of an earlier refresh starts nothing', async () => {
  const world = await afterSilence();
  await world.pass(2_000);
  const result = start(world);
  world.cloud.mint = 429;
  const late = 3;
  await world.settle(() => false, late);
  world.cloud.mint = 'up';
  const untilTheLateAnswersAreRead = 1 + late;
  await world.settle(() => false, untilTheLateAnswersAreRead);
  expect(names(world)).toEqual(['gettoken', 'gettoken', 'gettoken', 'gettoken']);
  await world.settle(() => false, 1);
  expect(world.slot.value).toMatchObject({ token: 'token-1' });
  await world.settle(() => false);
  await expect(result).resolves.toMatchObject({ code: 1 });
});
