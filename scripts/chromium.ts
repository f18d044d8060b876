import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import packed from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';

const cache = path.resolve(__dirname, '../.cache/chromium');

/**
 * Starts a headless browser for tests and pictures: on Linux the Chromium that came as an npm package, elsewhere the
 * Chrome that is installed.
 *
 * @throws Error where neither starts
 */
export async function launchBrowser(): Promise<Browser> {
  if (process.platform !== 'linux') return chromium.launch({ channel: 'chrome' });
  return chromium.launch({ executablePath: await unpacked(), args: ['--no-sandbox'] });
}

/**
 * The package unpacks into the temporary folder and then takes whatever lies there, finished or not. So each process
 * unpacks into a folder of its own, and the first one done gives it its lasting name.
 */
async function unpacked(): Promise<string> {
  const ready = path.join(cache, process.versions.node, 'chromium');
  if (existsSync(ready)) return ready;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(path.join(cache, 'unpacking-'));
  await withTemporaryFolder(fresh, () => packed.executablePath());
  try {
    await rename(fresh, path.dirname(ready));
  } catch (error) {
    if (!existsSync(ready)) throw error;
    await rm(fresh, { recursive: true });
  }
  return ready;
}

async function withTemporaryFolder(folder: string, run: () => Promise<string>): Promise<void> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    await run();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
