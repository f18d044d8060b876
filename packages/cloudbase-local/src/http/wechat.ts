import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';

/** What WeChat gives for a code: the user, and the key that it encrypts this user's data with from then on. */
interface LoginCode {
  readonly openid: string;
  used: boolean;
}

/** What the local cloud plays of WeChat: login codes, and the one valid session_key of each user. */
export interface WeChat {
  readonly routes: Hono;
  /** The key that this user's data is encrypted with now: that of the latest login. */
  sessionKeyOf(openid: string): string;
}

export interface WeChatOptions {
  readonly appId: string;
  readonly secret: string;
  /** Who logs in where the header `x-wx-openid` is absent, and whom a code means that was not given out here. */
  readonly defaultOpenid: string | undefined;
}

/** How many codes are remembered: enough for whoever works here, and no more than some memory. */
const remembered = 1000;

/**
 * `POST /wx/login` gives the code that `wx.login` would give; `GET /sns/jscode2session` is the call of WeChat's server
 * API that makes a user of it. Each login brings a new session_key, as WeChat's may.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
 */
export function createWeChat({ appId, secret, defaultOpenid }: WeChatOptions): WeChat {
  const codes = new Map<string, LoginCode>();
  const sessionKeys = new Map<string, string>();
  const routes = new Hono();

  const newKey = (openid: string): string => {
    const key = randomBytes(16).toString('base64');
    sessionKeys.set(openid, key);
    return key;
  };

  routes.post('/wx/login', (context) => {
    const openid = context.req.header('x-wx-openid') ?? defaultOpenid;
    if (openid === undefined || !/^[\w-]{1,128}$/.test(openid)) {
      return context.json({ errMsg: 'login:fail header x-wx-openid is no openid' }, 400);
    }
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

  return {
    routes,
    sessionKeyOf: (openid) => sessionKeys.get(openid) ?? newKey(openid),
  };
}

function failure(errcode: number, errmsg: string): object {
  return { errcode, errmsg };
}
