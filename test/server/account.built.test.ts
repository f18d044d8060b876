import { startTestCloud, withTestCloud, type TestCloud } from './test-cloud';

jest.setTimeout(60_000);

/** A gate at which the next call of one kind waits. */
function holdNext(cloud: TestCloud, collection: string, action: string) {
  let arrived = (): void => undefined;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (arrived = resolve));
  const gate = new Promise<void>((resolve) => (release = resolve));
  let first = true;
  cloud.proxy.beforeEach((request) => {
    if (!first || request.collection !== collection || request.action !== action) return undefined;
    first = false;
    arrived();
    return gate;
  });
  return {
    held,
    release: () => {
      release();
      cloud.proxy.beforeEach(() => undefined);
    },
  };
}

type Document = Record<string, unknown>;
const provenBy = ({ uid, openid, appid, expiresAt, proof }: Document) => ({
  uid,
  openid,
  appid,
  expiresAt,
  proof,
});

describe('an account', () => {
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud();
  });
  afterAll(() => cloud.stop());

  const codeOf = async (token: unknown, openid: string | null) =>
    (await cloud.call('orders', { token }, openid)).code;
  const loginOf = async (openid: string) =>
    String((await cloud.database.find('logins', { openid }))[0]?.['_id']);

  test.each([['named by WeChat'], ['known by the token alone']])(
    '%s ends all of its tokens at once, and can log in again',
    async (known) => {
      const openid = `oAll_${known.length}_000000000001`;
      const tokens = [await cloud.mint(openid), await cloud.mint(openid)].map(({ token }) => token);
      const [first = ''] = tokens;
      const caller = known === 'named by WeChat' ? openid : null;
      expect(await cloud.call('gettoken', { revoke: first, all: true }, caller)).toEqual({
        code: 1,
      });
      for (const token of tokens) expect(await codeOf(token, openid)).toBe(903);
      expect(await codeOf((await cloud.mint(openid)).token, openid)).toBe(1);
    },
  );

  test('is not ended by a token that is not good, where WeChat names nobody', async () => {
    const openid = 'oStranger_000000000001';
    const { token } = await cloud.mint(openid);
    const { token: ended } = await cloud.mint(openid);
    await cloud.call('gettoken', { revoke: ended }, openid);
    const { token: old } = await cloud.mint(openid);
    await cloud.mint(openid, { renews: old });
    cloud.clock.advance(60_000);
    for (const revoke of [ended, old, 'A'.repeat(43)]) {
      const answer = await cloud.call('gettoken', { revoke, all: true }, null);
      expect(answer.code).toBe(903);
    }
    expect(await codeOf(token, openid)).toBe(1);
  });

  test('that ends everything also ends the token that is being minted', async () => {
    const openid = 'oUnderway_000000000001';
    const { token } = await cloud.mint(openid);
    const gate = holdNext(cloud, 'tokens', 'database.insertDocument');
    const late = cloud.mint(openid);
    await gate.held;
    await cloud.call('gettoken', { revoke: token, all: true }, openid);
    gate.release();
    expect(await codeOf((await late).token, openid)).toBe(903);
  });

  test('that an administrator has blocked is refused everywhere, and is as before when that is over', async () => {
    const openid = 'oBlocked_0000000000001';
    const { token } = await cloud.mint(openid);
    await cloud.database.set('logins', await loginOf(openid), { blocked: true });
    expect(await codeOf(token, openid)).toBe(903);
    expect(await codeOf(token, null)).toBe(903);
    cloud.takeLog();
    expect(await cloud.call('gettoken', {}, openid)).toEqual({ code: 401, msg: '该用户已被停用' });
    expect(cloud.takeLog()).toMatchObject([{ databaseCalls: 2 }]);
    await cloud.database.set('logins', await loginOf(openid), { blocked: false });
    expect(await codeOf(token, openid)).toBe(1);
  });

  test('lists its devices: label, login, last renewal, and which of them asks', async () => {
    const openid = 'oDevices_0000000000001';
    const start = cloud.clock.now() / 1000;
    const phone = await cloud.mint(openid, { label: ' iPhone 15' });
    cloud.clock.advance(60_000);
    const tablet = await cloud.mint(openid, { label: ' ' });
    cloud.clock.advance(60_000);
    const renewed = await cloud.mint(openid, { renews: phone.token, label: 'iPhone 15 ' });
    const answer = await cloud.call('gettoken', { devices: tablet.token }, openid);
    expect(answer).toEqual({
      code: 1,
      devices: [
        { label: 'iPhone 15', since: start, renewed: start + 120, current: false },
        { since: start + 60, renewed: start + 60, current: true },
      ],
    });
    expect(await cloud.call('gettoken', { devices: renewed.token }, null)).toMatchObject({
      devices: [{ current: true }, { current: false }],
    });
    // A token that was renewed a moment ago may ask as well, and finds itself.
    expect(await cloud.call('gettoken', { devices: phone.token }, openid)).toMatchObject({
      devices: [{ current: false }, { current: false }, { current: true }],
    });
    const other = await cloud.mint('oDevices_0000000000002', { renews: phone.token });
    const { devices } = await cloud.call('gettoken', { devices: other.token }, null);
    expect(devices).toMatchObject([{ since: start + 120 }]);
    const foreign = await cloud.call('gettoken', { devices: phone.token }, 'oDevices_02');
    expect(foreign).toMatchObject({ code: 903 });
    cloud.clock.advance(7200_000);
    const { token: last } = await cloud.mint(openid);
    expect(await cloud.call('gettoken', { devices: last }, openid)).toMatchObject({
      devices: [{ current: true }],
    });
  });

  test('keeps a renewed token for a minute, for the calls that are under way', async () => {
    const openid = 'oRenewed_0000000000001';
    const { token: old } = await cloud.mint(openid);
    const { token } = await cloud.mint(openid, { renews: old });
    cloud.clock.advance(59_999);
    expect(await codeOf(old, openid)).toBe(1);
    cloud.clock.advance(1);
    expect(await codeOf(old, openid)).toBe(903);
    expect(await codeOf(token, openid)).toBe(1);
  });

  test('has that minute once, however often the token is renewed', async () => {
    const openid = 'oRenewed_0000000000002';
    const { token: old } = await cloud.mint(openid);
    await cloud.mint(openid, { renews: old });
    cloud.clock.advance(30_000);
    await cloud.mint(openid, { renews: old });
    cloud.clock.advance(30_000);
    expect(await codeOf(old, openid)).toBe(903);
  });

  test.each([
    ['the user', (openid: string) => openid],
    ['nobody', () => null],
    ['another user', () => 'oRevoker_0000000000001'],
  ])(
    'whose token is revoked, with %s named, has none of those that it renewed',
    async (named, caller) => {
      const openid = `oRevived_${named.length}_000000000001`;
      const { token: first } = await cloud.mint(openid);
      const { token: second } = await cloud.mint(openid, { renews: first });
      const { token: third } = await cloud.mint(openid, { renews: second });
      const { token: other } = await cloud.mint(openid);
      await cloud.call('gettoken', { revoke: third }, caller(openid));
      for (const token of [first, second, third]) expect(await codeOf(token, openid)).toBe(903);
      expect(await codeOf(other, openid)).toBe(1);
      const [login] = await cloud.database.find('logins', { openid });
      expect(login?.['live']).toHaveLength(1);
      expect(await cloud.database.count('tokens', { openid })).toBe(1);
    },
  );

  test('has one name in the log that is not its own', async () => {
    const openid = 'oTrail_000000000000001';
    cloud.takeLog();
    const { token } = await cloud.mint(openid);
    await cloud.call('orders', { token }, openid);
    await cloud.call('orders', { token }, null);
    await cloud.call('gettoken', { revoke: token }, null);
    await cloud.mint('oTrail_000000000000002');
    const lines = cloud.takeLog();
    expect(lines.map(({ action }) => action)).toEqual([
      'mint',
      undefined,
      undefined,
      'revoke',
      'mint',
    ]);
    const [user, ...others] = lines.map((line) => line.user);
    expect(user).toMatch(/^[\da-f]{12}$/);
    expect(others).toEqual([user, user, user, expect.not.stringMatching(String(user)) as string]);
    expect(JSON.stringify(lines)).not.toContain(await loginOf(openid));
  });

  test.each([
    ['the openid of another user', ({ openid }: Document) => ({ openid })],
    ['the uid of another user', ({ uid }: Document) => ({ uid })],
    ['a longer life', () => ({ expiresAt: new Date(8e12) })],
    ['another app', () => ({ appid: 'wxAnother' })],
    ['all that proves another user’s', provenBy],
  ])('is not had by a token whose document was edited to say %s', async (_, change) => {
    const openid = 'oForged_0000000000001';
    const victim = 'oForged_0000000000002';
    await cloud.mint(victim);
    const { token } = await cloud.mint(openid);
    const [document] = (await cloud.database.find('tokens', { openid })).slice(-1);
    const [other = {}] = (await cloud.database.find('tokens', { openid: victim })).slice(-1);
    const id = String(document?.['_id']);
    expect(await codeOf(token, null)).toBe(1);
    // Whoever can write the database can list the token in any login.
    const listed = { id, mintedAt: new Date(cloud.clock.now()), renews: [] };
    await cloud.database.set('logins', await loginOf(victim), { live: [listed] });
    await cloud.database.set('tokens', id, change(other));
    expect(await codeOf(token, null)).toBe(903);
  });
});

