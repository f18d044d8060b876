import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeProject, startTestCloud, type TestProject } from '../project';

/** A project with a mini program of one page. */
function makeMiniProgram(project: Partial<TestProject> = {}): string {
  const root = makeProject({ functions: {}, ...project });
  const files = {
    'miniprogram/app.json': '{"pages":["page"]}',
    'miniprogram/app.js': 'App({})',
    'miniprogram/page.js': 'Page({})',
    'miniprogram/page.wxml': '<view>a page</view>',
  };
  for (const [file, text] of Object.entries(files)) write(root, file, text);
  return root;
}

function write(root: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

async function get(
  root: string,
  address: string,
  panel?: string,
): Promise<{ status: number; text: string }> {
  const cloud = await startTestCloud(root, panel === undefined ? {} : { panel });
  const response = await fetch(cloud.url + address);
  return { status: response.status, text: await response.text() };
}

const entities: Record<string, string> = { quot: '"', lt: '<', gt: '>', amp: '&' };

/** Who can hold the phone, as the page's script reads it. */
function usersOf(page: string): unknown {
  const [, list = ''] = /data-users="([^"]*)"/.exec(page) ?? [];
  return JSON.parse(list.replaceAll(/&(\w+);/g, (_, name: string) => entities[name] ?? ''));
}

describe('The page at /', () => {
  test('is the phone alone where the project has no panel', async () => {
    const { status, text } = await get(makeMiniProgram(), '/');
    expect(status).toBe(200);
    expect(text).toContain('src="/preview/frame.js"');
    expect(text).not.toMatch(/<aside|panel/);
  });

  test('has two made-up users where the project has none', async () => {
    const { text } = await get(makeMiniProgram(), '/');
    expect(usersOf(text)).toHaveLength(2);
  });

  test('has the users of the project', async () => {
    const users = [{ openid: 'o1' }, { openid: 'o2', nickname: '"><b>' }];
    const { text } = await get(makeMiniProgram({ users }), '/');
    expect(usersOf(text)).toEqual([
      { openid: 'o1', nickname: 'o1' },
      { openid: 'o2', nickname: '"><b>' },
    ]);
  });

  test("has the project's name in its title", async () => {
    const root = makeMiniProgram();
    write(
      root,
      'project.config.json',
      '{"projectname":"shop <1>","miniprogramRoot":"miniprogram"}',
    );
    expect((await get(root, '/')).text).toContain('<title>shop &lt;1&gt; 预览</title>');
  });

  test('has the panel that it was started with, as it is now', async () => {
    const root = makeMiniProgram();
    write(root, 'my-panel/panel.html', '<p>my panel</p>');
    write(root, 'my-panel/panel.css', 'p { color: red }');
    write(
      root,
      'my-panel/panel.ts',
      "import { openPhone } from 'cloudbase-local/panel'; openPhone();",
    );
    const panel = path.join(root, 'my-panel');
    const cloud = await startTestCloud(root, { panel });
    const read = async (address: string): Promise<string> =>
      (await fetch(cloud.url + address)).text();
    expect(await read('/')).toContain('<p>my panel</p>');
    expect(await read('/preview/panel.js')).toContain('/preview/events');
    write(root, 'my-panel/panel.css', 'p { color: blue }');
    expect(await read('/preview/panel.css')).toContain('color: blue');
  });

  test('is refused at the start where a part of the panel is missing', async () => {
    const root = makeMiniProgram();
    await expect(
      startTestCloud(root, { panel: path.join(root, 'no-panel') }),
    ).rejects.toMatchObject({
      code: 'PROJECT',
      message: expect.stringContaining('panel.html is missing') as string,
    });
  });
});

describe('A mini program elsewhere than in miniprogram/', () => {
  test('is found by project.config.json', async () => {
    const root = makeMiniProgram();
    write(root, 'project.config.json', '{"miniprogramRoot":"app/"}');
    write(root, 'app/app.json', '{"pages":["gone"]}');
    write(root, 'app/app.js', 'App({})');
    const { status, text } = await get(root, '/preview/screen.js');
    expect(status).toBe(200);
    expect(text.includes('app/gone.wxml')).toBe(true);
  });
});
