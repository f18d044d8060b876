import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

/** Builds the local cloud of a commit, with the packages that are installed here. @returns The folder of the project then. */
export function buildAt(commit: string): string {
  const folder = path.join(root, '.cache/bench-load', commit);
  const run = (cwd: string, command: string, ...args: string[]): Buffer =>
    execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 28 });
  if (!existsSync(path.join(folder, 'packages/cloudbase-local/dist/main.js'))) {
    mkdirSync(folder, { recursive: true });
    const archive = path.join(folder, 'archive.tar');
    const parts = ['packages/cloudbase-local', 'tsconfig.base.json'];
    run(root, 'git', 'archive', '--output', archive, commit, ...parts);
    run(folder, 'tar', '-xf', archive);
    const installed = path.join(folder, 'node_modules');
    if (!existsSync(installed)) symlinkSync(path.join(root, 'node_modules'), installed);
    const tsx = path.join(root, 'node_modules/tsx/dist/cli.mjs');
    run(path.join(folder, 'packages/cloudbase-local'), process.execPath, tsx, 'build.ts');
  }
  return folder;
}
