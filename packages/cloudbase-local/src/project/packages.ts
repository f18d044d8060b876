import { existsSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile } from './json-file';
import type { ProjectFunction } from './project-functions';

/** These the local cloud brings. */
const brought = ['wx-server-sdk', '@cloudbase/node-sdk', 'tcb-admin-node'];

const manifest = v.object({ dependencies: v.optional(v.record(v.string(), v.unknown()), {}) });

/** A function that declares packages which are not installed. */
export interface Lacking {
  readonly name: string;
  readonly folder: string;
  readonly packages: readonly string[];
}

/** @returns The functions that lack packages; of one with a malformed package.json nothing is known. */
export async function findLacking(functions: readonly ProjectFunction[]): Promise<Lacking[]> {
  const all = await Promise.all(
    functions.map(async ({ name, folder }) => {
      const file = path.join(folder, 'package.json');
      const { dependencies } = await readJsonFile(file, manifest, {}).catch(() => ({
        dependencies: {},
      }));
      const packages = Object.keys(dependencies).filter(
        (each) => !brought.includes(each) && !isInstalled(each, folder),
      );
      return { name, folder, packages };
    }),
  );
  return all.filter(({ packages }) => packages.length > 0);
}

/** As Node.js looks for packages: in each folder above. */
function isInstalled(name: string, folder: string): boolean {
  const above = path.dirname(folder);
  return (
    existsSync(path.join(folder, 'node_modules', name)) ||
    (above !== folder && isInstalled(name, above))
  );
}
