import { databaseLimit } from '../../server/meter';
import { orderDocument } from '../sample-order';
import type { Fault } from './fault-proxy';
import { startTestCloud, withTestCloud, type Answer, type TestCloud } from './test-cloud';

jest.setTimeout(300_000);

const faults: Fault[] = ['error', 'hang', 'cut', 'lost'];
const maxLive = 2;
const rate = 5;

interface Prepared {
  readonly event: { token?: string; revoke?: string };
  readonly openid: string | null;
}

/** A call, what must have happened before it, and what is right. */
interface Scenario {
  readonly name: string;
  readonly function: string;
  readonly prepare: (cloud: TestCloud, openid: string) => Promise<Prepared>;
  readonly right: number;
  /** What must be so when the answer was that. */
  readonly check: (
    cloud: TestCloud,
    openid: string,
    answer: Answer,
    made: Prepared,
  ) => Promise<void>;
}

const afterMints = (mints: number) => async (cloud: TestCloud, openid: string) => {
  for (let minted = 0; minted < mints; minted += 1) await cloud.mint(openid);
  return { event: {}, openid };
};

const orderOf = (openid: string) => openid.replace('oFault', 'order');

const withToken =
  (caller: (openid: string) => string | null) =>
  async (cloud: TestCloud, openid: string): Promise<Prepared> => {
    const { token } = await cloud.mint(openid);
    const createdAt = new Date(cloud.clock.now());
    await cloud.database.insert('orders', [orderDocument(orderOf(openid), openid, createdAt)]);
    return { event: { token }, openid: caller(openid) };
  };

const withRevoke =
  (caller: (openid: string) => string | null) =>
  async (cloud: TestCloud, openid: string): Promise<Prepared> => {
    const { token } = await cloud.mint(openid);
    return { event: { revoke: token }, openid: caller(openid) };
  };

const tokenIsGood: Scenario['check'] = async (cloud, openid, { token }) => {
  expect((await cloud.call('orders', { token }, openid)).code).toBe(1);
  await atMostTheCap(cloud, openid);
};
/** What a failed call left was never handed out, and counts towards the cap. */
const atMostTheCap = async (cloud: TestCloud, openid: string) => {
  const [login] = await cloud.database.find('logins', { openid });
  expect(Array.isArray(login?.['live']) && login['live'].length).toBeLessThanOrEqual(maxLive);
};
const nothingMinted: Scenario['check'] = async (cloud, openid) => {
  await atMostTheCap(cloud, openid);
  expect(await cloud.database.count('tokens', { openid })).toBeLessThanOrEqual(rate);
};
const revokedIsGone: Scenario['check'] = async (cloud, openid, _, { event }) => {
  expect((await cloud.call('orders', { token: event.revoke }, openid)).code).toBe(903);
};
const ownOrders: Scenario['check'] = (_, openid, { orders }) => {
  expect(orders).toEqual([expect.objectContaining({ id: orderOf(openid) })]);
  return Promise.resolve();
};
const nothingShown: Scenario['check'] = (_, __, answer) => {
  expect(answer).toEqual({ code: 903, msg: 'Token验证失败' });
  return Promise.resolve();
};

const scenarios: Scenario[] = [
  {
    name: 'gettoken of a new user',
    function: 'gettoken',
    prepare: afterMints(0),
    right: 1,
    check: tokenIsGood,
  },
  {
    name: 'gettoken of a known user',
    function: 'gettoken',
    prepare: afterMints(1),
    right: 1,
    check: tokenIsGood,
  },
  {
    name: 'gettoken of a user at the cap',
    function: 'gettoken',
    prepare: afterMints(maxLive),
    right: 1,
    check: tokenIsGood,
  },
  {
    name: 'gettoken of a user who is too fast',
    function: 'gettoken',
    prepare: afterMints(rate),
    right: 429,
    check: nothingMinted,
  },
  {
    name: 'gettoken that revokes',
    function: 'gettoken',
    prepare: withRevoke((openid) => openid),
    right: 1,
    check: revokedIsGone,
  },
  {
    name: 'gettoken that revokes where nobody is named',
    function: 'gettoken',
    prepare: withRevoke(() => null),
    right: 1,
    check: revokedIsGone,
  },
  {
    name: 'orders of a caller whom WeChat names',
    function: 'orders',
    prepare: withToken((openid) => openid),
    right: 1,
    check: ownOrders,
  },
  {
    name: 'orders of a caller whom nobody names',
    function: 'orders',
    prepare: withToken(() => null),
    right: 1,
    check: ownOrders,
  },
  {
    name: 'orders with another user’s token',
    function: 'orders',
    prepare: withToken(() => 'oAnother_0000000000001'),
    right: 903,
    check: nothingShown,
  },
  {
    name: 'cleartokens',
    function: 'cleartokens',
    prepare: async (cloud, openid) => {
      const past = new Date(cloud.clock.now() - 1);
      await cloud.database.insert('tokens', [
        { _id: openid, uid: 'u', openid, appid: 'a', createdAt: past, expiresAt: past },
      ]);
      return { event: {}, openid: null };
    },
    right: 1,
    check: async (cloud, openid) => {
      expect(await cloud.database.count('tokens', { _id: openid })).toBe(0);
    },
  },
];

