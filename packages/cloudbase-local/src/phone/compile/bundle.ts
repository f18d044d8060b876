import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { readSources, type Sources } from './sources';
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
 * @throws SourcesError or a BuildFailure of esbuild if a source does not compile.
 */
export async function bundleMiniProgram(folder: string): Promise<string> {
  const { outputFiles } = await build({
    ...settings,
    absWorkingDir: folder,
    stdin: {
      contents: entryOf(await readSources(folder)),
      resolveDir: folder,
      sourcefile: 'preview-entry.js',
    },
  });
  return outputFiles[0]?.text ?? '';
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
