import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSession } from '../../miniprogram/session/session';
import { call, names, start, withToken, type Result } from './driving';
import { createWorld } from './world';

test('a call ends at its time limit, while others go on to wait for the refresh', async () => {
  const world = createWorld();
  const short = start(world, {}, { timeLimit: 100 });
  const long = start(world);
  await world.pass(100);
  await expect(short).resolves.toMatchObject({ code: 'TIMED_OUT' });
  await world.settle(() => false);
  await expect(long).resolves.toMatchObject({ code: 1 });
  expect(names(world)).toEqual(['gettoken', 'orders']);
});

test('without a time limit of its own a call ends after 30 s', async () => {
  const world = await withToken();
  const result = start(world);
  await world.pass(30_000);
  await expect(result).resolves.toMatchObject({ code: 'TIMED_OUT' });
});

test.each([
  ['resolves', () => Promise.resolve()],
  ['rejects', () => Promise.reject(new Error('changed my mind'))],
])(
  'a call whose `cancelled` %s ends, and the refresh that others wait for goes on',
  async (_, cancel) => {
    const world = createWorld();
    const stopped = start(world, {}, { cancelled: cancel() });
    const other = start(world);
    await expect(stopped).resolves.toMatchObject({ code: 'CANCELLED' });
    await world.settle();
    await expect(other).resolves.toMatchObject({ code: 1 });
    expect(names(world)).toEqual(['gettoken', 'orders']);
  },
);

test('a refusal that comes after its call was cancelled is remembered, but starts nothing', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  await start(world, {}, { cancelled: Promise.resolve() });
  await world.settle();
  expect(names(world)).toEqual(['orders']);
  await call(world);
  expect(names(world)).toEqual(['orders', 'gettoken', 'orders']);
});

test('the objects of the caller are not changed, and changing them later changes no repeat', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  const frozen = start(world, Object.freeze({ limit: 5 }));
  const request = { limit: 6 };
  const changed = start(world, request);
  request.limit = 7;
  await world.settle();
  await Promise.all([frozen, changed]);
  expect(world.sent.map(({ data }) => data.limit)).toEqual([5, 6, undefined, 5, 6]);
});

test('a transport that throws instead of rejecting is a failed call', async () => {
  const world = createWorld();
  const session = createSession({
    transport: () => {
      throw new Error('wx.cloud is not there');
    },
    storage: { load: () => undefined, save: () => undefined },
    clock: { now: () => 0, after: (ms, run) => (ms < 1000 && setImmediate(run), () => undefined) },
  });
  await expect(start({ ...world, session })).resolves.toMatchObject({ code: 'REFRESH_FAILED' });
});

test('a promise for `cancelled` that lives on keeps no answer in memory', async () => {
  const world = await withToken();
  const cancelled = new Promise<never>(() => undefined);
  async function answered(): Promise<WeakRef<Result>> {
    const result = start(world, {}, { cancelled });
    await world.settle(() => false);
    return new WeakRef(await result);
  }
  const answer = await answered();
  setFlagsFromString('--expose-gc');
  await new Promise((resolve) => setImmediate(resolve));
  runInNewContext('gc()');
  expect(answer.deref()).toBeUndefined();
  expect(cancelled).toBeInstanceOf(Promise);
});

test('when a call has its answer no timer runs on', async () => {
  const world = createWorld();
  const stepsToTheAnswer = 4;
  const result = start(world);
  await world.settle(() => false, stepsToTheAnswer);
  await expect(result).resolves.toMatchObject({ code: 1 });
  expect([...world.timers]).toEqual([]);
});
