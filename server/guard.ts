import type * as v from 'valibot';
import type { Malformed, Refused } from '../contract';
import { refused } from './answers';
import type { TokenDocument } from './collections';
import { parseEvent } from './request';
import type { Call } from './serve';
import { isToken, openSeal } from './token-crypto';
import { verifyToken } from './token-store';

/** Whom a protected handler serves. */
export interface Session {
  readonly uid: string;
  readonly openid: string;
  /** WeChat's session_key, or `undefined` when none was obtained at login. */
  openSessionKey(): Promise<string | undefined>;
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
  ) => Promise<Success | Malformed>;
}

/**
 * Puts a handler behind the token. A call without a good one gets the same 903 whatever is wrong with
 * it, and learns nothing about its other fields either.
 */
export function guard<Entries extends v.ObjectEntries, Success>({
  fields,
  readsOnly,
  handle,
}: Protected<Entries, Success>): (call: Call) => Promise<Success | Malformed | Refused> {
  return async (call) => {
    const { token, rest } = takeToken(call.event);
    if (token === undefined) return refused();
    const parsed = parseEvent(fields, rest);
    const verified = verifyToken(call.collections, token, call.caller, call.now());

    if (readsOnly && call.caller !== undefined && parsed.ok) {
      const session = openSession(call.caller, token, verified);
      // Inside an async function, so that a handler that throws at once leaves no verification behind.
      const answer = (async () => handle(parsed.value, session, call))();
      await Promise.allSettled([verified, answer]);
      return (await verified) === undefined ? refused() : await answer;
    }
    const document = await verified;
    if (document === undefined) return refused();
    if (!parsed.ok) return parsed.answer;
    return handle(parsed.value, openSession(document, token, verified), call);
  };
}

function takeToken(event: unknown): { token: string | undefined; rest: unknown } {
  if (typeof event !== 'object' || event === null || !('token' in event)) {
    return { token: undefined, rest: event };
  }
  const { token, ...rest } = event;
  return { token: isToken(token) ? token : undefined, rest };
}

function openSession(
  { uid, openid }: { uid: string; openid: string },
  token: string,
  verified: Promise<TokenDocument | undefined>,
): Session {
  return {
    uid,
    openid,
    async openSessionKey() {
      const sealed = (await verified)?.sessionKey;
      return sealed === undefined ? undefined : openSeal(sealed, token);
    },
  };
}
