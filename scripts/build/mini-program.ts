import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { transform, type Options } from '@swc/core';
import { ToolError } from 'cloudbase-local/command';
import { readProjectConfig, type PackRule } from 'cloudbase-local/project';

/**
 * The most that the main package may weigh as uploaded, in bytes.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/framework/subpackages.html
 */
export const sizeLimit = 2 * 1024 * 1024;

/** A file of the mini program's package. */
export interface PackedFile {
  /** From the mini program's folder, with `/`. */
  readonly path: string;
  /** Bytes of the source. */
  readonly source: number;
  /** Bytes in the package that a phone loads. */
  readonly packed: number;
}

/**
 * Weighs the mini program as WeChat DevTools packs it: files that `packOptions.ignore` of project.config.json
 * names stay out, TypeScript is stripped, brought to ES5 and minified with its Babel helpers (`es6`, `enhance`,
 * `minified`), everything else is taken as it is. For this project it comes
 * within 2 % of WeChat's own compiler, see `npm run check:devtools`.
 *
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/devtools/projectconfig.html
 */
export async function packMiniProgram(project: string): Promise<PackedFile[]> {
  const { miniProgram: root, ignored } = await readProjectConfig(project);
  const files = (await filesIn(root)).filter(
    (name) => !ignored.some((rule) => matches(rule, name)),
  );
  return Promise.all(
    files.map(async (name) => {
      const source = await readFile(path.join(root, name));
      return { path: name, source: source.length, packed: await packedSize(name, source) };
    }),
  );
}

async function filesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

/** DevTools takes no notice of upper and lower case here. */
function matches({ type, value }: PackRule, file: string): boolean {
  const name = file.toLowerCase();
  const wanted = value.toLowerCase().replace(/^\.?\/|\/$/g, '');
  switch (type) {
    case 'file':
      return name === wanted;
    case 'folder':
      return name.startsWith(`${wanted}/`);
    case 'prefix':
      return path.posix.basename(name).startsWith(wanted);
    case 'suffix':
      return name.endsWith(wanted);
    case 'regexp':
      return new RegExp(value, 'i').test(file);
  }
}

/** How DevTools ships a script, near enough for its size: ES5, minified. */
export const asShipped: Options = {
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript' },
    target: 'es5',
    minify: { compress: true, mangle: true },
  },
  module: { type: 'commonjs' },
  minify: true,
};

async function packedSize(name: string, source: Buffer): Promise<number> {
  if (!/\.(ts|js)$/.test(name)) return source.length;
  const { code } = await transform(source.toString(), {
    ...asShipped,
    filename: name,
  });
  return Buffer.byteLength(code);
}

/**
 * Says what the mini program weighs.
 *
 * @throws ToolError SIZE if it weighs more than {@link sizeLimit}; the message names the heaviest files.
 */
export function describeSize(files: readonly PackedFile[]): string {
  const packed = sum(files.map((file) => file.packed));
  const source = sum(files.map((file) => file.source));
  const weight = `Mini program: ${files.length} files, ${kilobytes(packed)} as uploaded (${kilobytes(source)} of sources)`;
  if (packed <= sizeLimit) return `${weight}; WeChat takes at most ${kilobytes(sizeLimit)}.`;
  const heaviest = [...files].sort((a, b) => b.packed - a.packed).slice(0, 5);
  throw new ToolError(
    'SIZE',
    `${weight}, and WeChat takes at most ${kilobytes(sizeLimit)}. The heaviest: ` +
      `${heaviest.map((file) => `${file.path} ${kilobytes(file.packed)}`).join(', ')}.`,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
