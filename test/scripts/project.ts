import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.resolve(__dirname, '../..');

/** A copy of the parts of this project that a script needs, in a fresh folder: a clone, to be changed at will. */
export async function cloneParts(parts: readonly string[]): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'token-loop-clone-'));
  for (const part of parts) {
    await cp(path.join(repository, part), path.join(root, part), { recursive: true });
  }
  await symlink(path.join(repository, 'node_modules'), path.join(root, 'node_modules'), 'junction');
  return root;
}

export async function removeClone(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true });
}
