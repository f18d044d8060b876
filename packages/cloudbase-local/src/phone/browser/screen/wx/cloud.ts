import { createCloud } from '../../../../connect/cloud';
import { requestApi } from './request';
import { withSupportedOnly } from './supported';

/** `wx.cloud`, as a mini program in WeChat DevTools has it: the local cloud answers the user who holds the phone. */
export function cloudApi(openid: string): object {
  return withSupportedOnly(
    'wx.cloud',
    createCloud({ url: location.origin, openid, wx: requestApi() }),
  );
}
