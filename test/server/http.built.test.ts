import { app, sessionKey, startHttpCloud } from './http-cloud';
import { withTestCloud, type TestCloud } from './test-cloud';
import type { WeChatStandIn } from './wechat-stand-in';

jest.setTimeout(60_000);

interface Http {
  status: number;
  headers: Headers;
  answer: Record<string, unknown>;
}

describe('over HTTP', () => {
  let wechat: WeChatStandIn;
  let cloud: TestCloud;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ wechat, cloud, stop } = await startHttpCloud());
  });
  afterAll(() => stop());

  const send = async (
    path: string,
    body: string | Buffer | undefined,
    headers: Record<string, string> = {},
    method = 'POST',
  ): Promise<Http> => {
    const response = await fetch(`${cloud.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const answer = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    if (typeof answer['token'] === 'string') cloud.keepSecret(answer['token']);
    return { status: response.status, headers: response.headers, answer };
  };
  const post = (path: string, body: object, headers?: Record<string, string>) =>
    send(path, JSON.stringify(body), headers);
  const loginAs = async (openid: string): Promise<string> => {
    const { answer } = await post('/api/gettoken', { code: wechat.issueCode(openid, sessionKey) });
    expect(answer).toMatchObject({ code: 1 });
    return String(answer['token']);
  };
  const own = 'oTokenLoop_XiaoMing_00000001';

  test('a login code brings a token, and the token the orders of its user', async () => {
    const token = await loginAs(own);
    for (const headers of [{ token }, { Token: token }, { authorization: `Bearer ${token}` }]) {
      const { status, answer, headers: sent } = await post('/api/orders', { limit: 1 }, headers);
      expect(status).toBe(200);
      expect(sent.get('cache-control')).toBe('no-store');
      expect(sent.get('content-type')).toMatch(/^application\/json/);
      expect(answer).toMatchObject({ code: 1, orders: [{ title: '越南火龙果 4 个' }] });
    }
    expect((await post('/api/orders', { token, limit: 1 })).answer).toMatchObject({ code: 1 });
    expect((await post('/api/orders', { token }, { token })).answer).toMatchObject({ code: 1 });
  });

  test.each([
    ['none', {}, {}, 200, 903],
    ['an empty one', {}, { token: '' }, 200, 903],
    ['one that is not good', {}, { token: 'A'.repeat(43) }, 200, 903],
    ['one of another scheme', {}, { authorization: 'Basic YTpi' }, 200, 903],
    ['two that differ in the headers', {}, { token: 'a', authorization: 'Bearer b' }, 400, 400],
    ['two that differ', { token: 'A'.repeat(43) }, { token: 'B'.repeat(43) }, 400, 400],
  ])('with the token being %s, orders are refused', async (_, body, headers, status, code) => {
    const answered = await post('/api/orders', body, headers);
    expect(answered).toMatchObject({ status, answer: { code } });
  });

  test('a user inside WeChat and over HTTP is one user, with one session for each token', async () => {
    const openid = 'oBoth_0000000000000001';
    cloud.takeLog();
    const token = await loginAs(openid);
    const { token: inside } = await cloud.mint(openid);
    const [first, second] = cloud.takeLog();
    expect(first?.user).toMatch(/^[\da-f]{12}$/);
    expect(second?.user).toBe(first?.user);
    expect(await cloud.database.count('logins', { openid })).toBe(1);
    expect(await cloud.call('orders', { token }, openid)).toMatchObject({ code: 1 });
    expect((await post('/api/orders', {}, { token: inside })).answer).toMatchObject({ code: 1 });
    expect((await post('/api/gettoken', { revoke: inside, all: true })).answer).toEqual({
      code: 1,
    });
    expect((await post('/api/orders', {}, { token })).answer).toMatchObject({ code: 903 });
  });

  test('the session_key that the code brought is sealed in the token’s document', async () => {
    const openid = 'oSealedHttp_00000000001';
    await loginAs(openid);
    const [document] = await cloud.database.find('tokens', { openid });
    expect(document?.['sessionKey']).toEqual(expect.any(String));
  });

  test.each([
    ['no code', {}, 401],
    ['a code that was used', { code: 'used' }, 401],
    ['a code that nobody gave out', { code: 'never-given-out' }, 401],
    ['a code of the wrong shape', { code: '中文' }, 400],
  ])('with %s gettoken tells %s nothing', async (_, body, code) => {
    let given: object = body;
    if ('code' in body && body.code === 'used') {
      const used = wechat.issueCode('oUsed_00000000000000001', sessionKey);
      await post('/api/gettoken', { code: used });
      given = { code: used };
    }
    const { status, answer } = await post('/api/gettoken', given);
    expect(answer['code']).toBe(code);
    expect(status).toBe(code === 400 ? 400 : 200);
  });

  test.each([
    [40226, 200, { code: 401 }],
    [41008, 200, { code: 401 }],
    [45011, 200, { code: 429, retryAfter: 60 }],
    [40125, 500, { code: 500 }],
    [-1, 500, { code: 500 }],
  ] as const)(
    'when WeChat answers errcode %i the status is %i and the answer %j, and the log names it',
    async (errcode, status, answer) => {
      cloud.takeLog();
      const answered = await post('/api/gettoken', { code: wechat.issueBadCode(errcode) });
      expect(answered).toMatchObject({ status, answer });
      expect(cloud.takeLog()[0]?.cause).toContain(`errcode ${errcode}`);
    },
  );

  test('a user who is too fast is told when to come again', async () => {
    const openid = 'oFastHttp_0000000000001';
    for (let minted = 0; minted < 20; minted += 1) await loginAs(openid);
    const { answer } = await post('/api/gettoken', { code: wechat.issueCode(openid, sessionKey) });
    expect(answer).toMatchObject({ code: 429, retryAfter: 60 });
  });

  test('other methods are 405, and OPTIONS is answered without a body', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, answer, headers } = await send('/api/orders', undefined, {}, method);
      expect({ status, code: answer['code'] }).toEqual({ status: 405, code: 405 });
      expect(headers.get('allow')).toBe('POST, OPTIONS');
    }
    const { status, headers } = await send('/api/orders', undefined, {}, 'OPTIONS');
    expect({ status, allow: headers.get('allow') }).toEqual({
      status: 204,
      allow: 'POST, OPTIONS',
    });
  });

  test.each([
    ['no JSON', '{', /^body：应为 JSON/],
    ['a form', 'limit=1', /^body：应为 JSON/],
    ['a text', '"text"', /^event：应为对象/],
    ['more than 100 KB', JSON.stringify({ cursor: 'x'.repeat(102_400) }), /^body：不能超过 100 KB/],
    [
      'more than 100 KB in fewer letters',
      JSON.stringify({ cursor: '中'.repeat(40_000) }),
      /^body：不能超过 100 KB/,
    ],
    ['exactly 100 KB', `"${'x'.repeat(102_398)}"`, /^event：应为对象/],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]), /^body：应为 JSON/],
    ['an unknown field', '{"surprise":1}', /^surprise：不是已知的字段/],
  ])('a body with %s is 400', async (_, body, message) => {
    const token = await loginAs('oBody_0000000000000001');
    const { status, answer } = await send('/api/orders', body, { token });
    expect(status).toBe(400);
    expect(answer).toEqual({ code: 400, msg: expect.stringMatching(message) as string });
  });

  test('no body at all asks for what is given without fields', async () => {
    const headers = { token: await loginAs(own) };
    expect((await send('/api/orders', undefined, headers)).answer).toMatchObject({ code: 1 });
    for (const body of ['', null, undefined]) {
      const answer = await cloud.callHttp('orders', { httpMethod: 'POST', headers, body });
      expect(JSON.parse(answer.body)).toMatchObject({ code: 1 });
    }
  });

  test('a body that the gateway has parsed already, or encoded, is read too', async () => {
    const token = await loginAs(own);
    const headers = { TOKEN: token };
    for (const body of [
      { body: { limit: 1 } },
      { body: '{"limit":1}', isBase64Encoded: false },
      { body: Buffer.from('{"limit":1}').toString('base64'), isBase64Encoded: true },
    ]) {
      const event = { path: '/', httpMethod: 'POST', headers, queryStringParameters: {}, ...body };
      const answer = await cloud.callHttp('orders', event);
      expect(answer).toMatchObject({ statusCode: 200 });
      expect(JSON.parse(answer.body)).toMatchObject({ code: 1, orders: [{}] });
    }
  });

  test.each([
    ['with spaces around it', (token: string) => ({ Token: ` ${token} ` })],
    ['as the only one of a list', (token: string) => ({ TOKEN: [token] })],
    ['of another case', (token: string) => ({ AUTHORIZATION: `bearer  ${token} ` })],
    ['twice', (token: string) => ({ token, Authorization: `Bearer ${token}` })],
    ['beside an empty one', (token: string) => ({ token: '', authorization: `Bearer ${token}` })],
  ])('a token is found in a header %s', async (_, headersOf) => {
    const token = await loginAs(own);
    const event = { httpMethod: 'post', headers: headersOf(token), body: null };
    const answer = await cloud.callHttp('orders', event);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 1 });
  });

  test('an event that looks like HTTP is a forged one where WeChat names the caller', async () => {
    const { token } = await cloud.mint(own);
    const event = { httpMethod: 'POST', headers: { token }, body: '{}' };
    expect(await cloud.call('orders', event, own)).toEqual({ code: 903, msg: 'Token验证失败' });
    expect(await cloud.call('gettoken', event, own)).toMatchObject({ code: 400 });
  });

  test('cleartokens does not run, whatever the request', async () => {
    const expiresAt = new Date(cloud.clock.now() - 1);
    const facts = { uid: 'u', openid: 'o', appid: 'a', since: expiresAt, createdAt: expiresAt };
    const document = { _id: 'expired', ...facts, proof: '', expiresAt };
    await cloud.database.insert('tokens', [document]);
    for (const httpMethod of ['POST', 'GET', 'OPTIONS']) {
      const answer = await cloud.callHttp('cleartokens', { httpMethod, headers: {}, body: '' });
      expect(answer.statusCode).toBe(400);
    }
    expect(await cloud.database.count('tokens', { _id: 'expired' })).toBe(1);
    expect((await send('/api/cleartokens', '{}')).status).toBe(404);
  });
});

test.each([['WX_APP_ID'], ['WX_APP_SECRET']])(
  'without %s a login code says nothing, and the log says why',
  (missing) => {
    const env = { WX_APP_ID: app.appid, WX_APP_SECRET: app.secret, [missing]: '' };
    return withTestCloud({ env }, async (cloud) => {
      const body = JSON.stringify({ code: 'a-login-code' });
      const response = await fetch(`${cloud.url}/api/gettoken`, { method: 'POST', body });
      expect(await response.json()).toMatchObject({ code: 401 });
      expect(cloud.takeLog()[0]?.cause).toMatch(new RegExp(`${missing} is not set`));
    });
  },
);