describe('with a database that fails', () => {
  let cloud: TestCloud;
  let users = 0;
  beforeAll(async () => {
    cloud = await startTestCloud({
      env: { TOKEN_MAX_LIVE: String(maxLive), TOKEN_RATE_PER_MINUTE: String(rate) },
      timersFollowClock: true,
    });
    cloud.proxy.whenHanging(() => {
      cloud.clock.advance(databaseLimit);
    });
  });
  afterAll(() => cloud.stop());

  const attempt = async (scenario: Scenario, position?: number, fault?: Fault) => {
    const openid = `oFault_${String((users += 1)).padStart(16, '0')}`;
    const prepared = await scenario.prepare(cloud, openid);
    cloud.proxy.fail(position, fault);
    const answer = await cloud.call(scenario.function, prepared.event, prepared.openid);
    const requests = cloud.proxy.takeRequests();
    cloud.proxy.fail(undefined);
    return { answer, requests, openid, prepared };
  };

  const expectRight = async (
    scenario: Scenario,
    { answer, openid, prepared }: Omit<Awaited<ReturnType<typeof attempt>>, 'requests'>,
  ) => {
    expect(answer.code).toBe(scenario.right);
    await scenario.check(cloud, openid, answer, prepared);
  };

  describe.each(scenarios)('$name', (scenario) => {
    let requests = 0;
    test('is right when nothing fails', async () => {
      const undisturbed = await attempt(scenario);
      await expectRight(scenario, undisturbed);
      requests = undisturbed.requests.length;
      expect(requests).toBeGreaterThan(0);
    });

    test.each(faults)(
      'any database call that ends in "%s" gives a 500 or what is right, and a retry succeeds',
      async (fault) => {
        expect(requests).toBeGreaterThan(0);
        for (let position = 0; position < requests; position += 1) {
          const disturbed = await attempt(scenario, position, fault);
          if (disturbed.answer.code !== 500) await expectRight(scenario, disturbed);
          else {
            expect(disturbed.answer).toEqual({
              code: 500,
              msg: '请求失败',
              requestId: expect.any(String) as string,
            });
          }
          const { event, openid } = disturbed.prepared;
          const again = await cloud.call(scenario.function, event, openid);
          await expectRight(scenario, { ...disturbed, answer: again });
        }
      },
    );
  });

  test.each([['lost'], ['cut']] as const)(
    'a first login whose own write ends in "%s" brings its token, and is one login',
    async (fault) => {
      const [newUser] = scenarios;
      if (newUser === undefined) throw new Error('there is no scenario');
      const { answer, openid } = await attempt(newUser, 2, fault);
      expect(answer.code).toBe(1);
      const [login] = await cloud.database.find('logins', { openid });
      expect(login?.['live']).toHaveLength(1);
      expect(login?.['recent']).toHaveLength(1);
      expect((await cloud.call('orders', { token: answer['token'] }, openid)).code).toBe(1);
    },
  );

  test('the log tells the cause of each failure', async () => {
    cloud.takeLog();
    const [newUser] = scenarios;
    if (newUser === undefined) throw new Error('there is no scenario');
    for (const fault of faults) await attempt(newUser, 0, fault);
    const causes = cloud.takeLog().map(({ code, cause }) => ({ code, cause }));
    expect(causes).toEqual([
      { code: 500, cause: expect.stringMatching(/DATABASE_FAILED.*disturbed/) as string },
      {
        code: 500,
        cause: expect.stringMatching(/DATABASE_TIMEOUT.*no answer within \d+ ms/) as string,
      },
      {
        code: 500,
        cause: expect.stringMatching(/DATABASE_FAILED.*(socket hang up|ECONNRESET)/) as string,
      },
      {
        code: 500,
        cause: expect.stringMatching(/DATABASE_FAILED.*(socket hang up|ECONNRESET)/) as string,
      },
    ]);
  });
});

test('the log tells no text of the event, nor who calls, though the database repeats it', () =>
  withTestCloud({}, async (cloud) => {
    for (const [event, openid] of [
      [{ label: 'disturbed' }, 'oFault_words_0000000001'],
      [{}, 'disturbed'],
    ] as const) {
      cloud.proxy.fail(0, 'error');
      expect(await cloud.call('gettoken', event, openid)).toMatchObject({ code: 500 });
      const [line] = cloud.takeLog();
      expect(line?.cause).toMatch(/DATABASE_FAILED/);
      expect(line?.cause).not.toContain('disturbed');
    }
  }));
