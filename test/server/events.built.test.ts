import fc from 'fast-check';
import * as v from 'valibot';
import { startFunctionProcess, type FunctionProcess } from './function-process';
import { answerSchema, startTestCloud, type TestCloud } from './test-cloud';

jest.setTimeout(120_000);

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

const megabyte = 'A'.repeat(2 ** 20);
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

/** Fields as each function expects them, and worse ones; often those of another function beside them. */
function events(name: keyof typeof contract, token: string, cursor: string): fc.Arbitrary<unknown> {
  const fields = {
    gettoken: { code: values(fc.string()), revoke: values(fc.string()) },
    orders: {
      token: values(fc.constant(token)),
      limit: values(fc.integer({ min: -1, max: 102 })),
      cursor: values(fc.constant(cursor)),
    },
    cleartokens: { Type: values(fc.constant('Timer')) },
  };
  const foreign = {
    ...fields.gettoken,
    ...fields.orders,
    ...fields.cleartokens,
    userInfo: values(fc.constant({ openId: 'o' })),
    ['constructor']: fc.jsonValue(),
    $where: fc.jsonValue(),
  };
  const own = fc.record<Record<string, unknown>>(fields[name], { requiredKeys: [] });
  const proto = fc
    .jsonValue()
    .map((value): unknown => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`));
  return fc.oneof(
    { weight: 3, arbitrary: own },
    { weight: 3, arbitrary: fc.record<Record<string, unknown>>(foreign, { requiredKeys: [] }) },
    { weight: 2, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: proto },
  );
}

describe('events that nobody expects', () => {
  let cloud: TestCloud;
  let functions: FunctionProcess;
  let token: string;
  let cursor: string;
  beforeAll(async () => {
    // Random events mint tokens: the one that the orders are asked for with must not give way to them.
    cloud = await startTestCloud({ realClock: true, env: { TOKEN_MAX_LIVE: '100' } });
    token = (await cloud.mint('oTokenLoop_XiaoMing_00000001')).token;
    const page = await cloud.call('orders', { token, limit: 1 }, 'oTokenLoop_XiaoMing_00000001');
    cursor = v.parse(v.string(), page['nextCursor']);
    for (const openid of openids) if (openid !== null) cloud.keepSecret(openid);
    functions = startFunctionProcess(Object.keys(contract), cloud.sdkEnvironment(''));
  });
  afterAll(async () => {
    functions.stop();
    await cloud.stop();
  });

  test.each([
    ['gettoken', [1, 400, 401, 429]],
    ['orders', [1, 400, 903]],
    ['cleartokens', [1, 400]],
  ] as const)(
    '10,000 of them: %s answers each within the contract, and none with 500',
    async (name, expected) => {
      const calls = fc.array(fc.tuple(events(name, token, cursor), fc.constantFrom(...openids)), {
        minLength: eventsPerRun,
        maxLength: eventsPerRun,
      });
      const codes = new Set<number>();
      await fc.assert(
        fc.asyncProperty(calls, async (batch) => {
          const calls = batch.map(([event, openid]) => ({ name, event, openid }));
          const { answers, logged } = await functions.call(calls);
          cloud.overhear(v.parse(v.array(answerSchema), answers), logged);
          expect(answers).toHaveLength(eventsPerRun);
          expect(logged).toHaveLength(eventsPerRun);
          for (const answer of answers) codes.add(v.parse(contract[name], answer).code);
        }),
        { numRuns: runs },
      );
      expect([...codes].sort()).toEqual(expected);
    },
  );

  test.each([
    ['gettoken', { code: megabyte }, 400],
    ['gettoken', { revoke: megabyte }, 400],
    ['gettoken', { [megabyte]: 1 }, 400],
    ['orders', { token: megabyte }, 903],
    ['orders', { limit: megabyte }, 400],
    ['orders', { cursor: megabyte }, 400],
    ['orders', { [megabyte]: 1 }, 400],
  ])(
    'a megabyte of text in an event is answered as any other rubbish: %s',
    async (name, event, code) => {
      const given = name === 'orders' ? { token, ...event } : event;
      const { answers } = await functions.call([
        { name, event: given, openid: openids[0] ?? null },
      ]);
      expect(answers).toEqual([expect.objectContaining({ code })]);
      expect(JSON.stringify(answers).length).toBeLessThan(200);
    },
  );

  test('a failure is within the contract too', async () => {
    cloud.proxy.fail(0, 'error');
    const answer = await cloud.call('orders', { token }, 'oTokenLoop_XiaoMing_00000001');
    cloud.proxy.fail(undefined);
    expect(v.parse(failed, answer)).toEqual(answer);
  });
});
