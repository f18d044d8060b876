import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startInstance, type Instance } from '../../dist/functions/instance-process';
import { newFolder } from '../project';

const ending = new AbortController();

function start(code: string, environment: Record<string, string> = {}): Promise<Instance> {
  const file = path.join(newFolder(), 'index.js');
  writeFileSync(file, code);
  return startInstance({
    file,
    moduleFile: file,
    exportName: 'main',
    memoryMegabytes: 128,
    environment: { PATH: process.env['PATH'] ?? '', ...environment },
    output: () => undefined,
    ending: ending.signal,
  });
}

let calls = 0;
async function call(instance: Instance): Promise<unknown> {
  calls += 1;
  const outcome = await instance.call(
    { id: String(calls), event: '{}', context: {}, environment: {} },
    10_000,
  );
  return outcome.kind === 'result' ? outcome.value : outcome;
}

afterAll(() => {
  ending.abort();
});

test('A request that is not for the cloud is made as Node.js makes it, whatever its path', async () => {
  const instance = await start(
    `
    const http = require('node:http');
    const server = http.createServer(({ url }, response) => response.end(url));
    const get = (options) => new Promise((resolve, reject) => {
      http.get({ port: server.address().port, ...options }, async (response) => {
        resolve(Buffer.concat(await response.toArray()).toString());
      }).on('error', reject);
    });
    exports.main = async () => {
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const all = [await get({ path: '//' }), await get({ path: 'http://[/' })];
      return [...all, await fetch('nowhere').catch(({ name }) => name)];
    };
  `,
    { TCB_CONTEXT_CNFG: '{"URL":"http://127.0.0.1:1/admin?"}' },
  );
  expect(await call(instance)).toEqual(['//', 'http://[/', 'TypeError']);
});

/** Bytes of the heap that are in use. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}

test('thousands of calls of one instance leave nothing in memory', async () => {
  const instance = await start('exports.main = () => 1');
  for (let n = 0; n < 500; n += 1) await call(instance);
  const before = heap();
  for (let n = 0; n < 3000; n += 1) await call(instance);
  expect(heap() - before).toBeLessThan(1e6);
  instance.close();
});

/** Waits until a process has ended, even if nobody has asked how. */
async function ended(pid: unknown): Promise<void> {
  while (
    /^\d+ \(.*\) [^ZX]/.test(await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => ''))
  );
}

const spawning = `
  const { spawn } = require('child_process');
  exports.main = () => spawn('sleep', ['600'], { stdio: 'ignore' }).pid`;

test('what a function started ends with its instance', async () => {
  const instance = await start(spawning);
  const pid = await call(instance);
  instance.close();
  await ended(pid);
});

test('what a function started ends when the function ends its process', async () => {
  const instance = await start(`${spawning}; setTimeout(() => process.exit(), 50)`);
  await ended(await call(instance));
});

test.each([
  ['a value', '() => 5'],
  ['a promise', 'async () => 5'],
  ['the callback', '(event, context, callback) => { setImmediate(() => callback(null, 5)) }'],
  [
    'the callback, before its promise ends',
    'async (event, context, callback) => { callback(null, 5) }',
  ],
])('an answer is given by %s', async (_, handler) => {
  const instance = await start(`exports.main = ${handler}`);
  expect(await call(instance)).toBe(5);
  instance.close();
});

test.each([
  ['an Error', `new TypeError('no')`, 'TypeError: no'],
  ['a text', `'no'`, 'Error: no'],
])('the callback can fail with %s', async (_, error, message) => {
  const instance = await start(`exports.main = (event, context, callback) => callback(${error})`);
  expect(await call(instance)).toEqual({ kind: 'failure', message });
  instance.close();
});
