import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { invoke, textWith } from './project';

// Outside of this repository: nobody's packages are found there.
const elsewhere = mkdtempSync(path.join(tmpdir(), 'cloudbase-local-projects-'));
const command = path.resolve(__dirname, '../bin/cloudbase-local.js');

/** The command `cloudbase-local` in the folder of a project. */
interface Running {
  readonly root: string;
  readonly url: string;
  readonly child: ChildProcess;
  readonly lines: string[];
}

async function start(name: string): Promise<Running> {
  const root = path.join(elsewhere, name);
  cpSync(path.join(__dirname, 'projects', name), root, { recursive: true });
  const child = spawn(process.execPath, [command], {
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
  return { root, url, child, lines };
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

  test('is built anew when what it is made of changes', async () => {
    writeFileSync(path.join(running.root, 'shared/note.ts'), 'export const title = () => "new";');
    expect((await invoke(running, 'notes')).result).toMatchObject([
      { title: 'new' },
      { title: 'new' },
    ]);
  });
});
