import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { context, type BuildOptions, type BuildResult } from 'esbuild';
import { faultsOf, fromRoot, type Fault } from '../project/fault';
import { replaceFile, stampOf, statOf } from '../project/text-file';

/** What became of a function's sources: its file is up to date, or they do not compile. */
export type Built =
  { readonly ok: true } | { readonly ok: false; readonly faults: readonly Fault[] };

/** How a function is built. */
export interface Build {
  /** What is written, for the instances to load. */
  readonly file: string;
  /** `entryPoints` and all that is special. */
  readonly options: BuildOptions;
}

/** Builds one function, again whenever its sources changed. */
export interface FunctionBuild {
  readonly made: Build;
  /** Builds the sources as they are now, unless that has been done. Never rejects. */
  current(): Promise<Built>;
  /** @returns The last build, if there is one. */
  last(): Built | undefined;
  /** @returns The folders that the sources are in, those of packages left out. */
  folders(): string[];
  close(): Promise<void>;
}

/** A build, with the state of each source that went into it. */
interface Done {
  readonly number: number;
  readonly built: Built;
  readonly inputs: ReadonlyMap<string, string | undefined>;
}

/** The sources of a build that was begun while somebody saved are taken as changed since. */
const margin = 20;

/** @param root - The project's folder; faults name files from there. */
export function createFunctionBuild(root: string, { file, options }: Build): FunctionBuild {
  const folder = options.absWorkingDir ?? path.dirname(file);
  const building = context({
    outfile: file,
    ...options,
    absWorkingDir: folder,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  building.catch(() => undefined);
  let begun = 0;
  let running: Promise<void> | undefined;
  let done: Done | undefined;

  async function build(): Promise<void> {
    begun += 1;
    const number = begun;
    const since = Date.now() - margin;
    try {
      const result = await (await building).rebuild();
      await write(file, result);
      const sources = Object.keys(result.metafile.inputs).filter(
        (input) => !input.includes('node_modules'),
      );
      const inputs = sources.map((input) => path.resolve(folder, input));
      done = { number, built: { ok: true }, inputs: stampsOf(inputs, since) };
    } catch (error) {
      done = {
        number,
        built: { ok: false, faults: faultsOf(error, folder).map((each) => fromRoot(root, each)) },
        inputs: done?.inputs ?? new Map(),
      };
    }
  }

  return {
    made: { file, options },
    async current() {
      const before = begun;
      while (done === undefined || !(done.number > before || isUpToDate(done))) {
        running ??= build().finally(() => (running = undefined));
        await running;
      }
      return done.built;
    },
    last: () => done?.built,
    folders: () => [...new Set([...(done?.inputs.keys() ?? [])].map((each) => path.dirname(each)))],
    async close() {
      await (await building).dispose();
    },
  };
}

async function write(file: string, { outputFiles }: BuildResult): Promise<void> {
  const text = outputFiles?.[0]?.text ?? '';
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present === text) return;
  await mkdir(path.dirname(file), { recursive: true });
  await replaceFile(file, text);
}

function isUpToDate({ built, inputs }: Done): boolean {
  return built.ok && [...inputs].every(([file, stamp]) => stampOf(file) === stamp);
}

function stampsOf(files: readonly string[], since: number): Map<string, string | undefined> {
  return new Map(
    files.map((file) => [file, changedSince(file, since) ? 'changed' : stampOf(file)]),
  );
}

function changedSince(file: string, since: number): boolean {
  return (statOf(file)?.mtimeMs ?? Infinity) >= since;
}
