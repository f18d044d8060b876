import * as v from 'valibot';
import type { CloudFailure, Malformed, MintAnswer, RevokeAnswer, TooMany } from '../contract';
import { malformed, noIdentity, tooMany } from './answers';
import type { TokenDocument } from './collections';
import { bothDone } from './both-done';
import type { Caller } from './identity';
import { parseEvent } from './request';
import type { Call } from './serve';
import { readSettings, type Settings } from './settings';
import { makeToken, seal, tokenId, tokenLife } from './token-crypto';
import { findToken, removeTokens } from './token-store';
import { forgetToken, recordMint } from './logins';
import { codeToSession, WeChatError } from './wechat';

const shortText = (what: string) => {
  const message = `应为 1 到 256 个字符的${what}`;
  return v.pipe(v.string(message), v.minLength(1, message), v.maxLength(256, message));
};
const mintFields = { code: v.optional(shortText('登录凭证')) };
const revokeFields = { revoke: shortText('Token') };

type Minted = Exclude<MintAnswer, CloudFailure>;
type Revoked = Exclude<RevokeAnswer, CloudFailure>;

/** The function `gettoken`: mints a token for the caller, or makes one worthless. */
export async function gettoken(call: Call): Promise<Minted | Revoked> {
  const { event } = call;
  if (typeof event === 'object' && event !== null && Object.hasOwn(event, 'revoke')) {
    const parsed = parseEvent(revokeFields, event);
    return parsed.ok ? revoke(call, parsed.value.revoke) : parsed.answer;
  }
  const parsed = parseEvent(mintFields, event);
  if (!parsed.ok) return parsed.answer;
  // Before anything else: a deployment, which nobody names, then learns whether they are usable.
  const settings = readSettings(call.env);
  if (call.caller === undefined) return noIdentity();
  return mint(call, call.caller, settings, parsed.value.code);
}

async function mint(
  call: Call,
  caller: Caller,
  settings: Settings,
  code: string | undefined,
): Promise<Minted> {
  const session = await obtainSessionKey(settings, caller, code, call.remaining());
  if ('answer' in session) return session.answer;

  const { collections, random } = call;
  const now = call.now();
  const token = makeToken(settings.salt, now, random);
  const expiresIn = tokenLife(settings.ttlSeconds, random);
  const document: TokenDocument = {
    _id: tokenId(token),
    ...caller,
    createdAt: new Date(now),
    expiresAt: new Date(now + expiresIn * 1000),
    ...(session.key === undefined ? {} : { sessionKey: seal(session.key, token, random) }),
  };

  // Side by side, so that both cost one wait. The token leaves the cloud only when both succeeded.
  const mint = { id: document._id, createdAt: document.createdAt, expiresAt: document.expiresAt };
  const [recorded] = await bothDone(
    recordMint(collections, caller, mint, settings),
    collections.tokens.add(document),
  );
  if (!recorded.recorded) {
    await removeTokens(collections, [document._id]);
    return tooMany(recorded.retryAfter);
  }
  if (recorded.evicted.length > 0) await removeTokens(collections, recorded.evicted);
  return { code: 1, token, expiresIn };
}

/**
 * Whoever holds a token may end it. It counts no longer towards its owner's cap, except where WeChat
 * names somebody else: then it does until it expires.
 */
async function revoke({ collections, caller }: Call, token: string): Promise<Revoked> {
  const id = tokenId(token);
  const uid = caller?.uid ?? (await findToken(collections, id))?.uid;
  if (uid !== undefined) {
    await bothDone(removeTokens(collections, [id]), forgetToken(collections, uid, id));
  }
  return { code: 1 };
}

type SessionKey = { key: string | undefined } | { answer: Malformed | TooMany };

async function obtainSessionKey(
  { appSecret, apiBase }: Settings,
  caller: Caller,
  code: string | undefined,
  remaining: number,
): Promise<SessionKey> {
  if (appSecret === undefined || code === undefined) return { key: undefined };
  const app = { apiBase, appid: caller.appid, secret: appSecret };
  try {
    const session = await codeToSession(app, code, remaining);
    if (session.openid !== caller.openid)
      return { answer: malformed('code', '不是当前用户的登录凭证') };
    return { key: session.sessionKey };
  } catch (error) {
    if (!(error instanceof WeChatError)) throw error;
    if (error.reason === 'TOO_MANY') return { answer: tooMany(60) };
    if (error.reason === 'CODE_REFUSED')
      return { answer: malformed('code', '登录凭证无效或已使用') };
    if (error.reason === 'USER_BLOCKED') return { answer: malformed('code', '微信拒绝了这次登录') };
    throw error;
  }
}
