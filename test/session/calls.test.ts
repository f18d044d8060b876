import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BusinessFunctions } from '../../contract';
import { readSuccess } from '../../miniprogram/session/readers';
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
  let leave = (): void => undefined;
  const cancelled = new Promise<void>((resolve) => (leave = resolve));
  const result = start(world, {}, { cancelled });
  await world.settle(() => false, 1);
  leave();
  await expect(result).resolves.toMatchObject({ code: 'CANCELLED' });
  await world.settle();
  expect(names(world)).toEqual(['orders']);
  await call(world);
  expect(names(world)).toEqual(['orders', 'gettoken', 'orders']);
});

test.each([
  ['resolved', () => Promise.resolve()],
  ['rejected', () => Promise.reject(new Error('gone'))],
])('a call whose `cancelled` has %s before sends nothing', async (_, settled) => {
  const world = await withToken();
  const cancelled = settled();
  await cancelled.catch(() => undefined);
  for (let calls = 0; calls < 2; calls += 1) {
    const result = start(world, {}, { cancelled });
    await world.settle();
    await expect(result).resolves.toMatchObject({ code: 'CANCELLED' });
  }
  expect(world.sent).toEqual([]);
  expect([...world.timers]).toEqual([]);
});

test('a `cancelled` that settles ends the calls that have it, and no other', async () => {
  const world = await withToken();
  let leave = (): void => undefined;
  const cancelled = new Promise<void>((resolve) => (leave = resolve));
  const left = [start(world, {}, { cancelled }), start(world, {}, { cancelled })];
  const stayed = start(world, {}, { cancelled: new Promise(() => undefined) });
  await world.settle(() => false, 1);
  leave();
  await world.settle(() => false);
  for (const result of left) await expect(result).resolves.toMatchObject({ code: 'CANCELLED' });
  await expect(stayed).resolves.toMatchObject({ code: 1 });
});

test('a `cancelled` that calls back at once ends each call that has it', async () => {
  const world = await withToken();
  const then = (run: () => void): void => {
    run();
  };
  const options: object = { cancelled: { then } };
  for (let calls = 0; calls < 2; calls += 1) {
    const result = start(world, {}, options);
    await world.settle();
    await expect(result).resolves.toMatchObject({ code: 'CANCELLED' });
  }
});

test('a shared `cancelled` gets one handler, however many calls have it', async () => {
  const world = await withToken();
  const cancelled = new Promise<never>(() => undefined);
  const then = jest.spyOn(cancelled, 'then');
  for (let calls = 0; calls < 3; calls += 1) {
    const result = start(world, {}, { cancelled });
    await world.settle(() => false);
    await expect(result).resolves.toMatchObject({ code: 1 });
  }
  expect(then).toHaveBeenCalledTimes(1);
});

test.each([
  ['true', true],
  ['a signal', { aborted: false }],
])(
  'a `cancelled` that is %s is refused each time by its name, and leaves nothing',
  async (_, cancelled) => {
    const world = createWorld();
    const options: object = { cancelled };
    for (let calls = 0; calls < 2; calls += 1) {
      await expect(world.session.call('orders', {}, options)).rejects.toThrow(
        new TypeError('cancelled: not a promise'),
      );
    }
    expect(world.sent).toEqual([]);
    expect([...world.timers]).toEqual([]);
  },
);

test('a request that turns itself into nothing is refused, and leaves nothing', async () => {
  const world = await withToken();
  const request: object = { toJSON: () => undefined };
  await expect(world.session.call('orders', request)).rejects.toThrow(SyntaxError);
  expect([...world.timers]).toEqual([]);
  expect(world.sent).toEqual([]);
});

test('a request that throws when it is read is settled, and leaves nothing', async () => {
  const world = createWorld();
  const request = {
    get limit(): number {
      throw new Error('getter');
    },
  };
  await expect(world.session.call('orders', request)).rejects.toThrow('getter');
  expect([...world.timers]).toEqual([]);
  expect(world.sent).toEqual([]);
  void world.session.clear();
  await expect(call(world)).resolves.toMatchObject({ code: 1 });
});

test.each<[string, unknown]>([
  ['undefined', undefined],
  ['a function', () => undefined],
])('a request that is %s is sent as an empty one', async (_, request) => {
  const world = await withToken();
  const result: unknown = Reflect.apply(world.session.call, undefined, ['orders', request]);
  await world.settle(() => false);
  await expect(result).resolves.toMatchObject({ code: 1 });
  expect(world.sent[0]?.data).toEqual({ token: 'token-1' });
  expect([...world.timers]).toEqual([]);
});

test.each([0, -1, -5_000, -Infinity, Number.NaN])(
  'a time limit of %d ms ends the call within a second, and its timer with it',
  async (timeLimit) => {
    const world = await withToken();
    const result = start(world, {}, { timeLimit });
    await world.pass(1_000);
    await expect(result).resolves.toMatchObject({ code: 'TIMED_OUT' });
    expect([...world.timers]).toEqual([]);
  },
);

test('a repeat sends what was sent, whatever has become of the request within', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  const filter = { day: 'monday' };
  const request: object = { filter };
  const result = start(world, request);
  await world.settle(() => false, 2);
  filter.day = 'tuesday';
  await world.settle(() => false);
  await result;
  expect(world.sent.map(({ data }) => data.filter)).toEqual([
    { day: 'monday' },
    undefined,
    { day: 'monday' },
  ]);
});

test('a repeat sends what was sent, whatever the transport did to it', async () => {
  const world = await withToken();
  world.cloud.tokens.clear();
  const request: object = { filter: { day: 'monday' } };
  world.onSend = ({ data }) => {
    if (data.filter) Object.assign(data.filter, { day: 'tuesday' });
  };
  const seen: unknown[] = [];
  const { onSend } = world;
  world.onSend = (sent) => {
    seen.push(JSON.stringify(sent.data.filter));
    onSend(sent);
  };
  const result = start(world, request);
  await world.settle(() => false);
  await result;
  expect(seen).toEqual(['{"day":"monday"}', undefined, '{"day":"monday"}']);
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
  const session = createSession<BusinessFunctions>(
    {
      transport: () => {
        throw new Error('wx.cloud is not there');
      },
      storage: { load: () => undefined, save: () => undefined },
      clock: {
        now: () => 0,
        after: (ms, run) => (ms < 1000 && setImmediate(run), () => undefined),
      },
    },
    readSuccess,
  );
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
