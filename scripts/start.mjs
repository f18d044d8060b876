/** Plain JavaScript, so that it can say what is missing where nothing is installed yet. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const root = path.resolve(import.meta.dirname, '..');
const needed = ['node_modules/tsx', 'node_modules/cloudbase-local/dist/index.js'];

if (needed.every((file) => existsSync(path.join(root, file)))) {
  const require = createRequire(import.meta.url);
  require('tsx/cjs');
  require('./start.ts');
} else {
  process.stderr.write('The packages are not installed: run `npm ci` first.\n');
  process.exitCode = 1;
}
