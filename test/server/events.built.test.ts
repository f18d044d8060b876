import fc from 'fast-check';
import * as v from 'valibot';
import { orderSchema } from '../sample-order';
import { startFunctionProcess, type FunctionProcess } from './function-process';
import { answerSchema, startTestCloud, type Answer, type TestCloud } from './test-cloud';

jest.setTimeout(120_000);

const eventsPerRun = 50;
const runs = 100;

const text = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const malformed = v.strictObject({ code: v.literal(400), msg: v.pipe(text, v.includes('：')) });
const failed = v.strictObject({
  code: v.literal(500),
  msg: v.literal('请求失败'),
  requestId: text,
});

const refused = v.strictObject({ code: v.literal(903), msg: v.literal('Token验证失败') });

const contract = {
  gettoken: v.union([
    v.strictObject({
      code: v.literal(1),
      token: v.pipe(v.string(), v.length(43)),
      expiresIn: whole,
    }),
    v.strictObject({ code: v.literal(1) }),
    v.strictObject({ code: v.literal(1), devices: v.array(v.looseObject({ since: whole })) }),
    malformed,
    refused,
    v.strictObject({ code: v.literal(401), msg: text }),
    v.strictObject({ code: v.literal(429), msg: text, retryAfter: v.pipe(whole, v.minValue(1)) }),
  ]),
  orders: v.union([
    v.strictObject({
      code: v.literal(1),
      orders: v.array(orderSchema),
      nextCursor: v.exactOptional(text),
    }),
    malformed,
    refused,
  ]),
  cleartokens: v.union([
    v.strictObject({ code: v.literal(1), removed: whole, more: v.boolean() }),
    malformed,
  ]),
};

/** What HTTP access gets: an answer of the contract in an HTTP answer, or one that no function gives otherwise. */
const httpAnswer = v.strictObject({
  statusCode: v.picklist([200, 204, 400, 405, 500]),
  headers: v.record(v.string(), v.string()),
  body: v.string(),
  isBase64Encoded: v.literal(false),
});
const httpOnly = v.strictObject({ code: v.literal(405), msg: text });

const megabyte = 'A'.repeat(2 ** 20);
const buyer = 'oTokenLoop_XiaoMing_00000001';
const openids = [buyer, 'oRandom_00000000000001', null];
/** `gettoken` ends tokens: not those of the buyer, whose orders are asked for. */
const strangers = ['oRandom_00000000000001', 'oRandom_00000000000002', null];

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
    fc.constantFrom('', 'A'.repeat(43), 'A'.repeat(10_000), '\u0000', '__proto__', '../../etc'),
  );
}

