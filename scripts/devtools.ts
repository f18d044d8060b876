import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { installApart } from './install-apart';
import { packMiniProgram, sizeLimit } from './build/mini-program';
import { compile, compilerHome, type Compiled } from './devtools/compile';

const usage = `Usage: npm run check:devtools

Compiles the mini program with WeChat's own compiler, the one inside WeChat DevTools, and holds its JSON
files against WeChat's own schemas. Then has it pack the session's package for two other projects (构建 npm), compile
them, and run them on a local cloud; and compile what connects DevTools with the local cloud. Compiler and schemas are in the npm package miniprogram-ci, which the first run installs
into .cache/devtools (about 280 MB, which is why it is no part of npm ci). No WeChat account is needed.

  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');
async function checkMiniProgram(): Promise<void> {
  installApart('the compiler', path.join(__dirname, 'devtools'), compilerHome);
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

/** Scripts that compile to nothing because they hold types only are dropped by the compiler. */
function missing(sources: readonly string[], files: Compiled['files']): string[] {
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

/** The projects that took the packages, see docs/into-your-project.md. */
function checkHosts(): void {
  runTests(['--testMatch', '<rootDir>/test/into-your-project/compiled.ts']);
}

/** `connect.js` of the local cloud, as DevTools compiles it for old phones. */
async function checkConnect(): Promise<void> {
  const project = mkdtempSync(path.join(tmpdir(), 'token-loop-connect-'));
  const write = (file: string, content: string): void => {
    mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    writeFileSync(path.join(project, file), content);
  };
  try {
    const setting = { es6: true, enhance: true, minified: true };
    write('project.config.json', JSON.stringify({ miniprogramRoot: 'miniprogram/', setting }));
    write('miniprogram/app.json', '{ "pages": ["index"] }');
    write('miniprogram/app.js', "require('./connect.js').connect();");
    write('miniprogram/index.js', 'Page({});');
    write('miniprogram/index.wxml', '<view />');
    const connect = require.resolve('cloudbase-local/connect');
    cpSync(connect, path.join(project, 'miniprogram/connect.js'));
    const { files } = await compile(project, {});
    for (const [file, code] of Object.entries(files)) write(`compiled/${file}`, code);
    const whole = path.join(project, 'connect.js');
    // With the helpers that the compiler puts beside it.
    await build({
      absWorkingDir: path.join(project, 'compiled'),
      nodePaths: [path.join(project, 'compiled')],
      entryPoints: ['./connect.js'],
      bundle: true,
      format: 'cjs',
      target: 'es5',
      outfile: whole,
    });
    runTests(['cloudbase-local/test/connect', '-t', 'connect.js, as it is|A phone'], {
      CONNECT_JS: whole,
    });
  } finally {
    rmSync(project, { recursive: true });
  }
}

/** @throws ToolError DEVTOOLS if one fails. */
function runTests(args: readonly string[], environment: NodeJS.ProcessEnv = {}): void {
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const { status } = spawnSync(process.execPath, [jest, ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  if (status !== 0) throw new ToolError('DEVTOOLS', 'It does not run as compiled.');
}

runCommand({
  usage,
  options: {},
  async run() {
    await checkMiniProgram();
    checkHosts();
    await checkConnect();
  },
});
