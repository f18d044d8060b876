import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.resolve(__dirname, '../..');
const parts = [
  'cloudbaserc.json',
  'cloudfunctions',
  'contract',
  'database',
  'miniprogram',
  'preview',
  'project.config.json',
];

/** A copy of the project, to be changed at will. */
export interface ProjectCopy {
  root: string;
  /** Replaces text in a source, which must be there. */
  edit(file: string, before: string, after: string): Promise<void>;
  /**
   * Takes back every edit.
   *
   * @returns whether any source is another than before
   */
  undo(): Promise<boolean>;
  remove(): Promise<void>;
}

/** Copies what the local cloud reads of the project, with the built functions, into a temporary folder. */
export async function copyProject(): Promise<ProjectCopy> {
  const root = await mkdtemp(path.join(tmpdir(), 'token-loop-e2e-'));
  for (const part of parts)
    await cp(path.join(repository, part), path.join(root, part), { recursive: true });
  const originals = new Map<string, string>();
  return {
    root,
    async edit(file, before, after) {
      const source = path.join(root, file);
      const text = await readFile(source, 'utf8');
      if (!text.includes(before)) throw new Error(`${file} has no ${before}`);
      if (!originals.has(source)) originals.set(source, text);
      await writeFile(source, text.replace(before, after));
    },
    async undo() {
      let changed = false;
      for (const [source, original] of originals) {
        if ((await readFile(source, 'utf8')) === original) continue;
        await writeFile(source, original);
        changed = true;
      }
      return changed;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
