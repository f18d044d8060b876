import * as v from 'valibot';
import type { Bars } from '../bars';
import { asynchronous } from './callback';

const anything = v.unknown();

/** Pixels, as the shell draws them. */
const statusBarHeight = 44;
const capsule = { width: 87, height: 32, right: 7, top: 50 };
const screenBottom = 34;

/** What WeChat says of the phone, the window and itself. */
export function systemApi(bars: Bars): Record<string, unknown> {
  const windowInfo = (): object => windowBetween(bars.taken());
  const all = (): object => ({
    ...deviceInfo(),
    ...windowInfo(),
    ...appBaseInfo(),
    ...systemSetting(),
  });
  return {
    getSystemInfoSync: all,
    getSystemInfo: asynchronous('getSystemInfo', anything, all),
    getSystemInfoAsync: asynchronous('getSystemInfoAsync', anything, all),
    getWindowInfo: windowInfo,
    getDeviceInfo: deviceInfo,
    getAppBaseInfo: appBaseInfo,
    getSystemSetting: systemSetting,
    getAppAuthorizeSetting: () => ({ notificationAuthorized: 'not determined' }),
    getMenuButtonBoundingClientRect: menuButton,
    getNetworkType: asynchronous('getNetworkType', anything, () => ({
      networkType: navigator.onLine ? 'wifi' : 'none',
      isConnected: navigator.onLine,
    })),
    getBatteryInfoSync: () => ({ level: '100', isCharging: true }),
  };
}

function windowBetween({ above, below }: { above: number; below: number }): object {
  const { innerWidth, innerHeight, devicePixelRatio } = window;
  const shell = window.parent.document.querySelector('.phone');
  const screenHeight = shell?.clientHeight ?? innerHeight;
  const bottom = screenHeight - screenBottom;
  return {
    pixelRatio: devicePixelRatio,
    screenWidth: innerWidth,
    screenHeight,
    windowWidth: innerWidth,
    // The shell may be about to give the page another height.
    windowHeight: screenHeight - above - below,
    statusBarHeight,
    screenTop: above,
    safeArea: {
      left: 0,
      right: innerWidth,
      top: statusBarHeight,
      bottom,
      width: innerWidth,
      height: bottom - statusBarHeight,
    },
  };
}

/** `devtools` is what a mini program asks for that behaves differently in development. */
function deviceInfo(): object {
  return {
    brand: 'devtools',
    model: 'cloudbase-local',
    system: 'iOS 17.0',
    platform: 'devtools',
    benchmarkLevel: 1,
    abi: '',
  };
}

function appBaseInfo(): object {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  return {
    SDKVersion: '3.8.0',
    version: '8.0.50',
    language: 'zh_CN',
    theme: dark ? 'dark' : 'light',
    fontSizeSetting: 16,
    enableDebug: false,
    host: { appId: '', env: 'WeChat', version: 0 },
  };
}

function systemSetting(): object {
  return {
    bluetoothEnabled: false,
    locationEnabled: false,
    wifiEnabled: true,
    deviceOrientation: 'portrait',
  };
}

function menuButton(): object {
  const right = window.innerWidth - capsule.right;
  const { width, height, top } = capsule;
  return { width, height, top, bottom: top + height, right, left: right - width };
}
