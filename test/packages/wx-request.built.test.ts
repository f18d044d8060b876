import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { openPage, scriptsIn } from '../into-your-project/phone';

const repository = path.resolve(__dirname, '../..');
const example = path.join(repository, 'examples/wx-request/miniprogram');

/** The back end that this project started from: its routes, its codes, a life of one second, JSON as text/html. */
interface ThinkPhp {
  readonly server: Server;
  readonly asked: string[];
  /** In ms. */
  time: number;
  refusesAll: boolean;
}

async function startThinkPhp(): Promise<ThinkPhp> {
  const cache = new Map<string, number>();
  const back: ThinkPhp = { server: createServer(), asked: [], time: 0, refusesAll: false };
  back.server.on('request', ({ method, url, headers }, response) => {
    back.asked.push(`${String(method)} ${String(url)}`);
    const answer = (fields: object) => {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(JSON.stringify(fields));
    };
    if (url === '/api/gettoken') {
      const token = `token${String(cache.size)}`;
      cache.set(token, back.time + 1000);
      answer({ code: 1, token });
    } else if (back.refusesAll || (cache.get(String(headers['token'])) ?? 0) <= back.time) {
      answer({ code: 903, msg: 'Token验证失败' });
    } else {
      answer({ orders: { id: 1, title: 'apple', time: 1 } });
    }
  });
  await new Promise<void>((resolve) => back.server.listen(0, '127.0.0.1', resolve));
  return back;
}

interface Request {
  url: string;
  method: string;
  header: Record<string, string>;
  data: object;
  success: (response: object) => void;
  fail: (reason: unknown) => void;
}

/** `wx.request` as WeChat has it: it parses JSON, whatever the server calls it. The address in the example is the server’s. */
function phoneWith({ server }: ThinkPhp): object {
  const { port } = server.address() as AddressInfo;
  const storage = new Map<string, unknown>([['token', 'theirs']]);
  return {
    getStorageSync: (key: string) => storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => void storage.set(key, value),
    request({ url, method, header, data, success, fail }: Request) {
      fetch(url.replace(':8080', `:${String(port)}`), {
        method,
        headers: { 'content-type': 'application/json', ...header },
        body: JSON.stringify(data),
      })
        .then(async (response) => ({
          statusCode: response.status,
          data: JSON.parse(await response.text()) as unknown,
        }))
        .then(success, fail);
    },
  };
}

describe('the example over wx.request, with the back end of the document as it is', () => {
  let back: ThinkPhp;
  const takeAsked = () => back.asked.splice(0).map((line) => line.replace('POST /api/', ''));
  beforeEach(async () => {
    back = await startThinkPhp();
  });
  afterEach(() => {
    back.server.close();
    back.server.closeAllConnections();
  });
  const open = () =>
    openPage(scriptsIn(example, [repository]), 'pages/orders/index', phoneWith(back));

  test('turns the loop, and one new token serves all calls that were refused', async () => {
    const page = open();
    await page.run('load');
    expect(page.data).toEqual({ text: 'apple' });
    expect(takeAsked()).toEqual(['gettoken', 'orders']);
    await page.run('load');
    expect(takeAsked()).toEqual(['orders']);

    back.time += 1000;
    await page.run('load');
    expect(takeAsked()).toEqual(['orders', 'gettoken', 'orders']);

    back.time += 1000;
    await Promise.all(Array.from({ length: 5 }, () => page.run('load')));
    const asked = takeAsked();
    expect(asked.filter((name) => name === 'gettoken')).toHaveLength(1);
    expect(asked.filter((name) => name === 'orders')).toHaveLength(10);
    expect(page.data).toEqual({ text: 'apple' });
  });

  test('comes to an end where the server refuses for ever', async () => {
    back.refusesAll = true;
    const page = open();
    await page.run('load');
    expect(page.data).toEqual({ text: 'Token验证失败' });
    expect(takeAsked()).toEqual(['gettoken', 'orders']);
  });
});