test('an account of another app with the same openid is another one', () =>
  withTestCloud({}, async (cloud) => {
    const openid = 'oTwoApps_000000000001';
    const { token } = await cloud.mint(openid);
    await cloud.restart({ WX_APPID: 'wx_another_app' });
    expect(await cloud.call('orders', { token }, openid)).toMatchObject({ code: 903 });
    await cloud.restart({});
    expect(await cloud.call('orders', { token }, openid)).toMatchObject({ code: 1 });
  }));

describe('an administrator', () => {
  const key = 'the key of an administrator';
  const openid = 'oManaged_0000000000001';
  let cloud: TestCloud;
  beforeAll(async () => {
    cloud = await startTestCloud({ env: { ACCOUNTS_KEY: key } });
  });
  afterAll(() => cloud.stop());

  const manage = (given: object, caller: string | null = null) =>
    cloud.call('accounts', { key, openid, ...given }, caller);
  const codeOf = async (token: string) => (await cloud.call('orders', { token }, openid)).code;

  test('ends, blocks and unblocks a user', async () => {
    const { token } = await cloud.mint(openid);
    cloud.takeLog();
    expect(await manage({ action: 'end' })).toEqual({ code: 1, changed: { logins: 1 } });
    expect(cloud.takeLog()).toMatchObject([{ function: 'accounts', action: 'end' }]);
    expect(await codeOf(token)).toBe(903);
    const { token: second } = await cloud.mint(openid);
    expect(await manage({ action: 'block' })).toEqual({ code: 1, changed: { logins: 1 } });
    expect(await codeOf(second)).toBe(903);
    expect(await cloud.call('gettoken', {}, openid)).toMatchObject({ code: 401 });
    await manage({ action: 'unblock' });
    expect(await codeOf(second)).toBe(903);
    expect(await codeOf((await cloud.mint(openid)).token)).toBe(1);
  });

  test('deletes a user whole, and nobody else; again is fine', async () => {
    const other = 'oManaged_0000000000002';
    const { token } = await cloud.mint(openid);
    const { token: kept } = await cloud.mint(other);
    const createdAt = new Date(cloud.clock.now());
    await cloud.database.insert('orders', [
      { _id: 'o1', openid, title: 't', createdAt },
      { _id: 'o2', openid: other, title: 't', createdAt },
    ]);
    const { changed } = await manage({ action: 'delete' });
    expect(changed).toMatchObject({ logins: 1, orders: 1 });
    for (const collection of ['logins', 'tokens', 'orders']) {
      expect(await cloud.database.count(collection, { openid })).toBe(0);
      expect(await cloud.database.count(collection, { openid: other })).toBe(1);
    }
    expect(await codeOf(token)).toBe(903);
    expect(await cloud.call('orders', { token: kept }, other)).toMatchObject({ code: 1 });
    expect(await manage({ action: 'delete' })).toMatchObject({ changed: { logins: 0 } });
    expect((await cloud.mint(openid)).token).toEqual(expect.any(String));
  });

  test.each([
    ['a WeChat user', { action: 'end' }, openid, 401],
    ['who has no key', { action: 'end', key: undefined }, null, 401],
    ['who has another key', { action: 'end', key: `${key}.` }, null, 401],
    ['who has a key that is no text', { action: 'end', key: { $ne: '' } }, null, 401],
    ['who wants something else', { action: 'promote' }, null, 400],
    ['who names nobody', { action: 'end', openid: { $ne: '' } }, null, 400],
  ])('is not %s', async (_, given, caller, code) => {
    const { token } = await cloud.mint(openid);
    expect((await manage(given, caller)).code).toBe(code);
    expect(await codeOf(token)).toBe(1);
  });

  test('is nobody over HTTP, and nobody at all without a key in the settings', async () => {
    const body = JSON.stringify({ key, openid, action: 'end' });
    const event = { httpMethod: 'POST', headers: {}, body };
    expect(await cloud.callHttp('accounts', event)).toMatchObject({ statusCode: 400 });
    await cloud.restart({});
    expect(await manage({ action: 'end', key: '' })).toMatchObject({ code: 401 });
    expect(await manage({ action: 'end' })).toMatchObject({ code: 401 });
  });
});

