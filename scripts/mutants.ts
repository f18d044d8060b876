import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { installApart } from './install-apart';

const usage = `Usage: npm run test:mutants

Changes the session in every small way that Stryker knows, and runs its tests against each change: one that
no test notices is a gap. The first run installs Stryker into .cache/mutants (about 60 MB, which is why it is
no part of npm ci). Lists what survived; ends with 1 when less than 97 % were noticed.

  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');
const home = path.join(root, '.cache/mutants');
const least = 97;

/**
 * What is copied and tested. `compiled` and `races` run code that Stryker cannot change: another
 * compilation, a process of its own; `size` weighs it. `any-answer` and `oracle` take too long to be run 400 times.
 */
const config = {
  plugins: [path.join(home, 'node_modules/@stryker-mutator/jest-runner/dist/src/index.js')],
  testRunner: 'jest',
  jest: { projectType: 'custom', enableFindRelatedTests: false, config: jestConfig() },
  coverageAnalysis: 'perTest',
  mutate: ['miniprogram/session/*.ts'],
  ignorePatterns: [
    '**',
    '!miniprogram/env.ts',
    '!miniprogram/session/**',
    '!contract/**',
    '!test/session/**',
    '!package.json',
    '!tsconfig.base.json',
  ],
  tempDirName: '.cache/mutants/copies',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: '.cache/mutants/report.json' },
  thresholds: { high: 100, low: least, break: least },
  // A short one would count as noticed what is only slow on a busy machine.
  timeoutMS: 20_000,
  timeoutFactor: 1.2,
  concurrency: 2,
  allowEmpty: false,
  checkers: [],
  disableTypeChecks: false,
  incremental: false,
};

function jestConfig(): object {
  return {
    roots: ['<rootDir>/test/session'],
    // A call that never ends is noticed soon.
    testTimeout: 1000,
    testMatch: ['**/*.test.ts'],
    testPathIgnorePatterns: ['any-answer', 'compiled', 'oracle', 'races', 'size'],
    moduleFileExtensions: ['ts', 'js', 'json'],
    transform: {
      '^.+\\.ts$': [
        '@swc/jest',
        {
          jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
          module: { type: 'commonjs' },
        },
      ],
    },
  };
}

function testMutants(): Promise<void> {
  installApart('Stryker', path.join(__dirname, 'mutants'), home);
  const file = path.join(home, 'stryker.config.json');
  writeFileSync(file, JSON.stringify(config));
  const stryker = path.join(home, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const { status } = spawnSync(process.execPath, [stryker, 'run', file], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0)
    throw new ToolError('MUTANTS', `Less than ${least} % of the changes were noticed.`);
  return Promise.resolve();
}

runCommand({ usage, options: {}, run: testMutants });
