import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { startTestCloud, type TestCloud } from './test-cloud';

jest.setTimeout(60_000);

const root = path.resolve(__dirname, '../..');
const example = path.join(root, 'examples/steps/cloudfunctions/steps/src/index.ts');

/** The protected function that a page of documentation shows. */
function shownIn(page: string): string {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8');
  return /```ts\n([^]*?)```/.exec(text)?.[1] ?? '';
}

/** A protected function that writes: it must not start before the token was found good. */
const writing = `
import * as v from 'valibot';
import { guard } from '../../../server/guard';
import { serve } from '../../../server/serve';
import { openCloud } from '../../../server/wx-cloud';

export const main = serve(
  'place',
  openCloud(),
  guard({
    fields: {},
    readsOnly: false,
    handle: async (_, { openid }, { collections, now }) => {
      const places = collections.open('orders', v.object({ _id: v.string(), openid: v.string(), title: v.string(), createdAt: v.date() }));
      await places.add({ _id: openid, openid, title: 't', createdAt: new Date(now()) });
      return { code: 1 as const };
    },
  }),
);
`;

/** A project that has the function of the example, and one that writes, beside gettoken. */
function makeProject(): string {
  const project = mkdtempSync(path.join(tmpdir(), 'token-loop-'));
  for (const name of ['server', 'contract', 'node_modules', 'database', 'miniprogram']) {
    symlinkSync(path.join(root, name), path.join(project, name));
  }
  const functions = path.join(project, 'cloudfunctions');
  cpSync(path.join(root, 'cloudfunctions/gettoken'), path.join(functions, 'gettoken'), {
    recursive: true,
  });
  const sources = { steps: readFileSync(example, 'utf8'), place: writing };
  for (const [name, text] of Object.entries(sources)) {
    const source = path.join(functions, name, 'src/index.ts');
    mkdirSync(path.dirname(source), { recursive: true });
    writeFileSync(source, text);
    const bundle = ['--import', 'tsx', path.join(__dirname, '../scripts/build/bundle.ts')];
    execFileSync(process.execPath, [...bundle, source, path.join(functions, name, 'index.js')], {
      cwd: root,
    });
  }
  const names = ['TOKEN_SALT', 'WX_APP_ID', 'WX_APP_SECRET', 'WX_API_BASE'];
  const envVariables = Object.fromEntries(names.map((name) => [name, `{{env.${name}}}`]));
  const config = {
    functions: ['gettoken', ...Object.keys(sources)].map((name) => ({ name, envVariables })),
  };
  writeFileSync(path.join(project, 'cloudbaserc.json'), JSON.stringify(config));
  return project;
}

describe('the protected function that the documentation shows', () => {
  const openid = 'oDocumented_000000000001';
  const other = 'oDocumented_000000000002';
  let project: string;
  let cloud: TestCloud;
  beforeAll(async () => {
    project = makeProject();
    cloud = await startTestCloud({ root: project, localWeChat: true, realClock: true });
  });
  afterAll(async () => {
    await cloud.stop();
    rmSync(project, { recursive: true });
  });

  /** What `wx.login` and `wx.getWeRunData` do on this user's phone. */
  const wx = async (
    path: 'login' | 'run-data',
    caller: string,
  ): Promise<Record<string, string>> => {
    const headers = { 'x-wx-openid': caller };
    const response = await fetch(`${cloud.url}/wx/${path}`, { method: 'POST', headers });
    return v.parse(v.record(v.string(), v.string()), await response.json());
  };
  const mint = async () => (await cloud.mint(openid, await wx('login', openid))).token;

  test('opens the data of the user whose token it gets, inside WeChat and without', async () => {
    const token = await mint();
    const data = await wx('run-data', openid);
    const days = expect.arrayContaining([
      { timestamp: expect.any(Number) as number, step: expect.any(Number) as number },
    ]) as object[];
    expect(await cloud.call('steps', { token, ...data }, openid)).toEqual({ code: 1, days });
    expect(await cloud.call('steps', { token, ...data }, null)).toMatchObject({ code: 1 });
    expect(await cloud.call('steps', { token, ...data }, other)).toMatchObject({ code: 903 });
  });

  test('answers 409 for data from before a login, and opens what is made after it', async () => {
    const first = await mint();
    const before = await wx('run-data', openid);
    const token = await mint();
    const call = (given: object) => cloud.call('steps', { token, ...given }, openid);
    expect(await call(before)).toEqual({ code: 409, msg: expect.any(String) as string });
    expect(await call(await wx('run-data', openid))).toMatchObject({ code: 1 });
    // The older token keeps the older key, and with it opens what was made under that one.
    expect(await cloud.call('steps', { token: first, ...before }, openid)).toMatchObject({
      code: 1,
    });
  });

  test('answers 409 for another user’s data, and where no session_key is kept', async () => {
    const token = await mint();
    await cloud.mint(other, await wx('login', other));
    const foreign = await wx('run-data', other);
    expect(await cloud.call('steps', { token, ...foreign }, openid)).toMatchObject({ code: 409 });
    const { token: keyless } = await cloud.mint(openid);
    const data = await wx('run-data', openid);
    cloud.takeLog();
    expect(await cloud.call('steps', { token: keyless, ...data }, openid)).toMatchObject({
      code: 409,
    });
    expect(cloud.takeLog()[0]?.cause).toMatch(/no session_key is kept: .* WX_APP_SECRET/);
  });

  test('answers 409 where the sealed session_key was tampered with, and the log says so', async () => {
    const token = await mint();
    const data = await wx('run-data', openid);
    const [document] = (await cloud.database.find('tokens', { openid })).slice(-1);
    await cloud.database.set('tokens', String(document?.['_id']), { sessionKey: 'AAAA' });
    expect(await cloud.call('steps', { token, ...data }, openid)).toMatchObject({ code: 409 });
    expect(cloud.takeLog().at(-1)?.cause).toMatch(/SEAL_BROKEN/);
  });

  test('stands beside one that writes, which does so for a good token alone', async () => {
    const token = await mint();
    const placed = () => cloud.database.count('orders', { _id: other });
    for (const bad of [token, 'A'.repeat(43)]) {
      expect(await cloud.call('place', { token: bad }, other)).toMatchObject({ code: 903 });
    }
    expect(await placed()).toBe(0);
    const { token: good } = await cloud.mint(other);
    expect(await cloud.call('place', { token: good }, other)).toEqual({ code: 1 });
    expect(await placed()).toBe(1);
  });

  test('is the example’s in both languages, and about ten lines', () => {
    expect(shownIn('server.md')).toBe(readFileSync(example, 'utf8'));
    expect(shownIn('server.zh-CN.md')).toBe(shownIn('server.md'));
    const body = shownIn('server.md').slice(shownIn('server.md').indexOf('export const main'));
    expect(body.trim().split('\n').length).toBeLessThanOrEqual(15);
  });
});
