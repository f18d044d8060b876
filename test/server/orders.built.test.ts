import * as v from 'valibot';
import { orderDocument, orderSchema } from '../sample-order';
import { startTestCloud, withTestCloud, type TestCloud } from './test-cloud';

jest.setTimeout(60_000);

const refused = { code: 903, msg: 'Token验证失败' };
const xiaoMing = 'oTokenLoop_XiaoMing_00000001';
const xiaoHong = 'oTokenLoop_XiaoHong_00000002';

const pageSchema = v.strictObject({
  code: v.literal(1),
  orders: v.array(orderSchema),
  nextCursor: v.exactOptional(v.string()),
});

describe('orders', () => {
  let cloud: TestCloud;
  let token: string;
  beforeAll(async () => {
    cloud = await startTestCloud();
    token = (await cloud.mint(xiaoMing)).token;
  });
  afterAll(() => cloud.stop());

  const page = async (event: object, openid: string | null = xiaoMing) =>
    v.parse(pageSchema, await cloud.call('orders', { token, ...event }, openid));
  const walk = async (event: { limit: number; cursor?: string }): Promise<string[]> => {
    const { orders, nextCursor } = await page(event);
    const ids = orders.map(({ id }) => id);
    return nextCursor === undefined
      ? ids
      : [...ids, ...(await walk({ ...event, cursor: nextCursor }))];
  };
  const inOrder = async (openid: string) =>
    (await cloud.database.find('orders', { openid }))
      .map((order) => ({ id: String(order['_id']), at: Number(order['createdAt']) }))
      .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
      .map(({ id }) => id);

  test('gives the newest twenty, times in seconds, and a cursor to the rest', async () => {
    const { orders, nextCursor } = await page({});
    expect(orders.map(({ id }) => id)).toEqual((await inOrder(xiaoMing)).slice(0, 20));
    const [document] = await cloud.database.find('orders', { _id: orders[0]?.id });
    expect(orders[0]).toMatchObject({
      id: document?.['_id'],
      title: document?.['title'],
      time: Math.floor(Number(document?.['createdAt']) / 1000),
    });
    expect(nextCursor).toEqual(expect.any(String));
  });

  test.each([1, 2, 7, 47, 48, 100])(
    'walked in pages of %i gives each order once',
    async (limit) => {
      expect(await walk({ limit })).toEqual(await inOrder(xiaoMing));
    },
  );

  test('neither repeats nor skips when orders arrive meanwhile, in the past and in one millisecond', async () => {
    const openid = 'oArriving_00000000001';
    const own = (await cloud.mint(openid)).token;
    const at = cloud.clock.now();
    const order = (number: number, createdAt: number) =>
      orderDocument(`tie-${String(number).padStart(3, '0')}`, openid, new Date(createdAt));
    const before = Array.from({ length: 30 }, (_, index) => order(index * 2, at));
    const foreign = orderDocument('tie-001-foreign', 'oArriving_00000000002', new Date(at));
    await cloud.database.insert('orders', [...before, foreign]);
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let round = 0; ; round += 1) {
      const event = { token: own, limit: 7, ...(cursor === undefined ? {} : { cursor }) };
      const got = v.parse(pageSchema, await cloud.call('orders', event, openid));
      seen.push(...got.orders.map(({ id }) => id));
      cursor = got.nextCursor;
      if (cursor === undefined) break;
      await cloud.database.insert('orders', [
        order(1000 + round, at + 1 + round),
        order(2 * round + 1, at),
      ]);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).not.toContain(foreign._id);
    expect(seen).toEqual(expect.arrayContaining(before.map(({ _id }) => _id)));
  });

  test('gives nothing but the caller’s own orders', async () => {
    const hong = (await cloud.mint(xiaoHong)).token;
    const answer = v.parse(pageSchema, await cloud.call('orders', { token: hong }, xiaoHong));
    expect(answer.orders.map(({ id }) => id)).toEqual(await inOrder(xiaoHong));
    expect(answer.orders).toHaveLength(3);
  });

  test.each([
    ['no token', {}],
    ['an unknown one', { token: 'A'.repeat(43) }],
    ['an operator', { token: { $gt: '' } }],
    ['an array', { token: ['A'.repeat(43)] }],
    ['a number', { token: 1 }],
    ['null', { token: null }],
    ['half a megabyte', { token: 'A'.repeat(500_000) }],
    ['an unknown one and bad fields', { token: 'A'.repeat(43), limit: -1, cursor: {}, other: 1 }],
    ['no object at all', 'A'.repeat(43)],
    ['an array as event', ['A'.repeat(43)]],
    ['null as event', null],
    ['only a prototype', JSON.parse('{"__proto__":{"token":"x"}}')],
  ])('with %s answers the same 903', async (_, event) => {
    expect(await cloud.call('orders', event, xiaoMing)).toEqual(refused);
  });

  test('asks the database for no token that cannot be one', async () => {
    cloud.takeLog();
    for (const malformed of ['', 'A'.repeat(42), `${'A'.repeat(42)}.`]) {
      await cloud.call('orders', { token: malformed }, xiaoMing);
    }
    expect(cloud.takeLog().map(({ databaseCalls }) => databaseCalls)).toEqual([0, 0, 0]);
  });

  test('refuses another user’s token, in the same words', async () => {
    expect(await cloud.call('orders', { token }, xiaoHong)).toEqual(refused);
  });

  test('answers 500 where a document is not as it was declared, and the log says so', async () => {
    const openid = 'oBroken_000000000000001';
    const own = (await cloud.mint(openid)).token;
    const order = orderDocument('broken', openid, new Date(cloud.clock.now()));
    await cloud.database.insert('orders', [{ ...order, title: 7 }]);
    cloud.takeLog();
    expect(await cloud.call('orders', { token: own }, openid)).toMatchObject({ code: 500 });
    expect(cloud.takeLog()[0]?.cause).toMatch(/Expected string/);
  });

  test('takes the token alone where WeChat names nobody', async () => {
    const { orders } = await page({}, null);
    expect(orders.map(({ id }) => id)).toEqual((await inOrder(xiaoMing)).slice(0, 20));
  });

  test.each([
    ['limit', 0],
    ['limit', 101],
    ['limit', 1.5],
    ['limit', '20'],
    ['limit', null],
    ['limit', { $gt: 0 }],
    ['cursor', ''],
    ['cursor', 'rubbish'],
    ['cursor', 7],
    ['cursor', 'A'.repeat(2000)],
    ['cursor', { $ne: '' }],
    ['other', 1],
    ['openid', xiaoHong],
  ])('answers 400 to %s = %j and names it', async (field, value) => {
    const answer = await cloud.call('orders', { token, [field]: value }, xiaoMing);
    expect(answer.code).toBe(400);
    expect(answer['msg']).toMatch(new RegExp(`^${field}：`));
  });

  test('a cursor that was changed, or is another user’s, is answered 400', async () => {
    const { nextCursor = '' } = await page({ limit: 5 });
    const changed = Array.from(nextCursor, (letter, at) => {
      const other = letter === 'A' ? 'B' : 'A';
      return `${nextCursor.slice(0, at)}${other}${nextCursor.slice(at + 1)}`;
    });
    for (const cursor of [...changed.slice(0, 5), ...changed.slice(-25), `${nextCursor}A`]) {
      expect((await cloud.call('orders', { token, cursor }, xiaoMing)).code).toBe(400);
    }
    const hong = (await cloud.mint(xiaoHong)).token;
    const stolen = await cloud.call('orders', { token: hong, cursor: nextCursor }, xiaoHong);
    expect(stolen.code).toBe(400);
  });

  test('a cursor outlives the token it was given out under', async () => {
    const { nextCursor } = await page({ limit: 40 });
    const renewed = (await cloud.mint(xiaoMing)).token;
    const rest = await page({ token: renewed, cursor: nextCursor });
    expect(rest.orders.map(({ id }) => id)).toEqual((await inOrder(xiaoMing)).slice(40));
  });

  test('waits once for the database, twice where WeChat names nobody', async () => {
    cloud.takeLog();
    await page({});
    await page({}, null);
    expect(cloud.takeLog().map(({ roundTrips }) => roundTrips)).toEqual([1, 2]);
  });

  test('sends verification and query side by side: neither waits for the other’s answer', async () => {
    cloud.proxy.delay(200);
    cloud.proxy.takeRequests();
    const answer = page({});
    await cloud.proxy.untilInFlight(2);
    cloud.proxy.delay(0);
    expect((await answer).code).toBe(1);
  });

  test('is good until the last millisecond of the token’s life, and not at its end', async () => {
    const openid = 'oBoundary_00000000001';
    const minted = await cloud.mint(openid);
    const end = cloud.clock.now() + minted.expiresIn * 1000;
    const event = { token: minted.token };
    cloud.clock.set(end - 1);
    expect((await cloud.call('orders', event, openid)).code).toBe(1);
    cloud.clock.set(end);
    expect(await cloud.call('orders', event, openid)).toEqual(refused);
    expect(await cloud.call('orders', event, null)).toEqual(refused);
  });
});

test('a token of one second lives one second', () =>
  withTestCloud({ env: { TOKEN_TTL_SECONDS: '1' } }, async (cloud) => {
    const { token, expiresIn } = await cloud.mint('oShort_00000000000001');
    expect(expiresIn).toBe(1);
    cloud.clock.advance(999);
    expect((await cloud.call('orders', { token }, 'oShort_00000000000001')).code).toBe(1);
    cloud.clock.advance(1);
    expect((await cloud.call('orders', { token }, 'oShort_00000000000001')).code).toBe(903);
  }));
