import path from 'node:path';
import type {
  Browser,
  BrowserContextOptions,
  FrameLocator,
  Locator,
  Page,
  Request,
} from 'playwright-core';
import * as v from 'valibot';
import { startLocalCloud, type LocalCloud } from '../../local/cloud';
import { launchBrowser } from '../../scripts/chromium';
import { copyProject, type ProjectCopy } from './project';

const requestSchema = v.object({ revoke: v.optional(v.string()), token: v.optional(v.string()) });
const answerSchema = v.object({ result: v.object({ code: v.number() }) });

/** The preview of a project of its own, open in a browser. */
export interface OpenPreview {
  project: ProjectCopy;
  cloud: LocalCloud;
  page: Page;
  /** The mini program. */
  phone: FrameLocator;
  /** The button 携带token请求数据. */
  ask: Locator;
  orders: Locator;
  /** What the network saw since the last time, in the order sent: `orders 903`, `gettoken 1`, `revoke 1`. */
  newCalls: () => Promise<string[]>;
  /** What the browser complained about. */
  complaints: string[];
  /** Everything that was asked of any other server. */
  strays: string[];
}

export interface PreviewOptions {
  env?: Record<string, string>;
  browser?: BrowserContextOptions;
}

/** Milliseconds for anything to appear, on a busy machine. */
const TIME_LIMIT = 10_000;

/** Opens previews in one browser. */
export interface Previews {
  open(options?: PreviewOptions): Promise<OpenPreview>;
  /** Closes what is open; the browser stays. */
  close(): Promise<void>;
  end(): Promise<void>;
}

export async function startPreviews(): Promise<Previews> {
  const browser = await launchBrowser();
  const closing: (() => Promise<void>)[] = [];
  return {
    open: (options = {}) => open(browser, options, closing),
    async close() {
      for (const close of closing.splice(0).reverse()) await close();
    },
    end: () => browser.close(),
  };
}

async function open(
  browser: Browser,
  options: PreviewOptions,
  closing: (() => Promise<void>)[],
): Promise<OpenPreview> {
  const project = await copyProject();
  closing.push(() => project.remove());
  const cloud = await startLocalCloud({
    root: project.root,
    dataDir: path.join(project.root, 'data'),
    port: 0,
    env: { ...options.env },
    log: () => undefined,
  });
  closing.push(() => cloud.stop());
  const context = await browser.newContext({ locale: 'zh-CN', ...options.browser });
  closing.push(() => context.close());
  context.setDefaultTimeout(TIME_LIMIT);
  const page = await context.newPage();
  const complaints: string[] = [];
  const strays: string[] = [];
  const sent: Promise<string>[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(cloud.url)) strays.push(request.url());
    if (request.url().includes('/invoke/')) sent.push(describeCall(request));
  });
  await page.goto(cloud.url);
  const phone = page.frameLocator('iframe');
  const ask = phone.getByRole('button', { name: '携带token请求数据' });
  await ask.waitFor();
  return {
    project,
    cloud,
    page,
    phone,
    ask,
    orders: phone.getByRole('listitem'),
    newCalls: () => Promise.all(sent.splice(0)),
    complaints,
    strays,
  };
}

async function describeCall(request: Request): Promise<string> {
  const { revoke } = v.parse(requestSchema, request.postDataJSON());
  const name = revoke === undefined ? path.basename(request.url()) : 'revoke';
  try {
    const response = await request.response();
    const answer = v.parse(answerSchema, await response?.json());
    return `${name} ${answer.result.code}`;
  } catch {
    return `${name} unanswered`;
  }
}
