import { isDeepStrictEqual } from 'node:util';
import { startTestCloud, withTestCloud, type Answer, type TestCloud } from './test-cloud';

jest.setTimeout(120_000);

const hour = 3600_000;

/** Puts tokens that are none into the database: nobody holds what hashes to these ids. */
async function insertTokens(cloud: TestCloud, prefix: string, count: number, expiresAt: number) {
  for (let done = 0; done < count; done += 1000) {
    const batch = Array.from({ length: Math.min(1000, count - done) }, (_, index) => ({
      _id: `${prefix}-${done + index}`,
      uid: 'u',
      openid: 'oExpired_00000000000001',
      appid: cloud.appid,
      createdAt: new Date(expiresAt - 2 * hour),
      expiresAt: new Date(expiresAt),
    }));
    await cloud.database.insert('tokens', batch);
  }
}

describe('cleartokens', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterAll(() => cloud.stop());

  test('removes tokens from the very millisecond of their expiry, and no other', async () => {
    const now = cloud.clock.now();
    await insertTokens(cloud, 'past', 3, now - 1);
    await insertTokens(cloud, 'now', 3, now);
    await insertTokens(cloud, 'next', 3, now + 1);
    const timer = {
      Type: 'Timer',
      TriggerName: 'hourly',
      Time: '2026-10-20T00:00:00Z',
      Message: '',
    };
    expect(await cloud.call('cleartokens', timer, null)).toEqual({
      code: 1,
      removed: 6,
      more: false,
    });
    expect(await cloud.database.count('tokens', {})).toBe(3);
    expect(await cloud.call('cleartokens', {}, null)).toEqual({ code: 1, removed: 0, more: false });
  });

  test('refuses a phone: it learns nothing and nothing is removed', async () => {
    await insertTokens(cloud, 'phone', 1, cloud.clock.now());
    const forged = { Type: 'Timer', TriggerName: 'hourly' };
    expect(await cloud.call('cleartokens', forged, 'oPhone_0000000000000001')).toEqual({
      code: 400,
      msg: expect.stringMatching(/^OPENID：/) as string,
    });
    expect(await cloud.database.count('tokens', { _id: 'phone-0' })).toBe(1);
  });

  test('run twice at once, each token is removed and counted once', async () => {
    await cloud.call('cleartokens', {}, null);
    await insertTokens(cloud, 'twice', 3000, cloud.clock.now());
    const answers = await Promise.all([
      cloud.call('cleartokens', {}, null),
      cloud.call('cleartokens', {}, null),
    ]);
    expect(answers.map(({ code }) => code)).toEqual([1, 1]);
    expect(Number(answers[0]['removed']) + Number(answers[1]['removed'])).toBe(3000);
    expect(
      await cloud.database.count('tokens', {
        uid: 'u',
        expiresAt: { $lte: new Date(cloud.clock.now()) },
      }),
    ).toBe(0);
  });

  test('a token whose life became longer after it was found expired stays', async () => {
    await cloud.call('cleartokens', {}, null);
    await insertTokens(cloud, 'longer', 2, cloud.clock.now());
    const expiresAt = new Date(cloud.clock.now() + hour);
    cloud.proxy.beforeEach(({ action }) =>
      action === 'database.removeDocument'
        ? cloud.database.set('tokens', 'longer-0', { expiresAt })
        : undefined,
    );
    expect(await cloud.call('cleartokens', {}, null)).toMatchObject({ removed: 1 });
    cloud.proxy.beforeEach(() => undefined);
    expect(await cloud.database.count('tokens', { _id: 'longer-0' })).toBe(1);
  });

  test('stops before its time is up, says that more remain, and the next run goes on', async () => {
    await insertTokens(cloud, 'slow', 4000, cloud.clock.now());
    // A batch takes 24 of the sixty seconds of the functions' clock: a second would fit, if it were no slower.
    cloud.proxy.beforeEach(() => {
      cloud.clock.advance(12_000);
      return undefined;
    });
    const first = await cloud.call('cleartokens', {}, null);
    expect(first).toEqual({ code: 1, removed: 1000, more: true });
    cloud.proxy.beforeEach(() => undefined);
    const expired = { expiresAt: { $lte: new Date(cloud.clock.now()) } };
    const remaining = await cloud.database.count('tokens', expired);
    expect(remaining).toBeGreaterThanOrEqual(3000);
    expect(await cloud.call('cleartokens', {}, null)).toEqual({
      code: 1,
      removed: remaining,
      more: false,
    });
  });
});

/** Runs until none is left; answers how many were removed. */
async function clearAll(cloud: TestCloud): Promise<number> {
  let removed = 0;
  for (;;) {
    const answer = await cloud.call('cleartokens', {}, null);
    expect(answer.code).toBe(1);
    removed += Number(answer['removed']);
    if (answer['more'] !== true) return removed;
  }
}

test('20,000 expired tokens go in bounded batches while orders goes on answering right', () =>
  withTestCloud({ realClock: true }, async (cloud) => {
    const openid = 'oTokenLoop_XiaoMing_00000001';
    const { token } = await cloud.mint(openid);
    await insertTokens(cloud, 'bulk', 20_000, Date.now() - 1);
    const expected = await cloud.call('orders', { token }, openid);
    expect(expected.code).toBe(1);
    cloud.takeLog();

    const clearing = clearAll(cloud);
    const ended = clearing.then(() => true);
    const meanwhile: Answer[] = [];
    do meanwhile.push(await cloud.call('orders', { token }, openid));
    while (!(await Promise.race([ended, Promise.resolve(false)])));
    expect(await clearing).toBe(20_000);
    expect(meanwhile.filter((answer) => !isDeepStrictEqual(answer, expected))).toEqual([]);
    expect(meanwhile.length).toBeGreaterThan(1);
    expect(await cloud.database.count('tokens', {})).toBe(1);
    const lines = cloud.takeLog().filter((line) => line.function === 'cleartokens');
    const calls = lines.reduce((sum, { databaseCalls }) => sum + databaseCalls, 0);
    expect(calls).toBeGreaterThanOrEqual(40);
  }));
