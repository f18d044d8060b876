import { execFileSync } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { startPreviews, type Previews } from './preview';

jest.setTimeout(60_000);

const repository = path.resolve(__dirname, '../..');
const example = path.join(repository, 'examples/steps');
const codeSchema = v.object({ code: v.string() });

/** The lines that the example's README tells to write, in its order: contract, reader, what the reader needs. */
async function linesOf(page: string): Promise<string[]> {
  const text = await readFile(path.join(example, page), 'utf8');
  return [...text.matchAll(/```ts\n *\/\/.*\n([^]*?) *```/g)].map(([, code = '']) => code.trim());
}

/** Takes the steps of the example's README in a copy of this project. */
async function takeExample(root: string): Promise<void> {
  for (const part of ['miniprogram/pages/steps', 'cloudfunctions/steps']) {
    await cp(path.join(example, part), path.join(root, part), { recursive: true });
  }
  const [contract = '', reader = '', needed = ''] = await linesOf('README.md');
  const insert = async (file: string, behind: string, line: string) => {
    const text = await readFile(path.join(root, file), 'utf8');
    if (!text.includes(behind)) throw new Error(`${file} has no ${behind}`);
    await writeFile(path.join(root, file), text.replace(behind, `${behind}\n${line}\n`));
  };
  await insert('contract/index.ts', 'export interface BusinessFunctions {', contract);
  const readers = 'miniprogram/session/readers.ts';
  await insert(readers, 'ReadSuccess<BusinessSuccess<Name>> } = {', reader);
  await insert(readers, "from './send';", needed);
  await edit(path.join(root, 'miniprogram/app.json'), (app) => ({
    ...app,
    pages: [...v.parse(v.array(v.string()), app['pages']), 'pages/steps/index'],
  }));
  await edit(path.join(root, 'cloudbaserc.json'), (config) => {
    const functions = v.parse(v.array(v.record(v.string(), v.unknown())), config['functions']);
    const orders = functions.find(({ name }) => name === 'orders');
    return { ...config, functions: [...functions, { ...orders, name: 'steps' }] };
  });
  for (const part of ['server', 'node_modules']) {
    await symlink(path.join(repository, part), path.join(root, part));
  }
  const bundle = path.join(repository, 'test/scripts/build/bundle.ts');
  const folder = path.join(root, 'cloudfunctions/steps');
  const files = [path.join(folder, 'src/index.ts'), path.join(folder, 'index.js')];
  execFileSync(process.execPath, ['--import', 'tsx', bundle, ...files], {
    cwd: repository,
    stdio: 'pipe',
  });
}

async function edit(
  file: string,
  change: (json: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const json = v.parse(v.record(v.string(), v.unknown()), JSON.parse(await readFile(file, 'utf8')));
  await writeFile(file, JSON.stringify(change(json)));
}

describe('the example of steps, taken into the project by its README', () => {
  let previews: Previews;
  beforeAll(async () => {
    previews = await startPreviews(undefined, takeExample);
  });
  afterEach(() => previews.close());
  afterAll(() => previews.end());

  const open = () => previews.openPage('pages/steps/index');

  test('shows the steps of seven days, with one token and one call', async () => {
    const { phone, newCalls, complaints } = await open();
    await phone.getByRole('button', { name: '查看微信运动步数' }).click();
    await phone
      .getByText(/^\d+ 月 \d+ 日：\d+ 步$/)
      .first()
      .waitFor();
    expect(await phone.getByRole('listitem').count()).toBe(7);
    expect(await newCalls()).toEqual(['gettoken 1', 'steps 1']);
    expect(complaints).toEqual([]);
  });

  test('when the key has changed under way it asks for one more tap, and that shows the steps', async () => {
    const { phone, newCalls } = await open();
    const show = phone.getByRole('button', { name: '查看微信运动步数' });
    await show.click();
    await phone.getByRole('listitem').first().waitFor();
    await newCalls();
    // The user logs in elsewhere: WeChat then has another key for this user.
    const ask = async (address: string, body: object): Promise<unknown> => {
      const request = { method: 'POST', body: JSON.stringify(body) };
      return (await fetch(previews.cloud.url + address, request)).json();
    };
    expect(
      await ask('/api/gettoken', v.parse(codeSchema, await ask('/wx/login', {}))),
    ).toMatchObject({ code: 1 });
    await show.click();
    await phone.getByText('微信登录态已更新，请再点一次').waitFor();
    expect(await newCalls()).toEqual(['steps 409']);
    await show.click();
    await phone.getByText('微信登录态已更新，请再点一次').waitFor({ state: 'detached' });
    await phone.getByText('加载中…').waitFor({ state: 'detached' });
    expect(await newCalls()).toEqual(['gettoken 1', 'steps 1']);
  });

  test('says the same in both languages', async () => {
    expect(await linesOf('README.zh-CN.md')).toEqual(await linesOf('README.md'));
  });
});
