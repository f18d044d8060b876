import { createHash, createHmac } from 'node:crypto';
import { startTestCloud, withTestCloud, type TestCloud } from './test-cloud';

const hmac = (text: string, salt: string) =>
  createHmac('sha256', salt).update(text).digest('base64url');
const idOf = (token: string, salt: string) =>
  `${hmac('version', salt).slice(0, 2)}.${hmac(`token ${token}`, salt)}`;
const minute = 60_000;
jest.setTimeout(60_000);

/** One after another: no more instances than one have to start. */
async function codesOf(cloud: TestCloud, tokens: readonly string[], openid: string) {
  const codes: number[] = [];
  for (const token of tokens) codes.push((await cloud.call('orders', { token }, openid)).code);
  return codes;
}

describe('gettoken', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    // One of these tests holds a call back for as long as others take: on a busy machine, longer than its time limit.
    cloud = await startTestCloud({ timersFollowClock: true });
  });
  afterAll(() => cloud.stop());

  test('gives a token of 256 bits and its life in whole seconds, at most a tenth less than 7200', async () => {
    const { token, expiresIn } = await cloud.mint('oFirst_0000000000000001');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(Number.isInteger(expiresIn)).toBe(true);
    expect(expiresIn).toBeGreaterThanOrEqual(6480);
    expect(expiresIn).toBeLessThanOrEqual(7200);
  });

  test('keeps only an HMAC of the token under the salt, with owner and expiry', async () => {
    const openid = 'oKept_00000000000000001';
    const { token, expiresIn } = await cloud.mint(openid);
    const [document] = await cloud.database.find('tokens', { openid });
    expect(document).toEqual({
      _id: idOf(token, cloud.salt),
      uid: createHash('sha256')
        .update(JSON.stringify([cloud.appid, openid]))
        .digest('base64url'),
      openid,
      appid: cloud.appid,
      since: new Date(cloud.clock.now()),
      createdAt: new Date(cloud.clock.now()),
      proof: expect.stringMatching(/^[\w-]{43}$/) as string,
      expiresAt: new Date(cloud.clock.now() + expiresIn * 1000),
    });
  });

  test('waits twice for the database when the user is known, four times when the user is new', async () => {
    cloud.takeLog();
    await cloud.mint('oTrips_000000000000001');
    await cloud.mint('oTrips_000000000000001');
    expect(cloud.takeLog().map(({ code, roundTrips }) => ({ code, roundTrips }))).toEqual([
      { code: 1, roundTrips: 4 },
      { code: 1, roundTrips: 2 },
    ]);
  });

  test('answers 401 to a call without a WeChat identity', async () => {
    expect(await cloud.call('gettoken', {}, null)).toEqual({
      code: 401,
      msg: expect.any(String) as string,
    });
  });

  test.each([
    [[], 'event'],
    ['text', 'event'],
    [null, 'event'],
    [{ code: 7 }, 'code'],
    [{ code: '' }, 'code'],
    [{ code: 'x'.repeat(129) }, 'code'],
    [{ code: '不是' }, 'code'],
    [{ renews: 1 }, 'renews'],
    [{ label: 'x'.repeat(65) }, 'label'],
    [{ devices: null }, 'devices'],
    [{ revoke: 'a', all: 'yes' }, 'all'],
    [{ code: { $gt: '' } }, 'code'],
    [{ revoke: { $gt: '' } }, 'revoke'],
    [{ revoke: ['a'] }, 'revoke'],
    [{ revoke: 'a', code: 'b' }, 'code'],
    [{ surprise: 1 }, 'surprise'],
    [JSON.parse('{"__proto__":{"code":"x"}}'), '__proto__'],
    [{ constructor: 1 }, 'constructor'],
    [{ $where: '1' }, '\\$where'],
    [{ 名字: 1 }, '名字'],
    [{ ' ': 1 }, 'event'],
  ])('answers 400 to %j and names %s', async (event, field) => {
    const answer = await cloud.call('gettoken', event, 'oBad_0000000000000001');
    expect(answer.code).toBe(400);
    expect(answer['msg']).toMatch(new RegExp(`^${field}：`));
  });

  test('does not mind what the cloud itself lays into the event', async () => {
    const userInfo = { appId: cloud.appid, openId: 'oSomebody' };
    const answer = await cloud.call(
      'gettoken',
      { userInfo, tcbContext: {} },
      'oInfo_0000000000001',
    );
    expect(answer.code).toBe(1);
  });

  test('a revoked token is gone, and revoking it again is fine', async () => {
    const openid = 'oRevoke_00000000000001';
    const { token } = await cloud.mint(openid);
    expect((await cloud.call('orders', { token }, openid)).code).toBe(1);
    expect(await cloud.call('gettoken', { revoke: token }, openid)).toEqual({ code: 1 });
    expect((await cloud.call('orders', { token }, openid)).code).toBe(903);
    expect(await cloud.call('gettoken', { revoke: token }, openid)).toEqual({ code: 1 });
    expect(await cloud.call('gettoken', { revoke: 'never was one' }, null)).toEqual({ code: 1 });
  });

  test('a user holds ten live tokens at most, and the oldest go first', async () => {
    const openid = 'oMany_0000000000000001';
    const tokens: string[] = [];
    for (let minted = 0; minted < 13; minted += 1) tokens.push((await cloud.mint(openid)).token);
    const codes = await codesOf(cloud, tokens, openid);
    expect(codes).toEqual([...Array<number>(3).fill(903), ...Array<number>(10).fill(1)]);
  });

  test('revoked tokens make room: the oldest stays', async () => {
    const openid = 'oRoom_0000000000000001';
    const first = (await cloud.mint(openid)).token;
    for (let minted = 0; minted < 12; minted += 1) {
      const { token } = await cloud.mint(openid);
      await cloud.call('gettoken', { revoke: token }, openid);
    }
    expect((await cloud.call('orders', { token: first }, openid)).code).toBe(1);
  });

  test('a token revoked where WeChat names nobody makes room too', async () => {
    const openid = 'oNobody_00000000000001';
    const first = (await cloud.mint(openid)).token;
    for (let minted = 0; minted < 12; minted += 1) {
      const { token } = await cloud.mint(openid);
      await cloud.call('gettoken', { revoke: token }, null);
    }
    expect((await cloud.call('orders', { token: first }, openid)).code).toBe(1);
  });

  test('a token that ten newer ones overtook while it was being minted is not good', async () => {
    const openid = 'oLate_0000000000000001';
    await cloud.mint(openid);
    let arrived = (): void => undefined;
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (arrived = resolve));
    const gate = new Promise<void>((resolve) => (release = resolve));
    let first = true;
    cloud.proxy.beforeEach(({ collection }) => {
      if (!first || collection !== 'tokens') return undefined;
      first = false;
      arrived();
      return gate;
    });
    const late = cloud.mint(openid);
    await held;
    for (let minted = 0; minted < 11; minted += 1) await cloud.mint(openid);
    release();
    const { token } = await late;
    cloud.proxy.beforeEach(() => undefined);
    expect(await cloud.call('orders', { token }, openid)).toMatchObject({ code: 903 });
  });

  test('the twenty-first token within a minute is refused until the first is a minute old', async () => {
    const openid = 'oFast_0000000000000001';
    for (let minted = 0; minted < 20; minted += 1) {
      await cloud.mint(openid);
      cloud.clock.advance(1000);
    }
    const before = await cloud.database.count('tokens', { openid });
    cloud.takeLog();
    expect(await cloud.call('gettoken', {}, openid)).toEqual({
      code: 429,
      msg: expect.any(String) as string,
      retryAfter: 40,
    });
    expect(cloud.takeLog()).toMatchObject([{ code: 429, databaseCalls: 2 }]);
    expect(await cloud.database.count('tokens', { openid })).toBe(before);
    cloud.clock.advance(39_999);
    expect(await cloud.call('gettoken', {}, openid)).toMatchObject({ code: 429, retryAfter: 1 });
    cloud.clock.advance(1);
    expect((await cloud.call('gettoken', {}, openid)).code).toBe(1);
    expect((await cloud.call('gettoken', {}, 'oOther_0000000000001')).code).toBe(1);
  });

  test('revoking does not lift the rate limit', async () => {
    const openid = 'oLift_0000000000000001';
    for (let minted = 0; minted < 20; minted += 1) {
      const { token } = await cloud.mint(openid);
      await cloud.call('gettoken', { revoke: token }, openid);
    }
    expect((await cloud.call('gettoken', {}, openid)).code).toBe(429);
    cloud.clock.advance(minute);
    expect((await cloud.call('gettoken', {}, openid)).code).toBe(1);
  });

  test('a clock that was set back holds nobody up', async () => {
    const openid = 'oBack_0000000000000001';
    for (let minted = 0; minted < 20; minted += 1) await cloud.mint(openid);
    const now = cloud.clock.now();
    cloud.clock.set(now - 3600_000);
    expect((await cloud.call('gettoken', {}, openid)).code).toBe(1);
    cloud.clock.set(now);
  });
});

