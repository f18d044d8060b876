import assert from 'node:assert/strict';
import type { BusinessFunctions } from '../../contract';
import { readSuccess } from '../../miniprogram/session/readers';
import type { Clock, StoredToken, TokenStorage, Transport } from '../../miniprogram/session/parts';
import { createSession } from '../../miniprogram/session/session';

/** What a port has to hold. Any test runner can go through a list of these. */
export interface Rule {
  readonly name: string;
  /** Throws, or rejects, when the port does not hold it. */
  readonly check: () => void | Promise<void>;
}

const token = (text: string): StoredToken => ({ code: 1, token: text, expiresIn: 7200, seenAt: 1 });

/**
 * The rules for a {@link TokenStorage}.
 *
 * @param empty - makes an empty slot; what it returns opens that slot, once for each launch
 */
export function storageRules(empty: () => () => TokenStorage): Rule[] {
  const rule = (name: string, check: (open: () => TokenStorage) => void): Rule => ({
    name,
    check: () => {
      check(empty());
    },
  });
  return [
    rule('an empty slot loads as nothing', (open) => {
      assert(!open().load());
    }),
    rule('what was saved is loaded, as soon as save() has returned', (open) => {
      const storage = open();
      storage.save(token('a'));
      assert.deepEqual(storage.load(), token('a'));
    }),
    rule('it is loaded after the next launch too', (open) => {
      open().save(token('a'));
      assert.deepEqual(open().load(), token('a'));
    }),
    rule('what is saved next takes its place', (open) => {
      const storage = open();
      storage.save(token('a'));
      storage.save(token('b'));
      assert.deepEqual(open().load(), token('b'));
    }),
    rule('a slot that was emptied stays so after the next launch', (open) => {
      const storage = open();
      storage.save(token('a'));
      storage.save(undefined);
      assert(!storage.load());
      assert(!open().load());
    }),
    rule('an empty slot can be emptied', (open) => {
      const storage = open();
      storage.save(undefined);
      assert(!storage.load());
    }),
    rule('a long token comes back whole, whatever characters are in it', (open) => {
      const long = `"'\\\n\u{1F34E}苹果%20`.repeat(300);
      open().save(token(long));
      assert.deepEqual(open().load(), token(long));
    }),
  ];
}

/** Answers like a cloud function: what it returns is the `result`; what it throws is a failed call. */
export type Answer = (name: string, data: unknown) => unknown;

/**
 * The rules for a {@link Transport}.
 *
 * @param transportTo - makes a transport over a platform whose cloud functions answer like this
 */
export function transportRules(transportTo: (answer: Answer) => Transport): Rule[] {
  const request = (): Record<string, unknown> => ({
    limit: 5,
    filter: { days: ['monday'], 苹果: null },
    token: 'token-1',
  });
  const results = [
    { code: 1, orders: [{ id: '1' }] },
    { code: 903, msg: 'no' },
    'text',
    7,
    null,
    [],
  ];
  return [
    ...results.map((result) => ({
      name: `a result of ${JSON.stringify(result)} comes back as it is`,
      check: async () => {
        assert.deepEqual(await transportTo(() => result)('orders', {}), result);
      },
    })),
    {
      name: 'the name and the data arrive as they were given, and the data is left as it was',
      check: async () => {
        const arrived: unknown[] = [];
        const data = request();
        await transportTo((...call) => arrived.push(call))('orders', data);
        assert.deepEqual(arrived, [['orders', request()]]);
        assert.deepEqual(data, request());
      },
    },
    {
      name: 'a call that failed is rejected with a reason, and was sent once',
      check: async () => {
        let sent = 0;
        const transport = transportTo(() => {
          sent += 1;
          throw new Error('request:fail');
        });
        await assert.rejects(transport('orders', {}), (reason: unknown) => Boolean(reason));
        assert.equal(sent, 1);
      },
    },
    {
      name: 'two calls alike are two calls, and each has its own answer',
      check: async () => {
        let sent = 0;
        const transport = transportTo(() => ({ code: 1, number: (sent += 1) }));
        const answers = await Promise.all([transport('orders', {}), transport('orders', {})]);
        assert.deepEqual(answers, [
          { code: 1, number: 1 },
          { code: 1, number: 2 },
        ]);
      },
    },
    {
      name: 'a session over it turns the loop: 903, gettoken, and the same call again',
      check: async () => {
        const sent: string[] = [];
        let life = 0;
        const transport = transportTo((name, data) => {
          sent.push(name);
          if (name === 'gettoken') {
            return { code: 1, token: `token-${String((life += 1))}`, expiresIn: 7200 };
          }
          const isLive = JSON.stringify(data).includes('token-2');
          return isLive ? { code: 1, orders: [] } : { code: 903, msg: 'Token验证失败' };
        });
        const session = createSession<BusinessFunctions>(
          {
            transport,
            storage: { load: () => token('token-0'), save: () => undefined },
            clock: { now: () => 1, after: () => () => undefined },
          },
          readSuccess,
        );
        life = 1;
        assert.deepEqual(await session.call('orders', {}), { code: 1, orders: [] });
        assert.deepEqual(sent, ['orders', 'gettoken', 'orders']);
      },
    },
  ];
}

/** A clock, and how time goes by where it runs. */
export interface TimedClock {
  readonly clock: Clock;
  /** Lets so many milliseconds go by, or a little more. */
  readonly pass: (ms: number) => void | Promise<void>;
}

/** The rules for a {@link Clock}. */
export function clockRules(start: () => TimedClock): Rule[] {
  const rule = (
    name: string,
    check: (timed: TimedClock, runs: { count: number }, run: () => void) => Promise<void>,
  ): Rule => ({
    name,
    check: () => {
      const runs = { count: 0 };
      return check(start(), runs, () => {
        runs.count += 1;
      });
    },
  });
  return [
    rule('now() tells milliseconds', async ({ clock, pass }) => {
      const before = clock.now();
      await pass(2_000);
      const passed = clock.now() - before;
      assert(passed >= 1_900 && passed < 3_000);
    }),
    rule('what is to run after a while runs then, and once', async ({ clock, pass }, runs, run) => {
      clock.after(1_000, run);
      await pass(500);
      assert.equal(runs.count, 0);
      await pass(600);
      assert.equal(runs.count, 1);
      await pass(5_000);
      assert.equal(runs.count, 1);
    }),
    rule(
      'what was stopped does not run, and what runs beside it does',
      async (timed, runs, run) => {
        const { clock, pass } = timed;
        const stop = clock.after(1_000, run);
        clock.after(1_000, run);
        stop();
        await pass(1_100);
        assert.equal(runs.count, 1);
      },
    ),
    rule('to stop what has run, or was stopped, harms nothing', async (timed, runs, run) => {
      const { clock, pass } = timed;
      const stop = clock.after(100, run);
      await pass(200);
      stop();
      stop();
      clock.after(100, run);
      await pass(200);
      assert.equal(runs.count, 2);
    }),
    ...[0, -5_000, Number.NaN].map((ms) =>
      rule(`after ${ms} ms it runs soon, but not at once`, async ({ clock, pass }, runs, run) => {
        clock.after(ms, run);
        assert.equal(runs.count, 0);
        await pass(100);
        assert.equal(runs.count, 1);
      }),
    ),
    ...[2 ** 31, Infinity].map((ms) =>
      rule(`after ${ms} ms it does not run soon`, async ({ clock, pass }, runs, run) => {
        const stop = clock.after(ms, run);
        await pass(60_000);
        stop();
        assert.equal(runs.count, 0);
      }),
    ),
  ];
}
