import * as v from 'valibot';
import type { Bars } from '../bars';
import { parseAddress } from '../navigation/address';
import { EventChannel } from '../navigation/event-channel';
import type { OpenType, PageStack } from '../navigation/stack';
import type { Page } from '../page';
import type { PullDown } from '../pull';
import { asynchronous } from './callback';

const listener = v.custom<(...args: unknown[]) => void>((value) => typeof value === 'function');
const openSchema = v.object({
  url: v.string(),
  events: v.optional(v.record(v.string(), listener), {}),
  /** What was tapped of the tab bar. */
  tapped: v.optional(v.unknown()),
});
const backSchema = v.object({ delta: v.optional(v.number(), 1) });

/**
 * `wx.navigateTo` and its family. Like WeChat's they begin once the code that called them is done.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/route/wx.navigateTo.html
 */
export function navigationApi(
  stack: PageStack<Page>,
  bars: Bars,
  pull: PullDown,
): Record<string, unknown> {
  const open = (type: OpenType) =>
    asynchronous(type, openSchema, async ({ url, events, tapped }) => {
      const from = stack.top()?.path ?? '';
      await laterTask();
      pull.stop();
      const page = stack.open(type, parseAddress(url, from));
      bars.refresh();
      if (tapped !== undefined) page.call('onTabItemTap', tapped);
      return type === 'navigateTo' ? { eventChannel: join(page.openerChannel, events) } : {};
    });
  return {
    navigateTo: open('navigateTo'),
    redirectTo: open('redirectTo'),
    switchTab: open('switchTab'),
    reLaunch: open('reLaunch'),
    navigateBack: asynchronous('navigateBack', backSchema, async ({ delta }) => {
      await laterTask();
      pull.stop();
      stack.back(delta);
      bars.refresh();
      return {};
    }),
  };
}

function laterTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}

/** The opener's end of a channel: each end hears what the other emits. */
function join(opened: EventChannel, events: Record<string, (...args: unknown[]) => void>): object {
  const opener = new EventChannel();
  for (const [name, heard] of Object.entries(events)) opener.on(name, heard);
  const toOpened = opened.emit.bind(opened);
  const toOpener = opener.emit.bind(opener);
  opened.emit = toOpener;
  opener.emit = toOpened;
  return opener;
}
