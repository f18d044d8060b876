import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSources, type Sources } from '../../dist/phone/compile/sources';

const repository = path.resolve(__dirname, '../../../..');
let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'token-loop-sources-'));
  await cp(path.join(repository, 'miniprogram'), path.join(root, 'miniprogram'), {
    recursive: true,
  });
});
afterEach(() => rm(root, { recursive: true }));

const read = (): Promise<Sources> => readSources(path.join(root, 'miniprogram'));
const write = (file: string, text: string): Promise<void> =>
  writeFile(path.join(root, 'miniprogram', file), text);

/** A page of its own as the whole mini program. */
async function writePage(config: object, app: object = {}): Promise<void> {
  await write('app.json', JSON.stringify({ pages: ['page'], ...app }));
  await write('page.json', JSON.stringify(config));
  await write('page.wxml', '<view />');
  await write('page.ts', 'Component({});');
}

describe('reading the mini program', () => {
  test('its page and every component that is used are found, each once', async () => {
    const { program } = await read();
    const paths = program.components.map((component) => component.path);
    expect(program.entry).toBe('pages/orders/index');
    expect(paths).toContain('components/order-item/index');
    expect(new Set(paths).size).toBe(paths.length);
  });

  test("components' styles are their own, the page's apply everywhere", async () => {
    const { program } = await read();
    const isPage = ({ page }: { page?: unknown }): boolean => page !== undefined;
    const scopes = program.components
      .filter((each) => !isPage(each))
      .map(({ styleScope }) => styleScope);
    expect(new Set(scopes).size).toBe(scopes.length);
    expect(scopes).not.toContain(undefined);
    for (const page of program.components.filter(isPage)) expect(page.styleScope).toBeUndefined();
  });

  test("a page's window is its own, else the app's, else WeChat's default", async () => {
    await writePage(
      { navigationBarTitleText: '本页' },
      { window: { navigationBarTitleText: '全局', enablePullDownRefresh: true } },
    );
    expect((await read()).program.components[0]?.page).toMatchObject({
      navigationBarTitleText: '本页',
      enablePullDownRefresh: true,
      onReachBottomDistance: 50,
      navigationBarTextStyle: { light: 'white', dark: 'white' },
    });
  });

  test('@names are taken from the theme', async () => {
    await writePage({ navigationBarBackgroundColor: '@bar' });
    await write('theme.json', '{"light":{"bar":"#fff"},"dark":{"bar":"#000"}}');
    expect((await read()).program.components[0]?.page).toMatchObject({
      navigationBarBackgroundColor: { light: '#fff', dark: '#000' },
    });
  });

  test.each([
    ['app.json', '{', '不是合法的 JSON'],
    ['app.json', '{}', 'pages'],
    ['app.json', '{"pages":[]}', 'pages'],
    ['theme.json', '{"light":{"bar":1}}', 'light.bar'],
  ])('a fault in %s (%s) names the field', async (file, text, reason) => {
    await write(file, text);
    await expect(read()).rejects.toThrow(reason);
    await expect(read()).rejects.toMatchObject({ code: 'SOURCES' });
  });

  test.each([
    ['app.json', '{"pages":["gone"]}', '文件不存在'],
    ['pages/orders/index.json', '{"enablePullDownRefresh":"yes"}', 'enablePullDownRefresh'],
    ['pages/orders/index.json', '{"usingComponents":{"a":"./gone"}}', 'usingComponents.a'],
    ['components/order-item/index.json', '{"styleIsolation":"none"}', 'styleIsolation'],
  ])('a fault in %s (%s) is kept with the page or component', async (file, text, reason) => {
    await write(file, text);
    const { program } = await read();
    const reasons = program.components.flatMap(({ faults }) => faults.map((each) => each.reason));
    expect(reasons.join('\n')).toContain(reason);
  });
});
