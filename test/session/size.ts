import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** In bytes. */
export interface Size {
  readonly minified: number;
  readonly gzipped: number;
}

/** The most that the session may weigh with its binding, gzipped. */
export const sizeLimit = 2_300;

export const sizeOf = (code: string): Size => ({
  minified: Buffer.byteLength(code),
  gzipped: gzipSync(code, { level: 9 }).length,
});

/** The session bundled and minified for ES2020, with its binding to `wx` or without. */
export async function measureBundle(entry: 'index' | 'session'): Promise<Size> {
  const root = path.resolve(__dirname, '../..');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(root, `miniprogram/session/${entry}.ts`)],
    bundle: true,
    minify: true,
    target: 'es2020',
    format: 'esm',
    write: false,
  });
  return sizeOf(outputFiles.map(({ text }) => text).join(''));
}
