import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { readFunctions } from 'cloudbase-local/project';
import {
  describeLacks,
  readDeploySettings,
  type Options,
} from '../../../scripts/deploy/deploy-settings';

const repository = path.resolve(__dirname, '../../..');
const good = { ENV_ID: 'cloud1-0gabc', TOKEN_SALT: '0123456789abcdefghij' };

let root: string;
const before = { ...process.env };

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'token-loop-settings-'));
});

afterEach(async () => {
  process.env = { ...before };
  await rm(root, { recursive: true });
});

const write = (file: string, values: Readonly<Record<string, string>>) =>
  writeFile(
    path.join(root, file),
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
const read = async (options: Options = {}) =>
  readDeploySettings(root, await readFunctions(repository), options);

describe('the settings of a deployment', () => {
  test('come from .env, then .env.local, then the mode’s file, then the environment; the later win', async () => {
    await write('.env', { ...good, TOKEN_TTL_SECONDS: '1', TOKEN_MAX_LIVE: '1' });
    await write('.env.local', { TOKEN_TTL_SECONDS: '2', TOKEN_MAX_LIVE: '2' });
    await write('.env.test', { TOKEN_MAX_LIVE: '3', TOKEN_RATE_PER_MINUTE: '3' });
    process.env['TOKEN_RATE_PER_MINUTE'] = '4';
    const { envId, variables } = await read({ mode: 'test' });
    expect(envId).toBe(good.ENV_ID);
    expect(variables).toEqual({
      ACCOUNTS_KEY: '',
      TOKEN_SALT: good.TOKEN_SALT,
      TOKEN_SALT_OLD: '',
      TOKEN_TTL_SECONDS: '2',
      TOKEN_MAX_LIVE: '3',
      TOKEN_RATE_PER_MINUTE: '4',
      WX_APP_ID: '',
      WX_APP_SECRET: '',
      WX_API_BASE: '',
    });
  });

  test('take the environment id of the option before that of the file', async () => {
    await write('.env', good);
    expect((await read({ env: 'test-1' })).envId).toBe('test-1');
  });

  test.each([
    ['on', true],
    ['off', false],
    ['', false],
  ])('take HTTP_ACCESS=%s for %s', async (HTTP_ACCESS, httpAccess) => {
    await write('.env', { ...good, HTTP_ACCESS });
    expect(await read()).toMatchObject({ httpAccess });
  });

  test('tell which of them nobody may see: all that the functions keep from their logs', async () => {
    const secrets = {
      ACCOUNTS_KEY: 'the-key-of-the-accounts',
      TOKEN_SALT: good.TOKEN_SALT,
      TOKEN_SALT_OLD: 'the-salt-before-this-one',
      WX_APP_SECRET: 'the-app-secret',
    };
    await write('.env', { ...good, ...secrets });
    expect([...(await read()).secrets].sort()).toEqual(Object.values(secrets).sort());
  });

  test('name what nobody can log in over HTTP without', async () => {
    const lacks = async (values: Readonly<Record<string, string>>) => {
      await write('.env', { ...good, ...values });
      return describeLacks(await read());
    };
    const app = { WX_APP_ID: 'wx0123456789abcdef', WX_APP_SECRET: 'a-secret' };
    expect(await lacks({ HTTP_ACCESS: 'on', ...app })).toEqual([]);
    expect(await lacks({ HTTP_ACCESS: 'off' })).toEqual([]);
    const [both] = await lacks({ HTTP_ACCESS: 'on' });
    expect(both).toMatch(/^HTTP_ACCESS is on without WX_APP_ID and WX_APP_SECRET: /);
    const [one] = await lacks({ HTTP_ACCESS: 'on', ...app, WX_APP_SECRET: '' });
    expect(one).toMatch(/^HTTP_ACCESS is on without WX_APP_SECRET: /);
  });

  test.each([
    ['no environment id', { ...good, ENV_ID: '' }, {}, /^ENV_ID is not set/],
    ['a malformed environment id', { ...good, ENV_ID: 'Cloud 1' }, {}, /^The environment id must/],
    ['no salt', { ENV_ID: good.ENV_ID }, {}, /^TOKEN_SALT is not set/],
    ['a short salt', { ...good, TOKEN_SALT: '0123456789abcde' }, {}, /^TOKEN_SALT must have/],
    ['a salt of one letter', { ...good, TOKEN_SALT: 'a'.repeat(40) }, {}, /^TOKEN_SALT is weak/],
    ['a life in words', { ...good, TOKEN_TTL_SECONDS: 'long' }, {}, /^TOKEN_TTL_SECONDS must be/],
    ['HTTP access in other words', { ...good, HTTP_ACCESS: 'yes' }, {}, /^HTTP_ACCESS must be on/],
    ['a misspelt name', { ...good, TOKEN_SALTS: '1' }, {}, /^\.env: TOKEN_SALTS is not a setting/],
    ['a mode without a file', good, { mode: 'prod' }, /asks for \.env\.prod, which is missing/],
    ['a mode that leads elsewhere', good, { mode: '../x' }, /^--mode must be made of/],
  ])('are refused for %s, by name', async (_, values, options, message) => {
    await write('.env', values);
    await expect(read(options)).rejects.toMatchObject({
      code: 'SETTINGS',
      message: expect.stringMatching(message) as unknown,
    });
  });

  describe.each([
    ['', 'salt-Of-The-Settings-Tests-012345'],
    [' that looks like a name', 'MZXW6YTBOI2DGNBVGY3TQOJQ='],
  ])('with a salt%s', (_, salt) => {
    test.each([
      ['after a colon', `ENV_ID=test-1\nTOKEN_SALT: ${salt}\n`],
      ['after a colon, before another line', `TOKEN_SALT: ${salt}\nENV_ID=test-1\n`],
      ['on a line of its own', `TOKEN_SALT=\n${salt}\nENV_ID=test-1\n`],
    ])('%s are refused, and the salt is not told', async (__, text) => {
      await writeFile(path.join(root, '.env'), text);
      const refusal = await read().catch(String);
      expect(refusal).toMatch(/TOKEN_SALT is not set|\.env: .*is not a setting/);
      expect(refusal).not.toContain(salt.replace('=', ''));
    });
  });

  test('are refused for a text that the CloudBase CLI would garble, and the text is not told', async () => {
    const garbled = fc
      .tuple(
        fc.string({ minLength: 4 }),
        fc.constantFrom('"', '\\', '\n', '\u0000', '{{', '}}'),
        fc.string({ minLength: 4 }),
      )
      .map((parts) => parts.join(''));
    const json = fc.constantFrom('{"a":1}', '[1]', ' {}', '[]').map((text) => text.padEnd(8, ' '));
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbled, json), async (secret) => {
        Object.assign(process.env, good, { WX_APP_SECRET: secret });
        const refusal = await read().then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(refusal).toMatchObject({
          code: 'SETTINGS',
          message: expect.stringMatching(/^WX_APP_SECRET /) as unknown,
        });
        expect(String(refusal)).not.toContain(secret);
      }),
      { numRuns: 200 },
    );
  });
});
