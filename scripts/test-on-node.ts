import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';

const usage = `Usage: npm run test:on-node -- <version> [<jest argument>...]

Runs tests on another version of Node.js, such as the one that the functions have in the cloud: without more
arguments those of the built functions and of the local cloud. The version comes as the npm package \`node\` into
.cache/node-<version> (about 190 MB, which is why it is no part of npm ci).

  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');
const builtFunctions = ['test/server', 'test/cloudfunctions', 'packages/cloudbase-local/test'];

function runTests(version: string | undefined, wanted: readonly string[]): Promise<void> {
  if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new ToolError('USAGE', 'Name a version of Node.js, such as 24.11.0.');
  }
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const tests = wanted.length > 0 ? wanted : builtFunctions;
  const { status } = spawnSync(install(version), [jest, ...tests], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
  return Promise.resolve();
}

/** @returns The program, installed if it is not there yet. */
function install(version: string): string {
  const home = path.join(root, '.cache', `node-${version}`);
  const program = path.join(home, 'node_modules/node/bin/node');
  if (existsSync(program)) return program;
  process.stdout.write(`Installing Node.js ${version} into .cache …\n`);
  mkdirSync(home, { recursive: true });
  // Its install script brings the program for this machine.
  const manifest = { private: true, allowScripts: { node: true } };
  writeFileSync(path.join(home, 'package.json'), JSON.stringify(manifest));
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', `node@${version}`];
  execFileSync('npm', args, { cwd: home, stdio: 'inherit', shell: process.platform === 'win32' });
  return program;
}

runCommand({
  usage,
  options: {},
  allowPositionals: true,
  run: ({ positionals: [version, ...tests] }) => runTests(version, tests),
});
