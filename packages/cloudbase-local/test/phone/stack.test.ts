import type { Address } from '../../src/phone/browser/screen/navigation/address';
import { formatAddress, parseAddress } from '../../src/phone/browser/screen/navigation/address';
import {
  createStack,
  type OpenType,
  type PageStack,
  type StackedPage,
} from '../../src/phone/browser/screen/navigation/stack';

/** A stack of pages that write down what becomes of them. */
function recordingStack(): { stack: PageStack<StackedPage>; said: () => string } {
  const lines: string[] = [];
  const stack = createStack({
    exists: (path) => /^[A-Z]$/.test(path),
    isTab: (path) => 'AB'.includes(path),
    onTop: () => undefined,
    make({ path }: Address): StackedPage {
      const say = (what: string) => (): void => {
        lines.push(`${path}.${what}`);
      };
      return {
        path,
        load: say('onLoad'),
        show: say('onShow'),
        hide: say('onHide'),
        unload: say('onUnload'),
      };
    },
  });
  return { stack, said: () => lines.splice(0).join(' ') };
}

const at = (path: string): Address => ({ path, query: {} });

/** Each step is a way and a page, such as `navigateTo C`, or `back 1`. */
function take(stack: PageStack<StackedPage>, steps: string): void {
  for (const step of steps.split(', ')) {
    const [way = '', target = ''] = step.split(' ');
    if (way === 'back') stack.back(Number(target));
    else stack.open(way as OpenType, at(target));
  }
}

// Source: https://developers.weixin.qq.com/miniprogram/dev/framework/app-service/route.html
describe('pages hear what WeChat tells them, in its order, when', () => {
  test.each([
    ['the first opens', '', 'reLaunch A', 'A.onLoad A.onShow'],
    ['another opens above', 'reLaunch C', 'navigateTo D', 'C.onHide D.onLoad D.onShow'],
    ['another takes its place', 'reLaunch C', 'redirectTo D', 'C.onUnload D.onLoad D.onShow'],
    ['it goes back', 'reLaunch C, navigateTo D', 'back 1', 'D.onUnload C.onShow'],
    [
      'it goes back several',
      'reLaunch C, navigateTo D, navigateTo E',
      'back 2',
      'E.onUnload D.onUnload C.onShow',
    ],
    [
      'it goes back farther than there is',
      'reLaunch C, navigateTo D, navigateTo E',
      'back 9',
      'E.onUnload D.onUnload C.onShow',
    ],
    ['a tab opens', 'reLaunch A', 'switchTab B', 'A.onHide B.onLoad B.onShow'],
    ['a tab opens again', 'reLaunch A, switchTab B', 'switchTab A', 'B.onHide A.onShow'],
    ['the same tab is tapped', 'reLaunch A', 'switchTab A', ''],
    [
      'it goes from a page to its tab',
      'reLaunch A, navigateTo C',
      'switchTab A',
      'C.onUnload A.onShow',
    ],
    [
      'it goes from a page to another tab',
      'reLaunch A, navigateTo C',
      'switchTab B',
      'C.onUnload B.onLoad B.onShow',
    ],
    [
      'it goes from two pages to another tab',
      'reLaunch A, navigateTo C, navigateTo D',
      'switchTab B',
      'D.onUnload C.onUnload B.onLoad B.onShow',
    ],
    [
      'it goes from a page that opened first to a tab',
      'reLaunch D',
      'switchTab A',
      'D.onUnload A.onLoad A.onShow',
    ],
    [
      'all begins anew',
      'reLaunch A, switchTab B, navigateTo C',
      'reLaunch D',
      'C.onUnload B.onUnload A.onUnload D.onLoad D.onShow',
    ],
  ])('%s', (_, before, step, expected) => {
    const { stack, said } = recordingStack();
    if (before !== '') take(stack, before);
    said();
    take(stack, step);
    expect(said()).toBe(expected);
  });
});

describe('a way that WeChat does not go is refused', () => {
  test.each([
    ['reLaunch A', 'navigateTo B', 'can not navigateTo a tabbar page'],
    ['reLaunch A', 'redirectTo B', 'can not redirectTo a tabbar page'],
    ['reLaunch A', 'switchTab C', 'can not switch to no-tabBar page'],
    ['reLaunch A', 'navigateTo gone', 'page "gone" is not found'],
    ['reLaunch A', 'back 1', 'cannot navigate back at first page.'],
    [`reLaunch C${', navigateTo D'.repeat(9)}`, 'navigateTo E', 'webview count limit exceed'],
  ])('%s, %s', (before, step, reason) => {
    const { stack, said } = recordingStack();
    take(stack, before);
    const open = stack.pages().length;
    said();
    expect(() => {
      take(stack, step);
    }).toThrow(reason);
    expect([said(), stack.pages().length]).toEqual(['', open]);
  });
});

describe('the address of a page', () => {
  test.each([
    ['/pages/a/index?x=1&y=%E4&z', 'pages/b/index', 'pages/a/index?x=1&y=%E4&z='],
    ['../a/index', 'pages/b/index', 'pages/a/index'],
    ['a', 'pages/b/index', 'pages/b/a'],
    ['./a.html?u=b=c?d', 'pages/b/index', 'pages/b/a?u=b=c?d'],
    ['../../../../a', 'pages/b/index', 'a'],
  ])('%s from %s is %s', (url, from, expected) => {
    expect(formatAddress(parseAddress(url, from))).toBe(expected);
  });
});