describe('gettoken in a crowd', () => {
  test('a hundred concurrent first logins make one user and twenty tokens, ten of them live', () =>
    withTestCloud({ timersFollowClock: true }, async (cloud) => {
      const openid = 'oCrowd_000000000000001';
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => cloud.call('gettoken', {}, openid)),
      );
      expect(answers.filter(({ code }) => code === 1)).toHaveLength(20);
      expect(answers.filter(({ code }) => code === 429)).toHaveLength(80);
      expect(await cloud.database.count('logins', { openid })).toBe(1);
      const tokens = answers.flatMap(({ token }) => (typeof token === 'string' ? token : []));
      const codes = await codesOf(cloud, tokens, openid);
      expect(codes.filter((code) => code === 1)).toHaveLength(10);
    }));

  test('with a higher rate limit answers all of a hundred concurrent first logins, and one user and ten good tokens are left', () =>
    withTestCloud(
      { env: { TOKEN_RATE_PER_MINUTE: '100' }, timersFollowClock: true },
      async (cloud) => {
        const openid = 'oCrowd_000000000000002';
        const answers = await Promise.all(
          Array.from({ length: 100 }, () => cloud.call('gettoken', {}, openid)),
        );
        expect(answers.filter(({ code }) => code !== 1)).toEqual([]);
        expect(await cloud.database.count('logins', { openid })).toBe(1);
        const tokens = answers.flatMap(({ token }) => (typeof token === 'string' ? token : []));
        const codes = await codesOf(cloud, tokens, openid);
        expect(codes.filter((code) => code === 1)).toHaveLength(10);
      },
    ));
});

describe('gettoken that is not set up', () => {
  test.each([
    ['no salt', { TOKEN_SALT: '' }, /TOKEN_SALT is not set; make one with: node -p/],
    [
      'a short salt',
      { TOKEN_SALT: 'fifteen letters' },
      /TOKEN_SALT must have at least 16 characters/,
    ],
    [
      'a life that is no number',
      { TOKEN_TTL_SECONDS: '2h' },
      /TOKEN_TTL_SECONDS must be a whole number/,
    ],
    [
      'a WeChat host without TLS',
      { WX_API_BASE: 'http://wechat.example' },
      /WX_API_BASE must be an https URL/,
    ],
  ])('with %s answers 500, and the log says what to set', (_, env, cause) =>
    withTestCloud({ env }, async (cloud) => {
      const answer = await cloud.call('gettoken', {}, 'oUnset_0000000000001');
      const [line] = cloud.takeLog();
      expect(answer).toEqual({ code: 500, msg: '请求失败', requestId: line?.requestId });
      expect(line?.cause).toMatch(cause);
      // A deployment, which WeChat names nobody for, must be able to find that out.
      expect(await cloud.call('gettoken', {}, null)).toMatchObject({ code: 500 });
    }),
  );
});
