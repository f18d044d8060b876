import * as v from 'valibot';
import { launchOptions } from '../app';
import type { Address } from '../navigation/address';
import { asynchronous } from './callback';

const anything = v.unknown();
type Listener = (event: object) => void;

/** The mini program itself: how it was opened, what goes on around it, its version. */
export function environmentApi(first: Address): Record<string, unknown> {
  const options = (): object => launchOptions(first);
  return {
    env: { USER_DATA_PATH: 'wxfile://usr' },
    getLaunchOptionsSync: options,
    getEnterOptionsSync: options,
    getAccountInfoSync: () => ({
      miniProgram: { appId: 'touristappid', envVersion: 'develop', version: '' },
    }),
    getUpdateManager: () => ({
      onCheckForUpdate: (listener: Listener) => {
        listener({ hasUpdate: false });
      },
      onUpdateReady: nothing,
      onUpdateFailed: nothing,
      applyUpdate: nothing,
    }),
    getLogManager: () => console,
    getRealtimeLogManager: () => ({ ...console, setFilterMsg: nothing, addFilterMsg: nothing }),
    nextTick: (run: () => void): void => {
      queueMicrotask(run);
    },
    ...listeners('AppShow', document, ['visibilitychange'], () =>
      document.hidden ? undefined : options(),
    ),
    ...listeners('AppHide', document, ['visibilitychange'], () =>
      document.hidden ? {} : undefined,
    ),
    ...listeners('WindowResize', window, ['resize'], () => ({
      size: { windowWidth: innerWidth, windowHeight: innerHeight },
    })),
    ...listeners('NetworkStatusChange', window, ['online', 'offline'], ({ type }) => ({
      isConnected: type === 'online',
      networkType: type === 'online' ? 'wifi' : 'none',
    })),
    ...listeners(
      'ThemeChange',
      matchMedia('(prefers-color-scheme: dark)'),
      ['change'],
      (event) => ({
        theme: event instanceof MediaQueryListEvent && event.matches ? 'dark' : 'light',
      }),
    ),
    ...listeners('Error', window, ['error'], (event) => ({
      message: event instanceof ErrorEvent ? event.message : '',
    })),
    ...listeners('UnhandledRejection', window, ['unhandledrejection'], (event) => ({
      reason: event instanceof PromiseRejectionEvent ? (event.reason as unknown) : undefined,
    })),
    arrayBufferToBase64: (buffer: ArrayBuffer): string =>
      btoa(String.fromCharCode(...new Uint8Array(buffer))),
    base64ToArrayBuffer: (text: string): ArrayBuffer =>
      Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer,
    ...withoutEffect(),
  };
}

function nothing(): void {
  /* there is no such thing in a browser */
}

/** What a browser neither has nor misses: it succeeds, as on a phone that cannot do it either. */
function withoutEffect(): Record<string, unknown> {
  const names = [
    'hideShareMenu',
    'showShareMenu',
    'updateShareMenu',
    'setBackgroundColor',
    'setBackgroundTextStyle',
    'setKeepScreenOn',
    'vibrateLong',
    'vibrateShort',
    'hideKeyboard',
    'setEnableDebug',
  ];
  return Object.fromEntries(names.map((name) => [name, asynchronous(name, anything, () => ({}))]));
}

/**
 * `on…` and `off…` of something that happens.
 *
 * @param tell gives what the listeners are told; undefined for nothing
 */
function listeners(
  name: string,
  target: EventTarget,
  types: readonly string[],
  tell: (event: Event) => object | undefined,
): Record<string, unknown> {
  const heard = new Map<Listener, (event: Event) => void>();
  return {
    [`on${name}`]: (listener: Listener): void => {
      const hear = (event: Event): void => {
        const told = tell(event);
        if (told) listener(told);
      };
      heard.set(listener, hear);
      for (const type of types) target.addEventListener(type, hear);
    },
    [`off${name}`]: (listener?: Listener): void => {
      for (const [each, hear] of heard)
        if (!listener || each === listener)
          for (const type of types) target.removeEventListener(type, hear);
    },
  };
}
