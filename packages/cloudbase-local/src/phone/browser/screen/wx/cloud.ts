import * as v from 'valibot';
import { invoke } from '../../invoke';
import { asynchronous, WxError } from './callback';
import { withSupportedOnly } from './supported';

const callSchema = v.object({ name: v.string(), data: v.optional(v.unknown(), {}) });

/**
 * `wx.cloud`: calls go to the local cloud as the user who holds the phone.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/wxcloudservice/wxcloud/reference-sdk-api/functions/Cloud.callFunction.html
 */
export function cloudApi(openid: string): object {
  let ready = false;
  const init = (): void => {
    ready = true;
  };
  const callFunction = asynchronous('cloud.callFunction', callSchema, async ({ name, data }) => {
    if (!ready) throw new Error("Cloud API isn't enabled, please call wx.cloud.init first");
    const answer = await invoke(name, data, openid);
    if ('result' in answer) return { result: answer.result, requestID: answer.requestId };
    const { errCode, errMsg } = answer;
    throw new WxError(
      `cloud.callFunction:fail Error: errCode: ${errCode} | errMsg: ${errMsg}`,
      errCode,
    );
  });
  return withSupportedOnly('wx.cloud', { init, callFunction });
}
