import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, context, type BuildOptions } from 'esbuild';
import { runCommand } from '../packages/cloudbase-local/src/command/run';
import { functionBundle, nodeBundle } from './build/bundle';
import { describeSize, packMiniProgram } from './build/mini-program';

const usage = `Usage: npm run build [-- --watch]

Bundles each cloud function into cloudfunctions/<name>/index.js, with the parts of the SDK inside that
the functions use (scripts/build/leave-out.ts says which are left out), and the programs that the local
cloud runs in processes of their own into dist/: a function's instance, and the check of its database.

  --watch   build again whenever a source changes
  --help    print this
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

function localPrograms(): BuildOptions {
  return {
    ...nodeBundle,
    absWorkingDir: root,
    entryPoints: [
      path.join(root, 'packages/cloudbase-local/src/functions/instance.ts'),
      path.join(root, 'packages/cloudbase-local/src/database/check.ts'),
    ],
    entryNames: '[name]',
    outdir: path.join(root, 'packages/cloudbase-local/dist'),
    external: ['lmdb'],
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { watch: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const bundles = [...cloudFunctions(), localPrograms()];
  if (!values.watch) {
    await Promise.all(bundles.map((options) => build(options)));
    process.stdout.write(`${describeSize(await packMiniProgram(root))}\n`);
    return;
  }
  for (const options of bundles) await (await context(options)).watch();
  process.stdout.write('Watching the sources of the cloud functions. Ctrl+C ends it.\n');
}

runCommand(main, Error);
