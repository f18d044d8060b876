import type { SessionEvent } from '../../miniprogram/session/events';
import type * as bound from '../../miniprogram/session/index';

const answers: Record<string, object> = {
  gettoken: { code: 1, token: 'token-1', expiresIn: 7200 },
  orders: { code: 1, orders: [] },
};
const cloud = {
  callFunction: ({ name }: { name: string }) => Promise.resolve({ result: answers[name] }),
};

interface Login {
  timeout: number;
  complete: (result: object) => void;
}

/** The session of a mini program on this phone, whose storage is a map. */
function launch(storage: Map<string, unknown>, wx: object = { cloud }): typeof bound.session {
  Object.assign(globalThis, {
    wx: {
      getStorageSync: (key: string) => storage.get(key) ?? '',
      setStorageSync: (key: string, value: unknown) => void storage.set(key, value),
      removeStorageSync: (key: string) => void storage.delete(key),
      login: ({ complete }: Login) => {
        complete({ code: 'login-code-1' });
      },
      ...wx,
    },
  });
  let session: typeof bound.session | undefined;
  jest.isolateModules(() => {
    ({ session } = jest.requireActual<typeof bound>('../../miniprogram/session/index'));
  });
  if (!session) throw new Error('not loaded');
  return session;
}

test("the token has a key of its own, and what the host keeps under 'token' is left alone", async () => {
  const storage = new Map<string, unknown>([['token', 'of the host']]);
  const session = launch(storage);
  await session.call('orders', {});
  expect(storage.get('token')).toBe('of the host');
  const ours = [...storage.keys()].filter((key) => key !== 'token');
  expect(ours).toEqual(['token-loop/session']);
  await session.clear();
  expect(storage.get('token')).toBe('of the host');
  expect(JSON.stringify([...storage])).not.toContain('token-1');
});

test('a second launch finds the token again, and an emptied slot is no failure', async () => {
  const storage = new Map<string, unknown>();
  await launch(storage).call('orders', {});
  const second = launch(storage);
  const events: SessionEvent[] = [];
  second.on((event) => events.push(event));
  await second.call('orders', {});
  await second.clear();
  const third = launch(storage);
  third.on((event) => events.push(event));
  await third.call('orders', {});
  await new Promise((resolve) => setImmediate(resolve));
  expect(events.map(({ type }) => type)).not.toContain('storage-failed');
  expect(events.filter(({ type }) => type === 'refresh-started')).toEqual([
    { type: 'refresh-started', reason: 'absent' },
  ]);
});

test('without wx.cloud the event names the true reason', async () => {
  jest.useFakeTimers();
  const session = launch(new Map(), {});
  const causes: unknown[] = [];
  session.on((event) => event.type === 'call' && causes.push(event.cause));
  const result = session.call('orders', {}).catch((error: unknown) => error);
  await jest.advanceTimersByTimeAsync(3_000);
  await expect(result).resolves.toMatchObject({
    code: 'REFRESH_FAILED',
    cause: { code: 'CALL_FAILED' },
  });
  expect(String(causes[0])).toContain("reading 'callFunction'");
  jest.useRealTimers();
});

test('a function that is not deployed: the event holds what WeChat said', async () => {
  const said = { errCode: -501000, errMsg: 'FunctionName parameter could not be found' };
  const callFunction = ({ name }: { name: string }): Promise<object> =>
    name === 'gettoken'
      ? cloud.callFunction({ name })
      : Promise.reject(Object.assign(new Error(), said));
  const session = launch(new Map(), { cloud: { callFunction } });
  const causes: unknown[] = [];
  session.on((event) => event.type === 'call' && causes.push(event.cause));
  await expect(session.call('orders', {})).rejects.toMatchObject({ cause: said });
  expect(causes).toEqual([undefined, expect.objectContaining(said)]);
});

