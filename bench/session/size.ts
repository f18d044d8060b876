import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** The session without its binding to `wx`, built as a mini program would ship it, in bytes. */
export async function measureSize(): Promise<{ minified: number; gzipped: number }> {
  const root = path.resolve(__dirname, '../..');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['miniprogram/session/session.ts'],
    bundle: true,
    minify: true,
    target: 'es2020',
    format: 'esm',
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild wrote nothing');
  return { minified: file.contents.length, gzipped: gzipSync(file.contents, { level: 9 }).length };
}
