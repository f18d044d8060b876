import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
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
import { startTestCloud, type TestCloud } from './test-cloud';
import { startWeChatStandIn, type WeChatStandIn } from './wechat-stand-in';

jest.setTimeout(60_000);

const root = path.resolve(__dirname, '../..');
const secret = 'app-secret-of-the-tests-0123';
const sessionKey = 'c2Vzc2lvbl9rZXkgMTIzNA==';

/** The protected function that a page of documentation shows. */
function exampleOf(page: string): string {
  const text = readFileSync(path.join(root, 'docs', page), 'utf8');
  return /```ts\n([^]*?)```/.exec(text)?.[1] ?? '';
}

/** A project that has the documented function beside gettoken. */
function makeProject(): string {
  const project = mkdtempSync(path.join(tmpdir(), 'token-loop-'));
  for (const name of ['server', 'contract', 'node_modules', 'database', 'miniprogram']) {
    symlinkSync(path.join(root, name), path.join(project, name));
  }
  const functions = path.join(project, 'cloudfunctions');
  mkdirSync(path.join(functions, 'checkdata/src'), { recursive: true });
  cpSync(path.join(root, 'cloudfunctions/gettoken'), path.join(functions, 'gettoken'), {
    recursive: true,
  });
  const source = path.join(functions, 'checkdata/src/index.ts');
  writeFileSync(source, exampleOf('server.md'));
  const bundle = ['--import', 'tsx', path.join(__dirname, '../scripts/build/bundle.ts')];
  execFileSync(process.execPath, [...bundle, source, path.join(functions, 'checkdata/index.js')], {
    cwd: root,
  });
  const common = { handler: 'index.main', runtime: 'Nodejs24.11', timeout: 10, memorySize: 256 };
  const envVariables = {
    TOKEN_SALT: '{{env.TOKEN_SALT}}',
    WX_APP_SECRET: '{{env.WX_APP_SECRET}}',
    WX_API_BASE: '{{env.WX_API_BASE}}',
  };
  const config = {
    envId: '{{env.ENV_ID}}',
    functionRoot: './cloudfunctions',
    functions: [
      { name: 'gettoken', ...common, envVariables },
      { name: 'checkdata', ...common },
    ],
  };
  writeFileSync(path.join(project, 'cloudbaserc.json'), JSON.stringify(config));
  return project;
}

describe('the protected function that the documentation shows', () => {
  const openid = 'oDocumented_000000000001';
  const rawData = '{"nickName":"小明"}';
  const signature = createHash('sha1').update(`${rawData}${sessionKey}`).digest('hex');
  let project: string;
  let wechat: WeChatStandIn;
  let cloud: TestCloud;
  beforeAll(async () => {
    project = makeProject();
    wechat = await startWeChatStandIn({ appid: 'wx0123456789abcdef', secret });
    const env = { WX_APP_SECRET: secret, WX_API_BASE: wechat.url };
    cloud = await startTestCloud({ root: project, env });
    cloud.keepSecret(sessionKey);
  });
  afterAll(async () => {
    await cloud.stop();
    await wechat.stop();
    rmSync(project, { recursive: true });
  });

  test('opens session_key with the token it was sealed under', async () => {
    const { token } = await cloud.mint(openid, { code: wechat.issueCode(openid, sessionKey) });
    const check = (given: object, caller: string | null) =>
      cloud.call('checkdata', { token, rawData, signature, ...given }, caller);
    expect(await check({}, openid)).toEqual({ code: 1, genuine: true });
    expect(await check({}, null)).toEqual({ code: 1, genuine: true });
    expect(await check({ rawData: 'other' }, openid)).toEqual({ code: 1, genuine: false });
    expect(await check({ rawData: 7 }, openid)).toEqual({ code: 400, msg: 'rawData：应为字符串' });
    expect(await check({}, 'oSomebodyElse_0000000001')).toMatchObject({ code: 903 });
  });

  test('has no session_key where none was obtained', async () => {
    const { token } = await cloud.mint(openid);
    const answer = await cloud.call('checkdata', { token, rawData, signature }, openid);
    expect(answer).toEqual({ code: 1, genuine: false });
  });

  test('answers 500 where the sealed session_key was tampered with', async () => {
    const { token } = await cloud.mint(openid);
    const id = createHash('sha256').update(token).digest('base64url');
    await cloud.database.set('tokens', id, { sessionKey: 'AAAA' });
    const answer = await cloud.call('checkdata', { token, rawData, signature }, openid);
    expect(answer.code).toBe(500);
    expect(cloud.takeLog().at(-1)?.cause).toMatch(/SEAL_BROKEN/);
  });

  test('is the same one in both languages, and about ten lines', () => {
    expect(exampleOf('server.zh-CN.md')).toBe(exampleOf('server.md'));
    const body = exampleOf('server.md').slice(exampleOf('server.md').indexOf('export const main'));
    expect(body.trim().split('\n').length).toBeLessThanOrEqual(15);
  });
});
