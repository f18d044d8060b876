import { createCipheriv, randomBytes } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { callerIn, isOpenid } from './openid';

/** What WeChat gives for a code: the user, and the key that it encrypts this user's data with from then on. */
interface LoginCode {
  readonly openid: string;
  used: boolean;
}

export interface WeChatOptions {
  readonly appId: string;
  readonly secret: string;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Who logs in where the header `x-wx-openid` is absent, and whom a code means that was not given out here. */
  readonly defaultOpenid: string | undefined;
}

/** How many codes are remembered: enough for whoever works here, and no more than some memory. */
const remembered = 1000;

/**
 * What the local cloud plays of WeChat: `POST /wx/login` gives the code that `wx.login` would give, and
 * `GET /sns/jscode2session` is the call of WeChat's server API that makes a user of it. Each login brings a new
 * session_key, as WeChat's may; `POST /wx/run-data` gives what `wx.getWeRunData` would, under the latest one.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
 */
export function wechatRoutes({ appId, secret, clock, defaultOpenid }: WeChatOptions): Hono {
  const codes = new Map<string, LoginCode>();
  const sessionKeys = new Map<string, string>();
  const routes = new Hono();

  const newKey = (openid: string): string => {
    const key = randomBytes(16).toString('base64');
    sessionKeys.set(openid, key);
    return key;
  };

  const callerOf = (context: Context): string | undefined => {
    const openid = callerIn(context, defaultOpenid);
    return isOpenid(openid) ? openid : undefined;
  };
  const noOpenid = (context: Context, api: string): Response =>
    context.json({ errMsg: `${api}:fail header x-wx-openid is no openid` }, 400);

  routes.post('/wx/login', (context) => {
    const openid = callerOf(context);
    if (openid === undefined) return noOpenid(context, 'login');
    const code = randomBytes(16).toString('hex');
    codes.set(code, { openid, used: false });
    const [oldest] = codes.keys();
    if (codes.size > remembered && oldest !== undefined) codes.delete(oldest);
    return context.json({ code });
  });

  routes.get('/sns/jscode2session', (context) => {
    const { appid, secret: given, js_code: code = '', grant_type: grant } = context.req.query();
    if (appid !== appId) return context.json(failure(40013, 'invalid appid'));
    if (given !== secret) return context.json(failure(40125, 'invalid appsecret'));
    if (grant !== 'authorization_code') return context.json(failure(40002, 'invalid grant_type'));
    if (code === '') return context.json(failure(41008, 'missing code'));
    const known = codes.get(code);
    if (known?.used === true) return context.json(failure(40163, 'code been used'));
    // The code of a simulator without an AppID is made up: it stands for whoever works here.
    const openid = known?.openid ?? defaultOpenid;
    if (openid === undefined) return context.json(failure(40029, 'invalid code'));
    if (known !== undefined) known.used = true;
    return context.json({ openid, session_key: newKey(openid) });
  });

  routes.post('/wx/run-data', (context) => {
    const openid = callerOf(context);
    if (openid === undefined) return noOpenid(context, 'getWeRunData');
    const seconds = Math.floor(clock() / 1000);
    const data = { ...runData(seconds), watermark: { appid: appId, timestamp: seconds } };
    return context.json(encrypt(data, sessionKeys.get(openid) ?? newKey(openid)));
  });

  return routes;
}

/**
 * The steps of thirty days, the newest last: made up, the same for the same day.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/api/open-api/werun/wx.getWeRunData.html
 */
function runData(now: number): object {
  const day = 24 * 3600;
  const midnight = Math.floor((now + 8 * 3600) / day) * day - 8 * 3600;
  const days = Array.from({ length: 31 }, (_, n) => midnight - (30 - n) * day);
  const stepInfoList = days.map((timestamp) => ({
    timestamp,
    step: 3000 + ((Math.floor(timestamp / day) * 7919) % 9000),
  }));
  return { stepInfoList };
}

/** As WeChat encrypts open data: AES-128-CBC under session_key. */
function encrypt(data: object, sessionKey: string): { encryptedData: string; iv: string } {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(sessionKey, 'base64'), iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(data)), cipher.final()]);
  return { encryptedData: sealed.toString('base64'), iv: iv.toString('base64') };
}

function failure(errcode: number, errmsg: string): object {
  return { errcode, errmsg };
}
