import { Hono } from 'hono';
import { loopbackOnly } from '../../src/http/loopback';

const app = new Hono()
  .use(loopbackOnly)
  .all('*', () => new Response('here', { headers: { 'content-type': 'text/javascript' } }));

const ask = (headers: Record<string, string>, method = 'GET'): Response | Promise<Response> =>
  app.request('/app/app.js', { method, headers: { host: '127.0.0.1:7700', ...headers } });

const script = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' };
const link = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const frame = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
const wechat = { referer: 'https://servicewechat.com/wx1/devtools/page-frame.html' };

describe('The local cloud answers', () => {
  test.each([
    ['a tool without a browser', {}, 'POST'],
    ['its own page', { 'sec-fetch-site': 'same-origin', ...script }, 'GET'],
    ['an address that somebody typed', { 'sec-fetch-site': 'none', ...link }, 'GET'],
    ['a link on another site', { 'sec-fetch-site': 'cross-site', ...link }, 'GET'],
    ['DevTools', { 'sec-fetch-site': 'cross-site', ...wechat }, 'POST'],
    [
      "a page of this machine's",
      { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3000' },
      'POST',
    ],
  ])('%s', async (_, headers, method) => {
    const response = await ask(headers, method);
    expect(await response.text()).toBe('here');
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('The local cloud refuses', () => {
  test.each([
    ['a script of another site', { 'sec-fetch-site': 'cross-site', ...script }, 'GET'],
    ['a frame of another site', { 'sec-fetch-site': 'cross-site', ...frame }, 'GET'],
    ['a form of another site', { 'sec-fetch-site': 'cross-site', ...link }, 'POST'],
    ['a page of a site beside it', { 'sec-fetch-site': 'same-site', ...script }, 'GET'],
    ['an older browser on another site', { origin: 'https://evil.example' }, 'POST'],
    ['a page without an origin', { origin: 'null' }, 'POST'],
    ['a name that resolves here', { host: 'evil.example:7700' }, 'GET'],
    ['a name like its own', { origin: 'http://localhost.evil.example' }, 'POST'],
  ])('%s', async (_, headers, method) => {
    expect((await ask(headers, method)).status).toBe(403);
  });
});
