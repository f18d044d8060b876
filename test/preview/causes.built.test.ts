import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { startOther, type OtherPhone, type OtherProject } from './mini-program';

/** A page by the parts that differ from an empty one. */
interface PageParts {
  wxml?: string;
  js?: string;
  /** As text it stands there as it is. */
  json?: object | string;
  wxss?: string;
}

/** What opens although stricter tools refuse it, and by what the page is known to have come up. */
const opening: Record<string, PageParts & { shows: string }> = {
  'a component of an npm package that DevTools has built': {
    wxml: '<n-button>按钮</n-button>',
    json: { usingComponents: { 'n-button': '@scope/built/button/index' } },
    shows: '建好的按钮',
  },
  'a component of an npm package that is only installed': {
    wxml: '<n-tag />',
    json: { usingComponents: { 'n-tag': 'installed/tag' } },
    shows: '装好的标签 3',
  },
  'a script of an npm package': {
    wxml: '<view>{{text}}</view>',
    js: "import { text } from 'plain'; import { more } from '@scope/built/more'; Page({ data: { text: text + more } })",
    shows: '包里的字，还有',
  },
  'a style sheet imported by the root, and one without its semicolon': {
    wxml: '<view class="a">绿的字</view>',
    wxss: '@import "/styles/green.wxss";\n.a { font-weight: bold\n}\n.b { color: red\n font-size: 12px; }',
    shows: '绿的字',
  },
  'a style sheet with a comment of another language and a sheet of the network': {
    wxml: '<view class="c">注释</view>',
    wxss: '@import "https://example.com/a.wxss";\n// comment\n.c { color: red; }',
    shows: '注释',
  },
  'duplicate and odd attributes': {
    wxml: '<view class="a" class="b" bindtap="x" bindtap="y", 1a="b" @tap="z" c=d>属性 &foo; a < b</view>',
    shows: '属性 &foo; a < b',
  },
  'a component named by its folder': {
    wxml: '<card />',
    json: { usingComponents: { card: '../../components/card' } },
    shows: '文件夹里的组件',
  },
  'a component by an alias, with a generic': {
    wxml: '<list generic:row="card" />',
    json: { usingComponents: { list: '~/components/list', card: '~/components/card/index' } },
    shows: '文件夹里的组件',
  },
  'templates imported and included': {
    wxml: '<import src="/templates/a.wxml"/><template is="a" data="{{x: 1, ...more}}"/><include src="/templates/b"/>',
    js: 'Page({ data: { more: { y: 2 } } })',
    shows: '模板 1 2，包含',
  },
  'WXS of a file and of the page, with one that throws': {
    wxml: '<wxs src="/templates/m.wxs" module="m"/><wxs module="own">module.exports = { kind: function (a) { return "Array" === a.constructor ? "数组" : "" } }</wxs><wxs module="bad">bad()</wxs><view>{{m.clean("a{b}")}} {{own.kind([1])}} {{bad.x}}</view>',
    shows: 'a b 数组',
  },
  'a first look at the settings, the version and the pages': {
    wxml: '<view>{{said}}</view>',
    js: `Page({
      data: { said: '' },
      async onLoad() {
        const { authSetting } = await wx.getSetting();
        const { windowWidth } = wx.getWindowInfo();
        wx.getSystemInfo({ success: ({ platform }) => this.setData({
          said: [typeof authSetting, windowWidth > 300, platform, wx.canIUse('getUserProfile'), getCurrentPages().length].join(' '),
        }) });
      },
    })`,
    shows: 'object true devtools true 1',
  },
  'an API and an element that the phone has not': {
    wxml: '<view>{{said}}</view><map/>',
    js: "Page({ data: { said: '' }, onLoad() { wx.getLocation({ fail: ({ errMsg }) => this.setData({ said: errMsg.slice(0, 16) }) }); } })",
    shows: 'getLocation:fail',
  },
  "WeChat's own behaviors, and a property that the engine has too": {
    wxml: '<form bindsubmit="send"><field name="own" value="字段" dataset="{{3}}"/><button form-type="submit">{{said}}</button></form>',
    js: "Page({ data: { said: '提交' }, send({ detail }) { this.setData({ said: JSON.stringify(detail.value) }); } })",
    json: { usingComponents: { field: '/components/field' } },
    shows: '字段 3',
  },
  'a component of a plugin': {
    wxml: '<view>插件</view><plug/>',
    json: { usingComponents: { plug: 'plugin://some/where' } },
    shows: '插件',
  },
};

