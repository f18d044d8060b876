import * as glassEasel from 'glass-easel';
import type { PageWindow, ThemedValue } from '../../program';
import { onShellMessage, tellShell } from '../messages';
import { onReachBottom } from './bottom';
import { pullDown, type PullDown } from './pull';

type Component = glassEasel.GeneralComponent;

/** Calls a method that a page may have. */
export type CallPage = (method: string, ...args: unknown[]) => void;

/**
 * Gives a page its life: the callbacks of WeChat's pages, its title bar, pull down and reach bottom.
 *
 * @returns the gesture, where the page has enabled it
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/api/Page.html
 */
export function bringToLife(page: Component, settings: PageWindow): PullDown | undefined {
  const call: CallPage = (name, ...args) => {
    const method = glassEasel.Component.getMethod(page, name);
    if (method) glassEasel.safeCallback(name, method, page.getMethodCaller(), args, page);
  };
  const showOrHide = (): void => {
    const state = document.hidden ? 'hide' : 'show';
    page.triggerPageLifetime(state, []);
    call(document.hidden ? 'onHide' : 'onShow');
  };
  followColourScheme(settings);
  call('onLoad', {});
  showOrHide();
  call('onReady');
  document.addEventListener('visibilitychange', showOrHide);
  onReachBottom(settings.onReachBottomDistance, () => {
    call('onReachBottom');
  });
  tellShell({ kind: 'refreshable', enabled: settings.enablePullDownRefresh });
  if (!settings.enablePullDownRefresh) return undefined;
  const pull = pullDown(() => {
    call('onPullDownRefresh');
  });
  onShellMessage(() => {
    pull.start();
  });
  return pull;
}

function followColourScheme(settings: PageWindow): void {
  const darkScheme = matchMedia('(prefers-color-scheme: dark)');
  const now = (value: ThemedValue): string => (darkScheme.matches ? value.dark : value.light);
  const apply = (): void => {
    document.body.dataset['dots'] = now(settings.backgroundTextStyle);
    tellShell({
      kind: 'navigation-bar',
      title: settings.navigationBarTitleText,
      background: now(settings.navigationBarBackgroundColor),
      text: now(settings.navigationBarTextStyle) === 'black' ? 'black' : 'white',
    });
  };
  document.title = settings.navigationBarTitleText;
  darkScheme.addEventListener('change', apply);
  apply();
}
