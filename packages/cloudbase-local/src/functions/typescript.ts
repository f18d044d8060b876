import path from 'node:path';
import type { ProjectFunction } from '../project/project-functions';
import type { Build } from './function-build';

/**
 * How a function that is written in TypeScript is built: its own files in one, its packages left where they are.
 *
 * @param dataDir - What is built lies there, not beside the sources.
 * @returns undefined for a function in JavaScript.
 */
export function typescriptBuild(
  root: string,
  dataDir: string,
  { name, file, source }: ProjectFunction,
): Build | undefined {
  if (source === undefined) return undefined;
  return {
    file: path.join(dataDir, 'functions', `${name}.js`),
    options: {
      absWorkingDir: root,
      entryPoints: [source],
      // As what it is loaded (see `load.ts`): the source map leads from there.
      outfile: file,
      bundle: true,
      packages: 'external',
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      sourcemap: 'inline',
    },
  };
}
