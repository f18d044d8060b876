import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { leaveOut, leftOut } from './leave-out';

/** A cloud function, made to start fast. */
export const functionBundle: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  minify: true,
  // The packages' ES modules where there are any: esbuild drops what nobody imports from those.
  mainFields: ['module', 'main'],
  // Arrows become plain functions. V8 skips a nested function that it saw before, but reads an arrow
  // again for each function around it, and minified, every module is one: 9 ms at each cold start.
  supported: { arrow: false },
  plugins: [leaveOut(leftOut)],
};

/**
 * How a cloud function is built.
 *
 * @param root - The project's folder.
 * @param folder - The function's.
 * @param file - What is built.
 * @returns undefined if there is no `src/index.ts` to build it of.
 */
export function functionBuild(
  root: string,
  folder: string,
  file: string,
): BuildOptions | undefined {
  const source = path.join(folder, 'src/index.ts');
  if (!existsSync(source)) return undefined;
  return { ...functionBundle, absWorkingDir: root, entryPoints: [source], outfile: file };
}
