import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import * as v from 'valibot';

const source = path.join(__dirname, 'src');
const node = {
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outbase: source,
  outdir: path.join(__dirname, 'dist'),
  logLevel: 'warning',
  absWorkingDir: __dirname,
  metafile: true,
} satisfies BuildOptions;

/** Programs that are run many at a time, which start faster in one file, and a module that brings a package along. */
const bundled = ['database/check.ts', 'database/csv.ts', 'functions/instance.ts'];

const sdks = 'functions/sdks';

/** Whole and as readable as a stack needs it; names stay, since SDKs look at them. */
const sdkBundle = {
  ...node,
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  alias: {
    '@cloudbase/signature-nodejs': path.join(source, sdks, 'signature.js'),
    '@cloudbase/wx-cloud-client-sdk': path.join(source, sdks, 'models.js'),
  },
  entryPoints: [path.join(source, sdks, 'bundle.js')],
  logLevel: 'error',
} satisfies BuildOptions;

const browser = {
  ...node,
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  bundle: true,
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
} satisfies BuildOptions;

/** What a page of the local cloud loads; each file has all that it needs. */
const browserFiles = [
  'phone/browser/frame/frame.css',
  'phone/browser/frame/frame.ts',
  'phone/browser/panel.ts',
  'phone/browser/screen/launch.ts',
  'phone/browser/screen/screen.css',
];

/** What a mini program requires: one file, in the JavaScript that old base libraries run too. */
const miniProgram = {
  ...browser,
  target: 'es2015',
  format: 'cjs',
  minify: true,
  entryPoints: [path.join(source, 'connect/connect.ts')],
  banner: {
    js: '/* cloudbase-local/connect (MIT), with @cloudbase/database (ISC), bson (Apache-2.0), lodash and valibot (MIT). For development: see its README. */',
  },
} satisfies BuildOptions;

/** What does not run in Node.js. */
const elsewhere = ['phone/browser/', 'connect/'];

/** Builds src/ into dist/, file by file but for the programs and what runs in a browser or a mini program. */
async function main(): Promise<void> {
  const files = await filesIn(source);
  const modules = files.filter(
    (file) =>
      file.endsWith('.ts') &&
      !elsewhere.some((folder) => file.startsWith(folder)) &&
      !bundled.includes(file),
  );
  const sdkDoors = files.filter((file) => file.startsWith(sdks) && file.endsWith('/index.js'));
  const inSource = (file: string): string => path.join(source, file);
  const results = await Promise.all([
    build({
      ...node,
      // A module that is loaded later is one of these too.
      supported: { 'dynamic-import': false },
      entryPoints: [...modules, ...sdkDoors].map(inSource),
    }),
    build(sdkBundle),
    build({ ...node, bundle: true, entryPoints: bundled.map(inSource), external: ['lmdb'] }),
    build({ ...browser, entryPoints: browserFiles.map(inSource) }),
    build(miniProgram),
  ]);
  const [, { metafile }] = results;
  await writeFile(
    path.join(node.outdir, sdks, 'LICENCES.md'),
    await licencesOf(Object.keys(metafile.inputs)),
  );
  await removeAllBut(results.flatMap(({ metafile }) => Object.keys(metafile.outputs)));
}

/**
 * @returns The licences of the packages in a bundle, with their texts.
 * @throws Error if a package states none: it may not be passed on.
 */
async function licencesOf(inputs: readonly string[]): Promise<string> {
  const folders = inputs.flatMap(
    (input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  const parts = [...new Set(folders)].sort().map(async (folder) => {
    const root = path.join(__dirname, folder);
    const text = await readFile(path.join(root, 'package.json'), 'utf8');
    const { name, version, license } = v.parse(manifest, JSON.parse(text));
    const file = (await readdir(root)).find((each) => /^licen[cs]e/i.test(each));
    const terms = file === undefined ? '' : await readFile(path.join(root, file), 'utf8');
    return `## ${name} ${version}: ${license}\n\n${terms.trim()}\n`;
  });
  return `# What bundle.js is made of\n\n${(await Promise.all(parts)).join('\n')}`;
}

/** Old packages state their licence in an object. */
const manifest = v.object({
  name: v.string(),
  version: v.string(),
  license: v.union([
    v.string(),
    v.pipe(
      v.object({ type: v.string() }),
      v.transform(({ type }) => type),
    ),
  ]),
});

/** What belongs to a source that is gone must not be packed. The declarations are the compiler's. */
async function removeAllBut(outputs: readonly string[]): Promise<void> {
  const built = new Set(outputs.map((file) => path.resolve(__dirname, file)));
  const isStale = (file: string): boolean =>
    file.endsWith('.d.ts')
      ? !existsSync(path.join(source, file.replace(/\.d\.ts$/, '.ts')))
      : /\.(?:js|css)$/.test(file) && !built.has(path.join(node.outdir, file));
  const stale = (await filesIn(node.outdir)).filter(isStale);
  await Promise.all(stale.map((file) => rm(path.join(node.outdir, file))));
}

async function filesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.map((file) => file.split(path.sep).join('/'));
}

void main();
