import axe, { type RunOptions } from 'axe-core';
import { startOther, type OtherPhone, type OtherProject } from './mini-program';

const picture = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>',
)}`;

const wxml = `
<swiper class="swiper" current="{{current}}" bindchange="hear"><swiper-item>一</swiper-item><swiper-item>二</swiper-item></swiper>
<form bindsubmit="hear" bindreset="hear">
  <input name="name" model:value="{{name}}" aria-label="姓名" bindinput="shorten" bindconfirm="hear" />
  <input name="secret" password aria-label="密码" value="1234" />
  <textarea name="text" aria-label="文字" bindblur="hear" />
  <checkbox-group name="many" bindchange="hear"><checkbox value="a" checked aria-label="甲" /><label><checkbox value="b" aria-label="乙" />乙的标签</label></checkbox-group>
  <radio-group name="one" bindchange="hear"><label for="second">二的标签</label><radio value="1" checked aria-label="一" /><radio id="second" value="2" aria-label="二" /></radio-group>
  <switch name="on" aria-label="开关" bindchange="hear" />
  <slider name="much" aria-label="多少" min="0" max="10" value="3" bindchange="hear" />
  <picker name="which" range="{{range}}" range-key="text" value="{{which}}" bindchange="pick"><view>选了{{range[which].text}}</view></picker>
  <button form-type="submit">提交</button><button form-type="reset">重置</button>