/** Fields as each function expects them, and worse ones; often those of another function beside them. */
function events(name: keyof typeof contract, token: string, cursor: string): fc.Arbitrary<unknown> {
  const fields = {
    gettoken: {
      code: values(fc.string()),
      renews: values(fc.string()),
      label: values(fc.string()),
      revoke: values(fc.string()),
      all: values(fc.boolean()),
      devices: values(fc.constant(token)),
    },
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
  const single = fc.oneof(
    ...Object.entries<fc.Arbitrary<unknown>>(fields[name]).map(([field, value]) =>
      value.map((given) => ({ [field]: given })),
    ),
  );
  const proto = fc
    .jsonValue()
    .map((value): unknown => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`));
  return fc.oneof(
    { weight: 3, arbitrary: own },
    { weight: 2, arbitrary: single },
    { weight: 3, arbitrary: fc.record<Record<string, unknown>>(foreign, { requiredKeys: [] }) },
    { weight: 2, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: proto },
  );
}

/** What the gateway passes of a request with these fields, with the body in each of its forms, and worse. */
function gatewayEvents(fields: fc.Arbitrary<unknown>, token: string): fc.Arbitrary<unknown> {
  const body = fc.oneof(
    { weight: 4, arbitrary: fields.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: fields },
    { weight: 1, arbitrary: fc.constantFrom('', '{', 'a=1&b=2', 'A'.repeat(102_401)) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
  const headers = fc.dictionary(
    fc.constantFrom('token', 'Token', 'authorization', 'AUTHORIZATION', 'content-type'),
    values(fc.constantFrom(token, `Bearer ${token}`, 'Basic YTpi')),
  );
  return fc
    .record({
      path: fc.constantFrom('/', '/api/orders', '/../x'),
      httpMethod: fc.oneof(
        { weight: 6, arbitrary: fc.constant('POST') },
        fc.constantFrom('GET', 'OPTIONS', 'post', 'DELETE', ''),
      ),
      headers,
      queryStringParameters: fc.constantFrom({}, { token }, { limit: '1' }),
      requestContext: fc.constant({ requestId: 'r', envId: 'e', appId: '1', uin: '1' }),
      body,
    })
    .chain((event) =>
      fc.constantFrom(
        { ...event, isBase64Encoded: false },
        {
          ...event,
          body: Buffer.from(JSON.stringify(event.body)).toString('base64'),
          isBase64Encoded: true,
        },
      ),
    );
}

/** The answer of the contract, however it was brought. */
function unpack(given: unknown): { answer: Answer | undefined; overHttp: boolean } {
  const http = v.safeParse(httpAnswer, given);
  if (!http.success) return { answer: v.parse(answerSchema, given), overHttp: false };
  const { statusCode, body } = http.output;
  if (statusCode === 204) return { answer: undefined, overHttp: true };
  return { answer: v.parse(answerSchema, JSON.parse(body)), overHttp: true };
}

describe('events that nobody expects', () => {
  let cloud: TestCloud;
  let functions: FunctionProcess;
  let token: string;
  let cursor: string;
  beforeAll(async () => {
    // Random events mint tokens: the one that the orders are asked for with must not give way to them.
    cloud = await startTestCloud({ realClock: true, env: { TOKEN_MAX_LIVE: '100' } });
    token = (await cloud.mint(buyer)).token;
    const page = await cloud.call('orders', { token, limit: 1 }, buyer);
    cursor = v.parse(v.string(), page['nextCursor']);
    for (const openid of [...openids, ...strangers]) if (openid !== null) cloud.keepSecret(openid);
    functions = startFunctionProcess(Object.keys(contract), cloud.sdkEnvironment(''));
  });
  afterAll(async () => {
    functions.stop();
    await cloud.stop();
  });

  test.each([
    ['gettoken', [1, 400, 401, 405, 429, 903]],
    ['orders', [1, 400, 405, 903]],
    ['cleartokens', [1, 400]],
  ] as const)(
    '5,000 of them: %s answers each within the contract, and none with 500',
    async (name, expected) => {
      const fields = events(name, token, cursor);
      const given = fc.oneof(
        { weight: 1, arbitrary: fields },
        { weight: 2, arbitrary: gatewayEvents(fields, token) },
      );
      const callers = fc.constantFrom(...(name === 'gettoken' ? strangers : openids));
      const calls = fc.array(fc.tuple(given, callers), {
        minLength: eventsPerRun,
        maxLength: eventsPerRun,
      });
      const codes = new Set<number>();
      await fc.assert(
        fc.asyncProperty(calls, async (batch) => {
          const calls = batch.map(([event, openid]) => ({ name, event, openid }));
          const { answers, logged } = await functions.call(calls);
          const unpacked = answers.map(unpack);
          cloud.overhear(
            unpacked.flatMap(({ answer }) => (answer === undefined ? [] : [answer])),
            logged,
          );
          expect(answers).toHaveLength(eventsPerRun);
          expect(logged).toHaveLength(eventsPerRun);
          for (const [index, { answer, overHttp }] of unpacked.entries()) {
            if (overHttp) expect(calls[index]?.openid).toBeNull();
            if (answer === undefined) continue;
            const { code } = v.parse(v.union([contract[name], httpOnly]), answer);
            if (overHttp && name === 'cleartokens') expect(code).toBe(400);
            codes.add(code);
          }
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
    const answer = await cloud.call('orders', { token }, buyer);
    cloud.proxy.fail(undefined);
    expect(v.parse(failed, answer)).toEqual(answer);
  });
});
