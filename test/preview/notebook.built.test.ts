import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startOther, type OtherPhone, type OtherProject } from './mini-program';

let project: OtherProject;

jest.setTimeout(60_000);
beforeAll(async () => {
  project = await startOther('notebook');
});
afterEach(() => project.close());
afterAll(() => project.end());

/** The title above the page. */
const title = ({ page }: OtherPhone, text: string): Promise<void> =>
  page.getByRole('heading', { name: text, exact: true }).waitFor();

const tab = ({ page }: OtherPhone, name: string | RegExp) =>
  page.getByRole('navigation', { name: '标签栏' }).getByRole('button', { name });

/** Writes a note by the form, as a person does. */
async function write(opened: OtherPhone, name: string): Promise<void> {
  const { phone } = opened;
  await phone.getByRole('button', { name: '写一条' }).click();
  await title(opened, '写一条');
  await phone.getByRole('textbox', { name: '标题' }).fill(name);
  await phone.getByText(`标题：${name}`).waitFor();
  await phone.getByRole('textbox', { name: '内容' }).fill('一行很长的内容，会被截短');
  await phone.getByText('12 / 200').waitFor();
  await phone.getByRole('radio').nth(1).click();
  await phone.getByRole('switch', { name: '置顶' }).click();
  await phone.getByRole('button', { name: '保存' }).click();
}

describe('a project in TypeScript with several pages and a tab bar', () => {
  test('a form is filled in and sent, the page before hears of it, and the list shows it', async () => {
    const opened = await project.open();
    const { phone, complaints } = opened;
    await phone.getByText('还没有记事').waitFor();
    await write(opened, '买苹果');
    await phone.getByText('已保存 买苹果').waitFor();
    await title(opened, '记事');
    await phone.getByText('置顶').waitFor();
    await phone.getByText('一行很长的内容，会被截短').waitFor();
    await tab(opened, '1 记事').waitFor();
    expect(complaints).toEqual([]);
  });

  test('a form that is not complete asks, and a reset empties it', async () => {
    const { phone } = await project.open();
    await phone.getByRole('button', { name: '写一条' }).click();
    await phone.getByRole('button', { name: '保存' }).click();
    await phone.getByRole('dialog', { name: '还没有标题' }).getByRole('button').click();
    await phone.getByRole('textbox', { name: '标题' }).fill('买梨');
    await phone.getByRole('button', { name: '清空' }).click();
    await phone.getByText('标题：买梨').waitFor({ state: 'detached' });
    expect(await phone.getByRole('textbox', { name: '标题' }).inputValue()).toBe('');
  });

  test('pages open with their query, one above the other, and the way back is in the bar', async () => {
    const opened = await project.open();
    const { page, phone } = opened;
    await write(opened, '买苹果');
    await phone.locator('wx-note-card').click();
    await title(opened, '买苹果');
    await phone.getByText('第 2 页').waitFor();
    await phone.getByText('类别：工作').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    await phone.getByRole('link', { name: '关于' }).click();
    await title(opened, '关于');
    await phone.getByText('从 note 来').waitFor();
    await page.getByRole('button', { name: '返回' }).click();
    await title(opened, '买苹果');
    await page.getByRole('button', { name: '返回' }).click();
    await title(opened, '记事');
    expect(await page.getByRole('button', { name: '返回' }).count()).toBe(0);
  });

  test('tabs keep their pages, and a page goes to a tab', async () => {
    const opened = await project.open();
    const { phone, run } = opened;
    await tab(opened, '我的').click();
    await title(opened, '我的');
    await phone.getByText('你有 0 条记事').waitFor();
    await phone.getByText('平台：devtools').waitFor();
    await phone.getByRole('link', { name: '关于' }).click();
    await phone.getByRole('button', { name: '回到记事' }).click();
    await title(opened, '记事');
    expect(await run('return getCurrentPages().map(({ route }) => route)')).toEqual([
      'pages/notes/index',
    ]);
    await tab(opened, '我的').click();
    await phone.getByText('你有 0 条记事').waitFor();
  });

  test('pictures of the mini program show, on the page and in the tab bar', async () => {
    const { page, phone, run } = await project.open();
    await phone.getByRole('img', { name: '记事本' }).waitFor();
    const sizes = await run(`
      const picture = document.querySelector('wx-image').shadowRoot.querySelector('img');
      await picture.decode();
      return [picture.naturalWidth, picture.clientWidth > 300, picture.clientHeight > 90];`);
    expect(sizes).toEqual([240, true, true]);
    const icons = await page.evaluate(`Promise.all(
      [...document.querySelectorAll('.tab-bar img')].map(async (icon) => {
        await icon.decode();
        return icon.naturalWidth;
      }))`);
    expect(icons).toEqual([81, 81]);
  });

  test('a page that the address names opens with its query, and leads home', async () => {
    const address = encodeURIComponent('settings/about/index?from=here');
    const opened = await project.open(`/?page=${address}`);
    await opened.phone.getByText('从 here 来').waitFor();
    await opened.page.getByRole('button', { name: '首页' }).click();
    await title(opened, '记事');
  });

  test('a changed source shows, on the page that is open', async () => {
    const opened = await project.open();
    await tab(opened, '我的').click();
    await opened.phone.getByText('平台：devtools').waitFor();
    await project.write('miniprogram/pages/mine/index.wxml', '<view>换了内容，还在这一页</view>');
    await opened.phone.getByText('换了内容，还在这一页').waitFor();
    await title(opened, '我的');
  });

  test('a function that does not compile is named over the pages, which stay usable', async () => {
    const file = 'cloudfunctions/summary/index.ts';
    const source = await readFile(path.join(project.root, file), 'utf8');
    const opened = await project.open();
    const { phone } = opened;
    await project.write(file, 'export const main = (');
    const alert = phone.getByRole('alert');
    await alert.getByText(`云函数编译失败：${file}:1:22`).waitFor();
    await alert.getByText('Unexpected end of file').waitFor({ state: 'hidden' });
    await alert.getByText('云函数编译失败').click();
    await alert.getByText('Unexpected end of file').waitFor();
    await phone.getByRole('button', { name: '写一条' }).click();
    await title(opened, '写一条');
    await project.write(file, source);
    await alert.waitFor({ state: 'detached' });
  });
});
