import * as v from 'valibot';

/** What WeChat answers to a login code. */
export interface WeChatSession {
  readonly openid: string;
  readonly sessionKey: string;
}

export type WeChatReason =
  /** The code is unknown, expired or used: the caller has to log in again. */
  | 'CODE_REFUSED'
  /** WeChat holds the user for dangerous and refuses the login. */
  | 'USER_BLOCKED'
  /** WeChat's own rate limit for this user. */
  | 'TOO_MANY'
  /** The AppID or the AppSecret is wrong. */
  | 'MISCONFIGURED'
  /** WeChat is busy, cannot be reached, is too slow, or answers what nobody documented. */
  | 'UNAVAILABLE';

/** WeChat gave no session. Holds neither the code nor the secret. */
export class WeChatError extends Error {
  readonly code = 'WECHAT';
  override readonly name = 'WeChatError';

  constructor(
    readonly reason: WeChatReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The errcodes documented for code2Session, and the general ones that a wrong AppID or AppSecret gives.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
 */
const reasons: Readonly<Record<number, WeChatReason>> = {
  [-1]: 'UNAVAILABLE',
  40013: 'MISCONFIGURED',
  40029: 'CODE_REFUSED',
  40125: 'MISCONFIGURED',
  40163: 'CODE_REFUSED',
  40226: 'USER_BLOCKED',
  41002: 'MISCONFIGURED',
  41004: 'MISCONFIGURED',
  41008: 'CODE_REFUSED',
  45011: 'TOO_MANY',
};

const answerSchema = v.union([
  v.pipe(
    v.object({
      openid: v.pipe(v.string(), v.nonEmpty()),
      session_key: v.pipe(v.string(), v.nonEmpty()),
    }),
    v.transform((answer) => ({ openid: answer.openid, sessionKey: answer.session_key })),
  ),
  v.object({
    errcode: v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer()),
  }),
]);

/** How long WeChat may take at most, in ms. */
const timeLimit = 4000;

export interface WeChatApp {
  readonly apiBase: string;
  readonly appid: string;
  readonly secret: string;
}

/**
 * Exchanges a code of `wx.login` for the user's openid and session_key. A code is good once.
 *
 * @param remaining - ms the call has left.
 * @throws {WeChatError}
 */
export async function codeToSession(
  app: WeChatApp,
  code: string,
  remaining: number,
): Promise<WeChatSession> {
  const query = new URLSearchParams({
    appid: app.appid,
    secret: app.secret,
    js_code: code,
    grant_type: 'authorization_code',
  });
  const answer = v.safeParse(
    answerSchema,
    await ask(
      `${app.apiBase}/sns/jscode2session?${query.toString()}`,
      Math.min(timeLimit, remaining),
    ),
  );
  if (!answer.success)
    throw new WeChatError('UNAVAILABLE', 'WeChat answered what is not documented');
  if ('openid' in answer.output) return answer.output;
  const { errcode } = answer.output;
  throw new WeChatError(reasons[errcode] ?? 'UNAVAILABLE', `WeChat answered errcode ${errcode}`);
}

async function ask(url: string, ms: number): Promise<unknown> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(ms),
      redirect: 'error',
    });
    // WeChat labels its JSON text/plain, so the label is not looked at.
    return await response.json();
  } catch (cause) {
    throw new WeChatError('UNAVAILABLE', 'WeChat gave no answer', { cause });
  }
}
