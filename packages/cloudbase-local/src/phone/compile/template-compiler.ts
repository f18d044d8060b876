import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import type * as compilerModule from 'glass-easel-template-compiler';

type Compiler = typeof compilerModule;
/** Templates and scripts that are compiled together. */
export type Group = compilerModule.TmplGroup;

/**
 * A compiler with memory of its own: one that failed in itself (templates nested some 200 deep overflow its stack) is
 * of no use for any other template, and `require` gives the same one again.
 */
function freshCompiler(): Compiler {
  const load = createRequire(__filename);
  const file = load.resolve('glass-easel-template-compiler');
  const made: { exports: unknown } = { exports: {} };
  const run = compileFunction(
    readFileSync(file, 'utf8'),
    ['module', 'exports', 'require', '__dirname'],
    { filename: file },
  );
  Reflect.apply(run, undefined, [made, made.exports, createRequire(file), path.dirname(file)]);
  if (isCompiler(made.exports)) return made.exports;
  throw new Error(`${file} is no template compiler`);
}

function isCompiler(loaded: unknown): loaded is Compiler {
  return typeof loaded === 'object' && loaded !== null && 'TmplGroup' in loaded;
}

let compiler = freshCompiler();

/** Runs work of the compiler; undefined if the compiler failed in itself. */
export function attempt<T>(work: (group: Group) => T): T | undefined {
  try {
    const group = new compiler.TmplGroup();
    const result = work(group);
    group.free();
    return result;
  } catch {
    compiler = freshCompiler();
    return undefined;
  }
}
