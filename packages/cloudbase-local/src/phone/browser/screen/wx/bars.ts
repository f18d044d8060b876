import * as v from 'valibot';
import type { Bars, TabChange } from '../bars';
import type { Page } from '../page';
import { asynchronous } from './callback';

const anything = v.unknown();
const titleSchema = v.object({ title: v.string() });
const coloursSchema = v.object({ frontColor: v.string(), backgroundColor: v.string() });
const indexSchema = v.object({ index: v.number() });
const badgeSchema = v.object({ index: v.number(), text: v.string() });
const text = v.optional(v.string());
const itemSchema = v.object({
  index: v.number(),
  text,
  iconPath: text,
  selectedIconPath: text,
});

/**
 * The navigation bar and the tab bar.
 *
 * @param top gives the page in front
 */
export function barsApi(top: () => Page | undefined, bars: Bars): Record<string, unknown> {
  const changeBar = (change: Partial<Page['bar']>): object => {
    Object.assign(top()?.bar ?? {}, change);
    bars.refresh();
    return {};
  };
  const changeTab = (index: number, change: TabChange): object => {
    bars.changeTab(index, change);
    return {};
  };
  const showTabs = (shown: boolean) => (): object => {
    bars.showTabs(shown);
    return {};
  };
  const both = (value: string): { light: string; dark: string } => ({ light: value, dark: value });
  return {
    setNavigationBarTitle: asynchronous('setNavigationBarTitle', titleSchema, ({ title }) =>
      changeBar({ navigationBarTitleText: title }),
    ),
    setNavigationBarColor: asynchronous('setNavigationBarColor', coloursSchema, (colours) =>
      changeBar({
        navigationBarBackgroundColor: both(colours.backgroundColor),
        navigationBarTextStyle: both(
          /^#f{3}(?:f{3})?$/i.test(colours.frontColor) ? 'white' : 'black',
        ),
      }),
    ),
    showNavigationBarLoading: asynchronous('showNavigationBarLoading', anything, () =>
      changeBar({ loading: true }),
    ),
    hideNavigationBarLoading: asynchronous('hideNavigationBarLoading', anything, () =>
      changeBar({ loading: false }),
    ),
    hideHomeButton: asynchronous('hideHomeButton', anything, () => changeBar({ homeHidden: true })),
    setTabBarBadge: asynchronous('setTabBarBadge', badgeSchema, ({ index, text: badge }) =>
      changeTab(index, { badge }),
    ),
    removeTabBarBadge: asynchronous('removeTabBarBadge', indexSchema, ({ index }) =>
      changeTab(index, { badge: '' }),
    ),
    showTabBarRedDot: asynchronous('showTabBarRedDot', indexSchema, ({ index }) =>
      changeTab(index, { dot: true }),
    ),
    hideTabBarRedDot: asynchronous('hideTabBarRedDot', indexSchema, ({ index }) =>
      changeTab(index, { dot: false }),
    ),
    setTabBarItem: asynchronous('setTabBarItem', itemSchema, ({ index, ...change }) =>
      changeTab(index, withoutUndefined(change)),
    ),
    showTabBar: asynchronous('showTabBar', anything, showTabs(true)),
    hideTabBar: asynchronous('hideTabBar', anything, showTabs(false)),
  };
}

function withoutUndefined({
  text: label,
  iconPath,
  selectedIconPath,
}: {
  text?: string | undefined;
  iconPath?: string | undefined;
  selectedIconPath?: string | undefined;
}): TabChange {
  return {
    ...(label !== undefined && { text: label }),
    ...(iconPath !== undefined && { iconPath }),
    ...(selectedIconPath !== undefined && { selectedIconPath }),
  };
}
