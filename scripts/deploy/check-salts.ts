import { readFile } from 'node:fs/promises';
import { ToolError } from 'cloudbase-local/command';
import type { DeclaredFunction } from './declared-project';

/**
 * Looks whether every function that checks tokens is given the salt; without it, it answers each call 500.
 * Such a function has the setting's name in its code. So has one that a timer calls, for no token of anybody: what the
 * functions share is built into each.
 *
 * @throws ToolError PROJECT naming the functions.
 */
export async function checkSalts(functions: readonly DeclaredFunction[]): Promise<void> {
  const without = functions.filter(
    ({ config, settings }) => config.timers.length === 0 && !settings.get('TOKEN_SALT'),
  );
  const codes = await Promise.all(without.map(({ config }) => readFile(config.file, 'utf8')));
  const names = without
    .filter((_, index) => codes[index]?.includes('TOKEN_SALT'))
    .map(({ config }) => config.name);
  if (names.length === 0) return;
  throw new ToolError(
    'PROJECT',
    `${names.join(', ')} would answer 500: cloudbaserc.json must give it "TOKEN_SALT": "{{env.TOKEN_SALT}}" in its envVariables, as it does gettoken.`,
  );
}
