import { createDecipheriv } from 'node:crypto';
import type { LocalCloud } from 'cloudbase-local';
import { makeProject, startTestCloud } from '../project';

let cloud: LocalCloud;
let app: { appid: string; secret: string };
beforeAll(async () => {
  const root = makeProject({ functions: {}, users: [{ openid: 'oFirst' }] });
  cloud = await startTestCloud(root, {
    localSettings: ({ appId, appSecret }) => {
      app = { appid: appId, secret: appSecret };
      return {};
    },
  });
});
afterAll(() => cloud.close());

const login = async (openid?: string): Promise<string> => {
  const headers: Record<string, string> = openid === undefined ? {} : { 'x-wx-openid': openid };
  const response = await fetch(`${cloud.url}/wx/login`, { method: 'POST', headers });
  return ((await response.json()) as { code: string }).code;
};
const exchange = async (
  js_code: string,
  changed: Record<string, string> = {},
): Promise<unknown> => {
  const query = new URLSearchParams({
    ...app,
    js_code,
    grant_type: 'authorization_code',
    ...changed,
  });
  return (await fetch(`${cloud.url}/sns/jscode2session?${query.toString()}`)).json();
};

describe('a login code', () => {
  test('is good once, for the user who logged in', async () => {
    const code = await login('oSecond');
    expect(await exchange(code)).toEqual({
      openid: 'oSecond',
      session_key: expect.stringMatching(/^[\w+/]{22}==$/) as string,
    });
    expect(await exchange(code)).toMatchObject({ errcode: 40163 });
  });

  test('is the default user’s where none is named, and where it was not given out here', async () => {
    expect(await exchange(await login())).toMatchObject({ openid: 'oFirst' });
    expect(await exchange('the code is a mock one')).toMatchObject({ openid: 'oFirst' });
    expect(await exchange('the code is a mock one')).toMatchObject({ openid: 'oFirst' });
  });

  test('brings another session_key each time', async () => {
    const keys = [await exchange(await login()), await exchange(await login())];
    expect(keys[0]).not.toEqual(keys[1]);
  });

  test.each([
    ['another AppID', { appid: 'wx1' }, 40013],
    ['another AppSecret', { secret: 'x' }, 40125],
    ['another grant', { grant_type: 'x' }, 40002],
    ['no code', { js_code: '' }, 41008],
  ])('with %s is refused', async (_, changed, errcode) => {
    expect(await exchange(await login(), changed)).toMatchObject({ errcode });
  });

  test('is not given to what is no openid', async () => {
    const headers = { 'x-wx-openid': '' };
    const response = await fetch(`${cloud.url}/wx/login`, { method: 'POST', headers });
    expect(response.status).toBe(400);
  });
});

test('open data is under the key of the latest login, and watermarked', async () => {
  const steps = async (): Promise<{ encryptedData: string; iv: string }> => {
    const response = await fetch(`${cloud.url}/wx/run-data`, { method: 'POST' });
    return (await response.json()) as { encryptedData: string; iv: string };
  };
  const { session_key: key } = (await exchange(await login())) as { session_key: string };
  const open = ({ encryptedData, iv }: { encryptedData: string; iv: string }): unknown => {
    const bytes = [key, iv].map((text) => Buffer.from(text, 'base64'));
    const decipher = createDecipheriv('aes-128-cbc', bytes[0] ?? '', bytes[1] ?? '');
    const text = decipher.update(encryptedData, 'base64', 'utf8') + decipher.final('utf8');
    return JSON.parse(text);
  };
  const data = open(await steps());
  expect(data).toMatchObject({ watermark: { appid: app.appid } });
  expect((data as { stepInfoList: unknown[] }).stepInfoList).toHaveLength(31);
  await exchange(await login());
  const later = await steps();
  expect(() => open(later)).toThrow();
});
