import type { SessionParts, TokenStorage, Transport } from '../../miniprogram/session/parts';
import { storageRules, transportRules, type Answer, type Rule } from './ports';

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
  return boundTo({ cloud: { callFunction } }).transport;
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

describe('the storage of wx', () => {
  test.each(each(storageRules(ourSlot)))('%s', async (_, check) => {
    await check();
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
  return { load: () => slot, save: (value) => (slot = value) };
}