/** What stops a page, and what the page says of it. */
const stopping: Record<string, PageParts & { says: string[] }> = {
  'a script that does not compile': { js: 'Page({\n  a: ]\n})', says: ['.js:2:', 'Unexpected'] },
  'a script that needs one that does not compile': {
    js: "require('../../utils/broken'); Page({})",
    says: ['miniprogram/utils/broken.js:1'],
  },
  'a script that is not there': {
    js: "const x = require('./gone'); Page({})",
    says: ['.js:1:', 'Could not resolve "./gone"'],
  },
  'a script that throws': { js: 'nothing.at.all(); Page({})', says: ['nothing is not defined'] },
  'a template with a tag left open': {
    wxml: '<view>\n<text>a</view>',
    says: ['.wxml:2:', 'missing end tag'],
  },
  'a template that is nested too deep': {
    wxml: '<view>'.repeat(300) + '</view>'.repeat(300),
    says: ['.wxml', '嵌套'],
  },
  'a template that imports nothing': {
    wxml: '<include src="gone"/>',
    says: ['gone.wxml', '文件不存在'],
  },
  'a style sheet left open': { wxss: '.a {\n', says: ['.wxss:1:1', 'Unclosed block'] },
  'a style sheet that imports nothing': { wxss: '@import "gone";', says: ['.wxss:1:1', 'gone'] },
  'a configuration that is no JSON': { json: '{ a', says: ['.json', 'JSON'] },
  'an npm package that is not installed': {
    json: { usingComponents: { a: '@vant/weapp/button/index' } },
    says: ['usingComponents.a', 'npm install @vant/weapp'],
  },
  'a component with a fault': {
    wxml: '<bad/>',
    json: { usingComponents: { bad: '/components/bad/index' } },
    says: ['miniprogram/components/bad/index.wxml:1'],
  },
};

const names = [...Object.keys(opening), ...Object.keys(stopping)];
const pathOf = (name: string): string => `pages/p${names.indexOf(name)}/index`;

function filesOf(name: string, parts: PageParts): Record<string, string> {
  const base = pathOf(name);
  const { json = {} } = parts;
  return {
    [`${base}.wxml`]: parts.wxml ?? '<view>页面</view>',
    [`${base}.js`]: parts.js ?? 'Page({})',
    [`${base}.json`]: typeof json === 'string' ? json : JSON.stringify(json),
    ...(parts.wxss !== undefined && { [`${base}.wxss`]: parts.wxss }),
  };
}

const component = (folder: string, wxml: string): Record<string, string> => ({
  [`${folder}.json`]: '{ "component": true }',
  [`${folder}.js`]: 'Component({})',
  [`${folder}.wxml`]: wxml,
});

const shared = {
  'app.js': 'App({})',
  'app.json': JSON.stringify({
    pages: ['pages/home/index', ...names.map(pathOf)],
    resolveAlias: { '~/*': '/*' },
  }),
  'pages/home/index.wxml': '<view>家</view>',
  'pages/home/index.js': 'Page({})',
  'styles/green.wxss': '.a { color: rgb(0, 128, 0); }',
  'templates/a.wxml': '<template name="a">模板 {{x}} {{y}}，</template>',
  'templates/b.wxml': '<text>包含</text>',
  'templates/m.wxs':
    "var e = require('./parts/e.wxs').e; module.exports = { clean: function (t) { return t.replace(e, ' ').trim(); } };",
  'templates/parts/e.wxs': "module.exports = { e: getRegExp('{|}', 'g') };",
  'utils/broken.js': 'const = 1;',
  ...component('components/card/index', '<view>文件夹里的组件</view>'),
  ...component('components/list/index', '<row />'),
  'components/list/index.json': '{ "component": true, "componentGenerics": { "row": true } }',
  ...component('components/bad/index', '</view>'),
  ...component('components/field/index', '<text>{{value}} {{dataset}}</text>'),
  'components/field/index.js':
    "Component({ behaviors: ['wx://form-field', 'wx://component-export', undefined], properties: { dataset: Number } })",
  ...component('miniprogram_npm/@scope/built/button/index', '<view>建好的<slot/></view>'),
  'miniprogram_npm/@scope/built/more.js': "export const more = '，还有';",
  'node_modules/installed/package.json': '{ "name": "installed", "miniprogram": "lib" }',
  ...component('node_modules/installed/lib/tag/index', '<view>装好的标签 {{n}}</view>'),
  'node_modules/installed/lib/tag/index.js':
    "const { n } = require('../common'); Component({ data: { n } });",
  'node_modules/installed/lib/common.js': 'exports.n = 3;',
  'node_modules/plain/package.json': '{ "name": "plain", "main": "main.js" }',
  'node_modules/plain/main.js': "exports.text = '包里的字';",
};

