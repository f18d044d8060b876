import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import { startLocalCloud } from 'cloudbase-local';
import { runCommand } from 'cloudbase-local/command';
import { launchBrowser } from './chromium';

const usage = `Usage: npm run screenshot [-- --out <file>]

Starts a local cloud with fresh data, goes once through the token loop in the preview, and takes the
picture of the README: docs/preview.png.

  --out <file>  where to write the picture. Default: docs/preview.png.
  -h, --help    print this
`;

const root = path.resolve(__dirname, '..');
const fonts = path.dirname(require.resolve('@fontsource-variable/noto-sans-sc/package.json'));
const ASK = '携带token请求数据';

async function takePicture(file: string): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'token-loop-'));
  const cloud = await startLocalCloud({
    root,
    dataDir,
    port: 0,
    panel: path.join(root, 'preview'),
    secrets: ['TOKEN_SALT'],
    log: () => undefined,
  });
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({
      viewport: { width: 1120, height: 884 },
      deviceScaleFactor: 2,
      bypassCSP: true,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
    });
    await serveFonts(context);
    const page = await context.newPage();
    await page.goto(cloud.url);
    await goThroughTheLoop(page);
    await page.screenshot({ path: file });
  } finally {
    await browser.close();
    await cloud.close();
    await rm(dataDir, { recursive: true });
  }
  process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
}

/** First orders, a forgotten token, and orders again, with the calls on show. */
async function goThroughTheLoop(page: Page): Promise<void> {
  const phone = page.frameLocator('iframe');
  const ask = phone.getByRole('button', { name: ASK });
  await ask.click();
  await phone.getByRole('listitem').first().waitFor();
  await page.getByRole('button', { name: '让云端忘记当前token' }).click();
  await page.getByText('云端已忘记').waitFor();
  await ask.click();
  await phone.getByRole('button', { name: /调用记录/ }).click();
  await phone.getByText('903').first().waitFor();
  await Promise.all(page.frames().map(useFonts));
  await page.mouse.move(0, 0);
}

/** A bare Linux machine has no Chinese font: the picture brings its own, served from its npm package. */
async function serveFonts(context: BrowserContext): Promise<void> {
  await context.route('**/fonts/files/*.woff2', async (route) => {
    const file = path.join(fonts, 'files', path.basename(route.request().url()));
    await route.fulfill({ path: file, contentType: 'font/woff2' });
  });
}

async function useFonts(frame: Frame): Promise<void> {
  const css = await readFile(path.join(fonts, 'index.css'), 'utf8');
  const faces = css.replaceAll('./files/', '/fonts/files/');
  const family = "'Noto Sans SC Variable', system-ui, sans-serif";
  await frame.addStyleTag({
    content: `${faces}\n body, button, wx-page { font-family: ${family} !important; }`,
  });
  await frame.evaluate('document.fonts.ready');
}

runCommand({
  usage,
  options: { out: { type: 'string', default: path.join(root, 'docs/preview.png') } },
  run: ({ values }) => takePicture(values.out),
});
