import * as glassEasel from 'glass-easel';
import * as v from 'valibot';
import type { Address } from './navigation/address';

const method = v.optional(v.function());
const appSchema = v.looseObject({ onLaunch: method, onShow: method, onHide: method });

type App = v.InferOutput<typeof appSchema>;

/** How the mini program was opened, as WeChat tells it. */
export function launchOptions({ path, query }: Address): object {
  return { path, query, scene: 1001, shareTicket: undefined, referrerInfo: {}, mode: 'default' };
}

/**
 * Runs the app's script and the callbacks of the app that it registers.
 *
 * @param first the page that opens
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/api/App.html
 */
export function startApp(first: Address, run: (() => unknown) | undefined): void {
  let app: App | undefined;
  Object.assign(globalThis, {
    App: (options: unknown): void => {
      app = v.parse(appSchema, options);
    },
    getApp: () => app,
  });
  run?.();
  const call = (name: 'onLaunch' | 'onShow' | 'onHide'): void => {
    const callback = app?.[name];
    if (callback) glassEasel.safeCallback(name, callback, app, [launchOptions(first)]);
  };
  call('onLaunch');
  call('onShow');
  document.addEventListener('visibilitychange', () => {
    call(document.hidden ? 'onHide' : 'onShow');
  });
}
