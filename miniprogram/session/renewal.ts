import { elapsed, within } from './clock';
import {
  CodedError,
  type Answered,
  type CallFailed,
  type Cleared,
  type SessionError,
  type TimedOut,
} from './errors';
import type { Emit, RefreshReason } from './events';
import { lifeLeft, type Held, type Keeper } from './held';
import { mint } from './mint';
import type { Clock } from './parts';
import type { Ticket } from './pending';
import type { Send } from './sender';

/** Comes to the new token, or to nothing when there is none. */
type Refresh = Promise<Held | undefined>;

/** The one place that decides whether a new token is asked for. */
export interface Renewal {
  /** Joins the refresh under way, or starts one; throws the failure that forbids another. */
  readonly wait: (ticket: Ticket, refused: boolean) => Refresh;
  /** Renews a token near its end in the background: once, whatever comes of it. */
  readonly renew: (held: Held) => void;
  /** Forbids another refresh for a cool-down, and to the calls under way for good. */
  readonly fail: (error: () => SessionError) => void;
  /** Forgets the refresh under way and what failed: another user comes. */
  readonly reset: () => void;
}

export function createRenewal(
  emit: Emit,
  keeper: Keeper,
  pending: Set<Ticket>,
  send: Send,
  clock: Clock,
  random: () => number,
): Renewal {
  /** A whole refresh, tries and pauses, takes at most this many milliseconds. */
  const timeLimit = 15_000;
  /** For this many seconds after a failure, calls that need a new token fail with it at once. */
  const usualCoolDown = 2;
  /** The cloud may ask for another time (429), but for no more than this. */
  const longestCoolDown = 60;

  /** The refresh under way. */
  let current: Refresh | undefined;
  let startedAt = 0;
  /** How many calls wait for it. */
  let waiters = 0;
  let failure: (() => SessionError) | undefined;

  function fail(error: () => SessionError, coolDown = usualCoolDown): void {
    failure = error;
    clock.after(Math.min(coolDown, longestCoolDown) * 1000, () => {
      if (failure === error) failure = undefined;
    });
    for (const ticket of pending) ticket.failure = ticket.failure ?? error;
  }

  function start(reason: RefreshReason): Refresh {
    emit({ type: 'refresh-started', reason });
    const minting = mint(send, clock, random, () => current !== refresh);
    const refresh: Refresh = within(clock, timeLimit, minting).then((result) =>
      current === refresh ? finish(result) : undefined,
    );
    startedAt = clock.now();
    waiters = 0;
    return (current = refresh);
  }

  function finish(result: Held | Answered | CallFailed | TimedOut | Cleared): Held | undefined {
    const ms = elapsed(clock, startedAt);
    current = undefined;
    if (!(result instanceof CodedError)) {
      emit({ type: 'refresh-done', ms, waiters });
      keeper.hold(result);
      return result;
    }
    const reason = result.answer?.code ?? result.code;
    emit({ type: 'refresh-failed', reason, ms, waiters });
    if (result.code === 'CLEARED') return undefined;
    if (reason === 401) keeper.hold();
    fail(() => new CodedError('REFRESH_FAILED', result), result.answer?.retryAfter);
    return undefined;
  }

  return {
    fail,
    wait(ticket, refused) {
      const error = ticket.failure ?? failure;
      if (error) throw error();
      const reason = keeper.held() ? 'ended' : refused ? 'refused' : 'absent';
      const refresh = current ?? start(reason);
      waiters += 1;
      return refresh;
    },
    renew(held) {
      const left = lifeLeft(held, clock);
      if (left <= 0 || left >= held.renewAt) return;
      held.renewAt = 0;
      void start('near-end');
    },
    reset() {
      if (current) finish(new CodedError('CLEARED', undefined));
      failure = undefined;
    },
  };
}
