import type { Program, TabBar, ThemedValue } from '../../program';
import { tellShell } from '../messages';
import { formatAddress } from './navigation/address';
import type { Page } from './page';
import { resourceUrl } from './resource';

/** What `wx` changed of one tab. */
export interface TabChange {
  text?: string;
  iconPath?: string;
  selectedIconPath?: string;
  /** Empty for none. */
  badge?: string;
  dot?: boolean;
}

/** Pixels of the navigation bar with the status bar, and of the tab bar, as the shell draws them. */
const HEIGHTS = { navigation: 88, tabs: 84 };

/** The bars around the page, which the shell draws. */
export interface Bars {
  /** Pixels that they take from the screen, above and below the page. */
  taken(): { above: number; below: number };
  /** Tells the shell how they are now. */
  refresh(): void;
  /** @throws {Error} if there is no such tab */
  changeTab(index: number, change: TabChange): void;
  showTabs(shown: boolean): void;
}

/** @param pages gives the pages of the stack */
export function createBars(program: Program, pages: () => readonly Page[]): Bars {
  const darkScheme = matchMedia('(prefers-color-scheme: dark)');
  const now = (value: ThemedValue): string =>
    program.darkMode && darkScheme.matches ? value.dark : value.light;
  const changes = new Map<number, TabChange>();
  let tabsShown = true;

  const refresh = (): void => {
    const page = pages().at(-1);
    if (!page) return;
    const { bar, settings } = page;
    document.body.dataset['dots'] = now(settings.backgroundTextStyle);
    document.title = bar.navigationBarTitleText;
    const isTab = program.tabBar?.items.some((item) => item.page === page.path) ?? false;
    const isFirst = isTab || page.path === program.entry || bar.homeHidden;
    tellShell({
      kind: 'navigation-bar',
      title: bar.navigationBarTitleText,
      background: now(bar.navigationBarBackgroundColor),
      text: now(bar.navigationBarTextStyle) === 'black' ? 'black' : 'white',
      custom: bar.navigationStyle === 'custom',
      loading: bar.loading,
      button: pages().length > 1 ? 'back' : isFirst ? 'none' : 'home',
      address: formatAddress(page.address),
    });
    const { tabBar } = program;
    const hasTabs = tabsShow(page.path);
    tellShell({ kind: 'tab-bar', bar: tabBar && hasTabs ? tabsNow(tabBar, page.path) : null });
    document.documentElement.classList.toggle('above-tabs', hasTabs);
    tellShell({ kind: 'refreshable', enabled: settings.enablePullDownRefresh });
  };
  const tabsShow = (path: string): boolean =>
    tabsShown &&
    program.tabBar?.custom === false &&
    program.tabBar.items.some((item) => item.page === path);
  const tabsNow = (tabBar: TabBar, path: string): TabBarNow => ({
    background: now(tabBar.backgroundColor),
    border: now(tabBar.borderStyle) === 'white' ? 'white' : 'black',
    items: tabBar.items.map((item, index) => {
      const selected = item.page === path;
      const change = changes.get(index) ?? {};
      const icon = selected
        ? (change.selectedIconPath ?? now(item.selectedIcon))
        : (change.iconPath ?? now(item.icon));
      return {
        text: change.text ?? item.text,
        icon: resourceUrl(icon, ''),
        color: now(selected ? tabBar.selectedColor : tabBar.color),
        selected,
        badge: change.badge ?? '',
        dot: change.dot ?? false,
      };
    }),
  });

  darkScheme.addEventListener('change', refresh);
  return {
    taken() {
      const page = pages().at(-1);
      const own = page?.bar.navigationStyle === 'custom';
      return {
        above: own ? 0 : HEIGHTS.navigation,
        below: page && tabsShow(page.path) ? HEIGHTS.tabs : 0,
      };
    },
    refresh,
    changeTab(index, change) {
      if (!program.tabBar?.items[index]) throw new Error('tabbar item not found');
      changes.set(index, { ...changes.get(index), ...change });
      refresh();
    },
    showTabs(shown) {
      tabsShown = shown;
      refresh();
    },
  };
}

type TabBarNow = NonNullable<Extract<Parameters<typeof tellShell>[0], { kind: 'tab-bar' }>['bar']>;
