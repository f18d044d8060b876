import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalCloud } from 'cloudbase-local';
import { makeProject, startTestCloud, type TestFunction } from '../project';

const echo = { code: 'exports.main = (event) => event' };
const functions: Record<string, TestFunction> = {
  echo,
  deeper: echo,
  answer: { code: 'exports.main = ({ body }) => JSON.parse(body).answer' },
  throwing: { code: `exports.main = () => { throw new Error('no such thing') }` },
};

let root: string;
let cloud: LocalCloud;
beforeAll(async () => {
  root = makeProject({
    functions,
    users: [{ openid: 'oFirst' }],
    routes: [
      { path: '/api/echo', target: 'function:echo' },
      { path: '/api/echo/deeper', target: 'function:deeper', enablePathTransmission: true },
      { path: '/answer', target: 'function:answer' },
      { path: '/throwing', target: 'function:throwing' },
      { path: '/absent', target: 'function:absent' },
      { path: '/site', target: 'hosting:site' },
    ],
  });
  cloud = await startTestCloud(root, { env: { ENV_ID: 'test-1' } });
});
afterAll(() => cloud.close());

const send = (address: string, request: RequestInit = {}): Promise<Response> =>
  fetch(`${cloud.url}${address}`, request);
const answering = (answer: unknown): Promise<Response> =>
  send('/answer', { method: 'POST', body: JSON.stringify({ answer }) });

describe('a route of HTTP access', () => {
  test('passes the request as CloudBase documents it', async () => {
    const response = await send('/api/echo/a/b?x=1&y=%E4%BD%A0', {
      method: 'PUT',
      headers: { 'X-Own': 'yes' },
      body: '{"a":1}',
    });
    expect(await response.json()).toEqual({
      path: '/a/b',
      httpMethod: 'PUT',
      headers: expect.objectContaining({ 'x-own': 'yes' }) as object,
      queryStringParameters: { x: '1', y: '你' },
      requestContext: {
        requestId: expect.any(String) as string,
        envId: 'test-1',
        appId: '',
        uin: '',
      },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
  });

  test('passes what is no text as base64', async () => {
    const body = Buffer.from([0, 255, 254, 1]);
    const event = (await (await send('/api/echo', { method: 'POST', body })).json()) as object;
    expect(event).toMatchObject({
      path: '/',
      body: body.toString('base64'),
      isBase64Encoded: true,
    });
  });

  test('is the one with the longest path, and may pass the whole path', async () => {
    expect(await (await send('/api/echo/deeper/x')).json()).toMatchObject({
      path: '/api/echo/deeper/x',
    });
    expect(await (await send('/api/echo/deeperx')).json()).toMatchObject({ path: '/deeperx' });
  });

  test('names no user, whatever the headers say', async () => {
    const event = await (await send('/api/echo', { headers: { 'x-wx-openid': 'oFirst' } })).json();
    expect(event).not.toHaveProperty('userInfo');
  });

  test.each([
    ['a text', 'hello', 200, /^text\/plain/, 'hello'],
    ['a number', 7, 200, /^application\/json/, '7'],
    ['an object', { a: 1 }, 200, /^application\/json/, '{"a":1}'],
    [
      'a whole answer',
      { statusCode: 418, headers: { 'content-type': 'text/x' }, body: 'tea' },
      418,
      /^text\/x/,
      'tea',
    ],
    [
      'a body that is JSON',
      { statusCode: 200, body: { a: 1 } },
      200,
      /^application\/json/,
      '{"a":1}',
    ],
    [
      'base64',
      {
        statusCode: 200,
        headers: { 'content-type': 'text/x' },
        body: 'dGVh',
        isBase64Encoded: true,
      },
      200,
      /^text\/x/,
      'tea',
    ],
    ['nothing', { statusCode: 204 }, 204, /^$/, ''],
  ])('answers what the function returns: %s', async (_, answer, status, type, text) => {
    const response = await answering(answer);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type') ?? '').toMatch(type);
    expect(await response.text()).toBe(text);
  });

  test.each([
    ['/throwing', 500, 'FUNCTION_INVOCATION_FAILED', /no such thing/],
    ['/absent', 500, 'FUNCTION_INVOCATION_FAILED', /absent/],
    ['/api/other', 404, 'INVALID_PATH', /\/api\/other/],
    ['/site', 404, 'INVALID_PATH', /\/site/],
  ])('of %s fails with %i %s', async (address, status, code, message) => {
    const response = await send(address);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  test('follows cloudbaserc.json as it is saved', async () => {
    const file = path.join(root, 'cloudbaserc.json');
    const config = {
      functions: Object.keys(functions).map((name) => ({ name })),
      gateway: { routes: [{ path: '/new', target: 'function:echo' }] },
    };
    writeFileSync(file, JSON.stringify(config));
    expect((await send('/new')).status).toBe(200);
    config.gateway.routes = [{ path: 'no-slash', target: 'function:echo' }];
    writeFileSync(file, JSON.stringify(config));
    const response = await send('/new');
    expect(response.status).toBe(500);
    expect(await response.text()).toMatch(/gateway\.routes\.0\.path/);
  });
});
