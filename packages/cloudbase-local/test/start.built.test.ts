import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import disk from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startLocalCloud, type LocalCloud } from 'cloudbase-local';
import { ToolError } from '../dist/command/tool-error';
import { lockFolder } from '../dist/data-folder/lock';
import { createPool } from '../dist/functions/pool';
import {
  gone,
  invoke,
  makeProject,
  newFolder,
  repository,
  runScript,
  sdkFunction,
  startTestCloud,
  textWith,
  writeFunction,
  type TestProject,
} from './project';

const started: LocalCloud[] = [];

async function start(...args: Parameters<typeof startTestCloud>): Promise<LocalCloud> {
  const cloud = await startTestCloud(...args);
  started.push(cloud);
  return cloud;
}

afterEach(async () => {
  for (const cloud of started.splice(0)) await cloud.close();
});

const environment: TestProject = {
  functions: {
    settings: {
      code: 'exports.main = () => process.env',
      envVariables: {
        MADE: '{{env.SOME_SALT}}',
        GIVEN: 'a {{env.GIVEN}} b {{ env.OTHER }}',
        EMPTY: '{{env.NOBODY}}',
        NUMBER: '7',
      },
    },
  },
};

async function settingsOf(cloud: LocalCloud): Promise<Record<string, string>> {
  return (await invoke(cloud, 'settings')).result as Record<string, string>;
}

/** One sentence that a person can act on. */
function sentence(...parts: string[]): unknown {
  return textWith(new RegExp(`^[^\\n]*${parts.join('[^\\n]*')}[^\\n]*\\.$`));
}

