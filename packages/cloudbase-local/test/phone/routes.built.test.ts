import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { LocalCloud } from 'cloudbase-local';
import { makeProject, startTestCloud, type TestProject } from '../project';

/** A project with a mini program of one page. */
function makeMiniProgram(project: Partial<TestProject> = {}): string {
  const root = makeProject({ functions: {}, ...project });
  const files = {
    'miniprogram/app.json': '{"pages":["page"]}',
    'miniprogram/app.js': 'App({})',
    'miniprogram/page.js': 'Page({})',
    'miniprogram/page.wxml': '<view>a page</view>',
  };
  for (const [file, text] of Object.entries(files)) write(root, file, text);
  return root;
}

function write(root: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

async function read(
  root: string,
  address: string,
  panel?: string,
): Promise<{ status: number; text: string }> {
  const cloud = await startTestCloud(root, panel === undefined ? {} : { panel });
  const response = await fetch(cloud.url + address);
  return { status: response.status, text: await response.text() };
}

const entities: Record<string, string> = { quot: '"', lt: '<', gt: '>', amp: '&' };

/** Who can hold the phone, as the page's script reads it. */
function usersOf(page: string): unknown {
  const [, list = ''] = /data-users="([^"]*)"/.exec(page) ?? [];
  return JSON.parse(list.replaceAll(/&(\w+);/g, (_, name: string) => entities[name] ?? ''));
}

describe('The page at /', () => {
  test('is the phone alone where the project has no panel', async () => {
    const { status, text } = await read(makeMiniProgram(), '/');
    expect(status).toBe(200);
    expect(text).toContain('src="/preview/frame.js"');
    expect(text).not.toMatch(/<aside|panel/);
  });

  test('has two made-up users where the project has none', async () => {
    const { text } = await read(makeMiniProgram(), '/');
    expect(usersOf(text)).toHaveLength(2);
  });

  test('has the users of the project', async () => {
    const users = [{ openid: 'o1' }, { openid: 'o2', nickname: '"><b>' }];
    const { text } = await read(makeMiniProgram({ users }), '/');
    expect(usersOf(text)).toEqual([
      { openid: 'o1', nickname: 'o1' },
      { openid: 'o2', nickname: '"><b>' },
    ]);
  });

  test("has the project's name in its title", async () => {
    const root = makeMiniProgram();
    write(
      root,
      'project.config.json',
      '{"projectname":"shop <1>","miniprogramRoot":"miniprogram"}',
    );
    expect((await read(root, '/')).text).toContain('<title>shop &lt;1&gt; 预览</title>');
  });

  test('has the panel that it was started with, as it is now', async () => {
    const root = makeMiniProgram();
    write(root, 'my-panel/panel.html', '<p>my panel</p>');
    write(root, 'my-panel/panel.css', 'p { color: red }');
    write(
      root,
      'my-panel/panel.ts',
      "import { openPhone } from 'cloudbase-local/panel'; openPhone();",
    );
    const panel = path.join(root, 'my-panel');
    const cloud = await startTestCloud(root, { panel });
    const part = async (address: string): Promise<string> =>
      (await fetch(cloud.url + address)).text();
    expect(await part('/')).toContain('<p>my panel</p>');
    expect(await part('/preview/panel.js')).toContain('/preview/events');
    write(root, 'my-panel/panel.css', 'p { color: blue }');
    expect(await part('/preview/panel.css')).toContain('color: blue');
  });

  test('is refused at the start where a part of the panel is missing', async () => {
    const root = makeMiniProgram();
    await expect(
      startTestCloud(root, { panel: path.join(root, 'no-panel') }),
    ).rejects.toMatchObject({
      code: 'PROJECT',
      message: expect.stringContaining('panel.html is missing') as string,
    });
  });
});

describe('A mini program elsewhere than in miniprogram/', () => {
  test('is found by project.config.json', async () => {
    const root = makeMiniProgram();
    write(root, 'project.config.json', '{"miniprogramRoot":"app/"}');
    write(root, 'app/app.json', '{"pages":["gone"]}');
    write(root, 'app/app.js', 'App({})');
    const { status, text } = await read(root, '/preview/screen.js');
    expect(status).toBe(200);
    expect(text.includes('app/gone.wxml')).toBe(true);
  });
});

