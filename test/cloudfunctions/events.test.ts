import fc from 'fast-check';
import * as v from 'valibot';
import { startTestCloud, type TestCloud } from './test-cloud';

jest.setTimeout(600_000);

const eventsPerRun = 50;
const runs = 200;

const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const malformed = v.strictObject({ code: v.literal(400), msg: v.pipe(text, v.includes('：')) });
const failed = v.strictObject({
  code: v.literal(500),
  msg: v.literal('请求失败'),
  requestId: text,
});

const contract = {
  gettoken: v.union([
    v.strictObject({
      code: v.literal(1),
      token: v.pipe(v.string(), v.length(43)),
      expiresIn: whole,
    }),
    v.strictObject({ code: v.literal(1) }),
    malformed,
    v.strictObject({ code: v.literal(401), msg: text }),
    v.strictObject({ code: v.literal(429), msg: text, retryAfter: v.pipe(whole, v.minValue(1)) }),
  ]),
  orders: v.union([
    v.strictObject({
      code: v.literal(1),
      orders: v.array(v.strictObject({ id: text, title: text, time: whole })),
      nextCursor: v.exactOptional(text),
    }),
    malformed,
    v.strictObject({ code: v.literal(903), msg: v.literal('Token验证失败') }),
  ]),
  cleartokens: v.union([
    v.strictObject({ code: v.literal(1), removed: whole, more: v.boolean() }),
    malformed,
  ]),
};

const openids = ['oTokenLoop_XiaoMing_00000001', 'oRandom_00000000000001', null];

/** Values of the kinds that get through where a border is not watched. */
function values(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 3, arbitrary: good },
    { weight: 3, arbitrary: fc.jsonValue() },
    fc.constantFrom(
      { $gt: '' },
      { $ne: null },
      { $where: '1' },
      { $regex: '.*' },
      [],
      {},
      null,
      -1,
    ),
    fc.constantFrom('', 'A'.repeat(43), 'A'.repeat(100_000), '\u0000', '__proto__', '../../etc'),
  );
}

function events(token: string, cursor: string): fc.Arbitrary<unknown> {
  const fields = fc.record(
    {
      token: values(fc.constant(token)),
      code: values(fc.string()),
      revoke: values(fc.string()),
      limit: values(fc.integer({ min: -1, max: 102 })),
      cursor: values(fc.constant(cursor)),
      Type: values(fc.constant('Timer')),
      userInfo: values(fc.constant({ openId: 'o' })),
      ['constructor']: fc.jsonValue(),
      $where: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const proto = fc
    .jsonValue()
    .map((value): unknown => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`));
  return fc.oneof(
    { weight: 6, arbitrary: fields },
    { weight: 2, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: proto },
  );
}

describe('events that nobody expects', () => {
  let cloud: TestCloud;
  let token: string;
  let cursor: string;
  beforeAll(async () => {
    cloud = await startTestCloud();
    token = (await cloud.mint('oTokenLoop_XiaoMing_00000001')).token;
    const page = await cloud.call('orders', { token, limit: 1 }, 'oTokenLoop_XiaoMing_00000001');
    cursor = v.parse(v.string(), page['nextCursor']);
  });
  afterAll(() => cloud.stop());

  test.each(['gettoken', 'orders', 'cleartokens'] as const)(
    '10,000 of them: %s answers each within the contract, and none with 500',
    async (name) => {
      const calls = fc.array(fc.tuple(events(token, cursor), fc.constantFrom(...openids)), {
        minLength: eventsPerRun,
        maxLength: eventsPerRun,
      });
      await fc.assert(
        fc.asyncProperty(calls, async (batch) => {
          const answers = await Promise.all(
            batch.map(([event, openid]) => cloud.call(name, event, openid)),
          );
          for (const answer of answers) v.parse(contract[name], answer);
        }),
        { numRuns: runs },
      );
    },
  );

  test('a failure is within the contract too', async () => {
    cloud.proxy.fail(0, 'error');
    const answer = await cloud.call('orders', { token }, 'oTokenLoop_XiaoMing_00000001');
    cloud.proxy.fail(undefined);
    expect(v.parse(failed, answer)).toEqual(answer);
  });
});
