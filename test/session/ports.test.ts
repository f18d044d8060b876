import { overHttp } from '../../miniprogram/session/over-http';
import type { Clock, SessionParts, TokenStorage, Transport } from '../../miniprogram/session/parts';
import {
  clockRules,
  storageRules,
  transportRules,
  type Answer,
  type Rule,
  type TimedClock,
} from './ports';

/** The parts that our binding makes a session of, on a phone with this `wx`. */
function boundTo(wx: object): SessionParts {
  Object.assign(globalThis, { wx });
  let bound: SessionParts | undefined;
  jest.isolateModules(() => {
    jest.doMock('../../miniprogram/session/session', () => ({
      createSession: (parts: SessionParts) => (bound = parts),
    }));
    jest.requireActual('../../miniprogram/session/index');
    jest.dontMock('../../miniprogram/session/session');
  });
  if (!bound) throw new Error('not bound');
  return bound;
}

/** `wx.cloud` as WeChat has it: data and results cross as JSON, and a failure has a number. */
function ourTransport(answer: Answer): Transport {
  const callFunction = async ({ name, data }: { name: string; data: object }): Promise<object> => {
    await Promise.resolve();
    const arrived: unknown = JSON.parse(JSON.stringify(data));
    const result: unknown = JSON.parse(JSON.stringify(answer(name, arrived)));
    return { errMsg: 'cloud.callFunction:ok', result };
  };
  return boundTo({ cloud: { callFunction }, login: failingLogin }).transport;
}

const failingLogin = ({ complete }: { complete: (result: object) => void }): void => {
  complete({ errMsg: 'login:fail' });
};

/** `wx.request` as WeChat has it, to a server that answers as JSON. */
function ourTransportOverHttp(answer: Answer): Transport {
  const request = ({ url, data, success, fail }: RequestOptions): void => {
    Promise.resolve()
      .then(() => answer(url.slice(base.length + 1), JSON.parse(JSON.stringify(data))))
      .then((result) => JSON.parse(JSON.stringify(result)) as unknown)
      .then((result) => {
        success({ data: result, statusCode: 200 });
      }, fail);
  };
  Object.assign(globalThis, { wx: { request } });
  return overHttp(base);
}

const base = 'https://api.example.com/api';

interface RequestOptions {
  url: string;
  data: unknown;
  success: (response: object) => void;
  fail: (reason: unknown) => void;
}

/** `wx` storage as WeChat has it: copies, and an empty text where there is nothing. */
function ourSlot(): () => TokenStorage {
  const slots = new Map<string, string>();
  return () =>
    boundTo({
      getStorageSync: (key: string): unknown => JSON.parse(slots.get(key) ?? '""'),
      setStorageSync: (key: string, value: unknown) => slots.set(key, JSON.stringify(value)),
      removeStorageSync: (key: string) => slots.delete(key),
    }).storage;
}

const each = (rules: Rule[]): [string, Rule['check']][] =>
  rules.map(({ name, check }) => [name, check]);

describe('the transport over wx.cloud', () => {
  test.each(each(transportRules(ourTransport)))('%s', async (_, check) => {
    await check();
  });
});

describe('the transport over wx.request', () => {
  test.each(each(transportRules(ourTransportOverHttp)))('%s', async (_, check) => {
    await check();
  });
});

describe('the storage of wx', () => {
  test.each(each(storageRules(ourSlot)))('%s', async (_, check) => {
    await check();
  });
});

/** A clock on a phone whose time goes by when it is told to. */
const onPhone = (clock: Clock): TimedClock => ({
  clock,
  pass: async (ms) => {
    await jest.advanceTimersByTimeAsync(ms);
  },
});

/** What is wrong with a clock, how it comes to be so, and how many rules it breaks. */
const faultyClocks: [string, (clock: Clock) => Clock, number][] = [
  ['counts seconds', (clock) => ({ ...clock, now: () => clock.now() / 1_000 }), 1],
  [
    'runs what was stopped',
    (clock) => ({
      ...clock,
      after(ms, run) {
        clock.after(ms, run);
        return () => undefined;
      },
    }),
    1,
  ],
  [
    'stops all that waits',
    (clock) => {
      const stops: (() => void)[] = [];
      return {
        ...clock,
        after(ms, run) {
          stops.push(clock.after(ms, run));
          return () => {
            for (const stop of stops) stop();
          };
        },
      };
    },
    1,
  ],
  [
    'runs all twice',
    (clock) => ({
      ...clock,
      after: (ms, run) =>
        clock.after(ms, () => {
          run();
          run();
        }),
    }),
    6,
  ],
  [
    'cannot wait for long',
    (clock) => ({
      ...clock,
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => {
          clearTimeout(timer);
        };
      },
    }),
    2,
  ],
  [
    'runs at once what has nothing to wait for',
    (clock) => ({
      ...clock,
      after(ms, run) {
        if (ms > 0) return clock.after(ms, run);
        run();
        return () => undefined;
      },
    }),
    3,
  ],
];

describe('the clock of wx', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  test.each(each(clockRules(() => onPhone(boundTo({}).clock))))('%s', async (_, check) => {
    await check();
  });

  test.each(faultyClocks)('a clock that %s is found out', async (_, faulty, faults) => {
    const rules = clockRules(() => onPhone(faulty(boundTo({}).clock)));
    expect(await broken(rules)).toHaveLength(faults);
  });
});

/** The names of the rules that do not hold. */
async function broken(rules: Rule[]): Promise<string[]> {
  const names: string[] = [];
  for (const { name, check } of rules) {
    try {
      await check();
    } catch {
      names.push(name);
    }
  }
  return names;
}

test.each<[string, (answer: Answer) => Transport, number]>([
  [
    'answers a failure',
    (answer) =>
      async (...call) =>
        ourTransport(answer)(...call).catch(() => ({})),
    1,
  ],
  [
    'tries again by itself',
    (answer) =>
      (...call) => {
        const transport = ourTransport(answer);
        return transport(...call).catch(() => transport(...call));
      },
    1,
  ],
  [
    'rejects what is no success',
    (answer) =>
      async (...call) => {
        const result = await ourTransport(answer)(...call);
        if (JSON.stringify(result).includes('903')) throw new Error('refused');
        return result;
      },
    2,
  ],
])('a transport that %s is found out', async (_, transportTo, faults) => {
  expect(await broken(transportRules(transportTo))).toHaveLength(faults);
});

test.each<[string, () => () => TokenStorage, number]>([
  ['forgets at the next launch', () => () => inMemory(), 3],
  [
    'saves later',
    () => {
      const slot = inMemory();
      return () => ({
        load: () => slot.load(),
        save(value) {
          void Promise.resolve().then(() => {
            slot.save(value);
          });
        },
      });
    },
    4,
  ],
  [
    'cannot be emptied',
    () => {
      const slot = inMemory();
      return () => ({
        load: () => slot.load(),
        save: (value) => {
          if (value) slot.save(value);
        },
      });
    },
    1,
  ],
])('a storage that %s is found out', async (_, empty, faults) => {
  expect(await broken(storageRules(empty))).toHaveLength(faults);
});

function inMemory(): TokenStorage {
  let slot: unknown;
  return {
    load: () => slot,
    save: (value) => {
      slot = value;
    },
  };
}
