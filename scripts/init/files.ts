import { chmod } from 'node:fs/promises';
import { reason, ToolError } from 'cloudbase-local/command';
import { modeOf, readText, replaceFile } from 'cloudbase-local/project';

/**
 * @returns The text of a file; undefined if there is no such file.
 * @throws ToolError FILE if it cannot be read or is not UTF-8: an edit would change other bytes.
 */
export async function readOwn(file: string): Promise<string | undefined> {
  try {
    return await readText(file);
  } catch (error) {
    throw new ToolError('FILE', `${file} cannot be read: ${reason(error)}`, error);
  }
}

/**
 * Replaces the text of a file, whole or not at all.
 *
 * @param mode - The permissions; without it those the file has.
 */
export async function writeText(file: string, text: string, mode?: number): Promise<void> {
  try {
    await replaceFile(file, text, mode);
  } catch (error) {
    throw new ToolError('FILE', `${file} cannot be written: ${reason(error)}`, error);
  }
}

/**
 * Keeps a file from everybody but its owner. Windows has no such permissions.
 *
 * @returns Whether it had to be changed.
 */
export async function keepPrivate(file: string): Promise<boolean> {
  const mode = await modeOf(file);
  if (process.platform === 'win32' || mode === undefined || (mode & 0o077) === 0) return false;
  await chmod(file, 0o600);
  return true;
}
