import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { runInit, runInitInTerminal, spawnInit } from './init-command';
import { cloneParts, removeClone } from '../project';

const parts = [
  '.env.example',
  'cloudbaserc.json',
  'package.json',
  'miniprogram',
  'scripts',
  'server',
];
const appId = 'wx0123456789abcdef';
const envId = 'cloud1-0gabc123';
const flags = ['--appid', appId, '--env', envId];
const kept = ['project.private.config.json', 'miniprogram/env.ts', '.env'];

let root: string;

beforeEach(async () => {
  root = await cloneParts(parts);
  // The working tree may belong to somebody who has run init.
  const source = await read('miniprogram/env.ts');
  await write('miniprogram/env.ts', source.replace(/(envId: string = )'.*'/, "$1''"));
});

afterEach(async () => {
  await removeClone(root);
});

const read = (file: string) => readFile(path.join(root, file), 'utf8');
const write = (file: string, text: string) => writeFile(path.join(root, file), text);
const readAll = () => Promise.all(kept.map((file) => read(file).catch(() => undefined)));
const salt = async () => parseEnv(await read('.env'))['TOKEN_SALT'] ?? '';

describe('npm run init', () => {
  test('writes AppID, environment id and a fresh salt, which it does not print', async () => {
    const { status, output } = await spawnInit(root, flags);
    expect(output).toContain('.env: TOKEN_SALT made');
    expect(status).toBe(0);
    expect(JSON.parse(await read('project.private.config.json'))).toEqual({ appid: appId });
    expect(await read('miniprogram/env.ts')).toContain(`export const envId: string = '${envId}';`);
    expect(parseEnv(await read('.env'))).toEqual({
      ...parseEnv(await read('.env.example')),
      ENV_ID: envId,
      TOKEN_SALT: expect.stringMatching(/^[\w-]{43}$/) as unknown,
    });
    expect((await stat(path.join(root, '.env'))).mode & 0o777).toBe(0o600);
    expect(output).not.toContain(await salt());
  });

  test('makes another salt for another clone', async () => {
    await runInit(root, flags);
    const first = await salt();
    await write('.env', '');
    await runInit(root, flags);
    expect(await salt()).not.toBe(first);
  });

  test('changes nothing the second time, and says so', async () => {
    await runInit(root, flags);
    const before = await readAll();
    expect(await runInit(root, flags)).toEqual({ status: 0, output: 'Nothing was changed.\n' });
    expect(await readAll()).toEqual(before);
  });

  test('keeps what else is in the files', async () => {
    const settings = { setting: { urlCheck: false }, condition: { miniprogram: { list: [] } } };
    await write('project.private.config.json', JSON.stringify(settings));
    await write('.env', '# mine\nTOKEN_SALT=a-salt-that-is-in-use\nexport ENV_ID= # none yet\n');
    await runInit(root, flags);
    expect(JSON.parse(await read('project.private.config.json'))).toEqual({
      ...settings,
      appid: appId,
    });
    expect(await read('.env')).toBe(
      `# mine\nTOKEN_SALT=a-salt-that-is-in-use\nexport ENV_ID=${envId} # none yet\n`,
    );
  });

  test('refuses to replace other values, names them all, and changes nothing', async () => {
    await runInit(root, flags);
    const before = await readAll();
    const other = ['--appid', 'wxffffffffffffffff', '--env', 'other-1'];
    const { status, output } = await runInit(root, other);
    expect(status).toBe(1);
    expect(output).toBe(
      `project.private.config.json has appid ${appId}, not wxffffffffffffffff.\n` +
        `miniprogram/env.ts has envId ${envId}, not other-1.\n` +
        `.env has ENV_ID ${envId}, not other-1.\n` +
        'Nothing was changed. Give --force to replace it.\n',
    );
    expect(await readAll()).toEqual(before);
  });

  test('replaces them with --force, says what they were, and never the salt', async () => {
    await runInit(root, flags);
    const before = await salt();
    const { status, output } = await runInit(root, ['--appid', appId, '--env', 'new-1', '--force']);
    expect(status).toBe(0);
    expect(output).toContain(`.env: ENV_ID was ${envId}, is new-1\n`);
    expect(output).toContain(`miniprogram/env.ts: envId was ${envId}, is new-1\n`);
    expect(await read('miniprogram/env.ts')).toContain("envId: string = 'new-1';");
    expect(await salt()).toBe(before);
  });

  test('turns HTTP access on, with the AppID that the server needs, says what it lacks, and turns it off again', async () => {
    const { status, output } = await runInit(root, [...flags, '--http', 'on']);
    expect(status).toBe(0);
    expect(output).toContain(`.env: HTTP_ACCESS is on\n.env: WX_APP_ID is ${appId}\n`);
    expect(output).toContain(
      'Note: HTTP_ACCESS is on without WX_APP_SECRET: nobody can log in over HTTP until it is in .env (mp.weixin.qq.com',
    );
    const on = { HTTP_ACCESS: 'on', WX_APP_ID: appId };
    expect(parseEnv(await read('.env'))).toMatchObject(on);

    // It stays as it is until somebody says otherwise.
    await write('.env', (await read('.env')).replace('WX_APP_SECRET=', 'WX_APP_SECRET=a-secret'));
    expect(await runInit(root, flags)).toEqual({ status: 0, output: 'Nothing was changed.\n' });
    expect((await runInit(root, [...flags, '--http', 'off'])).output).toBe(
      '.env has HTTP_ACCESS on, not off.\nNothing was changed. Give --force to replace it.\n',
    );
    const off = await runInit(root, [...flags, '--http', 'off', '--force']);
    expect(off.output).toContain('.env: HTTP_ACCESS was on, is off\n');
    expect(parseEnv(await read('.env'))).toMatchObject({ ...on, HTTP_ACCESS: 'off' });
  });

  test.each([
    ['no AppID', ['--env', envId], /^--appid is missing, and there is no terminal/],
    ['no environment id', ['--appid', appId], /^--env is missing, and there is no terminal/],
    ['a malformed AppID', ['--appid', 'wx12', '--env', envId], /^--appid must be an AppID: wx and/],
    ['a malformed environment id', ['--appid', appId, '--env', 'A b'], /^--env must be the id of/],
    [
      'HTTP access in other words',
      [...flags, '--http', 'yes'],
      /^--http must be on or off; yes is/,
    ],
    ['an unknown flag', [...flags, '--nope'], /^Unknown option '--nope'/],
  ])('ends with 1 and says why with %s', async (_, args, message) => {
    const before = await readAll();
    const { status, output } = await runInit(root, args);
    expect(output).toMatch(message);
    expect(output).not.toMatch(/^\s+at /m);
    expect(status).toBe(1);
    expect(await readAll()).toEqual(before);
  });

  test.each([
    ['project.private.config.json', '{ "appid": ', /project\.private\.config\.json must be a JSON/],
    ['project.private.config.json', '["wx"]', /project\.private\.config\.json must be a JSON/],
    ['miniprogram/env.ts', 'export {};\n', /miniprogram\/env\.ts must have the line/],
  ])('names a file that it cannot follow, and changes none: %s %j', async (file, text, message) => {
    await write(file, text);
    const before = await readAll();
    const { status, output } = await runInit(root, flags);
    expect(status).toBe(1);
    expect(output).toMatch(message);
    expect(await readAll()).toEqual(before);
  });

  test('leaves each file whole where one cannot be written, and completes it the next time', async () => {
    await write('.env', 'TOKEN_MAX_LIVE=3\n');
    await mkdir(path.join(root, '.env.new'));
    const { status, output } = await runInit(root, flags);
    expect(status).toBe(1);
    expect(output).toMatch(/\.env cannot be written: /);
    expect(await read('.env')).toBe('TOKEN_MAX_LIVE=3\n');
    await removeClone(path.join(root, '.env.new'));
    expect((await runInit(root, flags)).status).toBe(0);
    expect(await read('.env')).toMatch(/^TOKEN_MAX_LIVE=3\nENV_ID=.*\nTOKEN_SALT=.*\n$/);
  });

  test('writes beside and renames: what a kill left half-made is neither read nor kept', async () => {
    await write('.env.new', 'ENV_ID=ha');
    expect((await runInit(root, flags)).status).toBe(0);
    expect(parseEnv(await read('.env'))['ENV_ID']).toBe(envId);
    await expect(read('.env.new')).rejects.toThrow('ENOENT');
  });

  test('closes a .env that others could read', async () => {
    await runInit(root, flags);
    await chmod(path.join(root, '.env'), 0o644);
    expect((await runInit(root, flags)).output).toBe('.env: readable by its owner only\n');
    expect((await stat(path.join(root, '.env'))).mode & 0o777).toBe(0o600);
  });

  test('says that .env.local wins', async () => {
    await write('.env.local', 'ENV_ID=mine-1\n');
    const { status, output } = await runInit(root, flags);
    expect(status).toBe(0);
    expect(output).toContain('Note: ENV_ID is mine-1: something wins over .env.');
  });

  test.each([
    ['a short salt', 'TOKEN_SALT=short\n', 'TOKEN_SALT must have at least 16 characters'],
    ['a weak salt', `TOKEN_SALT=${'a'.repeat(43)}\n`, 'TOKEN_SALT is weak'],
    ['a misspelt name', 'TOKEN_SALTT=1\n', '.env: TOKEN_SALTT is not a setting'],
  ])('leaves %s as it is, and says that a deployment will not take it', async (_, text, note) => {
    await write('.env', text);
    const { output } = await runInit(root, flags);
    expect(output).toContain(`Note: npm run deploy will not take this yet: ${note}`);
    expect(await read('.env')).toContain(text);
  });

  test('refuses a file that is not UTF-8, and leaves it byte for byte', async () => {
    const bytes = Buffer.from([...Buffer.from('TOKEN_SALT=salt'), 0xe9, 0xff, 0x0a]);
    await writeFile(path.join(root, '.env'), bytes);
    const { status, output } = await runInit(root, flags);
    expect(status).toBe(1);
    expect(output).toMatch(/\.env cannot be read: .*utf-8/);
    expect(await readFile(path.join(root, '.env'))).toEqual(bytes);
  });

  test('refuses options that npm kept to itself', () => {
    const { stdout, stderr, status } = spawnSync(
      'npm',
      ['run', '--silent', 'init', `--appid=${appId}`, '--env=test-1'],
      { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
    );
    expect(stderr).toContain(
      'npm kept --appid to itself. Put -- before the options: npm run init -- --appid',
    );
    expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  });

  test('prints its usage', async () => {
    const { status, output } = await runInit(root, ['--help']);
    expect(status).toBe(0);
    expect(output).toMatch(/^Usage: npm run init/);
  });
});

describe('npm run init in a terminal', () => {
  test('asks for what was not given, and again after an answer that cannot be', async () => {
    const { status, output } = await runInitInTerminal(
      root,
      [],
      [
        ['AppID (', 'wx1\r'],
        ['It must be an AppID', ''],
        ['AppID (', ` ${appId} \r`],
        ['Id of the cloud environment', `${envId}\r`],
        ['HTTP access, for clients without wx.cloud? (y/N) ', '\r'],
      ],
    );
    expect(output).toContain('It must be an AppID: wx and 16');
    expect(status).toBe(0);
    expect(JSON.parse(await read('project.private.config.json'))).toEqual({ appid: appId });
    expect(parseEnv(await read('.env'))).toMatchObject({
      ENV_ID: envId,
      HTTP_ACCESS: '',
      WX_APP_ID: '',
    });
  });

  test('offers what there is, and an empty answer stays with it', async () => {
    await runInit(root, [...flags, '--http', 'on']);
    const before = await readAll();
    const { status, output } = await runInitInTerminal(
      root,
      [],
      [
        [`[${appId}]: `, '\r'],
        [`[${envId}]: `, '\r'],
        ['(Y/n) ', '\r'],
      ],
    );
    expect(output).toContain('Nothing was changed.');
    expect(status).toBe(0);
    expect(await readAll()).toEqual(before);
  });

  test('asks before it replaces a value; no is the default', async () => {
    await runInit(root, flags);
    const { status, output } = await runInitInTerminal(
      root,
      ['--appid', appId, '--env', 'new-1'],
      [
        ['HTTP access', 'y\r'],
        [`miniprogram/env.ts has envId ${envId}. Replace it with new-1? (y/N) `, '\r'],
        [`.env has ENV_ID ${envId}. Replace it with new-1? (y/N) `, 'y\r'],
      ],
    );
    expect(output).toContain(`miniprogram/env.ts: envId stays ${envId}`);
    expect(status).toBe(0);
    expect(await read('miniprogram/env.ts')).toContain(`'${envId}'`);
    expect(parseEnv(await read('.env'))).toMatchObject({
      ENV_ID: 'new-1',
      HTTP_ACCESS: 'on',
      WX_APP_ID: appId,
    });
  });

  test.each([
    ['Ctrl+C', '\x03'],
    ['Ctrl+D', '\x04'],
  ])('%s ends it with 1, and nothing was changed', async (_, key) => {
    const before = await readAll();
    const { status, output } = await runInitInTerminal(
      root,
      ['--appid', appId],
      [['Id of the cloud environment', key]],
    );
    expect(output).toContain('Cancelled: nothing was changed.');
    expect(status).toBe(1);
    expect(await readAll()).toEqual(before);
  });
});
