import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { LocalCloud } from 'cloudbase-local';
import { lockFolder } from '../src/data-folder/lock';
import {
  makeProject,
  newFolder,
  runScript,
  sdkFunction,
  startTestCloud,
  textWith,
} from './project';

const command = path.resolve(__dirname, '../bin/cloudbase-local.js');

interface Ran {
  code: unknown;
  stdout: string;
  stderr: string;
}

function run(root: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

const notes = '{"_id":"a","at":{"$date":"2026-10-01T03:00:00Z"}}\n{"_id":"b","n":1.5}\n';
const changes = '{"_id":"c"}\n{"_id":"a","n":2}\n';

function write(root: string): void {
  writeFileSync(path.join(root, 'notes.json'), notes);
  writeFileSync(path.join(root, 'changes.json'), changes);
}

/** A bad line is named, and nothing is there that was not before. */
async function refusesTwice(root: string): Promise<void> {
  expect(await run(root, 'import', 'changes.json', 'notes')).toMatchObject({
    code: 1,
    stderr: textWith(/changes\.json: line 2: .*duplicate key.*Nothing was imported\.\n$/),
  });
  expect((await run(root, 'export', 'notes')).stdout).toBe(notes);
}

describe('The commands import and export', () => {
  test('move documents, all or none, without a cloud', async () => {
    const root = newFolder();
    write(root);
    expect(await run(root, 'import', 'notes.json', 'notes')).toEqual({
      code: 0,
      stdout: '',
      stderr: '2 documents read, writing them ...\n2 documents imported into notes.\n',
    });
    await refusesTwice(root);
    expect((await run(root, 'import', 'changes.json', 'notes', '--upsert')).code).toBe(0);
    expect((await run(root, 'export', 'notes', 'out.csv')).code).toBe(0);
    await run(root, 'import', 'out.csv', 'again');
    const copies = (await run(root, 'export', 'again')).stdout;
    expect(copies).toBe('{"_id":"a","n":2}\n{"_id":"b","n":1.5}\n{"_id":"c"}\n');
    const files = ['.local-cloud', 'changes.json', 'notes.json', 'out.csv'];
    expect(readdirSync(root).sort()).toEqual(files);
  });

  test('move documents, all or none, while the cloud runs', async () => {
    const root = makeProject({ functions: { sdk: sdkFunction }, collections: [{ name: 'notes' }] });
    write(root);
    const cloud: LocalCloud = await startTestCloud(root);
    expect((await run(root, 'import', 'notes.json', 'notes')).code).toBe(0);
    const script = `return (await db.collection('notes').doc('a').get()).data.at instanceof Date`;
    expect(await runScript(cloud, script)).toBe(true);
    await refusesTwice(root);
    const response = await fetch(`${cloud.url}/data/notes`);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'SIGN_PARAM_INVALID' });
    expect(await run(root, 'export', 'none')).toMatchObject({ code: 1, stdout: '' });
    await cloud.close();
  });

  test('fail in a sentence if the cloud ends before it answers', async () => {
    const root = newFolder();
    write(root);
    const dataDir = path.join(root, '.local-cloud');
    mkdirSync(dataDir);
    const server = createServer(({ socket }) => socket.destroy());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const lock = await lockFolder(dataDir);
    lock.tell(url);
    const message = `The local cloud at ${url} ended before it answered: look what it has before you try again.\n`;
    expect(await run(root, 'import', 'notes.json', 'notes')).toEqual({
      code: 1,
      stdout: '',
      stderr: `2 documents read, writing them ...\nnotes.json: ${message}`,
    });
    expect(await run(root, 'export', 'notes')).toEqual({
      code: 1,
      stdout: '',
      stderr: message,
    });
    await lock.close();
    server.close();
  });

  test('fail if nothing is left that they could wait for', async () => {
    const script = `require('cloudbase-local/command').execute({ usage: '', options: {}, run: () => new Promise(() => {}) }, [])`;
    const ended = await new Promise<Ran>((resolve) => {
      execFile(process.execPath, ['-e', script], { cwd: __dirname }, (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stdout, stderr });
      });
    });
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The command ended before its work did.\n',
    });
  });

  test('refuse a collection that the project does not declare', async () => {
    const root = makeProject({ functions: {}, collections: [{ name: 'notes' }] });
    write(root);
    expect(await run(root, 'import', 'notes.json', 'others')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'database/collections.json declares no others.\n',
    });
    expect(existsSync(path.join(root, '.local-cloud'))).toBe(false);
  });

  test.each([
    ['a file that is missing', ['import', 'none.json', 'notes'], /none\.json: .*no such file/],
    ['data that is missing', ['export', 'notes'], /There is no data in /],
    ['a name that no collection has', ['export', 'a/b'], /a\/b is no name/],
    ['too few arguments', ['import', 'notes.json'], /See --help/],
  ])('tell of %s in a sentence', async (_, args, message) => {
    const { code, stderr } = await run(newFolder(), ...args);
    expect([code, stderr]).toEqual([1, textWith(message)]);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
