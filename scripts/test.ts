import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';

const usage = `Usage: npm test

Checks types, lint and format while the tests run. One test: npx jest <file> [-t <name>].

  -h, --help   print this
`;

/** A program that is run. Its output is shown when it has ended, or as it comes. */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly live?: boolean;
}

const root = path.resolve(__dirname, '..');
const program = (file: string): string => path.join(root, 'node_modules', file);
const tsc = program('typescript/bin/tsc');
const cache = (name: string): string[] => ['--cache', '--cache-location', `.cache/${name}`];

const checks: readonly Step[] = [
  {
    name: 'Lint',
    command: [program('eslint/bin/eslint.js'), '.', '--max-warnings', '0', ...cache('eslint')],
  },
  {
    name: 'Format',
    command: [program('prettier/bin/prettier.cjs'), '--check', '.', ...cache('prettier')],
  },
  { name: 'Types', command: [tsc, '-b'] },
];

const tests: readonly Step[] = [
  // A test looks whether the packed package has them.
  { name: 'Declarations', command: [tsc, '-b', 'packages/cloudbase-local/src/phone/browser'] },
  {
    name: 'Tests',
    // One more than cores: a test often waits, for the disk, for a page, for a CLI that looks once a second.
    command: [program('jest/bin/jest.js'), `--maxWorkers=${availableParallelism() + 1}`],
    live: true,
  },
];

async function testProject(): Promise<void> {
  say('Lint, format and types are checked while the tests run.');
  const results = await Promise.all([inTurn(checks), inTurn(tests)]);
  const failed = results.flat();
  if (failed.length > 0) throw new ToolError('TEST', `Failed: ${failed.join(', ')}.`);
}

/** @returns The names of the steps that failed. */
async function inTurn(steps: readonly Step[]): Promise<string[]> {
  const failed: string[] = [];
  for (const step of steps) if (!(await run(step))) failed.push(step.name);
  return failed;
}

function run({ name, command, live = false }: Step): Promise<boolean> {
  const started = Date.now();
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(0);
      say(`${output}${name}: ${status === 0 ? 'passed' : 'FAILED'}, ${seconds} s`);
      resolve(status === 0);
    });
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

runCommand({ usage, options: {}, run: testProject });
