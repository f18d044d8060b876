import path from 'node:path';
import { build } from 'esbuild';
import { reason, runCommand, ToolError } from 'cloudbase-local/command';
import { readFunctions } from 'cloudbase-local/project';
import { functionBuild } from './build/bundle';
import { describeSize, packMiniProgram } from './build/mini-program';

const usage = `Usage: npm run build

Bundles each cloud function that cloudbaserc.json declares into its index.js, with the parts of the SDK inside
that the functions use (scripts/build/leave-out.ts says which are left out), and weighs the mini program.

  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');

async function buildProject(): Promise<void> {
  const functions = await readFunctions(root);
  const builds = functions.flatMap(({ folder, file }) => functionBuild(root, folder, file) ?? []);
  try {
    await Promise.all(builds.map((options) => build(options)));
  } catch (error) {
    throw new ToolError('BUILD', reason(error), error);
  }
  process.stdout.write(`${describeSize(await packMiniProgram(root))}\n`);
}

runCommand({ usage, options: {}, run: buildProject });
