import type * as v from 'valibot';
import type { KeyChanged, Malformed, Refused } from '../contract';
import { malformed, refused } from './answers';
import type { TokenDocument } from './collections';
import type { Caller } from './identity';
import { openData, sign, type Opened, type Signed } from './open-data';
import { parseEvent } from './request';
import type { Call } from './serve';
import { readSalts } from './settings';
import { isToken, openSeal } from './token-crypto';
import { verifyToken } from './token-store';

/** Whom a protected handler serves, and what may be done in their name. */
export interface Session extends Caller {
  /**
   * Opens data that WeChat encrypted for this user (`wx.getWeRunData` and others).
   *
   * @param encryptedData - base64, as WeChat gave it to the phone.
   * @param iv - base64, from beside it.
   * @returns the JSON in it, or the answer to give: 409 where it was made under another session_key than the
   *   token's or is older than ten minutes, 400 where it is no such data.
   */
  openData(encryptedData: string, iv: string): Promise<Opened>;
  /** HMAC-SHA-256 of a text under session_key, in hex; see {@link sign}. */
  sign(text: string): Promise<Signed>;
}

export interface Protected<Entries extends v.ObjectEntries, Success> {
  /** Schemas of the request's fields; `token` is the guard's own. */
  readonly fields: Entries;
  /**
   * Whether the handler only reads. Then it runs while the token is being verified, where WeChat names
   * the caller, and its answer is thrown away when the token is refused: one wait instead of two.
   */
  readonly readsOnly: boolean;
  readonly handle: (
    request: v.InferOutput<v.StrictObjectSchema<Entries, undefined>>,
    session: Session,
    call: Call,
  ) => Promise<Success | Malformed | KeyChanged>;
}

/**
 * Puts a handler behind the token. A call without a good one gets the same 903 whatever is wrong with
 * it, and learns nothing about its other fields either.
 */
export function guard<Entries extends v.ObjectEntries, Success>({
  fields,
  readsOnly,
  handle,
}: Protected<Entries, Success>): (
  call: Call,
) => Promise<Success | Malformed | KeyChanged | Refused> {
  return guardCall(readsOnly, async (rest, session, call) => {
    const parsed = parseEvent(fields, rest);
    return parsed.ok ? handle(parsed.value, session, call) : parsed.answer;
  });
}

/**
 * As {@link guard}, for a handler that reads the fields itself.
 *
 * @param handle - gets what came beside the token. Where it only reads, it runs before the token is known to be good.
 */
export function guardCall<Answer>(
  readsOnly: boolean,
  handle: (rest: unknown, session: Session, call: Call) => Promise<Answer>,
): (call: Call) => Promise<Answer | Malformed | Refused> {
  return async (call) => {
    const salts = readSalts(call.env);
    const taken = takeToken(call);
    if ('answer' in taken) return taken.answer;
    const { token, rest } = taken;
    const verified = verifyToken(call.collections, token, salts, call.caller, call.now());
    // Inside an async function, so that a handler that throws at once leaves no verification behind.
    const run = async (user: Caller) =>
      handle(rest, openSession(user, token, verified, call), call);

    if (readsOnly && call.caller !== undefined) {
      const answer = run(call.caller);
      await Promise.allSettled([verified, answer]);
      return (await verified) === undefined ? refused() : await answer;
    }
    const document = await verified;
    if (document === undefined) return refused();
    call.note({ uid: document.uid });
    return run(document);
  };
}

type Taken = { token: string; rest: unknown } | { answer: Malformed | Refused };

/** The token of the request's fields, or the one that came beside them. */
function takeToken({ event, headerToken }: Call): Taken {
  const { token: given, rest } = splitToken(event);
  if (given !== undefined && headerToken !== undefined && given !== headerToken) {
    return { answer: malformed('token', '请求头与请求体中的 token 不同') };
  }
  const token = given ?? headerToken;
  return isToken(token) ? { token, rest } : { answer: refused() };
}

function splitToken(event: unknown): { token?: unknown; rest: unknown } {
  if (typeof event !== 'object' || event === null || !('token' in event)) return { rest: event };
  const { token, ...rest } = event;
  return { token, rest };
}

function openSession(
  { appid, openid, uid }: Caller,
  token: string,
  verified: Promise<TokenDocument | undefined>,
  { now, note }: Call,
): Session {
  const sessionKey = async () => {
    const document = await verified;
    if (document === undefined) return undefined;
    const { sessionKey: sealed } = document;
    if (sealed === undefined) {
      note({
        cause: 'no session_key is kept: the login had no code, or gettoken no WX_APP_SECRET',
      });
      return undefined;
    }
    try {
      return openSeal(sealed, token);
    } catch (cause) {
      // Somebody changed the document: for the user that is as if no key was kept.
      note({ cause });
      return undefined;
    }
  };
  return {
    appid,
    openid,
    uid,
    openData: async (encryptedData, iv) =>
      openData({ encryptedData, iv }, { sessionKey: await sessionKey(), appid, now: now() }),
    sign: async (text) => sign(text, await sessionKey()),
  };
}
