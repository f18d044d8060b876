/**
 * Loaded into function instances before anything else (NODE_OPTIONS=--import): their clock is what the
 * file CLOCK_FILE says, in Unix ms, and with TIMERS_FOLLOW_CLOCK their long timers wait for that clock.
 */
import { readFileSync } from 'node:fs';
import { env } from 'node:process';
import { clearInterval, setInterval } from 'node:timers';

const file = env.CLOCK_FILE;
const longest = 1000;
const pollEvery = 10;

if (file !== undefined) {
  const RealDate = Date;
  const now = () => Number(readFileSync(file, 'utf8'));
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length === 0 ? [now()] : given));
    }

    static now() {
      return now();
    }
  };
  if (env.TIMERS_FOLLOW_CLOCK !== undefined) followClock(now);
}

function followClock(now) {
  const startTimer = globalThis.setTimeout;
  globalThis.setTimeout = (run, ms, ...given) => {
    if (!(ms > longest)) return startTimer(run, ms, ...given);
    const due = now() + ms;
    const poll = setInterval(() => {
      if (now() < due) return;
      clearInterval(poll);
      run(...given);
    }, pollEvery);
    return poll;
  };
  globalThis.AbortSignal.timeout = (ms) => {
    const controller = new globalThis.AbortController();
    globalThis.setTimeout(() => {
      controller.abort(new globalThis.DOMException('The operation timed out', 'TimeoutError'));
    }, ms);
    return controller.signal;
  };
}
