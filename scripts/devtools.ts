import { fork } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { installApart } from './install-apart';
import { packMiniProgram, sizeLimit } from './build/mini-program';

const usage = `Usage: npm run check:devtools

Compiles the mini program with WeChat's own compiler, the one inside WeChat DevTools, and holds its JSON
files against WeChat's own schemas. Both are in the npm package miniprogram-ci, which the first run installs
into .cache/devtools (about 280 MB, which is why it is no part of npm ci). No WeChat account is needed.

  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');
const home = path.join(root, '.cache/devtools');
const minutes = 60_000;

const result = v.object({
  faults: v.array(v.string()),
  files: v.record(v.string(), v.string()),
});
type Result = v.InferOutput<typeof result>;

async function checkMiniProgram(): Promise<void> {
  installApart('the compiler', path.join(__dirname, 'devtools'), home);
  const alone = mkdtempSync(path.join(tmpdir(), 'token-loop-devtools-'));
  try {
    // Nothing else is there: what the mini program needs from outside would be missed.
    for (const part of ['project.config.json', 'miniprogram']) {
      cpSync(path.join(root, part), path.join(alone, part), { recursive: true });
    }
    const sources = (await packMiniProgram(alone)).map((file) => file.path);
    const { faults, files } = await compile(alone, schemas(sources));
    const found = [...faults, ...missing(sources, files)];
    const bytes = Object.values(files).reduce((sum, file) => sum + Buffer.byteLength(file), 0);
    if (bytes > sizeLimit) found.push(`${bytes} bytes are more than ${sizeLimit}.`);
    if (found.length > 0) throw new ToolError('DEVTOOLS', found.join('\n'));
    process.stdout.write(
      `WeChat's compiler takes it: ${Object.keys(files).length} files, ${(bytes / 1024).toFixed(1)} KB. ` +
        `Its schemas take ${Object.keys(schemas(sources)).length} JSON files.\n`,
    );
  } finally {
    rmSync(alone, { recursive: true });
  }
}

/** Which of WeChat's schemas each JSON file is held against. */
function schemas(sources: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {
    'app.json': 'app',
    'sitemap.json': 'sitemap',
    'theme.json': 'theme',
  };
  const files = sources
    .filter((file) => file.endsWith('.json'))
    .map((file): [string, string] => [`miniprogram/${file}`, named[file] ?? 'page']);
  return { 'project.config.json': 'projectconfig', ...Object.fromEntries(files) };
}

function compile(project: string, schemaOf: Record<string, string>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(__dirname, 'devtools/compile.mjs'), [home, project], {
      cwd: project,
      execArgv: [],
      silent: true,
      timeout: 5 * minutes,
    });
    let output = '';
    const read = (chunk: Buffer) => (output += chunk.toString());
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('message', (message) => {
      resolve(v.parse(result, message));
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`The compiler did not come to an end. It wrote:\n${output}`));
    });
    child.send(schemaOf);
  });
}

/** Scripts that compile to nothing because they hold types only are dropped by the compiler. */
function missing(sources: readonly string[], files: Result['files']): string[] {
  const known = Object.keys(files);
  const absent = sources
    .filter((file) => !file.endsWith('.ts') && !known.includes(file))
    .map((file) => `${file} is not in the compiled package.`);
  const unresolved = Object.entries(files).flatMap(([file, code]) =>
    [...code.matchAll(/\brequire\("([^"]+)"\)/g)]
      .map(([, target = '']) => path.posix.join(path.posix.dirname(file), target))
      .filter(
        (target) =>
          ![target, `${target}.js`, `${target}/index.js`].some((each) => known.includes(each)),
      )
      .map((target) => `${file} requires ${target}, which is not in the compiled package.`),
  );
  return [...absent, ...unresolved];
}

runCommand({ usage, options: {}, run: checkMiniProgram });
