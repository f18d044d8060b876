import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

const cache = path.resolve(__dirname, '../.cache/chromium');
const unpack = "import packed from '@sparticuz/chromium'; await packed.executablePath();";

/**
 * Starts a headless browser for tests and pictures: on Linux the Chromium that came as an npm package, elsewhere the
 * Chrome that is installed.
 *
 * @throws Error if neither starts
 */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform !== 'linux') return chromium.launch({ channel: 'chrome' });
  return chromium.launch({ executablePath: await unpacked(), args: ['--no-sandbox'] });
}

/**
 * The package unpacks into the temporary folder and then takes whatever lies there, finished or not. So a process of
 * its own (a test runner's `process.env` is a copy that the temporary folder does not follow) unpacks into a folder of
 * its own, and the first one done gives it its lasting name.
 */
async function unpacked(): Promise<string> {
  const ready = path.join(cache, process.versions.node, 'chromium');
  if (existsSync(ready)) return ready;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(path.join(cache, 'unpacking-'));
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', unpack], {
    cwd: __dirname,
    env: { ...process.env, TMPDIR: fresh },
  });
  try {
    await rename(fresh, path.dirname(ready));
  } catch (error) {
    if (!existsSync(ready)) throw error;
    await rm(fresh, { recursive: true });
  }
  return ready;
}
