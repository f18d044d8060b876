import * as glassEasel from 'glass-easel';
import type { PageWindow, Program } from '../../program';
import { reachesBottom } from './bottom';
import { FaultyComponent, type Engine, type Mounted } from './engine';
import { faultView } from './faults';
import type { Address } from './navigation/address';
import { EventChannel } from './navigation/event-channel';
import type { StackedPage } from './navigation/stack';

/** What stands above a page, until `wx` changes it. */
export type Bar = Pick<
  PageWindow,
  | 'navigationBarTitleText'
  | 'navigationBarBackgroundColor'
  | 'navigationBarTextStyle'
  | 'navigationStyle'
> & { loading: boolean; homeHidden: boolean };

/** A page that was opened. */
export interface Page extends StackedPage {
  readonly address: Address;
  /** The page as the mini program's code has it: `this` of its methods. */
  readonly self: object;
  readonly settings: PageWindow;
  readonly bar: Bar;
  /** What the page that opened it tells it by. */
  readonly openerChannel: EventChannel;
  /** Calls a method that the page may have. */
  call(method: string, ...args: unknown[]): void;
  has(method: string): boolean;
  scrolled(): void;
}

const defaults: PageWindow = {
  navigationBarTitleText: '',
  navigationBarBackgroundColor: { light: '#ffffff', dark: '#191919' },
  navigationBarTextStyle: { light: 'black', dark: 'white' },
  navigationStyle: 'default',
  backgroundTextStyle: { light: 'dark', dark: 'light' },
  enablePullDownRefresh: false,
  onReachBottomDistance: 50,
};

/**
 * Makes a page of the mini program. One that cannot be made shows why, and harms no other.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/api/Page.html
 */
export function makePage(engine: Engine, program: Program, address: Address): Page {
  const { path, query } = address;
  const settings = program.components.find((each) => each.path === path)?.page ?? defaults;
  const openerChannel = new EventChannel();
  const shown = showable(engine, path, program.tabBar);
  const { component } = shown;
  const self: object = component?.getMethodCaller() ?? { route: path, data: {} };
  Object.assign(self, {
    route: path,
    __route__: path,
    options: query,
    getOpenerEventChannel: () => openerChannel,
    getTabBar: () => shown.tabBar?.component.getMethodCaller() ?? null,
  });
  const method = (name: string): ((...args: unknown[]) => unknown) | undefined =>
    component && glassEasel.Component.getMethod(component, name);
  const call = (name: string, ...args: unknown[]): void => {
    const found = method(name);
    if (found && component) glassEasel.safeCallback(name, found, self, args, component);
  };
  const reachedBottom = reachesBottom(settings.onReachBottomDistance);
  let scrollTop = 0;
  let ready = false;

  return {
    path,
    address,
    self,
    settings,
    bar: { ...settings, loading: false, homeHidden: false },
    openerChannel,
    call,
    has: (name) => method(name) !== undefined,
    load() {
      engine.styleAs(path);
      shown.attach();
      if (component) setProperties(component, query);
      call('onLoad', query);
    },
    show() {
      engine.styleAs(path);
      shown.elements().forEach((element) => delete element.dataset['behind']);
      window.scrollTo(0, scrollTop);
      component?.triggerPageLifetime('show', []);
      shown.tabBar?.component.triggerPageLifetime('show', []);
      call('onShow');
      if (ready) return;
      ready = true;
      call('onReady');
    },
    hide() {
      scrollTop = window.scrollY;
      component?.triggerPageLifetime('hide', []);
      call('onHide');
      shown.elements().forEach((element) => (element.dataset['behind'] = ''));
    },
    unload() {
      call('onUnload');
      shown.release();
    },
    scrolled() {
      call('onPageScroll', { scrollTop: window.scrollY });
      if (reachedBottom()) call('onReachBottom');
    },
  };
}

/** What of a page is in the document. */
interface Showable {
  /** undefined if it cannot be shown. */
  component?: glassEasel.GeneralComponent;
  tabBar?: Mounted;
  attach(): void;
  elements(): HTMLElement[];
  release(): void;
}

function showable(engine: Engine, path: string, tabs: Program['tabBar']): Showable {
  try {
    const page = engine.mount(path, 'page');
    const hasTabBar = tabs?.custom === true && tabs.items.some((item) => item.page === path);
    const tabBar = hasTabBar ? engine.mount('custom-tab-bar/index', 'custom-tab-bar') : undefined;
    const all = tabBar ? [page, tabBar] : [page];
    return {
      component: page.component,
      ...(tabBar && { tabBar }),
      attach() {
        for (const each of all) each.attach();
      },
      elements: () => all.map((each) => each.element()),
      release() {
        for (const each of all) each.release();
      },
    };
  } catch (error) {
    console.error(error);
    const view = failureOf(path, error);
    return {
      attach() {
        document.body.append(view);
      },
      elements: () => [view],
      release() {
        view.remove();
      },
    };
  }
}

function failureOf(path: string, error: unknown): HTMLElement {
  if (error instanceof FaultyComponent) return faultView('编译失败', error.faults);
  const reason = error instanceof Error ? error.message : String(error);
  return faultView('这个页面的脚本出错了', [{ file: path, reason }]);
}

/** A page made by `Component` has its query in properties of the same names. */
function setProperties(
  component: glassEasel.GeneralComponent,
  query: Record<string, string>,
): void {
  const own = Object.entries(query).filter(([name]) =>
    glassEasel.Component.hasProperty(component, name),
  );
  if (own.length > 0) component.setData(Object.fromEntries(own));
}
