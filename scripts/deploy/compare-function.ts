import type { Timer } from 'cloudbase-local/project';
import type { DeclaredFunction } from './declared-project';
import type { SeenFunction } from './look-at-function';
import { packageHash } from './package-files';

// Each text is the rest of a sentence that begins with the function's name. It never holds the value of a setting.

/**
 * Compares what an upload brings: code, configuration and settings. A declared variable that is empty must be empty
 * or absent; for those that nobody declared see {@link undeclared}.
 */
export function compareUpload(declared: DeclaredFunction, seen: SeenFunction): string[] {
  const { config, settings } = declared;
  const facts: [string, string | number, string | number][] = [
    ['code', packageHash(seen.files), packageHash(declared.files)],
    ['handler', seen.handler, config.handler],
    ['timeout', seen.timeoutSeconds, config.timeoutSeconds],
    ['memory', seen.memoryMegabytes, config.memoryMegabytes],
  ];
  const files = [...seen.files.keys()].filter((file) => !declared.files.has(file));
  const others = [...settings].filter(([name, value]) => (seen.settings.get(name) ?? '') !== value);
  return [
    ...facts
      .filter(([, is, must]) => is !== must)
      .map(([what, is, must]) => `has the ${what} ${is} and not ${must}`),
    ...files.slice(0, 5).map((file) => `holds ${file}, which was not built`),
    ...others.map(([name]) => `has another ${name}`),
  ];
}

/** @returns Empty if the timers are as declared. */
export function compareTimers(declared: DeclaredFunction, seen: SeenFunction): string[] {
  const must = describeTimers(declared.config.timers);
  const is = describeTimers(seen.timers);
  return is === must ? [] : [`has the timer ${is} and not ${must}`];
}

function describeTimers(timers: readonly Timer[]): string {
  const each = timers.map(({ name, pattern }) => `${name} (${pattern})`);
  return each.sort().join(', ') || 'none';
}

/** @returns The variables that the cloud has and nobody declared. An upload removes them, if any is declared. */
export function undeclared(declared: DeclaredFunction, seen: SeenFunction): string[] {
  return [...seen.settings.keys()].filter((name) => !declared.settings.has(name));
}
