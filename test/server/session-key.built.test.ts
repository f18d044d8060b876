import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSeal, SealError } from '../../server/token-crypto';
import { startTestCloud, withTestCloud, type TestCloud } from './test-cloud';
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

  test('mints without a session_key when no code is given', async () => {
    const openid = 'oSealed_000000000000003';
    await cloud.mint(openid);
    expect((await cloud.database.find('tokens', { openid }))[0]).not.toHaveProperty('sessionKey');
  });

  test.each([
    ['a code that was used', 'used', /CODE|errcode 40163/],
    ['another user’s code', 'foreign', /another user/],
  ])('mints without a session_key for %s, and the log says why', async (_, kind, cause) => {
    const openid = `oCode_${kind}_0000000000001`;
    const code = wechat.issueCode(kind === 'used' ? openid : 'oSomebodyElse_01', sessionKey);
    if (kind === 'used') await cloud.mint(openid, { code });
    cloud.takeLog();
    const { token } = await cloud.mint(openid, { code });
    expect(cloud.takeLog()[0]?.cause).toMatch(cause);
    expect((await cloud.call('orders', { token }, openid)).code).toBe(1);
    const documents = await cloud.database.find('tokens', { openid });
    expect(documents.filter((document) => 'sessionKey' in document)).toHaveLength(
      kind === 'used' ? 1 : 0,
    );
  });

  test.each([
    [40029, /WeChat answered errcode 40029/],
    [40163, /WeChat answered errcode 40163/],
    [40226, /WeChat answered errcode 40226/],
    [45011, /WeChat answered errcode 45011/],
    [-1, /WeChat answered errcode -1/],
    [40013, /WeChat answered errcode 40013/],
    [40125, /WeChat answered errcode 40125/],
    [99999, /WeChat answered errcode 99999/],
    ['hang', /WeChat gave no answer/],
    ['not json', /WeChat gave no answer/],
    ['redirect', /WeChat gave no answer/],
    ['empty', /WeChat answered what is not documented/],
    ['no key', /WeChat answered what is not documented/],
  ] as const)(
    'when WeChat answers %s, the token of a user whom it named comes without a session_key',
    async (wrong, cause) => {
      const openid = `oWrong_${String(wrong).replace(/\W/g, '_')}_00000000001`;
      cloud.takeLog();
      const asked = wechat.asked();
      const { token } = await cloud.mint(openid, { code: wechat.issueBadCode(wrong) });
      expect(wechat.asked() - asked).toBe(1);
      expect(cloud.takeLog()[0]?.cause).toMatch(cause);
      expect((await cloud.call('orders', { token }, openid)).code).toBe(1);
      expect((await cloud.database.find('tokens', { openid }))[0]).not.toHaveProperty('sessionKey');
    },
  );

  test('WeChat is not asked for a token that is refused', async () => {
    const openid = 'oRate_0000000000000001';
    const asked = wechat.asked();
    for (let minted = 0; minted < 100; minted += 1) {
      await cloud.call('gettoken', { code: wechat.issueCode(openid, sessionKey) }, openid);
    }
    expect(wechat.asked() - asked).toBe(20);
  });
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

test('a silent WeChat is given up while there is time to keep the token', async () => {
  const root = makeProject();
  let whenHanging = (): void => undefined;
  const wechat = await startWeChatStandIn({ appid: 'wx0123456789abcdef', secret }, () => {
    whenHanging();
  });
  const env = { WX_APP_SECRET: secret, WX_API_BASE: wechat.url };
  await withTestCloud({ root, env, timersFollowClock: true }, async (cloud) => {
    whenHanging = () => {
      cloud.clock.advance(1500);
    };
    await cloud.mint('oSlow_1', { code: wechat.issueBadCode('hang') });
    expect(cloud.takeLog()[0]?.cause).toMatch(/WeChat gave no answer/);
  });
  await wechat.stop();
  rmSync(root, { recursive: true });
});
