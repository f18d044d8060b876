import { createHash, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import type { AccountsAnswer, CloudFailure } from '../contract';
import { noIdentity } from './answers';
import type { Collections } from './collections';
import { endAllTokens, setBlocked } from './logins';
import { parseEvent } from './request';
import type { Call } from './serve';
import { readAccountsKey } from './settings';

const openidMessage = '应为用户的 openid';
const fields = {
  key: v.string('应为 ACCOUNTS_KEY'),
  openid: v.pipe(v.string(openidMessage), v.regex(/^[\w-]{1,128}$/, openidMessage)),
  action: v.picklist(['end', 'block', 'unblock', 'delete'], '应为 end、block、unblock 或 delete'),
};
const anyDocument = v.object({});
type Action = v.InferOutput<typeof fields.action>;

/**
 * The function `accounts`: what an administrator may do to a user. Only who has the key may call it, and WeChat must
 * name nobody: that nobody is named does not make a caller the administrator, CloudBase's own HTTP API calls so too.
 *
 * @param owned - collections whose documents name their user in `openid`: `delete` empties them of the user's.
 */
export function accounts(
  owned: readonly string[],
): (call: Call) => Promise<Exclude<AccountsAnswer, CloudFailure>> {
  return async ({ caller, collections, env, event, note }) => {
    const key = readAccountsKey(env);
    if (caller !== undefined || key === undefined || !hasKey(event, key)) return noIdentity();
    const parsed = parseEvent(fields, event);
    if (!parsed.ok) return parsed.answer;
    const { openid, action } = parsed.value;
    note({ action });
    return { code: 1, changed: await carryOut(collections, openid, action, owned) };
  };
}

async function carryOut(
  collections: Collections,
  openid: string,
  action: Action,
  owned: readonly string[],
): Promise<Record<string, number>> {
  switch (action) {
    case 'end':
      return { logins: await endAllTokens(collections, { openid }) };
    case 'block':
    case 'unblock':
      return { logins: await setBlocked(collections, { openid }, action === 'block') };
    case 'delete': {
      const { logins, open, tokens } = collections;
      // The login first: from then on no token is good. The rest is completed by a second run, whatever becomes of this one.
      const removed: Record<string, number> = { logins: await logins.remove({ openid }) };
      removed['tokens'] = await tokens.remove({ openid });
      for (const name of owned) removed[name] = await open(name, anyDocument).remove({ openid });
      return removed;
    }
  }
}

/** Compared by digest, in a time that tells nothing of the key. */
function hasKey(event: unknown, key: string): boolean {
  if (typeof event !== 'object' || event === null || !('key' in event)) return false;
  if (typeof event.key !== 'string') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(event.key), digest(key));
}
