import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import * as v from 'valibot';

/** The packages by which other projects take the session and the server. */
export const packageNames = ['session', 'server'] as const;
export type PackageName = (typeof packageNames)[number];

/** One file each, for whoever has no npm; readable, since what it is trusted with should be. */
const common = {
  bundle: true,
  format: 'cjs',
  charset: 'utf8',
  logLevel: 'warning',
} satisfies BuildOptions;

const builds = {
  session: {
    ...common,
    entryPoints: ['packages/session/src/index.ts'],
    outfile: 'packages/session/miniprogram_dist/index.js',
    // What DevTools does not compile, such as a package, has to run on the oldest phones as it is.
    target: 'es2015',
    banner: { js: '/*! token-loop-session, MIT */' },
  },
  server: {
    ...common,
    entryPoints: ['packages/server/src/index.ts'],
    outfile: 'packages/server/dist/token-loop-server.js',
    platform: 'node',
    target: 'node16',
    mainFields: ['module', 'main'],
    // The host has it already: two of them would be twice as slow to load.
    external: ['wx-server-sdk'],
    banner: { js: '/*! token-loop-server, MIT. With valibot inside: MIT, (c) Fabian Hiller */' },
  },
} satisfies Record<PackageName, BuildOptions>;

/** The file of a package, from the project's folder. */
export const packageFile = (name: PackageName): string => builds[name].outfile;

/** Builds the code of a package, without its declarations. */
export async function buildPackage(root: string, name: PackageName): Promise<void> {
  await build({ ...builds[name], absWorkingDir: root });
  if (name === 'server') await writeCollections(root);
}

const declared = v.array(v.looseObject({ name: v.string() }));

/** The collections that a host has to have, as `database/collections.json` declares them here. */
async function writeCollections(root: string): Promise<void> {
  const text = await readFile(path.join(root, 'database/collections.json'), 'utf8');
  const own = v
    .parse(declared, JSON.parse(text))
    .filter(({ name }) => ['tokens', 'logins'].includes(name));
  const file = path.join(root, 'packages/server/dist/collections.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(own, undefined, 2)}\n`);
}
