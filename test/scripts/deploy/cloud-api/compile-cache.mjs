/**
 * Loaded into processes before anything else (NODE_OPTIONS=--import): keeps what V8 compiled of large files, such as
 * the 32 MB of the CloudBase CLI, of whose start that is one half. Node.js does so by itself from 22.1 on only.
 */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { constants, Script } from 'node:vm';

const large = 1_000_000; // characters
const folder = path.resolve(import.meta.dirname, '../../../../.cache/compiled');
const compile = Module.prototype._compile;

Module.prototype._compile = function (content, filename, ...rest) {
  if (content.length < large) return compile.call(this, content, filename, ...rest);
  const kept = keptIn(filename);
  const script = new Script(Module.wrap(content), {
    filename,
    cachedData: readOrNothing(kept),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  // At the end, since most functions are compiled when they are first called.
  if (script.cachedDataRejected !== false) process.once('exit', () => keep(kept, script));
  const run = script.runInThisContext();
  const require = createRequire(filename);
  return run.call(this.exports, this.exports, require, this, filename, path.dirname(filename));
};

function keptIn(filename) {
  const { size, mtimeMs } = statSync(filename);
  const { version, arch } = process;
  return path.join(folder, [path.basename(filename), size, mtimeMs, version, arch].join('-'));
}

function readOrNothing(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function keep(file, script) {
  mkdirSync(folder, { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, script.createCachedData());
  renameSync(fresh, file);
}
