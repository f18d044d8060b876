import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { startLocalCloud, type LocalCloud } from 'cloudbase-local';
import { readSteps, repository, type Language } from './document';
import { makeHost, type Host } from './host';
import { openPage, phoneOf, scriptsIn } from './phone';

jest.setTimeout(60_000);

const openid = 'oHost_000000000000000000000001';
const stranger = 'oHost_000000000000000000000002';

interface Running {
  readonly host: Host;
  readonly cloud: LocalCloud;
  readonly log: string[];
}

async function start(language: Language): Promise<Running> {
  const host = makeHost(language);
  const log: string[] = [];
  const cloud = await startLocalCloud({
    root: host.root,
    dataDir: path.join(host.root, '.local-cloud'),
    port: 0,
    log: (line) => log.push(line),
  });
  return { host, cloud, log };
}

async function invoke({ cloud }: Running, name: string, event: object): Promise<unknown> {
  const { url } = cloud;
  const { wx } = phoneOf(url, openid, new Map());
  return v.parse(
    v.object({ result: v.unknown() }),
    await wx.cloud.callFunction({ name, data: event }),
  ).result;
}

/** The page of a project, on a phone of its own. */
function openIn(language: Language, storage: Map<string, unknown>, user = openid) {
  const { host, cloud } = inProject(language);
  const { wx, takeCalled } = phoneOf(cloud.url, user, storage);
  const folder = path.join(host.root, 'miniprogram');
  const scripts = scriptsIn(folder, [folder, host.root]);
  return { page: openPage(scripts, 'pages/index/index', wx), takeCalled };
}

const tokenIn = (storage: Map<string, unknown>): string =>
  v.parse(v.object({ token: v.string() }), storage.get('token-loop/session')).token;

const running = new Map<Language, Running>();
const inProject = (language: Language): Running => {
  const found = running.get(language);
  if (found === undefined) throw new Error(`The project in ${language} did not start`);
  return found;
};
beforeAll(async () => {
  for (const language of ['JavaScript', 'TypeScript'] as const) {
    running.set(language, await start(language));
  }
});
afterAll(async () => {
  for (const { host, cloud } of running.values()) {
    await cloud.close();
    host.remove();
  }
});

describe.each<[Language, string, object]>([
  ['JavaScript', 'profile', { name: '小明' }],
  ['TypeScript', 'tasks', { tasks: ['买菜'] }],
])('a project in %s that did what the document says', (language, name, shown) => {
  const open = (storage: Map<string, unknown>, user = openid) => openIn(language, storage, user);
  const call = (called: string, event: object) => invoke(inProject(language), called, event);

  test('turns the loop: its function refuses, a token comes, and the data is shown', async () => {
    const storage = new Map<string, unknown>();
    const first = open(storage);
    await first.page.run('onLoad');
    expect(first.page.data).toMatchObject({ ...shown, message: '' });
    expect(first.takeCalled()).toEqual(['gettoken', name]);
    await first.page.run('load');
    expect(first.takeCalled()).toEqual([name]);

    // The token is revoked behind the phone's back.
    const token = tokenIn(storage);
    await call('gettoken', { revoke: token });
    await first.page.run('load');
    expect(first.takeCalled()).toEqual([name, 'gettoken', name]);
    expect(first.page.data).toMatchObject({ ...shown, message: '' });

    const second = open(storage);
    await second.page.run('onLoad');
    expect(second.takeCalled()).toEqual([name]);
  });

  test('refuses a call without a token, and one with somebody else’s', async () => {
    expect(await call(name, {})).toEqual({ code: 903, msg: 'Token验证失败' });
    const storage = new Map<string, unknown>();
    await open(storage, stranger).page.run('onLoad');
    const token = tokenIn(storage);
    expect(await call(name, { token })).toEqual({ code: 903, msg: 'Token验证失败' });
  });

  test('took at most ten hand-written lines on each side', () => {
    const { cloud, phone } = inProject(language).host.lines;
    process.stdout.write(`${language}: ${cloud} lines in the cloud, ${phone} on the phone.\n`);
    expect(cloud).toBeGreaterThan(0);
    expect(phone).toBeGreaterThan(0);
    expect(Math.max(cloud, phone)).toBeLessThanOrEqual(10);
  });
});

describe('the project in JavaScript, with data of its own', () => {
  test('keeps what is in its storage and in its collections', async () => {
    const storage = new Map<string, unknown>([['token', 'theirs']]);
    const { page } = openIn('JavaScript', storage);
    await page.run('onLoad');
    expect(page.data).toMatchObject({ name: '小明' });
    expect(storage.get('token')).toBe('theirs');
    expect([...storage.keys()].sort()).toEqual(['token', 'token-loop/session']);
    expect(await invoke(inProject('JavaScript'), 'shop', {})).toEqual({ goods: ['茶杯'] });
  });

  test('tells the phone what its PublicError says, and the log nothing of the token', async () => {
    const storage = new Map<string, unknown>();
    const { page } = openIn('JavaScript', storage, stranger);
    await page.run('onLoad');
    expect(page.data).toMatchObject({ name: '', message: '还没有注册' });
    const log = inProject('JavaScript').log.join('\n');
    expect(log).toContain('"function":"profile"');
    expect(log).not.toContain(tokenIn(storage));
  });
});

test('the project in TypeScript passes the type check, which knows its functions', () => {
  const { root } = inProject('TypeScript').host;
  const page = path.join(root, 'miniprogram/pages/index/index.ts');
  const check = (project: string): string => {
    const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', project], {
      cwd: root,
      encoding: 'utf8',
    });
    return stdout;
  };
  expect(check('cloudfunctions')).toBe('');
  writeFileSync(page, readFileSync(page, 'utf8').replace('{ done: false }', "{ done: 'no' }"));
  const faults = check('miniprogram').trim().split('\n');
  expect(faults).toEqual([
    expect.stringMatching(
      /^miniprogram\/pages\/index\/index\.ts.*'string' is not assignable to type 'boolean'/,
    ),
  ]);
});

test('the document has the same steps in both languages', () => {
  for (const language of ['JavaScript', 'TypeScript'] as const) {
    expect(readSteps(language, 'into-your-project.zh-CN.md')).toEqual(readSteps(language));
  }
});