describe('A local cloud that cannot start says why in one sentence', () => {
  const oneFunction: TestProject = { functions: { one: { code: 'exports.main = () => 1' } } };

  test('when its port is in use', async () => {
    const first = await start(makeProject(oneFunction));
    await expect(start(makeProject(oneFunction), { port: first.port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: sentence(String(first.port), 'PORT'),
      cause: { code: 'EADDRINUSE' },
    });
  });

  test('when another one has its data folder, also by another path to it', async () => {
    const root = makeProject(oneFunction);
    const first = await start(root);
    const dataDir = path.join(root, 'cloudfunctions', '..', '.local-cloud');
    await expect(start(root, { dataDir })).rejects.toMatchObject({
      code: 'DATA_IN_USE',
      message: sentence(`process ${String(process.pid)}`, 'using'),
    });
    expect((await invoke(first, 'one')).result).toBe(1);
  });

  test('when another one has its data folder, with the place of that one and a way to run beside it', async () => {
    const root = makeProject(oneFunction);
    const first = await start(root);
    await expect(start(root)).rejects.toMatchObject({
      message: sentence(first.url.replaceAll('.', '\\.'), 'open that', 'PORT=0', '--data'),
    });
  });

  test('when another one has its data folder by a long path, whatever its folder for temporary files', async () => {
    const root = makeProject(oneFunction);
    const dataDir = path.join(root, 'a'.repeat(60), 'b'.repeat(60));
    const here = process.cwd();
    const elsewhere = newFolder();
    process.chdir(elsewhere);
    writeFileSync('lock.1', 'of somebody else');
    const first = await start(root, { dataDir });
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = newFolder();
    await expect(start(root, { dataDir })).rejects.toMatchObject({ code: 'DATA_IN_USE' });
    process.env['TMPDIR'] = before;
    await first.close();
    await (await start(root, { dataDir })).close();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('lock'))).toEqual([]);
    process.chdir(here);
    expect(readFileSync(path.join(elsewhere, 'lock.1'), 'utf8')).toBe('of somebody else');
  });

  test('when a setting cannot be used', async () => {
    const checkSettings = ({ NUMBER }: Readonly<Record<string, string>>): void => {
      throw new ToolError('SETTINGS', `NUMBER must not be ${NUMBER ?? 'nothing'}.`);
    };
    await expect(start(makeProject(environment), { checkSettings })).rejects.toMatchObject({
      code: 'SETTINGS',
      message: 'NUMBER must not be 7.',
    });
  });

  test('when another one was as quick to find that a killed one has left the data folder', async () => {
    const folders = Array.from({ length: 6 }, newFolder);
    const dying = `
      const sockets = ${JSON.stringify(folders)}.map((folder) => require('path').join(folder, 'lock.7'));
      const listen = (socket) => new Promise((resolve) => require('net').createServer().listen(socket, resolve));
      Promise.all(sockets.map(listen)).then(() => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', dying]);
    const program = path.join(repository, 'packages/cloudbase-local/test/data-folder/lock.ts');
    const starters = [1, 2, 3].map(() => {
      const child = spawn(process.execPath, ['--import', 'tsx', program, ...folders], {
        cwd: repository,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: child.stdout });
      return { child, line: () => once(lines, 'line') as Promise<[string]> };
    });
    await Promise.all(starters.map(({ line }) => line()));
    const soon = String(Date.now() + 20);
    const got = starters.map(async ({ child, line }) => {
      child.stdin.write(soon);
      const [folders] = await line();
      return JSON.parse(folders) as string[];
    });
    const all = (await Promise.all(got)).flat();
    for (const { child } of starters) child.stdin.end();
    expect(all.sort()).toEqual([...folders].sort());
  });

  test('when the disk is full', async () => {
    const root = makeProject(oneFunction);
    const space = await disk.statfs(root);
    space.bavail = Math.floor(20_000 / space.bsize);
    const statfs = jest.spyOn(disk, 'statfs').mockResolvedValue(space);
    await expect(start(root)).rejects.toMatchObject({
      code: 'DATA_UNWRITABLE',
      message: sentence('.local-cloud', 'disk is full'),
    });
    statfs.mockRestore();
    expect((await invoke(await start(root), 'one')).result).toBe(1);
  });

  test('when its data folder cannot be written to', async () => {
    const root = makeProject(oneFunction);
    const file = path.join(root, 'a-file');
    writeFileSync(file, '');
    for (const dataDir of [file, path.join(file, 'within')]) {
      await expect(start(root, { dataDir })).rejects.toMatchObject({
        code: 'DATA_UNWRITABLE',
        message: sentence(dataDir, 'cannot be written'),
      });
    }
  });

  test.each([
    ['cloudbaserc.json is no JSON', '{', ['cloudbaserc.json', 'JSON']],
    ['cloudbaserc.json lacks a name', '{"functions":[{}]}', ['functions.0.name']],
  ])('when %s', async (_, content, parts) => {
    const root = makeProject(oneFunction);
    writeFileSync(path.join(root, 'cloudbaserc.json'), content);
    await expect(start(root)).rejects.toMatchObject({
      code: 'PROJECT',
      message: sentence(...parts),
    });
  });

  test('when the kept settings are damaged', async () => {
    const root = makeProject(oneFunction);
    mkdirSync(path.join(root, '.local-cloud'));
    writeFileSync(path.join(root, '.local-cloud/settings.json'), '{"ENV_ID":');
    await expect(start(root)).rejects.toMatchObject({
      code: 'DATA_DAMAGED',
      message: sentence('settings.json'),
    });
  });

  test('when a sample is malformed', async () => {
    const root = makeProject({ ...oneFunction, collections: [{ name: 'things' }] });
    writeFileSync(path.join(root, 'database/sample-things.jsonl'), '{"_id":"a"}\n{"title":1}\n');
    await expect(start(root)).rejects.toMatchObject({
      code: 'PROJECT',
      message: sentence('line 2'),
    });
  });

  test('when two samples have the same _id', async () => {
    const samples = { things: [{ _id: 'a' }, { _id: 'a' }] };
    const root = makeProject({ ...oneFunction, collections: [{ name: 'things' }], samples });
    await expect(start(root)).rejects.toMatchObject({
      code: 'PROJECT',
      message: sentence('sample-things.jsonl', 'duplicate key'),
    });
  });

  test('when there are samples of a collection that is not declared', async () => {
    const root = makeProject({ ...oneFunction, samples: { things: [{ _id: 'a' }] } });
    await expect(start(root)).rejects.toMatchObject({
      code: 'PROJECT',
      message: sentence('sample-things.jsonl', 'declares no things'),
    });
  });

  test('and leaves nothing behind: after the cause is gone it starts', async () => {
    const root = makeProject(oneFunction);
    writeFileSync(path.join(root, 'database/collections.json'), '[');
    await expect(start(root)).rejects.toMatchObject({ code: 'PROJECT' });
    writeFileSync(path.join(root, 'database/collections.json'), '[]');
    expect((await invoke(await start(root), 'one')).result).toBe(1);
  });
});

test('A data folder that others can read is told with the command that closes it', async () => {
  const root = makeProject({ functions: {} });
  const dataDir = path.join(root, 'open');
  mkdirSync(dataDir, { mode: 0o755 });
  const lines: string[] = [];
  await start(root, { dataDir, log: (line) => lines.push(line) });
  expect(lines).toEqual([textWith(`chmod 700 ${dataDir}`)]);
  lines.length = 0;
  await start(root, { log: (line) => lines.push(line) });
  expect(lines).toEqual([]);
});

describe('Settings', () => {
  test('that nobody gave are made once, kept in a private file, and the same after a restart', async () => {
    const root = makeProject(environment);
    const secrets = ['SOME_SALT'];
    const before = await start(root, { secrets });
    const first = await settingsOf(before);
    await before.close();
    const second = await settingsOf(await start(root, { secrets }));
    expect(first['MADE']).toMatch(/^[\w-]{43}$/);
    for (const name of ['MADE', 'TCB_ENV', 'TENCENTCLOUD_SECRETID']) {
      expect(second[name]).toBe(first[name]);
    }
    expect(statSync(path.join(root, '.local-cloud/settings.json')).mode & 0o777).toBe(0o600);
  });

  test('that were given are used and not kept, and an empty one is not set', async () => {
    const root = makeProject(environment);
    const env = { SOME_SALT: 'given-salt', GIVEN: '{"x":1}', ENV_ID: 'my-env' };
    const settings = await settingsOf(await start(root, { env, secrets: ['SOME_SALT'] }));
    expect(settings).toMatchObject({
      MADE: 'given-salt',
      GIVEN: 'a {"x":1} b ',
      NUMBER: '7',
      TCB_ENV: 'my-env',
    });
    expect(settings).not.toHaveProperty('EMPTY');
    const kept = readFileSync(path.join(root, '.local-cloud/settings.json'), 'utf8');
    expect(kept).not.toMatch(/given-salt|my-env/);
  });

  test('that nothing reads are named at the start, without their value', async () => {
    const root = makeProject(environment);
    writeFileSync(
      path.join(root, '.env'),
      'GIVEN=env\nGIVENN=a value\nWX_APPID=wx1\nDEPLOYED=on\n',
    );
    const lines: string[] = [];
    started.push(
      await startLocalCloud({
        root,
        dataDir: path.join(root, 'data'),
        port: 0,
        otherSettings: ['DEPLOYED'],
        log: (line) => void lines.push(line),
      }),
    );
    expect(lines).toEqual([
      textWith(
        /^\d\d:\d\d:\d\d \.env: GIVENN is not a setting, and has no effect. The settings are ENV_ID, WX_APPID, DEPLOYED, SOME_SALT, GIVEN, OTHER, NOBODY\.$/,
      ),
    ]);
  });

  test('come from the environment, then .env.local, then .env', async () => {
    const root = makeProject(environment);
    writeFileSync(path.join(root, '.env'), 'GIVEN=env\nOTHER=env\nSOME_SALT="from env"\n');
    writeFileSync(path.join(root, '.env.local'), 'GIVEN=local\nOTHER=local\n');
    process.env['OTHER'] = 'process';
    const dataDir = path.join(root, '.local-cloud');
    const cloud = await startLocalCloud({ root, dataDir, port: 0, log: () => undefined });
    started.push(cloud);
    delete process.env['OTHER'];
    expect(await settingsOf(cloud)).toMatchObject({ GIVEN: 'a local b process', MADE: 'from env' });
  });
});

describe('The database at the start', () => {
  const project: TestProject = {
    functions: { sdk: sdkFunction },
    collections: [{ name: 'things' }, { name: 'people' }],
    samples: {
      things: [{ _id: 'o1', createdAt: { $date: '2026-10-01T00:00:00Z' } }, { _id: 'o2' }],
      people: [{ _id: 'p1' }],
    },
  };

  test('holds the samples of each collection that is empty, and is left alone where it is not', async () => {
    const root = makeProject(project);
    const before = await start(root);
    const script = `
      const { data } = await db.collection('things').get();
      await db.collection('things').doc('o2').remove();
      const { total } = await db.collection('people').count();
      return [total, ...data.map(({ _id, createdAt }) => [_id, createdAt instanceof Date])];`;
    expect(await runScript(before, script)).toEqual([1, ['o1', true], ['o2', false]]);
    await before.close();
    const again = await start(root);
    expect(await runScript(again, script).catch(() => undefined)).toEqual([1, ['o1', true]]);
    await again.close();
    expect(await runScript(await start(root, { reset: true }), script)).toEqual([
      1,
      ['o1', true],
      ['o2', false],
    ]);
  });

  test('gets a collection and samples that are declared later', async () => {
    const root = makeProject({ functions: { sdk: sdkFunction } });
    const cloud = await start(root);
    const count = `return (await db.collection('later').count()).total`;
    await expect(runScript(cloud, count)).rejects.toThrow('not exist');
    writeFileSync(path.join(root, 'database/collections.json'), '[{"name":"later"}]');
    writeFileSync(path.join(root, 'database/sample-later.jsonl'), '{"_id":"a"}');
    for (;;) if ((await runScript(cloud, count).catch(() => 0)) === 1) break;
  });
});

describe('Stopping', () => {
  test('ends calls, processes and the port, and the folder can be used at once', async () => {
    const functions = {
      pid: { code: 'exports.main = () => process.pid' },
      hang: {
        code: `exports.main = () => { console.log('hanging'); return new Promise(() => {}) }`,
      },
    };
    const root = makeProject({ functions });
    let hanging = (): void => undefined;
    const isHanging = new Promise<void>((resolve) => (hanging = resolve));
    const log = (line: string): void => {
      if (line.includes('hanging')) hanging();
    };
    const cloud = await start(root, { log });
    const pid = (await invoke(cloud, 'pid')).result as number;
    const call = invoke(cloud, 'hang');
    await isHanging;
    await Promise.all([cloud.close(), expect(call).rejects.toThrow()]);
    await gone(pid);
    const again = await start(root, { port: cloud.port });
    expect((await invoke(again, 'pid')).result).not.toBe(pid);
  });

  test('ends a function that is still loading', async () => {
    const code = 'console.log(process.pid); for (;;);';
    const root = makeProject({ functions: { loading: { code } } });
    let cloud: LocalCloud | undefined;
    const pid = await new Promise<number>((resolve) => {
      const log = (line: string): void => {
        const printed = / loading [\w-]+ \| (\d+)$/.exec(line)?.[1];
        if (printed !== undefined) resolve(Number(printed));
      };
      void start(root, { log }).then((running) => {
        cloud = running;
        return invoke(running, 'loading').catch(() => undefined);
      });
    });
    await cloud?.close();
    await gone(pid);
  });

  test('lets no call begin any more', async () => {
    const pool = createPool({
      file: __filename,
      moduleFile: __filename,
      exportName: 'main',
      memoryMegabytes: 64,
      timeLimit: 1000,
      environment: {},
      output: () => undefined,
    });
    pool.close();
    const call = pool.call({ id: 'late', event: '{}', context: {}, environment: {} });
    expect(await call).toMatchObject({ kind: 'unloadable', message: textWith('closing') });
  });

  test('by kill -9 leaves no function running', async () => {
    const code = 'setInterval(() => {}, 1000); exports.main = () => process.pid';
    const root = makeProject({ functions: { pid: { code } } });
    const serve = path.join(repository, 'packages/cloudbase-local/test/serve.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', serve, root], { cwd: repository });
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const pid = (await invoke({ url }, 'pid')).result as number;
    child.kill('SIGKILL');
    await gone(pid);
  });
});

describe('A function whose build goes away while the cloud runs', () => {
  test('answers the error of the cloud, and works again once built', async () => {
    const root = makeProject({ functions: { one: { code: 'exports.main = () => 1' } } });
    const cloud = await start(root);
    expect((await invoke(cloud, 'one')).result).toBe(1);
    rmSync(path.join(root, 'cloudfunctions/one/index.js'));
    expect(await invoke(cloud, 'one')).toMatchObject({
      errCode: -504002,
      errMsg: textWith(path.join(root, 'cloudfunctions/one/index.js')),
    });
    writeFunction(root, 'one', 'exports.main = () => 2');
    expect((await invoke(cloud, 'one')).result).toBe(2);
    rmSync(path.join(root, 'cloudfunctions/one'), { recursive: true });
    expect(await invoke(cloud, 'one')).toMatchObject({ errCode: -501000 });
  });
});

describe('The command cloudbase-local', () => {
  const main = [path.resolve(__dirname, '../bin/cloudbase-local.js')];

  function run(args: string[], env: Record<string, string> = {}) {
    return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
      const options = { cwd: repository, env: { ...process.env, ...env } };
      execFile(process.execPath, [...main, ...args], options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : error.code, stdout, stderr });
      });
    });
  }

  test.each([
    ['--help', ['--help'], {}, 0, /^Usage: cloudbase-local[^]*PORT/, /^$/],
    ['-h', ['-h'], {}, 0, /^Usage: cloudbase-local[^]*PORT/, /^$/],
    ['a PORT that is none', [], { PORT: '77a' }, 1, /^$/, /^PORT must be [^\n]*77a\.\n$/],
    ['a PORT too large', [], { PORT: '70000' }, 1, /^$/, /^PORT must be [^\n]*70000\.\n$/],
    ['an unknown option', ['--bogus'], {}, 1, /^$/, /^[^\n]*--bogus[^\n]*\nSee --help\.\n$/],
    ['a data folder without a name', ['--data', ''], {}, 1, /^$/, /^--data must [^\n]*\n$/],
    ['two projects', ['one', 'two'], {}, 1, /^$/, /^Only one project [^\n]*--help\.\n$/],
    [
      'a project that is no folder',
      ['package.json'],
      {},
      1,
      /^$/,
      /package\.json is no folder\.\n$/,
    ],
    ['a folder that is no project', ['bench'], {}, 1, /^$/, /^[^\n]*cloudbaserc\.json[^\n]*\n$/],
  ])('with %s', async (_, args, env, code, stdout, stderr) => {
    const result = await run(args, env);
    expect(result).toEqual({
      code,
      stdout: textWith(stdout),
      stderr: textWith(stderr),
    });
  });

  test('prints its URL, serves, and ends cleanly when told to', async () => {
    const root = makeProject({ functions: {} });
    const child = spawn(process.execPath, [...main, root], {
      env: { ...process.env, PORT: '0' },
    });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    const url = /http:\/\/127\.0\.0\.1:\d+$/.exec(line)?.[0] ?? 'no URL';
    expect((await invoke({ url }, 'nobody')).errCode).toBe(-501000);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(readdirSync(path.join(root, '.local-cloud'))).toContain('data.mdb');
  });

  test('ends, and gives its folder back, when npm is killed', async () => {
    const root = makeProject({ functions: {} });
    const data = path.join(root, 'data');
    writeFileSync(path.join(root, 'package.json'), '{"scripts":{"start":"cloudbase-local"}}');
    const npm = spawn('npm', ['start', '--silent', '--', '--data', data], {
      cwd: root,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(createInterface({ input: npm.stdout }), 'line');
    const taken: unknown = await lockFolder(data).catch((error: unknown) => error);
    npm.kill('SIGKILL');
    await gone(Number(/process (\d+)/.exec(String(taken))?.[1]));
    await (await lockFolder(data)).close();
  });
});
