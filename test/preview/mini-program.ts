import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { startLocalCloud, type LocalCloud } from 'cloudbase-local';
import { launchBrowser } from '../../scripts/chromium';

const repository = path.resolve(__dirname, '../..');
const projects = path.join(repository, 'packages/cloudbase-local/test/projects');
const folders = path.join(repository, '.cache/test-preview');
/** Milliseconds for anything to appear, on a busy machine. */
const TIME_LIMIT = 10_000;

/** A phone that shows some other mini program than this project's. */
export interface OtherPhone {
  page: Page;
  phone: FrameLocator;
  /** What the console said, warnings and errors. */
  complaints: string[];
  /** Runs code of the mini program. */
  run: (code: string) => Promise<unknown>;
}

/** A project made for a test, its local cloud, and a browser. */
export interface OtherProject {
  root: string;
  cloud: LocalCloud;
  write(file: string, text: string): Promise<void>;
  /** Opens the phone in a browser that nobody used before. */
  open(address?: string, options?: BrowserContextOptions): Promise<OtherPhone>;
  /** Closes what is open; the cloud stays. */
  close(): Promise<void>;
  end(): Promise<void>;
}

/**
 * Starts the local cloud of a project.
 *
 * @param source files by their paths in the mini program, or the name of a project among the package's
 */
export async function startOther(source: Record<string, string> | string): Promise<OtherProject> {
  const browser = await launchBrowser();
  await mkdir(folders, { recursive: true });
  const root = await mkdtemp(path.join(folders, 'project-'));
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  };
  if (typeof source === 'string') {
    await cp(path.join(projects, source), root, { recursive: true });
  } else {
    for (const [file, text] of Object.entries(source)) await write(`miniprogram/${file}`, text);
  }
  const cloud = await startLocalCloud({
    root,
    dataDir: path.join(root, 'data'),
    port: 0,
    env: {},
    log: () => undefined,
  });
  return {
    root,
    cloud,
    write,
    open: (address = '/', options = {}) => openPhone(browser, cloud.url + address, options),
    async close() {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    async end() {
      await browser.close();
      await cloud.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function openPhone(
  browser: Browser,
  address: string,
  options: BrowserContextOptions,
): Promise<OtherPhone> {
  const context = await browser.newContext({ locale: 'zh-CN', ...options });
  context.setDefaultTimeout(TIME_LIMIT);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(address);
  const phone = page.frameLocator('iframe');
  await phone.locator('body > *').first().waitFor({ state: 'attached' });
  return {
    page,
    phone,
    complaints,
    run(code) {
      const frame = page.frames().find((each) => each.url().includes('/phone'));
      if (!frame) throw new Error('The phone is not open');
      return frame.evaluate(`(async () => { ${code} })().catch((error) => ({ ...error }))`);
    },
  };
}
