import { CodedError, type TimedOut } from './errors';
import type { Clock } from './parts';

/** Milliseconds since the clock showed `start`; 0 when it has jumped back since. */
export function elapsed(clock: Clock, start: number): number {
  return Math.max(0, clock.now() - start);
}

/** What `work`, which never rejects, comes to; or TIMED_OUT when that takes more than `ms`. */
export function within<Value>(
  clock: Clock,
  ms: number,
  work: Promise<Value>,
): Promise<Value | TimedOut> {
  return new Promise((resolve) => {
    const stop = clock.after(ms, () => {
      resolve(new CodedError('TIMED_OUT', undefined));
    });
    void work.then(resolve).then(stop);
  });
}
