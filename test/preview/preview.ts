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
import { startLocalCloud, type LocalCloud } from 'cloudbase-local';
import { launchBrowser } from '../../scripts/chromium';
import { startDefaults } from '../../scripts/start-defaults';
import { copyProject, type ProjectCopy } from './project';

const requestSchema = v.object({ revoke: v.optional(v.string()), token: v.optional(v.string()) });
const coded = v.object({ code: v.number() });
/** What a function answers, through `wx.cloud` or over HTTP. */
const answerSchema = v.union([
  v.pipe(
    v.object({ result: coded }),
    v.transform(({ result }) => result),
  ),
  coded,
]);

/** A preview open in a browser that nobody used before. */
export interface OpenPreview {
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

/** Milliseconds for anything to appear, on a busy machine. */
const TIME_LIMIT = 10_000;

/** The local cloud of a project of its own, and a browser to open its preview in. */
export interface Previews {
  project: ProjectCopy;
  cloud: LocalCloud;
  /** Opens the preview as somebody who was never there: the cloud is shared, the browser's storage is not. */
  open(options?: BrowserContextOptions): Promise<OpenPreview>;
  /** Opens another page than the first: without `ask`, there is no such button. */
  openPage(page: string): Promise<Omit<OpenPreview, 'ask' | 'orders'>>;
  /** Closes what is open; cloud and browser stay. */
  close(): Promise<void>;
  end(): Promise<void>;
}

/**
 * @param env settings of the functions; every visitor needs a token, so by default as many as they like
 * @param prepare changes the project before it is started
 */
export async function startPreviews(
  env: Record<string, string> = { TOKEN_RATE_PER_MINUTE: '1000' },
  prepare: (root: string) => Promise<void> = () => Promise.resolve(),
): Promise<Previews> {
  // First, since it is what a machine may lack: nothing else is left running then.
  const browser = await launchBrowser();
  const project = await copyProject();
  await prepare(project.root);
  const cloud = await startProject(project, 0, env);
  const close = async (): Promise<void> => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  };
  return {
    project,
    cloud,
    async open(options = {}) {
      const preview = await openAt(browser, cloud.url, cloud.url, options);
      const ask = preview.phone.getByRole('button', { name: '携带token请求数据' });
      await ask.waitFor();
      return { ...preview, ask, orders: preview.phone.getByRole('listitem') };
    },
    openPage: (page) => openAt(browser, cloud.url, `${cloud.url}/?page=${page}`, {}),
    close,
    async end() {
      await browser.close();
      await cloud.close();
      await project.remove();
    },
  };
}

/** Starts the local cloud of a project. */
export function startProject(
  { root }: ProjectCopy,
  port: number,
  env: Record<string, string>,
): Promise<LocalCloud> {
  // The functions are built already, and a copy of the project has no sources of theirs.
  return startLocalCloud({
    ...startDefaults(root),
    buildOptions: () => undefined,
    root,
    dataDir: path.join(root, 'data'),
    port,
    env,
    log: () => undefined,
  });
}

async function openAt(
  browser: Browser,
  url: string,
  address: string,
  options: BrowserContextOptions,
): Promise<Omit<OpenPreview, 'ask' | 'orders'>> {
  const context = await browser.newContext({ locale: 'zh-CN', ...options });
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
    if (!request.url().startsWith(url)) strays.push(request.url());
    if (/\/(?:invoke|api)\//.test(request.url())) sent.push(describeCall(request));
  });
  await page.goto(address);
  const phone = page.frameLocator('iframe');
  await phone.locator('body').waitFor();
  return {
    page,
    phone,
    newCalls: () => Promise.all(sent.splice(0)),
    complaints,
    strays,
  };
}

async function describeCall(request: Request): Promise<string> {
  // A request without a body asks for nothing.
  const { revoke } = v.parse(requestSchema, request.postDataJSON() ?? {});
  const name = revoke === undefined ? path.basename(request.url()) : 'revoke';
  try {
    const response = await request.response();
    const answer = v.parse(answerSchema, await response?.json());
    return `${name} ${answer.code}`;
  } catch {
    return `${name} unanswered`;
  }
}