describe('Other pages of the browser', () => {
  const parts = [
    '/phone',
    '/preview/screen.js',
    '/preview/screen.css',
    '/preview/frame.js',
    '/preview/events',
    '/mini-program/pictures/a.png',
  ];
  let cloud: LocalCloud;
  beforeAll(async () => {
    const root = makeMiniProgram();
    write(root, 'miniprogram/pictures/a.png', 'a picture');
    write(root, 'secret.png', 'a secret');
    symlinkSync(path.join(root, 'secret.png'), path.join(root, 'miniprogram/out.png'));
    cloud = await startTestCloud(root);
  });

  /** A request as a browser describes it. */
  async function ask(address: string, headers: Record<string, string>): Promise<Response> {
    const stop = new AbortController();
    const response = await fetch(cloud.url + address, { headers, signal: stop.signal });
    // The event stream has no end.
    if (address === '/preview/events') stop.abort();
    return response;
  }

  test.each(parts)(
    'cannot load %s, be they of another site or of another port',
    async (address) => {
      for (const site of ['cross-site', 'same-site'])
        expect((await ask(address, { 'sec-fetch-site': site })).status).toBe(403);
      expect((await ask(address, { origin: 'http://127.0.0.1:1' })).status).toBe(403);
      const own = await ask(address, { 'sec-fetch-site': 'same-origin' });
      expect(own.status).toBe(200);
      expect(own.headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(own.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  test('can lead to the preview, and frame it nowhere', async () => {
    // By node:http, since fetch says itself what it is.
    const follow = (address: string): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const headers = {
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'document',
        };
        get(cloud.url + address, { headers, agent: false }, (answer) => {
          answer.resume();
          resolve(answer);
        }).on('error', reject);
      });
    const page = await follow('/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect((await follow('/phone')).statusCode).toBe(403);
  });

  test('cannot send anything through it', async () => {
    const body = new FormData();
    body.append(
      'request',
      JSON.stringify({ url: cloud.url, method: 'GET', headers: {}, timeout: 9 }),
    );
    const headers = { 'sec-fetch-site': 'cross-site' };
    const response = await fetch(`${cloud.url}/preview/request`, { method: 'POST', headers, body });
    expect(response.status).toBe(403);
  });

  test.each([
    '/mini-program/app.js',
    '/mini-program/app.json',
    '/mini-program/gone.png',
    '/mini-program/out.png',
    '/mini-program/..%2fsecret.png',
    '/mini-program/pictures',
  ])('nobody gets %s', async (address) => {
    expect((await ask(address, { 'sec-fetch-site': 'same-origin' })).status).toBe(404);
  });
});

describe('What the phone sends to other servers', () => {
  /** Asks through the local cloud, as the phone does. */
  async function send(request: object, text?: string): Promise<Record<string, unknown>> {
    const cloud = await startTestCloud(makeMiniProgram());
    const body = new FormData();
    const whole = { method: 'GET', headers: {}, timeout: 5000, ...request };
    body.append('request', JSON.stringify(whole));
    if (text !== undefined) body.append('body', new Blob([text]));
    const response = await fetch(`${cloud.url}/preview/request`, { method: 'POST', body });
    return (await response.json()) as Record<string, unknown>;
  }
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/never') return;
      response.setHeader('x-method', request.method ?? '');
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.writeHead(418);
      if (request.url === '/long') response.write(Buffer.alloc(11 * 1024 * 1024));
      request.pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('arrives, and its answer comes back with status, headers and cookies', async () => {
    expect(await send({ url, method: 'PUT' }, '字')).toMatchObject({
      statusCode: 418,
      headers: { 'x-method': 'PUT' },
      cookies: ['a=1', 'b=2'],
      base64: Buffer.from('字').toString('base64'),
    });
  });

  test.each([
    ['too long an answer', '/long', 'larger than 10485760 bytes'],
    ['no answer in time', '/never', 'timeout'],
  ])('fails with %s', async (_, address, reason) => {
    const answer = await send({ url: url + address, timeout: address === '/never' ? 50 : 5000 });
    expect(answer['failure']).toContain(reason);
  });

  test('is of the web alone', async () => {
    expect(await send({ url: 'file:///etc/passwd' })).toHaveProperty('failure');
  });
});
