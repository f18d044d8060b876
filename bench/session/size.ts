import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformFile } from '@swc/core';
import { asShipped } from '../../scripts/build/mini-program';
import { compile, compilerHome } from '../../scripts/devtools/compile';
import { sizeOf, type Size } from '../../test/session/size';

const root = path.resolve(__dirname, '../..');
const sources = path.join(root, 'miniprogram/session');
/**
 * The session as DevTools ships it, file by file in ES5, with the helpers that it needs; with
 * `isExact` by WeChat's own compiler, otherwise by one that comes close.
 */
export async function measureShipped(): Promise<Size & { isExact: boolean }> {
  const isExact = existsSync(path.join(compilerHome, 'node_modules'));
  const code = isExact ? await compileAsWeChat() : await compileWithSwc();
  return { ...sizeOf(code), isExact };
}

async function compileWithSwc(): Promise<string> {
  const files = readdirSync(sources).map((file) =>
    transformFile(path.join(sources, file), asShipped),
  );
  return (await Promise.all(files)).map(({ code }) => code).join('\n');
}

async function compileAsWeChat(): Promise<string> {
  const alone = mkdtempSync(path.join(tmpdir(), 'token-loop-size-'));
  try {
    for (const part of ['project.config.json', 'miniprogram']) {
      cpSync(path.join(root, part), path.join(alone, part), { recursive: true });
    }
    // No JSON files are to be held against a schema here.
    const { files } = await compile(alone, {});
    const needed = new Set(Object.keys(files).filter((file) => file.startsWith('session/')));
    for (const file of needed) {
      for (const [, target = ''] of String(files[file]).matchAll(/\brequire\("([^"]+)"\)/g)) {
        const name = path.posix.join(path.posix.dirname(file), target);
        needed.add(name in files ? name : `${name}.js`);
      }
    }
    return [...needed].map((file) => String(files[file])).join('\n');
  } finally {
    rmSync(alone, { recursive: true });
  }
}
