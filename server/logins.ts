import type { Collections, LoginDocument } from './collections';
import type { Caller } from './identity';
import type { Filter } from './sdk';

/** A token that is being minted. */
export interface Mint {
  /** Id of the token in `tokens`. */
  readonly id: string;
  readonly mintedAt: Date;
  /** Ids, one for each salt, of the token that it takes the place of. */
  readonly renews: readonly string[];
}

export interface Limits {
  /** How many live tokens a user may hold. */
  readonly maxLive: number;
  readonly ratePerMinute: number;
}

type Refusal =
  | { outcome: 'blocked' }
  /** `retryAfter` in seconds, 60 at most while the clock goes forward. */
  | { outcome: 'too many'; retryAfter: number };
export type Recorded = { outcome: 'recorded' } | Refusal;

const minute = 60_000;

/** How long a renewed token stays good beside the new one, in ms: calls that were sent with it are under way. */
const overlap = minute;

/**
 * Writes into the user's login that a token is minted, unless that is too often or the user is blocked; adds
 * the login when this is the first. A known user costs one wait, a refusal two.
 *
 * The conditions are part of the write, and the list is cut to the cap by the same write: no order of
 * concurrent calls passes either limit.
 */
export async function recordMint(
  { command, logins }: Collections,
  caller: Caller,
  mint: Mint,
  { maxLive, ratePerMinute }: Limits,
): Promise<Recorded> {
  const now = mint.mintedAt;
  // A time more than a minute ahead is that of a clock which was set back since: it may not hold the user up.
  const notWithinMinute = command
    .exists(false)
    .or(command.lte(new Date(now.getTime() - minute)))
    .or(command.gt(new Date(now.getTime() + minute)));
  const mayMint = {
    _id: caller.uid,
    blocked: command.neq(true),
    [`recent.${ratePerMinute - 1}`]: notWithinMinute,
    // Not listed yet: the answer to a first login may be lost, and not the login.
    'live.id': command.neq(mint.id),
  };
  const change = {
    lastLoginAt: now,
    recent: command.push({ each: [now], position: 0, slice: ratePerMinute }),
    live: command.push({ each: [mint], position: 0, slice: maxLive }),
  };
  // Once more after another first login was faster, or the answer to ours was lost.
  for (let attempt = 1; ; attempt += 1) {
    if ((await logins.update(mayMint, change)) > 0) return { outcome: 'recorded' };
    const [login] = await logins.find({ filter: { _id: caller.uid }, limit: 1 });
    if (login !== undefined) {
      if (login.live.some(({ id }) => id === mint.id)) return { outcome: 'recorded' };
      const refusal = explainRefusal(login, ratePerMinute, now);
      if (refusal.outcome === 'blocked' || refusal.retryAfter > 0 || attempt > 2) return refusal;
      continue;
    }
    try {
      await logins.add(firstLogin(caller, mint));
      return { outcome: 'recorded' };
    } catch (error) {
      if (attempt > 2) throw error;
    }
  }
}

/** Whether a token of this user is good, as far as the login says. */
export function isLive(login: LoginDocument, id: string, now: number): boolean {
  if (login.blocked === true || !login.live.some((token) => token.id === id)) return false;
  const isOver = (mintedAt: Date) => now >= mintedAt.getTime() + overlap;
  // Renewed more than once, it has the minute after the first time.
  return !login.live.some(({ mintedAt, renews }) => renews.includes(id) && isOver(mintedAt));
}

/** The id of a token, and those of the tokens whose place it took: without it, they would be good again. */
export function withRenewed({ live }: LoginDocument, id: string): string[] {
  const ids = new Set([id]);
  // The newest is first: what a token renewed comes after it.
  for (const token of live) if (ids.has(token.id)) token.renews.forEach((older) => ids.add(older));
  return [...ids];
}

/** Takes tokens out of their owner's login: they are good no longer. */
export async function endTokens(
  { command, logins }: Collections,
  uid: string,
  ids: readonly string[],
): Promise<void> {
  await logins.update({ _id: uid }, { live: command.pull({ id: command.in(ids) }) });
}

/**
 * Takes all of a user's tokens out of the login, whatever is under way: those still being minted too.
 *
 * @param user - what finds the login.
 * @returns how many logins were found.
 */
export function endAllTokens({ logins }: Collections, user: Filter): Promise<number> {
  return logins.update(user, { live: [] });
}

/** Lets no token of a user be good or minted, or all as before; see {@link endAllTokens}. */
export function setBlocked(
  { logins }: Collections,
  user: Filter,
  blocked: boolean,
): Promise<number> {
  return logins.update(user, blocked ? { live: [], blocked } : { blocked });
}

function firstLogin(caller: Caller, mint: Mint): LoginDocument {
  return {
    _id: caller.uid,
    openid: caller.openid,
    createdAt: mint.mintedAt,
    lastLoginAt: mint.mintedAt,
    recent: [mint.mintedAt],
    live: [{ ...mint, renews: [...mint.renews] }],
  };
}

/** `retryAfter` is 0 where the login refuses nothing (any longer). */
function explainRefusal(login: LoginDocument, ratePerMinute: number, now: Date): Refusal {
  if (login.blocked === true) return { outcome: 'blocked' };
  const oldest = login.recent[ratePerMinute - 1]?.getTime() ?? 0;
  const ms = oldest > now.getTime() + minute ? 0 : oldest + minute - now.getTime();
  return { outcome: 'too many', retryAfter: Math.max(0, Math.ceil(ms / 1000)) };
}
