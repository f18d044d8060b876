import { isDeepStrictEqual } from 'node:util';
import type { ProjectFunction } from '../project/project-functions';
import { describeFault, type Fault } from '../project/fault';
import { watchFolder } from '../project/watch';
import { createFunctionBuild, type Build, type Built, type FunctionBuild } from './function-build';

export interface BuildsOptions {
  /** The project's folder. */
  readonly root: string;
  /** How a function is built; undefined for one that runs as it is. */
  readonly buildOf: (config: ProjectFunction) => Build | undefined;
  /** Takes a line for the developer. */
  readonly log: (line: string) => void;
}

/** Builds the functions of a project, again whenever their sources changed. */
export interface Builds {
  /** Makes sure that a function is built from its sources as they are now. Never rejects. */
  current(config: ProjectFunction): Promise<Built>;
  /** @returns The file to load: what is built, or the function's own. */
  fileOf(config: ProjectFunction): string;
  /** What is wrong with the sources as they are now, files from the project's folder. Never rejects. */
  faults(): Promise<readonly Fault[]>;
  /** Calls the listener each time what {@link faults} gives has changed. */
  onFaults(listener: () => void): void;
  /** Takes over which functions there are, and builds those that are new. */
  update(functions: readonly ProjectFunction[]): void;
  close(): Promise<void>;
}

const upToDate: Built = { ok: true };

export function createBuilds({ root, buildOf, log }: BuildsOptions): Builds {
  const builds = new Map<string, FunctionBuild>();
  const watchers = new Map<string, () => void>();
  const listeners: (() => void)[] = [];
  let told = '';

  async function current(file: string): Promise<Built> {
    const build = builds.get(file);
    if (build === undefined) return upToDate;
    const before = build.last();
    const built = await build.current();
    if (built !== before) {
      for (const folder of build.folders()) watch(folder);
      tell();
    }
    return built;
  }

  /** A source that several functions share is told once. */
  function knownFaults(): Fault[] {
    const all = [...builds.values()].flatMap((build) => {
      const built = build.last();
      return built === undefined || built.ok ? [] : built.faults;
    });
    const places = all.map(describeFault);
    return all.filter((_, index) => places.indexOf(places[index] ?? '') === index);
  }

  function tell(): void {
    const lines = knownFaults().map(describeFault);
    const text = lines.join('\n');
    if (text === told) return;
    told = text;
    for (const line of lines) log(`build: ${line}`);
    if (lines.length === 0) log('build: mended');
    for (const listener of listeners) listener();
  }

  function watch(folder: string): void {
    if (watchers.has(folder)) return;
    // What is not watched is built before the next call all the same.
    const unwatched = (): void => undefined;
    watchers.set(
      folder,
      watchFolder(folder, { recursive: false }, () => void buildAll(), unwatched),
    );
  }

  async function buildAll(): Promise<void> {
    await Promise.all([...builds.keys()].map(current));
  }

  return {
    current: ({ file }) => current(file),
    fileOf: ({ file }) => builds.get(file)?.made.file ?? file,
    async faults() {
      await buildAll();
      return knownFaults();
    },
    onFaults(listener) {
      listeners.push(listener);
    },
    update(functions) {
      const wanted = new Map(functions.map((config) => [config.file, buildOf(config)]));
      for (const [file, build] of builds) {
        const { entryPoints } = build.made.options;
        if (isDeepStrictEqual(wanted.get(file)?.options.entryPoints, entryPoints)) continue;
        builds.delete(file);
        void build.close();
      }
      for (const [file, build] of wanted) {
        if (build === undefined || builds.has(file)) continue;
        builds.set(file, createFunctionBuild(root, build));
        void current(file);
      }
      tell();
    },
    async close() {
      for (const stop of watchers.values()) stop();
      await Promise.all([...builds.values()].map((build) => build.close()));
    },
  };
}
