import { readdirSync } from 'node:fs';
import path from 'node:path';
import { stampOf } from '../project/text-file';

/** What `require` reads of a function's own. */
const module = /\.(?:[cm]?js|json)$/;

/**
 * @param file - What is loaded.
 * @param folder - The function's own: what is loaded requires files of it.
 * @returns A text that changes whenever one of them does; undefined if there is nothing to load. Packages do not count.
 */
export function versionOf(file: string, folder: string): string | undefined {
  const stamp = stampOf(file);
  return stamp === undefined ? undefined : [stamp, ...modulesIn(folder)].join();
}

function modulesIn(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const where = path.join(folder, entry.name);
    if (entry.isDirectory()) return modulesIn(where);
    return module.test(entry.name) ? [`${where} ${stampOf(where) ?? ''}`] : [];
  });
}

function entriesOf(folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch {
    // It can go away while it is looked at.
    return [];
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true }).filter(
    ({ name }) => name !== 'node_modules' && !name.startsWith('.'),
  );
}
