/**
 * Calls one cloud function and resolves with its `result`, whatever that is; rejects when there is
 * no answer. It may not keep `data`.
 */
export type Transport = (name: string, data: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** One slot that outlives the launch. Both may throw: memory then serves. */
export interface TokenStorage {
  /** What was saved last; nothing, or anything falsy, when the slot is empty. */
  load(): unknown;
  /** Fills the slot, or empties it. */
  save(value: StoredToken | undefined): void;
}

/** What lies in the storage. Another shape, or another `v`, is ignored. */
export interface StoredToken {
  readonly v: 1;
  readonly token: string;
  /** How much of its life was left, in milliseconds, when the phone's clock showed `seenAt`. */
  readonly left: number;
  readonly seenAt: number;
}

export interface Clock {
  /** Milliseconds. Need not be right, and may jump. */
  now(): number;
  /** Runs `run` once after `ms` milliseconds, unless the function it returns is called before. */
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
 * Runs `run` after `ms` milliseconds in which the phone was awake, unless the function it returns is
 * called before. A phone that sleeps runs no timer; when it wakes, the late timers run before the
 * answers that wait. So a timer that is late by more than a second starts anew.
 */
export function limit(clock: Clock, ms: number, run: () => void): () => void {
  let stop = (): void => undefined;
  function start(): void {
    const startedAt = clock.now();
    stop = clock.after(ms, () => {
      if (elapsed(clock, startedAt) > ms + 1000) start();
      else run();
    });
  }
  start();
  return () => {
    stop();
  };
}
