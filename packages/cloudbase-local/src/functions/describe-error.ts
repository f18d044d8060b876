import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One line; the stack is in the log. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n', 1)[0] ?? '';
}

/** Why a function cannot be loaded; for a package that is not there, with the command that installs it. */
export function describeLoadError(error: unknown, moduleFile: string): string {
  const name = missingPackage(error);
  if (name === undefined) return describeError(error);
  const folder = path.dirname(moduleFile);
  const install = declares(folder, name) ? 'npm install' : `npm install ${name}`;
  return `the package ${name} is not installed: run \`${install}\` in ${folder}, or start with --install`;
}

/** @returns The package that Node.js did not find; undefined if it is a file that is missing, or another error. */
function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return /^Cannot find (?:module|package) '((?:@[\w.-]+\/)?[A-Za-z][\w.-]*)/.exec(
    error.message,
  )?.[1];
}

function declares(folder: string, name: string): boolean {
  const file = path.join(folder, 'package.json');
  return existsSync(file) && readFileSync(file, 'utf8').includes(JSON.stringify(name));
}
