/**
 * Loaded into function instances before anything else (NODE_OPTIONS=--import): their clock is what the
 * file CLOCK_FILE says, in Unix ms, and their timers run TIMER_SPEED times as fast.
 */
import { readFileSync } from 'node:fs';
import { env } from 'node:process';

const file = env.CLOCK_FILE;
const speed = Number(env.TIMER_SPEED ?? '1');

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
  const startTimer = globalThis.setTimeout;
  globalThis.setTimeout = (run, ms, ...given) => startTimer(run, ms / speed, ...given);
}
