import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSeal, SealError } from '../../server/token-crypto';
import { startTestCloud, type TestCloud } from './test-cloud';
import { startWeChatStandIn, type WeChatStandIn } from './wechat-stand-in';

jest.setTimeout(60_000);

const secret = 'app-secret-of-the-tests-0123';
const sessionKey = 'c2Vzc2lvbl9rZXkgMTIzNA==';

describe('gettoken with an AppSecret and a login code', () => {
  let wechat: WeChatStandIn;
  let cloud: TestCloud;
  beforeAll(async () => {
    wechat = await startWeChatStandIn({ appid: 'wx0123456789abcdef', secret }, () => {
      cloud.clock.advance(4000);
    });
    cloud = await startTestCloud({
      env: { WX_APP_SECRET: secret, WX_API_BASE: wechat.url },
      timersFollowClock: true,
    });
    cloud.keepSecret(sessionKey);
  });
  afterAll(async () => {
    await cloud.stop();
    await wechat.stop();
  });

  test('keeps session_key so that only the token opens it', async () => {
    const openid = 'oSealed_000000000000001';
    const { token } = await cloud.mint(openid, { code: wechat.issueCode(openid, sessionKey) });
    const other = await cloud.mint(openid);
    const documents = await cloud.database.find('tokens', { openid });
    const [sealed = ''] = documents
      .map((document) => document['sessionKey'])
      .filter((key) => typeof key === 'string');
    expect(JSON.stringify(documents)).not.toContain(sessionKey);
    expect(openSeal(sealed, token)).toBe(sessionKey);
    expect(() => openSeal(sealed, other.token)).toThrow(SealError);
  });

  test('still waits once for the database', async () => {
    const openid = 'oSealed_000000000000002';
    await cloud.mint(openid);
    cloud.takeLog();
    await cloud.mint(openid, { code: wechat.issueCode(openid, sessionKey) });
    expect(cloud.takeLog().map(({ roundTrips }) => roundTrips)).toEqual([1]);
  });

  test('mints without a session_key when no code is given', async () => {
    const openid = 'oSealed_000000000000003';
    await cloud.mint(openid);
    expect((await cloud.database.find('tokens', { openid }))[0]).not.toHaveProperty('sessionKey');
  });

  test('refuses a code that was used', async () => {
    const openid = 'oSealed_000000000000004';
    const code = wechat.issueCode(openid, sessionKey);
    await cloud.mint(openid, { code });
    expect(await cloud.call('gettoken', { code }, openid)).toMatchObject({
      code: 400,
      msg: expect.stringMatching(/^code：/) as string,
    });
  });

  test('refuses another user’s code and keeps nothing', async () => {
    const openid = 'oSealed_000000000000005';
    const code = wechat.issueCode('oSomebodyElse_0000000001', sessionKey);
    expect(await cloud.call('gettoken', { code }, openid)).toMatchObject({ code: 400 });
    expect(await cloud.database.count('tokens', { openid })).toBe(0);
  });

  test.each([
    [40029, 400, undefined],
    [40163, 400, undefined],
    [40226, 400, undefined],
    [45011, 429, undefined],
    [-1, 500, /WeChat answered errcode -1/],
    [40013, 500, /WeChat answered errcode 40013/],
    [40125, 500, /WeChat answered errcode 40125/],
    [99999, 500, /WeChat answered errcode 99999/],
    ['hang', 500, /WeChat gave no answer/],
    ['not json', 500, /WeChat gave no answer/],
    ['redirect', 500, /WeChat gave no answer/],
    ['empty', 500, /WeChat answered what is not documented/],
  ] as const)(
    'when WeChat answers %s, answers %i and mints nothing',
    async (wrong, code, cause) => {
      const openid = 'oWrong_0000000000000001';
      cloud.takeLog();
      const answer = await cloud.call('gettoken', { code: wechat.issueBadCode(wrong) }, openid);
      expect(answer.code).toBe(code);
      if (cause !== undefined) expect(cloud.takeLog()[0]?.cause).toMatch(cause);
      expect(await cloud.database.count('tokens', { openid })).toBe(0);
    },
  );
});

/** This project as DevTools uploads it to the cloud, which gives a function three seconds. */
function makeProject(): string {
  const root = path.resolve(__dirname, '../..');
  const project = mkdtempSync(path.join(tmpdir(), 'token-loop-'));
  for (const name of ['cloudfunctions', 'database', 'miniprogram', 'node_modules']) {
    symlinkSync(path.join(root, name), path.join(project, name));
  }
  const config = readFileSync(path.join(root, 'cloudbaserc.json'), 'utf8');
  writeFileSync(
    path.join(project, 'cloudbaserc.json'),
    config.replaceAll(/"timeout": \d+/g, '"timeout": 3'),
  );
  return project;
}

test('a silent WeChat is given up before the time of the function itself is over', async () => {
  const root = makeProject();
  const wechat = await startWeChatStandIn({ appid: 'wx0123456789abcdef', secret }, () => {
    cloud.clock.advance(2500);
  });
  const env = { WX_APP_SECRET: secret, WX_API_BASE: wechat.url };
  const cloud = await startTestCloud({ root, env, timersFollowClock: true });
  const answer = await cloud.call('gettoken', { code: wechat.issueBadCode('hang') }, 'oSlow_1');
  expect(answer.code).toBe(500);
  expect(cloud.takeLog()[0]?.cause).toMatch(/WeChat gave no answer/);
  await cloud.stop();
  await wechat.stop();
  rmSync(root, { recursive: true });
});
