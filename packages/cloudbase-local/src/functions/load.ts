import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { answerFrom } from './answers';

/** What handles a call: as it is exported, whatever it takes. */
export type Handler = (event: unknown, context: unknown, callback: unknown) => unknown;

/** The name of the handler that stands for a whole module, see {@link answerFrom}. */
export const wholeModule = '*';

/**
 * Loads a function.
 *
 * @param file - What is loaded.
 * @param moduleFile - What it takes itself for; another one than `file` if it was compiled.
 * @throws What the function throws as it is loaded, or an Error if it exports no such handler.
 */
export function load(file: string, exportName: string, moduleFile: string): Handler {
  const module: unknown =
    file === moduleFile ? createRequire(file)(file) : loadAs(file, moduleFile);
  if (exportName === wholeModule) return (event) => answerFrom(module, event);
  const handler: unknown = Reflect.get(Object(module), exportName);
  if (typeof handler !== 'function') {
    throw new Error(`it exports no function called ${exportName}`);
  }
  // `length` tells whether it takes a callback.
  const bound: unknown = handler.bind(module);
  if (!isHandler(bound)) throw new Error(`${exportName} cannot be called`);
  return bound;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

/**
 * Runs the code of one file as if it stood in another: there its packages and its `__dirname` are. Stacks name the
 * sources that it was compiled from.
 */
function loadAs(file: string, moduleFile: string): unknown {
  process.setSourceMapsEnabled(true);
  const module = new Module(moduleFile);
  module.filename = moduleFile;
  module.paths = createRequire(moduleFile).resolve.paths('package') ?? [];
  const compile: unknown = Reflect.get(module, '_compile');
  if (typeof compile !== 'function') throw new Error('this Node.js cannot compile a module');
  Reflect.apply(compile, module, [readFileSync(file, 'utf8'), moduleFile]);
  return module.exports;
}
