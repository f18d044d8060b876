import * as v from 'valibot';
import { hideToast, showChoices, showDialog, showToast } from '../overlay';
import { asynchronous } from './callback';

const anything = v.unknown();
const toastSchema = v.object({
  title: v.string(),
  icon: v.optional(v.string(), 'success'),
  duration: v.optional(v.number(), 1500),
  mask: v.optional(v.boolean(), false),
});
const loadingSchema = v.object({
  title: v.optional(v.string(), ''),
  mask: v.optional(v.boolean(), false),
});
const modalSchema = v.object({
  title: v.optional(v.string(), ''),
  content: v.optional(v.string(), ''),
  showCancel: v.optional(v.boolean(), true),
  cancelText: v.optional(v.string(), '取消'),
  confirmText: v.optional(v.string(), '确定'),
  editable: v.optional(v.boolean(), false),
  placeholderText: v.optional(v.string(), ''),
});
const sheetSchema = v.object({ itemList: v.array(v.string()) });

/** What lies over the page: `wx.showToast`, `wx.showLoading`, `wx.showModal`, `wx.showActionSheet`. */
export function interfaceApi(): Record<string, unknown> {
  const hide = (): object => {
    hideToast();
    return {};
  };
  return {
    showToast: asynchronous('showToast', toastSchema, (options) => {
      showToast(options);
      return {};
    }),
    hideToast: asynchronous('hideToast', anything, hide),
    showLoading: asynchronous('showLoading', loadingSchema, (options) => {
      showToast({ ...options, icon: 'loading' });
      return {};
    }),
    hideLoading: asynchronous('hideLoading', anything, hide),
    showModal: asynchronous('showModal', modalSchema, async (options) => {
      const { confirm, text } = await showDialog(options);
      return { confirm, cancel: !confirm, content: options.editable && confirm ? text : null };
    }),
    showActionSheet: asynchronous('showActionSheet', sheetSchema, async ({ itemList }) => {
      const tapIndex = await showChoices(itemList);
      if (tapIndex === undefined) throw new Error('cancel');
      return { tapIndex };
    }),
  };
}
