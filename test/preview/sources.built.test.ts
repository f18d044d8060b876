import { cp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { startPreviews, type OpenPreview, type Previews } from './preview';

let previews: Previews;
let preview: OpenPreview;

jest.setTimeout(60_000);
beforeAll(async () => {
  previews = await startPreviews();
});
beforeEach(async () => {
  preview = await previews.open();
});
afterEach(async () => {
  const { phone } = preview;
  const version = (await phone.locator('html').getAttribute('data-version')) ?? '';
  if (await previews.project.undo())
    await phone.locator(`html:not([data-version="${version}"])`).waitFor({ state: 'attached' });
  await previews.close();
});
afterAll(() => previews.end());

const PAGE = 'miniprogram/pages/orders/index';

describe('the preview follows the sources', () => {
  test('a changed template shows by itself', async () => {
    const { project } = previews;
    const { phone } = preview;
    await project.edit(`${PAGE}.wxml`, '还没有请求数据', '改过的页面');
    await phone.getByText('改过的页面').waitFor();
  });

  test('a changed style shows by itself', async () => {
    const { project } = previews;
    const { phone } = preview;
    await project.edit('miniprogram/app.wxss', 'page {', 'page {\n  visibility: hidden;');
    const hidden = phone.locator('wx-button').locator('visible=false');
    await hidden.first().waitFor({ state: 'attached' });
  });

  test.each([
    ['a template', `${PAGE}.wxml`, '<view', '<view><view', `${PAGE}.wxml:1`],
    ['a script', `${PAGE}.ts`, 'Component', 'Component (', `${PAGE}.ts:`],
    ['a style', `${PAGE}.wxss`, '}', '} }', `${PAGE}.wxss:`],
    ['a configuration', `${PAGE}.json`, '{', '{{', `${PAGE}.json`],
  ])('%s that does not compile is named, and the page recovers', async (_, file, ...rest) => {
    const [before, after, place] = rest;
    const { project } = previews;
    const { phone, ask, orders } = preview;
    await project.edit(file, before, after);
    const alert = phone.getByRole('alert');
    await alert.waitFor();
    expect(await alert.getByRole('heading', { level: 2 }).first().textContent()).toContain(place);
    await project.edit(file, after, before);
    await ask.click();
    await orders.first().waitFor();
    expect(await orders.count()).toBe(20);
  });

  test('a component that does not exist is named with its user', async () => {
    const { project } = previews;
    const { phone } = preview;
    await project.edit(`${PAGE}.json`, 'components/order-list/index', 'components/gone/index');
    await phone.getByText('../../components/gone/index').waitFor();
    await phone.getByText(`${PAGE}.json`).waitFor();
  });

  test('without miniprogram/ the page says so, and works again when it is back', async () => {
    const { project } = previews;
    const { page, phone, ask } = preview;
    const folder = path.join(project.root, 'miniprogram');
    await rename(folder, `${folder}-away`);
    await page.reload();
    await phone.getByText('找不到小程序的文件夹').waitFor();
    await cp(`${folder}-away`, folder, { recursive: true });
    await rm(`${folder}-away`, { recursive: true });
    await page.reload();
    await ask.waitFor();
    await project.edit(`${PAGE}.wxml`, '还没有请求数据', '又能跟着变了');
    await phone.getByText('又能跟着变了').waitFor();
  });

  test('a built-in component that the preview lacks is marked in its place', async () => {
    const { project } = previews;
    const { phone } = preview;
    await project.edit(`${PAGE}.wxml`, '<view', '<map />\n<view');
    const marked = phone.locator('wx-unsupported');
    await marked.waitFor({ state: 'attached' });
    expect(await marked.count()).toBe(1);
    await phone.getByText('预览里没有 <map>，请用微信开发者工具').waitFor();
    expect(preview.complaints).toEqual([
      '<map> is not supported by the preview; use WeChat DevTools',
    ]);
  });

  test('an API that the preview lacks is named on the phone, and stops nothing', async () => {
    const { project } = previews;
    const { phone } = preview;
    await project.edit('miniprogram/app.ts', 'wx.cloud.init', 'wx.getLocation({}); wx.cloud.init');
    await phone.getByText('预览里没有 wx.getLocation。请用微信开发者工具。').waitFor();
    await phone.getByText('还没有请求数据').waitFor();
  });

  test('an error that the mini program throws is shown on the phone', async () => {
    const { project } = previews;
    const { phone } = preview;
    await project.edit('miniprogram/app.ts', 'wx.cloud.init', 'wx.gone.at(1); wx.cloud.init');
    await phone.getByRole('alert').getByText('运行出错：').waitFor();
  });
});
