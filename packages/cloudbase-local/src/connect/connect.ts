import type { createCloud } from './cloud';

export interface ConnectOptions {
  /** Where the local cloud is. Default: `http://127.0.0.1:7700`. */
  readonly url?: string;
  /** Whose phone it is. Default: the first user of the local cloud. */
  readonly openid?: string;
}

const standardUrl = 'http://127.0.0.1:7700';

/**
 * Makes the local cloud answer for `wx.cloud`: to be called at the top of `app.js`. It does so in WeChat DevTools, in the
 * version that is developed. Anywhere else it leaves `wx.cloud` as it is and says so: what is uploaded by accident harms
 * nobody.
 *
 * @returns Whether the local cloud answers now.
 */
export function connect({ url = standardUrl, openid }: ConnectOptions = {}): boolean {
  const where = whereRunning();
  if (where !== undefined) {
    console.warn(
      `cloudbase-local: ${where}, so wx.cloud stays that of WeChat. connect() is for WeChat DevTools: take it out before you upload.`,
    );
    return false;
  }
  // Only now: a phone that is not to use it does not run it.
  // oxlint-disable-next-line typescript/no-require-imports -- an import would run at once
  const loaded = require('./cloud') as { createCloud: typeof createCloud };
  const local = loaded.createCloud({ url: url.replace(/\/$/, ''), openid, wx });
  replaceCloud(withRefusals(local));
  console.info(
    `cloudbase-local: ${url} answers for wx.cloud${openid === undefined ? '' : ` as ${openid}`}.`,
  );
  return true;
}

/** @returns Where this runs, if that is not the simulator of WeChat DevTools with the version that is developed. */
function whereRunning(): string | undefined {
  const { envVersion } = wx.getAccountInfoSync().miniProgram;
  if (envVersion !== 'develop') return `this is the version "${envVersion}"`;
  // oxlint-disable-next-line typescript/no-deprecated -- base libraries before 2.20 have no other
  const { platform } = wx.canIUse('getDeviceInfo') ? wx.getDeviceInfo() : wx.getSystemInfoSync();
  return platform === 'devtools' ? undefined : `this is a phone (${platform})`;
}

/** What WeChat has and the local cloud has not is refused by name: nothing goes to the cloud by accident. */
function withRefusals(local: Record<string, unknown>): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const name of namesOf(wx.cloud)) {
    all[name] = (): never => {
      throw new Error(`wx.cloud.${name} is not there in the local cloud (cloudbase-local).`);
    };
  }
  return Object.assign(all, local);
}

/** The names of an object's members, also of those that it inherits. */
function namesOf(object: object): string[] {
  const names: string[] = [];
  let from: unknown = object;
  while (typeof from === 'object' && from !== null && from !== Object.prototype) {
    names.push(...Object.getOwnPropertyNames(from));
    from = Object.getPrototypeOf(from);
  }
  return names.filter((name) => name !== 'constructor');
}

/** Assigning does not do: `wx.cloud` is a getter in some base libraries, and cannot be defined anew in others. */
function replaceCloud(cloud: Record<string, unknown>): void {
  const own = { configurable: true, enumerable: true, writable: true };
  if (Object.getOwnPropertyDescriptor(wx, 'cloud')?.configurable === false) {
    for (const name of Object.keys(cloud)) {
      Object.defineProperty(wx.cloud, name, Object.assign({ value: cloud[name] }, own));
    }
  } else {
    Object.defineProperty(wx, 'cloud', Object.assign({ value: cloud }, own));
  }
}