describe('a salt', () => {
  const openid = 'oSalt_00000000000000001';
  const saltsOf = (salt: string, old?: string) => ({
    TOKEN_SALT: salt,
    ...(old === undefined ? {} : { TOKEN_SALT_OLD: old }),
  });

  test('that is changed beside the old one logs nobody out; without it, everybody', () => {
    const [first, second] = ['the first salt of this test', 'the second salt of this test'];
    return withTestCloud({ env: saltsOf(first) }, async (cloud) => {
      const codeOf = async (token: string) => (await cloud.call('orders', { token }, openid)).code;
      const { token } = await cloud.mint(openid);
      await cloud.restart(saltsOf(second, first));
      expect(await codeOf(token)).toBe(1);
      const { token: renewed } = await cloud.mint(openid, { renews: token });
      const { devices } = await cloud.call('gettoken', { devices: renewed }, openid);
      expect(devices).toHaveLength(1);
      await cloud.call('gettoken', { revoke: token }, openid);
      expect(await codeOf(token)).toBe(903);
      await cloud.restart(saltsOf(second));
      expect(await codeOf(renewed)).toBe(1);
      await cloud.restart(saltsOf('a third salt, all by itself'));
      expect(await codeOf(renewed)).toBe(903);
    });
  });

  test('that a protected function lacks is a 500 whose log says so', () =>
    withTestCloud({ env: { TOKEN_SALT: '' } }, async (cloud) => {
      const answer = await cloud.call('orders', { token: 'A'.repeat(43) }, openid);
      expect(answer).toMatchObject({ code: 500 });
      expect(cloud.takeLog()[0]?.cause).toMatch(/TOKEN_SALT is not set/);
    }));
});
