import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { invoke, textWith } from './project';

// Outside of this repository: nobody's packages are found there.
const elsewhere = mkdtempSync(path.join(tmpdir(), 'cloudbase-local-projects-'));
const command = path.resolve(__dirname, '../bin/cloudbase-local.js');

/** The command `cloudbase-local` in the folder of a project. */
interface Running {
  readonly root: string;
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: Interface;
  readonly lines: string[];
}

function start(name: string): Promise<Running> {
  const root = path.join(elsewhere, name);
  cpSync(path.join(__dirname, 'projects', name), root, { recursive: true });
  return startIn(root);
}

async function startIn(root: string, ...flags: string[]): Promise<Running> {
  const child = spawn(process.execPath, [command, ...flags], {
    cwd: root,
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve) => {
    output.on('line', (line) => {
      lines.push(line);
      const found = /http:\/\/127\.0\.0\.1:\d+$/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  return { root, url, child, output, lines };
}

function nextLine({ output }: Running): Promise<unknown> {
  return once(output, 'line');
}

async function stop({ child }: Running): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
}

afterAll(() => {
  rmSync(elsewhere, { recursive: true });
});

describe("DevTools' quickstart, as DevTools makes it", () => {
  let running: Running;
  beforeAll(async () => {
    running = await start('quickstart');
  });
  afterAll(() => stop(running));

  const call = (type: string, more: object = {}) =>
    invoke(running, 'quickstartFunctions', { type, ...more });

  test('knows who calls', async () => {
    expect(await call('getOpenId')).toMatchObject({ result: { openid: textWith('local-user') } });
  });

  test('makes its collection, and reads, changes and sums what is in it', async () => {
    expect((await call('createCollection')).result).toEqual({ success: true });
    expect((await call('createCollection')).result).toMatchObject({ data: textWith('success') });
    const { data } = (await call('selectRecord')).result as { data: { _id: string }[] };
    const changed = await call('updateRecord', { data: [{ _id: data[0]?._id, sales: 100 }] });
    expect(changed.result).toEqual({ success: true, updated: [1] });
    expect((await call('sumRecord')).result).toMatchObject({ list: [{ _id: '华东', sum: 122 }] });
  });

  test("hears that WeChat's own API is not here, and what to do", async () => {
    expect(await call('getMiniProgramCode')).toMatchObject({
      errCode: -504002,
      errMsg: textWith(/wxacode\.get.*local\/openapi\.js/),
    });
  });

  test("is answered by the project's own module once there is one", async () => {
    cpSync(
      path.join(__dirname, 'projects/openapi.js'),
      path.join(running.root, 'local/openapi.js'),
    );
    expect((await call('getMiniProgramCode')).result).toBe(3);
  });

  test('has a timer that is declared while it runs, without a call', async () => {
    const folder = path.join(running.root, 'cloudfunctions/later');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'index.js'), `exports.main = () => console.log('ticked')`);
    cpSync(path.join(folder, '../report/config.json'), path.join(folder, 'config.json'));
    while (!running.lines.some((line) => / later .*ticked/.test(line))) await nextLine(running);
    rmSync(folder, { recursive: true });
  });

  test('is called by the timer of its config.json, in a collection that nobody declared', async () => {
    for (;;) {
      const { result } = await invoke(running, 'report');
      if (JSON.stringify(result) === '["everySecond"]') break;
    }
    expect(running.lines).toContainEqual(
      textWith('The collection reports was made at its first use.'),
    );
  });

  test('answers a callback, with tcb-admin-node', async () => {
    expect((await invoke(running, 'legacy', { path: '/a' })).result).toEqual({
      path: '/a',
      visits: 1,
    });
  });

  test('has a new function, and a changed one, at once', async () => {
    const file = path.join(running.root, 'cloudfunctions/fresh/index.js');
    cpSync(path.join(running.root, 'cloudfunctions/legacy'), path.dirname(file), {
      recursive: true,
    });
    for (const answer of ['1', '"two"']) {
      writeFileSync(file, `exports.main = () => ${answer}`);
      expect(JSON.stringify((await invoke(running, 'fresh')).result)).toBe(answer);
    }
    rmSync(path.dirname(file), { recursive: true });
    expect((await invoke(running, 'fresh')).errCode).toBe(-501000);
  });

  test('is shown in the browser', async () => {
    expect((await fetch(`${running.url}/phone`)).status).toBe(200);
  });

  test('has nothing written into it but .local-cloud', () => {
    const list = (folder: string): string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const before = list(path.join(__dirname, 'projects/quickstart'));
    const added = list(running.root).filter(
      (file) => !before.includes(file) && !file.startsWith('.local-cloud'),
    );
    expect(added.sort()).toEqual(['local', 'local/openapi.js']);
  });
});

describe('A project in TypeScript, without a build and without cloudbaserc.json', () => {
  let running: Running;
  beforeAll(async () => {
    running = await start('typescript');
  });
  afterAll(() => stop(running));

  test('runs, with what its functions share', async () => {
    await invoke(running, 'notes', { add: 'Buy apples' });
    expect((await invoke(running, 'notes', { add: 'Call Anna' })).result).toEqual([
      { title: 'Buy a', text: 'Buy apples' },
      { title: 'Call ', text: 'Call Anna' },
    ]);
  });

  test('tells where in the source it failed', async () => {
    const { requestId } = await invoke(running, 'notes', { fail: true });
    const response = await fetch(`${running.url}/logs/${requestId}`);
    expect(await response.text()).toContain(
      path.join(running.root, 'functions/notes/src/index.ts:13'),
    );
  });

  test('answers over HTTP under the name of each function', async () => {
    const response = await fetch(`${running.url}/greet?name=Anna`);
    expect([response.status, await response.text()]).toEqual([200, 'Hello Anna']);
  });

  test('hears that data models and SQL are not here', async () => {
    const file = path.join(running.root, 'functions/absent/index.js');
    mkdirSync(path.dirname(file));
    writeFileSync(
      file,
      `const app = require('@cloudbase/node-sdk').init();
      const attempt = async (work) => { try { return await work() } catch ({ message }) { return message } };
      exports.main = async () => [
        await attempt(() => app.models.post.list({})),
        await attempt(() => app.models.$runSQL('select 1')),
        await attempt(() => app.mysql().from('post').select('*')),
      ];`,
    );
    expect((await invoke(running, 'absent')).result).toEqual([
      'The local cloud has no data models: try that in the cloud.',
      'The local cloud has no data models: try that in the cloud.',
      'The local cloud has no SQL databases: try that in the cloud.',
    ]);
  });

  test('is built anew when what it is made of changes', async () => {
    writeFileSync(path.join(running.root, 'shared/note.ts'), 'export const title = () => "new";');
    expect((await invoke(running, 'notes')).result).toMatchObject([
      { title: 'new' },
      { title: 'new' },
    ]);
  });
});

describe('A function that needs a package', () => {
  const code = `const { shout } = require('shouting'); exports.main = () => shout('hi');`;

  function makeNeedy(dependencies: Record<string, string>): string {
    const root = mkdtempSync(path.join(elsewhere, 'needy-'));
    const write = (file: string, text: string): void => {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    };
    write('shouting/package.json', '{"name":"shouting","version":"1.0.0"}');
    write('shouting/index.js', 'exports.shout = (text) => text.toUpperCase();');
    write('functions/needy/index.js', code);
    write('functions/needy/package.json', JSON.stringify({ name: 'needy', dependencies }));
    return root;
  }

  test.each([
    ['and declares it', { shouting: 'file:../../shouting' }, 'npm install'],
    ['and does not', {}, 'npm install shouting'],
  ])('%s says how to install it', async (_, dependencies, command) => {
    const root = makeNeedy(dependencies);
    const running = await startIn(root);
    const { errMsg } = await invoke(running, 'needy');
    const folder = path.join(root, 'functions/needy');
    expect(errMsg).toContain(`shouting is not installed: run \`${command}\` in ${folder}`);
    const told = running.lines.filter((line) => line.includes('needy needs shouting'));
    expect(told).toHaveLength(Object.keys(dependencies).length);
    await stop(running);
  });

  test('has it with --install, and nothing else is written', async () => {
    const root = makeNeedy({ shouting: 'file:../../shouting' });
    const running = await startIn(root, '--install');
    expect((await invoke(running, 'needy')).result).toBe('HI');
    expect(readdirSync(path.join(root, 'functions/needy')).sort()).toEqual([
      'index.js',
      'node_modules',
      'package.json',
    ]);
    await stop(running);
  });
});

test('Functions that are broken answer their own errors, and no other is stopped', async () => {
  const root = mkdtempSync(path.join(elsewhere, 'broken-'));
  const files = {
    'cloudbaserc.json': JSON.stringify({
      functions: [
        { name: 'slow', timeout: '3' },
        { name: 'gone' },
        { name: 'odd', triggers: [{ name: 'rare', type: 'timer', config: 'rarely' }] },
        { name: 'bucket', triggers: [{ name: 'upload', type: 'cos', config: '' }] },
      ],
    }),
    'cloudfunctions/slow/index.js': 'exports.main = () => 1',
    'cloudfunctions/odd/index.js': 'exports.main = () => 1',
    'cloudfunctions/bucket/index.js': 'exports.main = () => 1',
    'cloudfunctions/config/config.json': '{',
    'cloudfunctions/config/index.js': 'exports.main = () => 1',
    'cloudfunctions/manifest/package.json': '{',
    'cloudfunctions/manifest/index.js': 'exports.main = () => 1',
    'cloudfunctions/syntax/index.js': 'exports.main = (',
    'cloudfunctions/typed/index.ts': 'export const main = (',
    'cloudfunctions/empty/package.json': '{}',
    'cloudfunctions/fine/index.js': 'exports.main = () => 1',
    'cloudfunctions/notes.txt': 'no function',
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  symlinkSync('nowhere', path.join(root, 'cloudfunctions/dangling'));
  const running = await startIn(root);
  const answers = {
    slow: /slow cannot run: its setting timeout is malformed/,
    gone: /FunctionName parameter could not be found/,
    bucket: /its setting triggers\.0\.type is malformed/,
    config: /config cannot run: .*config\.json cannot be read/,
    manifest: /cannot be loaded: .*package\.json/,
    syntax: /cannot be loaded: SyntaxError/,
    typed: /typed does not build: cloudfunctions.typed.index\.ts:1:/,
    empty: /there is no .*index\.js/,
  };
  for (const [name, message] of Object.entries(answers)) {
    expect([name, (await invoke(running, name)).errMsg]).toEqual([name, textWith(message)]);
  }
  expect((await invoke(running, 'fine')).result).toBe(1);
  expect((await invoke(running, 'odd')).result).toBe(1);
  expect(running.lines).toContainEqual(textWith('The timer rare of odd is malformed'));
  await stop(running);
});
