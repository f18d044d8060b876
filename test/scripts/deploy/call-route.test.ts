import { once as happens } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { callRoute } from '../../../scripts/deploy/call-route';

/** Long enough for any machine; whoever gives up does it for another reason. */
const patience = { total: 10_000, every: 1, limit: 10_000 };
const once = { ...patience, total: 0 };
let server: Server;
let url: string;
let answer: RequestListener;

beforeAll(async () => {
  server = createServer((request, response) => {
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await happens(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/api`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const json =
  (status: number, body: string): RequestListener =>
  (_, response) => {
    response.writeHead(status).end(body);
  };

test('posts the event as JSON, and gives the code of the answer', async () => {
  let sent = '';
  answer = (request, response) => {
    void text(request).then((body) => {
      sent = [request.method, request.headers['content-type'], body].join(' ');
      response.end('{"code":903}');
    });
  };
  expect(await callRoute(url, { token: 'a' }, 903, patience)).toBe('903');
  expect(sent).toBe('POST application/json {"token":"a"}');
});

test('asks again while the gateway answers as before', async () => {
  const before = [json(404, '{"code":"INVALID_PATH"}'), json(200, '{"code":401}')];
  answer = (request, response) => {
    (before.shift() ?? json(200, '{"code":903}'))(request, response);
  };
  expect(await callRoute(url, {}, 903, patience)).toBe('903');
});

test('gives up in the end, and tells what it got instead', async () => {
  let times = 0;
  answer = (_, response) => {
    times += 1;
    response.end('{"code":401}');
  };
  expect(await callRoute(url, {}, 903, { ...patience, total: 200 })).toBe('401');
  expect(times).toBeGreaterThan(1);
  times = 0;
  expect(await callRoute(url, {}, 903, once)).toBe('401');
  expect(times).toBe(1);
});

test.each([
  ['{"code":"MISSING_CREDENTIALS"}', 401, 'HTTP 401 MISSING_CREDENTIALS'],
  ['<html>', 200, 'HTTP 200 without a code'],
  ['{"code":"no name"}', 500, 'HTTP 500 without a code'],
])('tells what is no code of a function: %s', async (body, status, told) => {
  answer = json(status, body);
  expect(await callRoute(url, {}, 903, once)).toBe(told);
});

test('tells why nothing came', async () => {
  answer = () => undefined;
  const impatient = { ...once, limit: 50 };
  expect(await callRoute(url, {}, 903, impatient)).toMatch(/^nothing \(.*timeout\)$/);
  answer = (request) => request.socket.destroy();
  expect(await callRoute(url, {}, 903, once)).toMatch(/^nothing \((?!fetch failed).+\)$/);
});
