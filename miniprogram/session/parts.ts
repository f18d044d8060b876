import type { MintSuccess } from '../../contract';

/**
 * Calls one cloud function and resolves with its `result`, whatever that is; rejects when there is
 * no answer. It may not keep `data`.
 */
export type Transport = (name: string, data: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** One slot that outlives the launch. Both may throw: memory then serves. */
export interface TokenStorage {
  /** What was saved last; nothing, or anything falsy, when the slot is empty. */
  load(): unknown;
  /** Fills the slot, or empties it, before it returns: nobody waits for more. */
  save(value: StoredToken | undefined): void;
}

/** What lies in the storage: what `gettoken` answered, and when. Another shape is ignored. */
export interface StoredToken extends MintSuccess {
  /** What the phone's clock showed when `expiresIn` seconds of its life were left, in milliseconds. */
  readonly seenAt: number;
}

export interface Clock {
  /** Milliseconds. Need not be right, and may jump. */
  now(): number;
  /**
   * Runs `run` once after `ms` milliseconds, unless the function it returns is called before; never
   * before it has returned. `ms` may be endless, 0, negative or `NaN`: the last three mean soon.
   */
  after(ms: number, run: () => void): () => void;
}

/** What a session is made of. */
export interface SessionParts {
  readonly transport: Transport;
  readonly storage: TokenStorage;
  readonly clock: Clock;
  /** From 0 up to 1, for the jitter of the pauses. Default `Math.random`. */
  readonly random?: () => number;
}

/** Milliseconds since the clock showed `start`; 0 when it has jumped back since. */
export function elapsed(clock: Clock, start: number): number {
  return Math.max(0, clock.now() - start);
}

/**
 * Runs `run` after `ms` milliseconds, unless the function it returns is called before. A phone that
 * sleeps runs no timer; when it wakes, the late timers run before the answers that wait. So one that
 * is late by more than a second leaves them another second.
 */
export function limit(clock: Clock, ms: number, run: () => void): () => void {
  const from = clock.now();
  let stop = clock.after(ms, () => {
    if (elapsed(clock, from) > ms + 1000) stop = limit(clock, 1000, run);
    else run();
  });
  return () => {
    stop();
  };
}
