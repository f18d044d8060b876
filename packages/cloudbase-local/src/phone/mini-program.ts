import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { bundleMiniProgram, type Bundle } from './compile/bundle';
import { isUnreadable } from './compile/source-text';
import { describeFault } from '../project/fault';
import { createVersions, type Versions } from './versions';
import { watchFolder } from '../project/watch';

/** The mini program as its sources are now. */
export interface MiniProgram {
  /** The newest build, made now if the sources changed since the last. Never rejects. */
  current(): Promise<Build>;
  versions: Versions;
  /** Has each browser open it anew. */
  refresh(): void;
  close(): void;
}

export interface Build {
  /** Names the state of the sources that this was built from. */
  version: string;
  built: Bundle;
}

/**
 * Builds the mini program of a project when asked, and again after its sources changed.
 *
 * @param root - The project's folder.
 * @param folder - The mini program's.
 * @param log - Takes a line for the developer.
 */
export function openMiniProgram(
  root: string,
  folder: string,
  log: (line: string) => void,
): MiniProgram {
  const start = randomUUID();
  const versions = createVersions(`${start}.0`);
  let changes = 0;
  let build: Promise<Build> | undefined;
  let stopWatching: (() => void) | undefined;

  const changed = (): void => {
    changes += 1;
    build = undefined;
    versions.set(`${start}.${changes}`);
  };
  const watch = (): (() => void) =>
    watchFolder(folder, { recursive: true }, changed, (reason) => {
      log(`preview: ${folder} cannot be watched, reload the browser by hand (${reason})`);
    });
  const make = async (version: string): Promise<Build> => {
    const built = await bundleMiniProgram(root, folder);
    for (const fault of built.faults) log(`preview: ${describeFault(fault)}`);
    if (built.faults.some(isUnreadable) && versions.current() === version) build = undefined;
    return { version, built };
  };
  return {
    current() {
      if (existsSync(folder)) {
        stopWatching ??= watch();
        return (build ??= make(versions.current()));
      }
      // Nothing to watch: the next one who asks looks again.
      stopWatching?.();
      stopWatching = build = undefined;
      return make(versions.current());
    },
    versions,
    refresh: changed,
    close() {
      stopWatching?.();
      versions.close();
    },
  };
}