test('an endless time limit does not end a call at once', async () => {
  jest.useFakeTimers();
  const silent = { callFunction: () => new Promise(() => undefined) };
  const session = launch(new Map(), { cloud: silent });
  const delays = jest.spyOn(globalThis, 'setTimeout');
  void session.call('orders', {}, { timeLimit: Infinity });
  await jest.advanceTimersByTimeAsync(0);
  for (const [, delay] of delays.mock.calls) expect(delay).toBeLessThan(2 ** 31);
  expect(delays).toHaveBeenCalledWith(expect.any(Function), 1e9);
  jest.useRealTimers();
});

test('an answered call leaves no timer', async () => {
  jest.useFakeTimers();
  await launch(new Map()).call('orders', {});
  await jest.advanceTimersByTimeAsync(0);
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

interface Request {
  url: string;
  data: Record<string, unknown>;
  success: (response: object) => void;
}

describe('with each request for a token', () => {
  const sent: { name: string; data: Record<string, unknown> }[] = [];
  const recording = {
    callFunction: (call: (typeof sent)[number]) => {
      sent.push(call);
      return cloud.callFunction(call);
    },
  };
  beforeEach(() => {
    sent.length = 0;
  });

  test('goes a login code of its own, and with nothing else', async () => {
    let logins = 0;
    const login = ({ complete, timeout }: Login): void => {
      expect(timeout).toBe(3_000);
      complete({ code: `code-${String((logins += 1))}` });
    };
    const session = launch(new Map(), { cloud: recording, login });
    await session.call('orders', {});
    await session.clear();
    await session.call('orders', {});
    expect(sent.map(({ name, data }) => [name, data['code']])).toEqual([
      ['gettoken', 'code-1'],
      ['orders', undefined],
      ['gettoken', undefined],
      ['gettoken', 'code-2'],
      ['orders', undefined],
    ]);
  });

  test('goes none where wx.login fails', async () => {
    const login = ({ complete }: Login): void => {
      complete({ errMsg: 'login:fail' });
    };
    const session = launch(new Map(), { cloud: recording, login });
    await session.call('orders', {});
    expect(sent[0]).toMatchObject({ name: 'gettoken' });
    expect(JSON.stringify(sent[0]?.data)).toBe('{}');
  });

  test('goes none where env.ts switches it off, and it goes over HTTP where env.ts says so', async () => {
    const urls: string[] = [];
    const request = ({ url, success }: Request) => {
      urls.push(url);
      success({ data: answers[url.slice(url.lastIndexOf('/') + 1)] });
    };
    jest.doMock('../../miniprogram/env', () => ({
      httpBase: 'https://a/api',
      sendsLoginCode: false,
    }));
    const session = launch(new Map(), { request, login: undefined });
    jest.dontMock('../../miniprogram/env');
    await expect(session.call('orders', {})).resolves.toMatchObject({ code: 1 });
    expect(urls).toEqual(['https://a/api/gettoken', 'https://a/api/orders']);
  });

  test('nothing goes over HTTP where wx.login fails, and the next try has a code', async () => {
    jest.useFakeTimers();
    let logins = 0;
    const login = ({ complete }: Login): void => {
      complete((logins += 1) > 1 ? { code: 'code-2' } : { errMsg: 'login:fail' });
    };
    const codes: unknown[] = [];
    const request = ({ url, data, success }: Request) => {
      const name = url.slice(url.lastIndexOf('/') + 1);
      if (name === 'gettoken') codes.push(data['code']);
      success({ data: answers[name] });
    };
    jest.doMock('../../miniprogram/env', () => ({
      httpBase: 'https://a/api',
      sendsLoginCode: true,
    }));
    const session = launch(new Map(), { request, login });
    jest.dontMock('../../miniprogram/env');
    const causes: unknown[] = [];
    session.on((event) => event.type === 'call' && causes.push(event.cause));
    const called = session.call('orders', {});
    await jest.advanceTimersByTimeAsync(400);
    await expect(called).resolves.toMatchObject({ code: 1 });
    expect(codes).toEqual(['code-2']);
    expect(String(causes[0])).toContain('wx.login gave no code');
    jest.useRealTimers();
  });
});
