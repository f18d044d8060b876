import * as v from 'valibot';
import { showDialog, showToast } from '../overlay';
import { asynchronous } from './callback';

const toastSchema = v.object({
  title: v.string(),
  icon: v.optional(v.string(), 'success'),
  duration: v.optional(v.number(), 1500),
});
const modalSchema = v.object({
  title: v.optional(v.string(), ''),
  content: v.optional(v.string(), ''),
  showCancel: v.optional(v.boolean(), true),
  cancelText: v.optional(v.string(), '取消'),
  confirmText: v.optional(v.string(), '确定'),
});

/** `wx.showToast` and `wx.showModal`. */
export function interfaceApi(): Record<string, unknown> {
  return {
    showToast: asynchronous('showToast', toastSchema, (options) => {
      showToast(options);
      return {};
    }),
    showModal: asynchronous('showModal', modalSchema, async (options) => {
      const confirm = await showDialog(options);
      return { confirm, cancel: !confirm };
    }),
  };
}
