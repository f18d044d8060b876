import type { Address } from './address';

/** A page on the stack. */
export interface StackedPage {
  readonly path: string;
  load(): void;
  show(): void;
  hide(): void;
  unload(): void;
}

/** How a page is opened: on top, in place of the top, as a tab, in place of all. */
export type OpenType = 'navigateTo' | 'redirectTo' | 'switchTab' | 'reLaunch';

/** WeChat's limit. */
const MOST = 10;

/** The pages that are open. It tells each in WeChat's order what becomes of it. */
export interface PageStack<Page extends StackedPage> {
  /** From the bottom to the top. */
  pages(): readonly Page[];
  top(): Page | undefined;
  /**
   * Opens a page.
   *
   * @throws {Error} with WeChat's reason, if WeChat would not
   */
  open(type: OpenType, address: Address): Page;
  /** @throws {Error} at the first page */
  back(delta: number): void;
}

export interface StackOptions<Page> {
  make: (address: Address) => Page;
  exists: (path: string) => boolean;
  isTab: (path: string) => boolean;
  /** Hears that a page is on top now, before it loads. */
  onTop: () => void;
}

/**
 * The page stack, and the pages of tabs, which stay loaded behind it.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/framework/app-service/route.html
 */
export function createStack<Page extends StackedPage>(
  options: StackOptions<Page>,
): PageStack<Page> {
  const { make, exists, isTab, onTop } = options;
  let pages: Page[] = [];
  /** Every tab that was opened, on the stack or behind it. */
  const tabs = new Map<string, Page>();

  const top = (): Page | undefined => pages.at(-1);
  const push = (address: Address): Page => {
    const page = make(address);
    pages.push(page);
    if (isTab(address.path)) tabs.set(address.path, page);
    onTop();
    page.load();
    // It may have gone on to another page already.
    if (top() === page) page.show();
    return page;
  };
  const unload = (page: Page): void => {
    if (tabs.get(page.path) === page) tabs.delete(page.path);
    page.unload();
  };
  /** Takes off the uppermost pages, the top first. */
  const unloadDownTo = (left: number): void => {
    while (pages.length > left) {
      const page = pages.pop();
      if (page) unload(page);
    }
  };
  const refusal = (type: OpenType, { path }: Address): string | undefined => {
    if (!exists(path)) return `page "${path}" is not found`;
    if (type === 'navigateTo' && pages.length >= MOST) return 'webview count limit exceed';
    const tab = isTab(path);
    if (type === 'switchTab') return tab ? undefined : 'can not switch to no-tabBar page';
    return tab && type !== 'reLaunch' ? `can not ${type} a tabbar page` : undefined;
  };
  const switchTab = (address: Address): Page => {
    const before = top();
    const kept = tabs.get(address.path);
    if (kept !== undefined && kept === before) return kept;
    // The tab below the others stays loaded; all that was opened from it goes.
    const isKept = (page: Page): boolean => tabs.get(page.path) === page;
    if (before && isKept(before)) before.hide();
    for (const page of [...pages].reverse()) if (!isKept(page)) unload(page);
    pages = [];
    if (kept === undefined) return push(address);
    pages.push(kept);
    kept.show();
    return kept;
  };

  return {
    pages: () => pages,
    top,
    open(type, address) {
      const reason = refusal(type, address);
      if (reason !== undefined) throw new Error(reason);
      if (type === 'switchTab') return switchTab(address);
      if (type === 'navigateTo') top()?.hide();
      if (type === 'redirectTo') unloadDownTo(Math.max(pages.length - 1, 0));
      if (type === 'reLaunch') {
        const behind = [...tabs.values()].filter((page) => !pages.includes(page));
        unloadDownTo(0);
        behind.forEach(unload);
      }
      return push(address);
    },
    back(delta) {
      if (pages.length <= 1) throw new Error('cannot navigate back at first page.');
      unloadDownTo(Math.max(pages.length - Math.max(delta, 1), 1));
      top()?.show();
    },
  };
}
