import { call, names, record, start, withToken } from './driving';
import { inOrder } from './order';
import { createWorld } from './world';

test('a call that was refused twice is reported, and the next after the cool-down is tried', async () => {
  const world = await withToken();
  const events = record(world);
  world.cloud.refusesAll = true;
  await expect(call(world)).resolves.toMatchObject({
    code: 'REFUSED',
    cause: { code: 'ANSWERED', answer: { code: 903, msg: 'Token验证失败' } },
  });
  expect(events).toContainEqual({ type: 'loop-broken', name: 'orders' });
  world.cloud.refusesAll = false;
  await world.pass(2_000);
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
});

test('a new token that has worked, and is then revoked, is one refusal, not a loop', async () => {
  const world = createWorld();
  const other = start(world);
  const result = start(world);
  const stepsUntilTheOtherArrives = 2 + 1;
  await world.settle(() => false, stepsUntilTheOtherArrives);
  world.cloud.tokens.clear();
  await world.settle(() => false);
  await expect(other).resolves.toMatchObject({ code: 1 });
  await expect(result).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders', 'orders', 'gettoken', 'orders']);
});

test('a call is repeated once, even when its second token has worked for others', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  const other = start(world);
  const result = start(world);
  const stepsUntilTheOtherArrivesAgain = 4 + 2 + 1;
  await world.settle(() => false, stepsUntilTheOtherArrivesAgain);
  world.cloud.tokens.clear();
  await world.settle(() => false);
  await expect(other).resolves.toMatchObject({ code: 1 });
  await expect(result).resolves.toMatchObject({ code: 'REFUSED', cause: { code: 'ANSWERED' } });
  expect(names(world)).toEqual(['orders', 'orders', 'gettoken', 'orders', 'orders']);
});

test('a late refusal reports the failure of its own time, not that of a later call', async () => {
  const world = createWorld(inOrder('newest'));
  await call(world);
  world.cloud.tokens.clear();
  world.cloud.mint = 401;
  const late = start(world);
  const early = start(world);
  const stepsToFailure = 4;
  await world.settle(() => false, stepsToFailure);
  await world.pass(2_000);
  const later = start(world);
  await world.settle(() => false);
  const [earlyCause, laterCause, lateCause] = (await Promise.all([early, later, late])).map(
    (result) => result instanceof Error && result.cause,
  );
  expect(earlyCause).not.toBe(laterCause);
  expect(lateCause).toBe(earlyCause);
});

test('a renewed token that is revoked before its first use is one refusal, not a loop', async () => {
  const world = await withToken();
  await world.pass(7_200_000 - 200_000);
  await call(world);
  world.cloud.tokens.clear();
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
});

test('a new token that never came to be used, and is then revoked, is one refusal, not a loop', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  const lost = start(world);
  const stepsUntilTheRepeatIsSent = 4;
  await world.settle(() => false, stepsUntilTheRepeatIsSent);
  world.cloud.business = 'unreachable';
  await world.settle();
  await expect(lost).resolves.toMatchObject({ code: 'CALL_FAILED' });

  world.cloud.business = 'up';
  world.cloud.tokens.clear();
  const from = world.sent.length;
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
  expect(names(world, from)).toEqual(['orders', 'gettoken', 'orders']);
});

test('a call that ended breaks no loop when its second refusal comes', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  const ended = start(world, {}, { timeLimit: 10_000 });
  const stepsUntilTheRepeatIsSent = 4;
  await world.settle(() => false, stepsUntilTheRepeatIsSent);
  await world.pass(10_000);
  await expect(ended).resolves.toMatchObject({ code: 'TIMED_OUT' });
  world.cloud.tokens.clear();
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
});

test('calls refused with the same token share a cause, though another call was refused first', async () => {
  const order = inOrder();
  const world = createWorld(order);
  await call(world);
  world.cloud.tokens.clear();
  const repeated = [start(world), start(world)];
  const stepsUntilBothRepeatsAreSent = 2 * 2 + 2;
  await world.settle(() => false, stepsUntilBothRepeatsAreSent);
  world.cloud.tokens.clear();
  order.first = 'newest';
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
  const [one, other] = await Promise.all(repeated);
  expect(one).toMatchObject({ code: 'REFUSED', cause: { answer: { code: 903 } } });
  expect(other).toMatchObject({ code: 'REFUSED' });
  expect(one instanceof Error && one.cause).toBe(other instanceof Error && other.cause);
});

test('a call refused twice says so, also when a renewal failed while it was under way', async () => {
  const world = createWorld(inOrder('newest'));
  await call(world);
  await world.pass(7_200_000 - 200_000);
  const slow = start(world);
  world.cloud.mint = 401;
  const stepsUntilTheRenewalFailed = 2;
  await world.settle(() => false, stepsUntilTheRenewalFailed);
  await world.pass(2_000);
  world.cloud.mint = 'up';
  const quick = start(world);
  const stepsUntilTheOtherIsAnswered = 2 + 2;
  await world.settle(() => false, stepsUntilTheOtherIsAnswered);
  await expect(quick).resolves.toMatchObject({ code: 1 });
  world.cloud.tokens.clear();
  await world.settle(() => false);
  await expect(slow).resolves.toMatchObject({ code: 'REFUSED', cause: { answer: { code: 903 } } });
});

test('a first token that is refused for ever breaks the loop at the first refusal', async () => {
  const world = createWorld();
  world.cloud.refusesAll = true;
  await expect(call(world)).resolves.toMatchObject({ code: 'REFUSED' });
  expect(names(world)).toEqual(['gettoken', 'orders']);
});

test('a repeat with the token that another call got breaks the loop as well', async () => {
  const order = inOrder();
  const world = createWorld(order);
  await call(world);
  world.sent.length = 0;
  world.cloud.refusesAll = true;
  const first = start(world);
  const second = start(world);
  const untilTheFirstIsRefused = 3;
  await world.settle(() => false, untilTheFirstIsRefused);
  order.first = 'newest';
  const untilItHasAnotherToken = 2;
  await world.settle(() => false, untilItHasAnotherToken);
  order.first = 'oldest';
  const untilTheSecondIsRefused = 1;
  await world.settle(() => false, untilTheSecondIsRefused);
  order.first = 'newest';
  const untilItsRepeatIsRefused = 2;
  await world.settle(() => false, untilItsRepeatIsRefused);
  await expect(second).resolves.toMatchObject({ code: 'REFUSED' });
  await world.settle(() => false);
  await expect(first).resolves.toMatchObject({ code: 'REFUSED' });
  expect(names(world)).toEqual(['orders', 'orders', 'gettoken', 'orders', 'orders']);
});
