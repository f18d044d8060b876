import type { NoIdentity, TooMany } from '../contract';
import { noIdentity, tooMany } from './answers';
import { makeCaller, type Caller } from './identity';
import type { Call } from './serve';
import { SettingsError, type Settings } from './settings';
import { codeToSession, WeChatError, type WeChatReason } from './wechat';

/** Time kept back for the database, in ms: a silent WeChat may not cost the token itself. */
const reserve = 1000;

/**
 * WeChat's session_key for whom WeChat itself named. The token does without where WeChat gives none: the
 * openid is enough to mint, and the log says what was missing.
 */
export async function obtainSessionKey(
  { remaining, note }: Call,
  { appSecret, apiBase }: Settings,
  caller: Caller,
  code: string | undefined,
): Promise<string | undefined> {
  if (appSecret === undefined || code === undefined) return undefined;
  try {
    const app = { apiBase, appid: caller.appid, secret: appSecret };
    const session = await codeToSession(app, code, Math.max(1, remaining() - reserve));
    if (session.openid === caller.openid) return session.sessionKey;
    note({ cause: 'the login code is another user’s' });
  } catch (error) {
    if (!(error instanceof WeChatError)) throw error;
    note({ cause: error });
  }
  return undefined;
}

export type Identified = { caller: Caller; sessionKey: string } | { answer: NoIdentity | TooMany };

/** Answers of WeChat that leave the caller unknown; the rest is the cloud's failure. */
const leavesUnknown: readonly WeChatReason[] = ['CODE_REFUSED', 'USER_BLOCKED'];

/**
 * Who calls, from a login code, where WeChat names nobody beside the call.
 *
 * @throws {WeChatError} when WeChat cannot be asked.
 */
export async function identifyByCode(
  { remaining, note }: Call,
  { appId, appSecret, apiBase }: Settings,
  code: string | undefined,
): Promise<Identified> {
  if (code === undefined) return { answer: noIdentity() };
  if (appId === undefined || appSecret === undefined) {
    const missing = appId === undefined ? 'WX_APP_ID' : 'WX_APP_SECRET';
    note({
      cause: new SettingsError(`${missing} is not set: a login code says nothing without it`),
    });
    return { answer: noIdentity() };
  }
  try {
    const session = await codeToSession(
      { apiBase, appid: appId, secret: appSecret },
      code,
      remaining(),
    );
    return { caller: makeCaller(appId, session.openid), sessionKey: session.sessionKey };
  } catch (error) {
    if (!(error instanceof WeChatError)) throw error;
    note({ cause: error });
    if (error.reason === 'TOO_MANY') return { answer: tooMany(60) };
    if (leavesUnknown.includes(error.reason)) return { answer: noIdentity() };
    throw error;
  }
}
