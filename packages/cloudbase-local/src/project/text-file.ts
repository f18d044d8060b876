import { statSync, type Stats } from 'node:fs';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { systemCode } from '../command/tool-error';

/**
 * Replaces a file so that it is whole at every moment: a kill or a full disk leaves the old one. Behind a
 * symbolic link it replaces what the link names.
 *
 * @param mode - The permissions; without it those the file has.
 * @throws the system's error.
 */
export async function replaceFile(file: string, text: string, mode?: number): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const unfinished = `${target}.new`;
  try {
    await rm(unfinished, { force: true });
    const permissions = mode ?? (await modeOf(target)) ?? 0o644;
    await writeFile(unfinished, text, { flag: 'wx', mode: permissions, flush: true });
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Reads a text, without a byte order mark.
 *
 * @returns undefined if there is no such file.
 * @throws The system's error, or a TypeError if it is not UTF-8.
 */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @returns The permissions of a file; undefined if there is no such file. */
export async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o777;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @returns What is known of a file or folder; undefined if nothing can be: it is not there, or a link to itself. */
export function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** @returns A text that changes whenever the file does; undefined if there is no such file. */
export function stampOf(file: string): string | undefined {
  const found = statOf(file);
  return found && `${found.ino}:${found.size}:${found.mtimeMs}`;
}
