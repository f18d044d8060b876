import { existsSync } from 'node:fs';
import path from 'node:path';
import { LocalCloudError } from './command/errors';

/** The programs that run in processes of their own; `npm run build` bundles them, so that node runs them at once. */
const programs = ['instance', 'check'] as const;

/** @returns The bundled file of a program. */
export function builtProgram(name: (typeof programs)[number]): string {
  return path.resolve(__dirname, '../dist', `${name}.js`);
}

/** @throws LocalCloudError NOT_BUILT where one of these files, or one of the programs, is missing. */
export function checkBuilt(files: readonly string[]): void {
  const missing = [...programs.map(builtProgram), ...files].find((file) => !existsSync(file));
  if (missing === undefined) return;
  throw new LocalCloudError('NOT_BUILT', `${missing} is missing; run \`npm run build\`.`);
}
