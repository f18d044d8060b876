import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { bundlePhone } from './compile/bundle';
import { describeFault, SourcesError } from './compile/fault';
import { createVersions, type Versions } from './versions';
import { watchFolder } from './watch';

/** The mini program's script, or why there is none. */
export type Built = { ok: true; code: string } | { ok: false; error: SourcesError };

/** What the phone shows: the mini program as its sources are now. */
export interface Phone {
  /** The newest build, made now if the sources changed since the last. Never rejects. */
  current(): Promise<Build>;
  versions: Versions;
  close(): void;
}

export interface Build {
  /** Names the state of the sources that this was built from. */
  version: string;
  built: Built;
}

/** Builds the mini program of a project when asked, and again after its sources changed. */
export function createPhone(root: string, log: (line: string) => void): Phone {
  const folder = path.join(root, 'miniprogram');
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
    watchFolder(folder, changed, (reason) => {
      log(`preview: miniprogram/ cannot be watched, reload the browser by hand (${reason})`);
    });
  const make = async (version: string): Promise<Build> => {
    const built = await buildPhone(root, folder);
    if (!built.ok) for (const fault of built.error.faults) log(`preview: ${describeFault(fault)}`);
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
    close() {
      stopWatching?.();
      versions.end();
    },
  };
}

async function buildPhone(root: string, folder: string): Promise<Built> {
  try {
    return { ok: true, code: await bundlePhone(root, folder) };
  } catch (error) {
    if (error instanceof SourcesError) return { ok: false, error };
    const reason = error instanceof Error ? error.message : String(error);
    const file = path.relative(root, folder);
    return { ok: false, error: new SourcesError([{ file, reason }], { cause: error }) };
  }
}
