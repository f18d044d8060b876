import * as v from 'valibot';
import type { PhoneStorage } from '../../storage';
import { asynchronous } from './callback';

const key = v.pipe(v.string(), v.minLength(1));
const keySchema = v.object({ key });
const entrySchema = v.object({ key, data: v.unknown() });
const anything = v.unknown();

/**
 * `wx.setStorage` and its family.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/storage/wx.setStorage.html
 */
export function storageApi(storage: PhoneStorage): Record<string, unknown> {
  const info = (): object => ({ keys: storage.keys(), currentSize: 0, limitSize: 10_240 });
  return {
    getStorageSync: (name: string): unknown => storage.get(name) ?? '',
    setStorageSync: (name: string, data: unknown): void => {
      storage.set(name, data);
    },
    removeStorageSync: (name: string): void => {
      storage.remove(name);
    },
    clearStorageSync: (): void => {
      storage.clear();
    },
    getStorageInfoSync: info,
    getStorage: asynchronous('getStorage', keySchema, (options) => {
      const data = storage.get(options.key);
      if (data === undefined) throw new Error('data not found');
      return { data };
    }),
    setStorage: asynchronous('setStorage', entrySchema, (options) => {
      storage.set(options.key, options.data);
      return {};
    }),
    removeStorage: asynchronous('removeStorage', keySchema, (options) => {
      storage.remove(options.key);
      return {};
    }),
    clearStorage: asynchronous('clearStorage', anything, () => {
      storage.clear();
      return {};
    }),
    getStorageInfo: asynchronous('getStorageInfo', anything, info),
  };
}