</form>
<image src="${picture}" mode="widthFix" style="width: 100px" bindload="hear" aria-label="图" />
<image src="/gone.png" binderror="hear" aria-label="没有的图" />
<rich-text nodes='<p style="color: rgb(1, 2, 3)">富<b>文本</b><script>bad()</script></p>' />
<scroll-view scroll-y style="height: 40px" scroll-into-view="{{seen}}" bindscroll="hear"><view style="height: 90px">上</view><view id="low">下</view></scroll-view>
<view class="press" bindlongpress="hear" data-some-name="{{range[0]}}">长按</view>
<view bindtouchstart="touch" bindtouchmove="touch" bindtouchend="touch">拖动</view>
<view class="moved" animation="{{steps}}">动画</view>
<wxs module="touch">module.exports = {
  tap: function (event, owner) {
    var state = event.instance.getState();
    state.count = (state.count || 0) + 1;
    event.instance.setStyle({ 'font-weight': '700' });
    owner.selectComponent('.wxs').addClass('tapped');
    owner.callMethod('hear', { type: 'wxs', detail: { value: state.count }, currentTarget: {} });
  },
  changed: function (now, before, owner, instance) { if (now) instance.setStyle({ color: now }); }
}</wxs>
<view class="wxs" bindtap="{{touch.tap}}" change:tint="{{touch.changed}}" tint="{{tint}}">由 WXS 处理</view>
<view>最后听到 {{last}}</view>
<view hidden="{{true}}">藏起来的</view>
<button open-type="getUserInfo" bindgetuserinfo="hear">用户信息</button>
<progress percent="40" show-info />
<icon type="success" />
<video src="/gone.mp4" />
<map />`;

const js = `
const said = getApp().said;
Page({
  data: { tint: '', steps: null, last: '', name: '', current: 0, which: 0, seen: '', range: [{ text: '甲' }, { text: '乙' }] },
  hear({ type, detail, currentTarget }) {
    this.setData({ last: type });
    said.push([type, detail.value ?? detail.current ?? detail.width ?? detail.errMsg ?? currentTarget.dataset]);
  },
  touch({ type, touches }) { said.push([type, touches.length]); },
  shorten({ detail }) { return detail.value.slice(0, 3); },
  pick(event) { this.setData({ which: event.detail.value }); this.hear(event); },
});`;

let project: OtherProject;
let opened: OtherPhone;

jest.setTimeout(60_000);
beforeAll(async () => {
  project = await startOther({
    'app.json': JSON.stringify({
      pages: ['page', 'other'],
      window: { navigationBarTitleText: '组件' },
      tabBar: { custom: true, list: [{ pagePath: 'page' }, { pagePath: 'other' }] },
    }),
    'other.js': "Page({ onShow() { this.getTabBar().setData({ text: '别的标签' }); } })",
    'other.wxml': '<view>另一页</view>',
    'custom-tab-bar/index.json': '{ "component": true }',
    'custom-tab-bar/index.js': "Component({ data: { text: '自己的标签栏' } })",
    'custom-tab-bar/index.wxml': '<view>{{text}}</view>',
    'app.js': 'App({ said: [] })',
    'page.json': '{ "navigationStyle": "custom" }',
    'page.js': js,
    'page.wxml': wxml,
  });
  opened = await project.open();
  await opened.phone.getByRole('img', { name: '图', exact: true }).waitFor();
});
afterAll(() => project.end());

/** What the page has heard since the last time. */
const heard = (): Promise<unknown> => opened.run('return getApp().said.splice(0);');

/** Waits for what comes true in the phone. */
const until = (condition: string): Promise<unknown> =>
  opened.run(`while (!(${condition})) await new Promise(requestAnimationFrame);`);

describe('the built-in components', () => {
  test('pictures say how large they are, and which do not load', async () => {
    await opened.phone.locator('wx-image img.failed').waitFor({ state: 'attached' });
    expect(await heard()).toEqual(
      expect.arrayContaining([
        ['load', 40],
        ['error', 'GET /gone.png failed'],
      ]),
    );
    const box = await opened.phone.getByRole('img', { name: '图', exact: true }).boundingBox();
    expect([box?.width, box?.height]).toEqual([100, 50]);
  });

  test('a field tells each input, takes what the handler makes of it, and confirms', async () => {
    const name = opened.phone.getByRole('textbox', { name: '姓名' });
    await name.fill('小明同学');
    expect(await name.inputValue()).toBe('小明同');
    await name.press('Enter');
    await opened.phone.getByRole('textbox', { name: '文字' }).fill('一段');
    await name.focus();
    expect(await heard()).toEqual([
      ['confirm', '小明同'],
      ['blur', '一段'],
    ]);
  });

  test('choices are made by themselves, by their label and by the keyboard', async () => {
    const { page, phone } = opened;
    await phone.getByText('乙的标签').click();
    await phone.getByRole('checkbox', { name: '甲' }).focus();
    await page.keyboard.press('Space');
    await phone.getByText('二的标签').click();
    await phone.getByRole('radio', { name: '二' }).click();
    await phone.getByRole('switch', { name: '开关' }).click();
    await phone.getByRole('slider').press('ArrowRight');
    await phone.getByRole('combobox').selectOption('乙');
    await phone.getByText('选了乙').waitFor();
    expect(await heard()).toEqual([
      ['change', ['a', 'b']],
      ['change', ['b']],
      ['change', '2'],
      ['change', true],
      ['change', 4],
      ['change', 1],
    ]);
  });

  test('a form sends all that has a name, and a reset empties it', async () => {
    const { phone, run } = opened;
    await phone.getByRole('button', { name: '提交' }).click();
    await phone.getByRole('button', { name: '重置' }).click();
    expect(await heard()).toEqual([
      [
        'submit',
        {
          name: '小明同',
          secret: '1234',
          text: '一段',
          many: ['b'],
          one: '2',
          on: true,
          much: 4,
          which: 1,
        },
      ],
      ['reset', {}],
    ]);
    expect(await run('return getCurrentPages()[0].data.name')).toBe('');
    expect(await phone.getByRole('checkbox', { checked: true }).count()).toBe(0);
  });

  test('a swiper and a scroll view go where the data say', async () => {
    const { phone, run } = opened;
    await run("getCurrentPages()[0].setData({ current: 1, seen: 'low' });");
    await phone.getByText('下', { exact: true }).waitFor();
    await until("document.querySelector('wx-scroll-view').scrollTop > 0");
    await until("document.querySelector('wx-swiper').shadowRoot.firstChild.scrollLeft > 300");
    await until("getApp().said.some(([type]) => type === 'change')");
    expect(await heard()).toContainEqual(['change', 1]);
  });

  test('a rich text shows what WeChat trusts of it, with its styles', async () => {
    const { phone, run } = opened;
    await phone.getByText('富文本').waitFor();
    expect(
      await run(`const inside = document.querySelector('wx-rich-text').shadowRoot;
        return [inside.querySelector('p').style.color, inside.querySelector('script')];`),
    ).toEqual(['rgb(1, 2, 3)', null]);
  });

  test('a long press is told with the data of the element', async () => {
    const { page, phone } = opened;
    await phone.getByText('长按').hover();
    await page.mouse.down();
    await phone.getByText('最后听到 longpress').waitFor();
    await page.mouse.up();
    expect(await heard()).toEqual([['longpress', { someName: { text: '甲' } }]]);
  });

  test('a button asks who the user is, and hears of a stranger', async () => {
    await opened.phone.getByRole('button', { name: '用户信息' }).click();
    expect(await heard()).toEqual([['getuserinfo', 'getUserInfo:ok']]);
  });

  test('what is hidden does not show, and what is missing is named in its place', async () => {
    expect(await opened.phone.getByText('藏起来的').isVisible()).toBe(false);
    await opened.phone.getByText('预览里没有 <map>，请用微信开发者工具').waitFor();
  });

  test('a page with a bar of its own fills the screen', async () => {
    const { page, run } = opened;
    expect(await run('return wx.getWindowInfo().screenTop')).toBe(0);
    const screen = await page.locator('iframe').boundingBox();
    const phone = await page.locator('.phone').boundingBox();
    expect((screen?.y ?? 0) - (phone?.y ?? 0)).toBeLessThan(20);
    expect(await page.getByRole('heading', { name: '组件' }).isVisible()).toBe(false);
  });

  test('a tab bar of its own stands on each tab, and the page changes it', async () => {
    const { page, phone, run } = opened;
    const [screen, bar] = await Promise.all([
      page.locator('iframe').boundingBox(),
      phone.locator('wx-custom-tab-bar:not([data-behind])').boundingBox(),
    ]);
    expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBe((screen?.y ?? 0) + (screen?.height ?? 0));
    await run("return wx.switchTab({ url: '/other' });");
    await phone.getByText('别的标签').waitFor();
    expect(await phone.getByText('自己的标签栏').isVisible()).toBe(false);
    expect(await page.getByRole('navigation', { name: '标签栏' }).count()).toBe(0);
    await run("return wx.switchTab({ url: '/page' });");
    await phone.getByText('自己的标签栏').waitFor();
  });

  test('what is dragged follows a mouse as it follows a finger', async () => {
    const { page, phone } = opened;
    await phone.getByText('拖动').hover();
    await page.mouse.down();
    await page.mouse.move(5, 5);
    await page.mouse.up();
    expect(await heard()).toEqual([
      ['touchstart', 1],
      ['touchmove', 1],
      ['touchend', 0],
    ]);
  });

  test('WXS handles events and changes, with a state of each element', async () => {
    const { phone, run } = opened;
    const tapped = phone.getByText('由 WXS 处理');
    await tapped.click();
    await tapped.click();
    await run("getCurrentPages()[0].setData({ tint: 'rgb(1, 2, 3)' });");
    expect(await heard()).toEqual([
      ['wxs', 1],
      ['wxs', 2],
    ]);
    expect(
      await run(`const { className, style } = document.querySelector('.wxs');
        return [className, style.fontWeight, style.color];`),
    ).toEqual(['wxs tapped', '700', 'rgb(1, 2, 3)']);
  });

  test('an animation goes through its steps', async () => {
    const { run } = opened;
    await run(`const animation = wx.createAnimation({ duration: 20 });
      animation.translateX(10).opacity(0.9).step().rotate(90).width(120).step({ duration: 10 });
      getCurrentPages()[0].setData({ steps: animation.export() });`);
    await until("document.querySelector('.moved').style.width === '120px'");
    expect(
      await run(`const { transform, opacity } = document.querySelector('.moved').style;
        return [transform, opacity];`),
    ).toEqual(['translateX(10px) rotate(90deg)', '0.9']);
  });

  test('axe finds nothing wrong with them, in light and in dark', async () => {
    const { page } = opened;
    const rules: RunOptions = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const frame of page.frames()) await frame.evaluate(axe.source);
      // The colours of a button are WeChat's.
      const found = await page.evaluate(`axe.run(document, ${JSON.stringify(rules)}).then(
        ({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))
        .then((found) => found.filter((each) => !each.startsWith('color-contrast: <wx-button')))`);
      expect(found).toEqual([]);
    }
  });
});
