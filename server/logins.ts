import type { Collections, LoginDocument } from './collections';
import type { Caller } from './identity';

/** A token that is being minted. */
export interface Mint {
  /** Id of the token in `tokens`. */
  readonly id: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface Limits {
  /** How many live tokens a user may hold. */
  readonly maxLive: number;
  readonly ratePerMinute: number;
}

export type Recorded =
  /** `evicted` are ids of tokens that are beyond the cap and have to go; some may be gone already. */
  { recorded: true; evicted: string[] } | { recorded: false; retryAfter: number };

const minute = 60_000;

/**
 * Writes into the user's document that a token is minted, unless that is too often; adds the user when
 * this is the first login. A known user below the limits costs one wait, a new one two.
 *
 * The conditions are part of the write, so concurrent calls cannot pass a limit together.
 */
export async function recordMint(
  { command, logins }: Collections,
  caller: Caller,
  mint: Mint,
  limits: Limits,
): Promise<Recorded> {
  const { maxLive, ratePerMinute } = limits;
  const now = mint.createdAt;
  const withinRate = {
    _id: caller.uid,
    [`recent.${ratePerMinute - 1}`]: command.not(command.gt(new Date(now.getTime() - minute))),
  };
  const belowCap = { [`live.${maxLive - 1}.expiresAt`]: command.not(command.gt(now)) };
  const login = {
    lastLoginAt: now,
    recent: command.push({ each: [now], position: 0, slice: ratePerMinute }),
    // Longer than the cap: each login removes those beyond it from `tokens` again, so that one whose
    // insertion came late, after its first removal, goes too.
    live: command.push({
      each: [{ id: mint.id, expiresAt: mint.expiresAt }],
      position: 0,
      slice: maxLive + ratePerMinute,
    }),
  };
  const find = async () => {
    const [user] = await logins.find({ filter: { _id: caller.uid }, limit: 1 });
    return user;
  };

  if ((await logins.update({ ...withinRate, ...belowCap }, login)) > 0) {
    return { recorded: true, evicted: [] };
  }
  const [added, found] = await Promise.allSettled([logins.add(firstLogin(caller, mint)), find()]);
  if (added.status === 'fulfilled') return { recorded: true, evicted: [] };
  const user = (found.status === 'fulfilled' ? found.value : undefined) ?? (await find());
  if (user === undefined) throw added.reason;
  // The answer to the `add` was lost, not the `add`.
  if (user.live.some(({ id }) => id === mint.id)) return { recorded: true, evicted: [] };

  const retryAfter = secondsToWait(user, ratePerMinute, now);
  if (retryAfter > 0) return { recorded: false, retryAfter };
  if ((await logins.update(withinRate, login)) > 0) {
    return { recorded: true, evicted: beyondCap(await find(), maxLive, now) };
  }
  // Concurrent calls took what was left of this minute.
  return {
    recorded: false,
    retryAfter: Math.max(1, secondsToWait(await find(), ratePerMinute, now)),
  };
}

/** Takes a token out of its owner's document; it counts no longer towards the cap. */
export async function forgetToken(
  { command, logins }: Collections,
  uid: string,
  id: string,
): Promise<void> {
  await logins.update({ _id: uid }, { live: command.pull({ id }) });
}

function firstLogin(caller: Caller, { id, createdAt, expiresAt }: Mint): LoginDocument {
  return {
    _id: caller.uid,
    openid: caller.openid,
    createdAt,
    lastLoginAt: createdAt,
    recent: [createdAt],
    live: [{ id, expiresAt }],
  };
}

function beyondCap(user: LoginDocument | undefined, maxLive: number, now: Date): string[] {
  const live = user?.live.filter(({ expiresAt }) => expiresAt > now) ?? [];
  return live.slice(maxLive).map(({ id }) => id);
}

function secondsToWait(user: LoginDocument | undefined, ratePerMinute: number, now: Date): number {
  const oldest = user?.recent[ratePerMinute - 1];
  if (oldest === undefined) return 0;
  const ms = oldest.getTime() + minute - now.getTime();
  return Math.min(60, Math.max(0, Math.ceil(ms / 1000)));
}
