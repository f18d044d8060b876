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
