import {
  readAccountsKey,
  readCollectionPrefix,
  readSettings,
  SettingsError,
} from '../../server/settings';

const TOKEN_SALT = '0123456789abcdef';

describe('settings', () => {
  test('have defaults for all but the salt, and an empty variable counts as not set', () => {
    const expected = {
      salts: [TOKEN_SALT],
      ttlSeconds: 7200,
      maxLive: 10,
      ratePerMinute: 20,
      appId: undefined,
      appSecret: undefined,
      apiBase: 'https://api.weixin.qq.com',
    };
    expect(readSettings({ TOKEN_SALT })).toEqual(expected);
    const empty = { TOKEN_TTL_SECONDS: '', TOKEN_MAX_LIVE: '', WX_APP_SECRET: '', WX_API_BASE: '' };
    expect(readSettings({ TOKEN_SALT, ...empty })).toEqual(expected);
  });

  test('are read as they are given', () => {
    expect(
      readSettings({
        TOKEN_SALT,
        TOKEN_TTL_SECONDS: '60',
        TOKEN_MAX_LIVE: '3',
        TOKEN_RATE_PER_MINUTE: '5',
        TOKEN_SALT_OLD: `${TOKEN_SALT}-old`,
        WX_APP_ID: 'wx1',
        WX_APP_SECRET: 'secret',
        WX_API_BASE: 'http://127.0.0.1:7000/',
      }),
    ).toEqual({
      salts: [TOKEN_SALT, `${TOKEN_SALT}-old`],
      ttlSeconds: 60,
      maxLive: 3,
      ratePerMinute: 5,
      appId: 'wx1',
      appSecret: 'secret',
      apiBase: 'http://127.0.0.1:7000',
    });
  });

  test.each([
    ['TOKEN_SALT', undefined],
    ['TOKEN_SALT', '0123456789abcde'],
    ['TOKEN_SALT_OLD', '0123456789abcde'],
    ['TOKEN_TTL_SECONDS', '0'],
    ['TOKEN_TTL_SECONDS', '-1'],
    ['TOKEN_TTL_SECONDS', '1.5'],
    ['TOKEN_TTL_SECONDS', 'two hours'],
    ['TOKEN_TTL_SECONDS', '2592001'],
    ['TOKEN_MAX_LIVE', '0'],
    ['TOKEN_MAX_LIVE', '101'],
    ['TOKEN_RATE_PER_MINUTE', '0'],
    ['TOKEN_RATE_PER_MINUTE', '1e3'],
    ['TOKEN_RATE_PER_MINUTE', '1001'],
    ['WX_API_BASE', 'http://wechat.example'],
    ['WX_API_BASE', 'http://127.0.0.1.example'],
    ['WX_API_BASE', 'https://'],
    ['WX_API_BASE', 'file:///etc/passwd'],
  ])('%s = %j is refused by a message that names it and not the value', (name, value) => {
    const read = () => readSettings({ TOKEN_SALT, [name]: value });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(new RegExp(`^${name} `));
    if (value !== undefined && value.length > 2) {
      expect(read).not.toThrow(new RegExp(value.replace(/[.*+?^$()|[\]{}/\\]/g, '\\$&')));
    }
  });

  test('hold a key of the administrator that is long enough, or none', () => {
    expect(readAccountsKey({ ACCOUNTS_KEY: TOKEN_SALT })).toBe(TOKEN_SALT);
    expect(readAccountsKey({ ACCOUNTS_KEY: '' })).toBeUndefined();
    expect(() => readAccountsKey({ ACCOUNTS_KEY: '0123456789abcde' })).toThrow(/^ACCOUNTS_KEY /);
  });

  test('say what the names of the collections begin with: nothing, or what a name can', () => {
    const read = (prefix?: string) => readCollectionPrefix({ TOKEN_COLLECTION_PREFIX: prefix });
    expect([read(), read(''), read('app_')]).toEqual(['', '', 'app_']);
    for (const prefix of ['_app', '1', 'a b', '表', 'a'.repeat(33)]) {
      expect(() => read(prefix)).toThrow(/^TOKEN_COLLECTION_PREFIX /);
    }
  });
});
