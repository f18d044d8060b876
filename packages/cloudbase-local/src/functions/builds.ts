import type { BuildOptions } from 'esbuild';
import type { FunctionConfig } from '../project/cloudbaserc';
import { describeFault, type Fault } from '../project/fault';
import { watchFolder } from '../project/watch';
import { createFunctionBuild, type Built, type FunctionBuild } from './function-build';

export interface BuildsOptions {
  /** The project's folder. */
  readonly root: string;
  /** How esbuild builds a function; undefined for one that runs as it is. */
  readonly optionsFor: (config: FunctionConfig) => BuildOptions | undefined;
  /** Takes a line for the developer. */
  readonly log: (line: string) => void;
}

/** Builds the functions of a project, again whenever their sources changed. */
export interface Builds {
  /** Makes sure that the function's file is built from its sources as they are now. Never rejects. */
  current(config: FunctionConfig): Promise<Built>;
  /** What is wrong with the sources as they are now, files from the project's folder. Never rejects. */
  faults(): Promise<readonly Fault[]>;
  /** Calls the listener each time what {@link faults} gives has changed. */
  onFaults(listener: () => void): void;
  /** Takes over which functions there are, and builds those that are new. */
  update(functions: readonly FunctionConfig[]): void;
  close(): Promise<void>;
}

const upToDate: Built = { ok: true };

export function createBuilds({ root, optionsFor, log }: BuildsOptions): Builds {
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
    async faults() {
      await buildAll();
      return knownFaults();
    },
    onFaults(listener) {
      listeners.push(listener);
    },
    update(functions) {
      for (const [file, build] of builds) {
        if (functions.some((each) => each.file === file)) continue;
        builds.delete(file);
        void build.close();
      }
      for (const config of functions) {
        const { file } = config;
        const options = builds.has(file) ? undefined : optionsFor(config);
        if (options === undefined) continue;
        builds.set(file, createFunctionBuild(root, file, options));
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
