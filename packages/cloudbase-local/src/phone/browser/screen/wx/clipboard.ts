import * as v from 'valibot';
import { showToast } from '../overlay';
import { asynchronous } from './callback';

const dataSchema = v.object({ data: v.string() });
const anything = v.unknown();

/** `wx.setClipboardData` and `wx.getClipboardData`, by the browser's clipboard. */
export function clipboardApi(): Record<string, unknown> {
  return {
    setClipboardData: asynchronous('setClipboardData', dataSchema, async ({ data }) => {
      await navigator.clipboard.writeText(data);
      showToast({ title: '内容已复制', icon: 'none', duration: 1500 });
      return {};
    }),
    getClipboardData: asynchronous('getClipboardData', anything, async () => ({
      data: await navigator.clipboard.readText(),
    })),
  };
}
