import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Installs packages that are too large for `npm ci`, as their lock file says; what is installed like that is left.
 *
 * @param what - They are, for the person who waits.
 * @param declared - The folder with their package.json and package-lock.json.
 * @param home - Where they go.
 */
export function installApart(what: string, declared: string, home: string): void {
  const lock = path.join(declared, 'package-lock.json');
  const installed = path.join(home, 'node_modules/.installed-lock.json');
  if (existsSync(installed) && readFileSync(installed).equals(readFileSync(lock))) return;
  process.stdout.write(`Installing ${what} into .cache/${path.basename(home)} …\n`);
  mkdirSync(home, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) {
    cpSync(path.join(declared, file), path.join(home, file));
  }
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: home,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  cpSync(lock, installed);
}
