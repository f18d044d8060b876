import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** In bytes. */
export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

/** The most that the session may weigh with its binding to `wx.cloud`, gzipped. */
export const sizeLimit = 2_300;

/** The most that the package for other projects may weigh, with everything that it exports, gzipped. */
export const packageSizeLimit = 3_250;

export const sizeOf = (code: string): Size => ({
  minified: Buffer.byteLength(code),
  gzipped: gzipSync(code, { level: 9 }).length,
});

/** What a project that takes the session brings itself, or does without. */
const others: Readonly<Record<string, string>> = {
  readers: 'export const readSuccess = {};',
  'over-http': 'export const overHttp = undefined;',
};

const root = path.resolve(__dirname, '../..');

/** The package for other projects, minified. */
export async function measurePackage(): Promise<Size> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['packages/session/src/index.ts'],
    bundle: true,
    minify: true,
    target: 'es2015',
    format: 'cjs',
    write: false,
  });
  return sizeOf(outputFiles.map(({ text }) => text).join(''));
}

/**
 * The session bundled and minified for ES2020.
 *
 * @param entry - with its binding to `wx` or without
 * @param whole - with the readers of this project's functions, and both transports
 */
export async function measureBundle(entry: 'index' | 'session', whole = false): Promise<Size> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(root, `miniprogram/session/${entry}.ts`)],
    bundle: true,
    minify: true,
    target: 'es2020',
    format: 'esm',
    write: false,
    plugins: [
      {
        name: 'what is not the session itself',
        setup(build) {
          if (whole) return;
          build.onLoad({ filter: /session[\\/](?:readers|over-http)\.ts$/ }, (file) => ({
            contents: others[path.basename(file.path, '.ts')] ?? '',
          }));
        },
      },
    ],
  });
  return sizeOf(outputFiles.map(({ text }) => text).join(''));
}
