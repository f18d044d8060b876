import { elapsed, within } from './clock';
import {
  CodedError,
  type Answered,
  type CallFailed,
  type Cleared,
  type SessionError,
  type TimedOut,
} from './errors';
import type { Events, RefreshReason } from './events';
import { lifeLeft, type Held, type Keeper } from './held';
import { mint } from './mint';
import type { Clock } from './parts';
import type { Ticket } from './pending';
import type { Send } from './sender';

interface Refresh {
  /** The new token, or nothing when there is none. */
  readonly done: Promise<Held | undefined>;
  readonly startedAt: number;
  waiters: number;
}

/** The one place that decides whether a new token is asked for. */
export interface Renewal {
  /** Waits for the refresh under way, or starts one; throws the failure that forbids another. */
  readonly wait: (ticket: Ticket) => Promise<Held | undefined>;
  /** Renews a token near its end in the background: once, whatever comes of it. */
  readonly renew: (held: Held) => void;
  /** Notes that the cloud refused `held` to a call, which had `waited` for it or not. */
  readonly refuse: (held: Held, waited: boolean, name: string, error: Answered) => void;
  /** Forgets the refresh under way and what failed: another user comes. */
  readonly reset: () => void;
}

export function createRenewal(
  { emit }: Events,
  keeper: Keeper,
  pending: Set<Ticket>,
  send: Send,
  clock: Clock,
  random: () => number,
): Renewal {
  /** A whole refresh, tries and pauses, takes at most this many milliseconds. */
  const timeLimit = 15_000;
  /** For this many milliseconds after a failure, calls that need a new token fail with it at once. */
  const shortestCoolDown = 2_000;
  /** The cloud may ask for a longer one (429), but for no more than this. */
  const longestCoolDown = 60_000;

  let current: Refresh | undefined;
  let failure: (() => SessionError) | undefined;
  /** Whether a token was refused since the last one was minted. */
  let refused = false;

  function fail(error: () => SessionError, retryAfter = 0): void {
    failure = error;
    clock.after(Math.min(Math.max(shortestCoolDown, retryAfter * 1000), longestCoolDown), () => {
      if (failure === error) failure = undefined;
    });
    for (const ticket of pending) ticket.failure = ticket.failure ?? error;
  }

  function start(reason: RefreshReason): Refresh {
    emit({ type: 'refresh-started', reason });
    const minting = mint(send, clock, random, () => current !== refresh);
    const done = within(clock, timeLimit, minting).then((result) =>
      current === refresh ? finish(refresh, result) : undefined,
    );
    const refresh: Refresh = { done, startedAt: clock.now(), waiters: 0 };
    current = refresh;
    return refresh;
  }

  function finish(
    { startedAt, waiters }: Refresh,
    result: Held | Answered | CallFailed | TimedOut | Cleared,
  ): Held | undefined {
    const ms = elapsed(clock, startedAt);
    current = undefined;
    if (!(result instanceof CodedError)) {
      emit({ type: 'refresh-done', ms, waiters });
      result.doubtful = refused;
      refused = false;
      failure = undefined;
      keeper.hold(result);
      return result;
    }
    const reason = result.answer?.code ?? result.code;
    emit({ type: 'refresh-failed', reason, ms, waiters });
    if (result.code === 'CLEARED') return undefined;
    if (result.answer?.code === 401) keeper.hold();
    fail(() => new CodedError('REFRESH_FAILED', result), result.answer?.retryAfter);
    return undefined;
  }

  return {
    wait(ticket) {
      const error = ticket.failure ?? failure;
      if (error) throw error();
      const reason = keeper.held() ? 'ended' : refused ? 'refused' : 'absent';
      const refresh = current ?? start(reason);
      refresh.waiters += 1;
      return refresh.done;
    },
    renew(held) {
      if (current || failure || lifeLeft(held, clock) >= held.renewAt) return;
      held.renewAt = 0;
      start('near-end');
    },
    refuse(held, waited, name, error) {
      if (keeper.held() !== held) return;
      keeper.hold();
      refused = true;
      if (held.proven || !(held.doubtful || waited)) return;
      emit({ type: 'loop-broken', name });
      fail(() => new CodedError('REFUSED', error));
    },
    reset() {
      if (current) finish(current, new CodedError('CLEARED', undefined));
      failure = undefined;
      refused = false;
    },
  };
}
