import { watch, type FSWatcher } from 'node:fs';

/** Editors write a file in several steps; those within this many milliseconds count as one change. */
const SETTLE_MS = 60;

/**
 * Calls `onChange` after anything below `folder` changed. A folder that cannot be watched (too many watches, a
 * file system without them) is reported once, and the preview then needs a reload by hand.
 *
 * @returns stops watching
 */
export function watchFolder(
  folder: string,
  onChange: () => void,
  onFailure: (reason: string) => void,
): () => void {
  let settling: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(settling);
    settling = setTimeout(onChange, SETTLE_MS);
  };
  let watcher: FSWatcher;
  try {
    watcher = watch(folder, { recursive: true }, changed);
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
