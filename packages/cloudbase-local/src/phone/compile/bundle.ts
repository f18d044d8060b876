import { existsSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { faultsOf, fromRoot, type Fault } from '../../project/fault';
import type { Places } from './places';
import { readSources, type Sources } from './sources';

const launcher = path.join(__dirname, '../browser/screen/launch.js');

const settings = {
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  // As in WeChat's own tools, types are stripped and no tsconfig is read.
  tsconfigRaw: {},
  sourcemap: 'inline',
  logLevel: 'silent',
  logLimit: 0,
  define: { 'process.env.NODE_ENV': '"development"', global: 'globalThis' },
} satisfies esbuild.BuildOptions;

/** The script of the phone's screen, and what is wrong with the mini program. */
export interface Bundle {
  code: string;
  /** Whether any page can be shown. */
  runs: boolean;
  /** Files from the project's folder. */
  faults: Fault[];
}

/**
 * The script of the phone's screen: the mini program in `folder`, with all that runs it. A script at fault throws its
 * faults when it is required, so that it takes down those alone that need it.
 *
 * @param root - The project's folder.
 * @param folder - The mini program's.
 */
export async function bundleMiniProgram(root: string, folder: string): Promise<Bundle> {
  const relative = (fault: Fault): Fault => fromRoot(root, fault);
  try {
    const { program, ...sources } = await readSources(folder);
    const components = program.components.map((component) => ({
      ...component,
      faults: component.faults.map(relative),
    }));
    const warnings = program.warnings.map(relative).filter(isOwn);
    const entry = entryOf({ ...sources, program: { ...program, components, warnings } });
    const { code, faults } = await bundleAround(entry, root, sources.places);
    const others = components.flatMap((component) => component.faults);
    return { code, runs: true, faults: [...new Map([...others, ...faults].map(keyed)).values()] };
  } catch (error) {
    const faults = faultsOf(error, folder).map(relative);
    return { code: await bundleFaults(faults), runs: false, faults };
  }
}

/** A script that shows nothing but faults. */
async function bundleFaults(faults: readonly Fault[]): Promise<string> {
  const contents = `
import { showFaults } from ${JSON.stringify(launcher)};
showFaults(${JSON.stringify(faults)});`;
  return bundle(contents, __dirname, []);
}

/** Nobody mends a package here that works in WeChat. */
const isOwn = ({ file }: Fault): boolean =>
  !/(?:^|[\\/])(?:node_modules|miniprogram_npm)[\\/]/.test(file);

const keyed = (fault: Fault): [string, Fault] => [JSON.stringify(fault), fault];

/** Builds; scripts at fault are taken out and the rest is built again, until it is whole. */
async function bundleAround(
  entry: string,
  root: string,
  places: Places,
): Promise<{ code: string; faults: Fault[] }> {
  const found = new Map<string, Fault[]>();
  for (;;) {
    try {
      const code = await bundle(entry, places.folder, [names(places), faulty(root, found)]);
      return { code, faults: [...found.values()].flat() };
    } catch (error) {
      const faults = faultsOf(error, places.folder);
      const fresh = faults.filter(({ file }) => !found.has(file) && existsSync(file));
      if (fresh.length === 0) throw error;
      for (const { file } of fresh) {
        const own = faults.filter((fault) => fault.file === file);
        found.set(
          file,
          own.map((fault) => fromRoot(root, fault)),
        );
      }
    }
  }
}

async function bundle(
  contents: string,
  folder: string,
  plugins: esbuild.Plugin[],
): Promise<string> {
  const { outputFiles } = await esbuild.build({
    ...settings,
    absWorkingDir: folder,
    stdin: { contents, resolveDir: folder, sourcefile: 'preview-entry.js' },
    plugins,
  });
  return outputFiles[0]?.text ?? '';
}

/** Finds what scripts name in WeChat's ways: from the root, by an alias, in a package made for mini programs. */
function names(places: Places): esbuild.Plugin {
  return {
    name: 'mini-program-names',
    setup(build) {
      build.onResolve({ filter: /^[^.]/ }, ({ path: name, resolveDir, kind }) => {
        if (kind === 'entry-point' || name === launcher) return undefined;
        const inside = !path.isAbsolute(name) || !existsSync(name);
        const found = inside ? places.script(resolveDir, name) : undefined;
        return found === undefined ? undefined : { path: found };
      });
    },
  };
}

function faulty(root: string, found: ReadonlyMap<string, readonly Fault[]>): esbuild.Plugin {
  return {
    name: 'mini-program-faults',
    setup(build) {
      build.onLoad({ filter: /\.[jt]s$/ }, ({ path: file }) => {
        const faults = found.get(file);
        if (faults === undefined) return undefined;
        const [{ reason } = { reason: '' }] = faults;
        return {
          contents: `throw Object.assign(new Error(${JSON.stringify(reason)}), { faults: ${JSON.stringify(faults)} });`,
          loader: 'js',
        };
      });
    },
  };
}

/**
 * Scripts are required inside functions, not imported: a component's script must run when its turn comes, with
 * the `Component` of its own path in place.
 */
function entryOf({ program, templates, code }: Omit<Sources, 'places'>): string {
  const run = [...code].map(
    ([name, file]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(file)})`,
  );
  return `
import { launch } from ${JSON.stringify(launcher)};
launch(${JSON.stringify(program)}, {
  templates: () => (${templates}),
  run: { ${run.join(',\n')} },
});`;
}
