import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';

const usage = `Usage: npm test
       npm run test:quick

Checks types, lint and format while the tests run. One test: npx jest <file> [-t <name>].

  --quick      types, lint, and the tests that start no process
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
const lint: Step = {
  name: 'Lint',
  command: [program('oxlint/bin/oxlint'), '--config', 'oxlint.config.mjs'],
};
const format: Step = {
  name: 'Format',
  command: [
    program('prettier/bin/prettier.cjs'),
    ...['--check', '.', '--cache', '--cache-location', '.cache/prettier'],
  ],
};
const types: Step = { name: 'Types', command: [tsc, '-b'] };
/** Tests look whether the packed packages have them. */
const declarations: readonly Step[] = [
  {
    name: 'Declarations of cloudbase-local',
    command: [tsc, '-b', 'packages/cloudbase-local/src/phone/browser'],
  },
  {
    name: 'Declarations of the session and the server',
    command: ['--import', 'tsx', path.join(__dirname, 'build-packages.ts'), 'session', 'server'],
  },
];

/** One more at a time than cores: a test often waits, for the disk, for a page, for a CLI that looks once a second. */
const workers = `--maxWorkers=${availableParallelism() + 1}`;
const jest = (...options: readonly string[]): Step => ({
  name: 'Tests',
  command: [program('jest/bin/jest.js'), workers, ...options],
  live: true,
});
/** What runs built code or starts processes. */
const slow = '(\\.built|/session/races)\\.test\\.ts$';

async function testProject(): Promise<void> {
  say('Lint, format and types are checked while the tests run.');
  await inLanes([lint, format, types], [...declarations, jest()]);
}

async function testQuickly(): Promise<void> {
  say('Lint and types are checked while the tests run.');
  await inLanes([lint, types], [jest('--testPathIgnorePatterns', slow)]);
}

/** Runs lanes side by side, the steps of each one after another. */
async function inLanes(...lanes: readonly (readonly Step[])[]): Promise<void> {
  const results = await Promise.all(lanes.map(inTurn));
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

runCommand({
  usage,
  options: { quick: { type: 'boolean', default: false } },
  run: ({ values }) => (values.quick ? testQuickly() : testProject()),
});