let project: OtherProject;
let opened: OtherPhone;

jest.setTimeout(60_000);
beforeAll(async () => {
  const pages = Object.entries({ ...opening, ...stopping });
  const files = pages.map(([name, parts]) => filesOf(name, parts));
  project = await startOther(Object.assign({}, shared, ...files) as Record<string, string>);
  opened = await project.open();
});
afterAll(() => project.end());

/** Opens a page in place of the one before, whatever became of that. */
async function goTo(page: string): Promise<void> {
  const { phone, run } = opened;
  await phone.locator('body > *').first().waitFor({ state: 'attached' });
  expect(await run(`return wx.reLaunch({ url: '/${page}' });`)).toEqual({ errMsg: 'reLaunch:ok' });
}

describe('a page opens with', () => {
  test.each(Object.entries(opening))('%s', async (name, { shows }) => {
    const { phone } = opened;
    await goTo(pathOf(name));
    await phone.getByText(shows).first().waitFor();
    expect(await phone.getByRole('alert').count()).toBe(0);
  });

  test('a component that is a field of its form', async () => {
    const { phone } = opened;
    await goTo(pathOf("WeChat's own behaviors, and a property that the engine has too"));
    await phone.getByRole('button', { name: '提交' }).click();
    await phone.getByText('{"own":"字段"}').waitFor();
  });

  test('the styles that it imports, and no other page with them', async () => {
    const { phone, run } = opened;
    await goTo(pathOf('a style sheet imported by the root, and one without its semicolon'));
    await phone.getByText('绿的字').waitFor();
    const look = 'return getComputedStyle(document.querySelector(".a")).color;';
    expect(await run(look)).toBe('rgb(0, 128, 0)');
    await goTo(pathOf('duplicate and odd attributes'));
    await phone.getByText('属性').waitFor();
    expect(await run(look)).toBe('rgb(0, 0, 0)');
  });
});

describe('a page says what is wrong, and the others open, with', () => {
  test.each(Object.entries(stopping))('%s', async (name, { says }) => {
    const { phone } = opened;
    await goTo(pathOf(name));
    const alert = phone.getByRole('alert');
    await alert.waitFor();
    const text = (await alert.textContent()) ?? '';
    for (const said of says) expect(text).toContain(said);
    await goTo('pages/home/index');
    await phone.getByText('家').waitFor();
    expect(await alert.count()).toBe(0);
  });
});

describe('beside the sources', () => {
  test("an editor's lock, a pipe and a link to the whole disk hinder nothing", async () => {
    const folder = path.join(project.root, 'miniprogram/pages/home');
    await symlink('nobody@nowhere.1', path.join(folder, '.#index.wxml'));
    await symlink('/', path.join(folder, 'disk'));
    execFileSync('mkfifo', [path.join(folder, 'pipe.wxml')]);
    await project.write('miniprogram/pages/home/index.wxml', '<view>新家</view>');
    await opened.phone.getByText('新家').waitFor();
  });

  test('a page that is a pipe is refused, and hangs nothing', async () => {
    const name = 'a component of a plugin';
    const file = path.join(project.root, 'miniprogram', `${pathOf(name)}.wxss`);
    execFileSync('mkfifo', [file]);
    const { phone } = await project.open(`/?page=${pathOf(name)}`);
    await phone.getByText('不是普通文件').waitFor();
  });
});
