import path from 'node:path';
import { build, type BuildFailure, type BuildOptions } from 'esbuild';
import { SourcesError } from './fault';
import { readSources, type Sources } from './sources';
import { faultOf } from './styles';
import { compileTemplates } from './templates';

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
} satisfies BuildOptions;

/**
 * The script of the phone's screen: the mini program in `folder`, with all that runs it.
 *
 * @throws {SourcesError} with the file and the reason, if a source does not compile.
 */
export async function bundleMiniProgram(folder: string): Promise<string> {
  const entry = entryOf(await readSources(folder));
  try {
    const { outputFiles } = await build({
      ...settings,
      absWorkingDir: folder,
      stdin: { contents: entry, resolveDir: folder, sourcefile: 'preview-entry.js' },
    });
    return outputFiles[0]?.text ?? '';
  } catch (cause) {
    if (!isBuildFailure(cause)) throw cause;
    const [first, ...rest] = cause.errors.map((error) => faultOf(error, folder, folder));
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
import { launch } from ${JSON.stringify(launcher)};
launch(${JSON.stringify(program)}, {
  templates: ${compileTemplates(templates, scripts)},
  run: { ${run.join(',\n')} },
});`;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
