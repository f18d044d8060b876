import path from 'node:path';
import { build, type BuildFailure, type BuildOptions } from 'esbuild';
import { SourcesError } from './fault';
import { readSources, type Sources } from './sources';
import { faultOf } from './styles';
import { compileTemplates } from './templates';

const browser = path.join(__dirname, '../browser');

const shared = {
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  // As in WeChat's own tools, types are stripped and no tsconfig is read.
  tsconfigRaw: {},
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'silent',
} satisfies BuildOptions;

/** A part of the preview itself. */
export type Asset = 'frame/shell.ts' | 'frame/shell.css' | 'screen/phone.css';

/** The text of a script or a style sheet of the preview, with all that it imports. */
export async function bundleAsset(asset: Asset): Promise<string> {
  const { outputFiles } = await build({ ...shared, entryPoints: [path.join(browser, asset)] });
  return outputFiles[0]?.text ?? '';
}

/**
 * The script of the phone: the mini program in `folder`, with all that runs it.
 *
 * @throws {SourcesError} with the file and the reason, when a source does not compile
 */
export async function bundlePhone(root: string, folder: string): Promise<string> {
  const sources = await readSources(root, folder);
  const entry = entryOf(sources);
  try {
    const { outputFiles } = await build({
      ...shared,
      absWorkingDir: root,
      stdin: { contents: entry, resolveDir: root, sourcefile: 'preview-entry.js' },
      sourcemap: 'inline',
    });
    return outputFiles[0]?.text ?? '';
  } catch (cause) {
    if (!isBuildFailure(cause)) throw cause;
    const [first, ...rest] = cause.errors.map((error) => faultOf(error, 'miniprogram'));
    if (!first) throw cause;
    throw new SourcesError([first, ...rest], { cause });
  }
}

/**
 * Scripts are required inside functions, not imported: a component's script must run when its turn comes, with
 * the `Component` of its own path in place.
 */
function entryOf({ program, templates, scripts, code }: Sources): string {
  const run = [...code].map(
    ([name, file]) => `${JSON.stringify(name)}: () => require(${JSON.stringify(file)})`,
  );
  return `
import { launch } from ${JSON.stringify(path.join(browser, 'screen/launch.ts'))};
launch(${JSON.stringify(program)}, {
  templates: ${compileTemplates(templates, scripts)},
  run: { ${run.join(',\n')} },
});`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
