import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { build, context, type BuildOptions } from 'esbuild';
import { reason, runCommand, ToolError } from 'cloudbase-local/command';
import { functionBundle } from './build/bundle';
import { describeSize, packMiniProgram } from './build/mini-program';

const usage = `Usage: npm run build [-- --watch]

Bundles each cloud function into cloudfunctions/<name>/index.js, with the parts of the SDK inside that
the functions use (scripts/build/leave-out.ts says which are left out), and weighs the mini program.

  --watch      build again whenever a source changes
  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');

function cloudFunctions(): BuildOptions[] {
  const folder = path.join(root, 'cloudfunctions');
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, 'src/index.ts')))
    .map((name) => ({
      ...functionBundle,
      absWorkingDir: root,
      entryPoints: [path.join(folder, name, 'src/index.ts')],
      outfile: path.join(folder, name, 'index.js'),
    }));
}

runCommand({
  usage,
  options: { watch: { type: 'boolean' } },
  async run({ values }) {
    const bundles = cloudFunctions();
    if (values.watch) {
      for (const options of bundles) await (await context(options)).watch();
      process.stdout.write('Watching the sources of the cloud functions. Ctrl+C ends it.\n');
      return;
    }
    try {
      await Promise.all(bundles.map((options) => build(options)));
    } catch (error) {
      throw new ToolError('BUILD', reason(error), error);
    }
    process.stdout.write(`${describeSize(await packMiniProgram(root))}\n`);
  },
});
