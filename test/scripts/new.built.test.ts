import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildProject } from '../../scripts/build/project';
import {
  inheritedVariables,
  startCommandProcess,
  type CommandProcess,
} from './command-process/command-process';
import type { Run } from './command-process/protocol';
import { cloneParts, removeClone } from './project';

const parts = [
  '.prettierignore',
  '.prettierrc.json',
  'cloudbaserc.json',
  'cloudfunctions',
  'contract',
  'database',
  'jest.config.mjs',
  'miniprogram',
  'package.json',
  'project.config.json',
  'scripts',
  'server',
  'test/miniprogram',
  'test/sample-order.ts',
  'test/sequencer.mjs',
  'test/server',
  'tsconfig.base.json',
];

let root: string;
let commands: CommandProcess;

beforeAll(async () => {
  root = await cloneParts(parts);
  commands = startCommandProcess(inheritedVariables());
});

afterAll(async () => {
  commands.stop();
  await removeClone(root);
});

const runNew = (...args: string[]): Promise<Run> =>
  commands.run({ command: 'new', root, args, cwd: root, environment: inheritedVariables() });

const read = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');

/** Runs the tests of the clone that were written with what is new. */
async function runTests(...files: string[]): Promise<void> {
  const jest = require.resolve('jest/bin/jest');
  const options = ['--runInBand', '--rootDir', root, '--roots', path.join(root, 'test')];
  await promisify(execFile)(process.execPath, [jest, ...files, ...options], { cwd: root });
}

test('a new function and a new page are whole: both pass the tests that came with them', async () => {
  expect(await runNew('function', 'functionOfTests')).toMatchObject({ status: 0, stderr: '' });
  const page = await runNew('page', 'pageOfTests');
  expect(page).toMatchObject({ status: 0, stderr: '' });
  expect(page.stdout.split('\n')).toContain('miniprogram/pages/pageOfTests/index.wxml');
  await buildProject(root);
  await runTests('test/server/functionOfTests', 'test/miniprogram/pageOfTests');
  expect(await read('cloudfunctions/smoke.json')).toContain('"function": "functionOfTests"');
}, 60_000);

test.each([
  ['a name that is taken', ['function', 'orders'], /server\/orders\.ts is there already/],
  ['a name that cannot be', ['page', 'About us'], /The name must be letters and digits/],
  ['another kind', ['component', 'card'], /Say what is wanted/],
])('%s is refused, and nothing is written', async (_, args, message) => {
  const before = await read('cloudbaserc.json');
  const { status, stderr } = await runNew(...args);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(await read('cloudbaserc.json')).toBe(before);
});
