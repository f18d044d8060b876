import * as v from 'valibot';
import type { Program } from '../../../program';
import { phoneStorage } from '../../storage';
import type { Bars } from '../bars';
import { builtIns } from '../elements/built-ins';
import type { Navigate } from '../elements/navigator';
import type { Address } from '../navigation/address';
import type { PageStack } from '../navigation/stack';
import type { Page } from '../page';
import type { PullDown } from '../pull';
import { animationApi } from './animation';
import { barsApi } from './bars';
import { asynchronous } from './callback';
import { clipboardApi } from './clipboard';
import { cloudApi } from './cloud';
import { environmentApi } from './environment';
import { interfaceApi } from './interface';
import { loginApi } from './login';
import { navigationApi } from './navigation';
import { picturesApi } from './pictures';
import { queryApi } from './query';
import { requestApi } from './request';
import { storageApi } from './storage';
import { withSupportedOnly } from './supported';
import { systemApi } from './system';
import { userApi } from './user';

const anything = v.unknown();

/** What `wx` acts on. */
export interface WxSurroundings {
  /** Whose phone it is. */
  openid: string;
  program: Program;
  stack: PageStack<Page>;
  bars: Bars;
  pull: PullDown;
  /** The page that opens first. */
  first: Address;
}

/** The `wx` of a mini program in the preview, and the way to another page for those who are no mini program. */
export function createWx(around: WxSurroundings): { wx: object; navigate: Navigate } {
  const api = apis(around);
  const wx = withSupportedOnly('wx', {
    ...api,
    canIUse: (name: string): boolean => canIUse(name, [...Object.keys(api), 'canIUse']),
  });
  const navigate: Navigate = (method, options) => {
    const call: unknown = Reflect.get(wx, method);
    const quiet = { fail: () => undefined, ...options };
    if (typeof call === 'function') Reflect.apply(call, wx, [quiet]);
  };
  return { wx, navigate };
}

function apis({ openid, stack, bars, pull, first }: WxSurroundings): Record<string, unknown> {
  const top = (): Page | undefined => stack.top();
  return {
    ...storageApi(phoneStorage(openid)),
    ...interfaceApi(),
    ...loginApi(openid),
    ...userApi(),
    ...requestApi(),
    ...navigationApi(stack, bars, pull),
    ...barsApi(top, bars),
    ...systemApi(bars),
    ...environmentApi(first),
    ...queryApi(top),
    ...animationApi(),
    ...picturesApi(() => top()?.path ?? ''),
    ...clipboardApi(),
    cloud: cloudApi(openid),
    startPullDownRefresh: asynchronous('startPullDownRefresh', anything, () => {
      pull.start();
      return {};
    }),
    stopPullDownRefresh: asynchronous('stopPullDownRefresh', anything, () => {
      pull.stop();
      return {};
    }),
  };
}

/**
 * Whether there is an API or a component of this name. What comes after the first point is not looked at.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/base/wx.canIUse.html
 */
function canIUse(name: string, names: readonly string[]): boolean {
  const [first = ''] = name.split('.');
  return names.includes(first) || first in builtIns(() => undefined);
}
