import * as glassEasel from 'glass-easel';
import * as v from 'valibot';

const method = v.optional(v.function());
const appSchema = v.looseObject({ onLaunch: method, onShow: method, onHide: method });

type App = v.InferOutput<typeof appSchema>;

/**
 * Runs app.ts and the callbacks of the app it registers.
 *
 * @param entry path of the page that opens
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/api/App.html
 */
export function startApp(entry: string, run: (() => unknown) | undefined): void {
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
    if (callback)
      glassEasel.safeCallback(name, callback, app, [{ path: entry, query: {}, scene: 1001 }]);
  };
  call('onLaunch');
  call('onShow');
  document.addEventListener('visibilitychange', () => {
    call(document.hidden ? 'onHide' : 'onShow');
  });
}
