import { watch, type FSWatcher } from 'node:fs';

/** Editors write a file in several steps; those within this many milliseconds count as one change. */
const settleTime = 60;

export interface WatchOptions {
  /** Whether folders below it count too. */
  readonly recursive: boolean;
  /** The only file whose changes count. */
  readonly file?: string;
}

/**
 * Calls `onChange` after anything in a folder changed.
 *
 * @param onFailure - Gets the reason, once, if the folder cannot be watched (too many watches, a file system without
 * them, no such folder).
 * @returns A function that stops watching.
 */
export function watchFolder(
  folder: string,
  { recursive, file }: WatchOptions,
  onChange: () => void,
  onFailure: (reason: string) => void,
): () => void {
  let settling: NodeJS.Timeout | undefined;
  const changed = (_: unknown, name: string | null): void => {
    if (file !== undefined && name !== null && name !== file) return;
    clearTimeout(settling);
    settling = setTimeout(onChange, settleTime);
  };
  let watcher: FSWatcher;
  try {
    watcher = watch(folder, { recursive }, changed);
  } catch (error) {
    onFailure(String(error));
    return () => undefined;
  }
  watcher.on('error', (error) => {
    onFailure(error.message);
  });
  return () => {
    clearTimeout(settling);
    watcher.close();
  };
}
