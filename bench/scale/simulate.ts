import { createMeasures, type Measured } from './measures';
import { dayCurve, numbers as modelNumbers, type Numbers } from './model';
import { createPhones } from './phones';
import { createPlatform } from './platform';
import { createRandom } from './random';
import { createStore } from './store';
import type { Storm } from './storms';
import { createTimeline, type Timeline } from './timeline';

export interface Simulation {
  readonly storm: Storm;
  readonly phones: number;
  readonly seed: number;
  /** Numbers that are others than the model's and the storm's. */
  readonly numbers?: Partial<Numbers>;
  /** In place of the storm's own, in minutes. */
  readonly warmUp?: number;
  readonly minutes?: number;
  /** Environment variables of the functions beside the salt. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Hears the part of the time that has passed, from 0 to 1. */
  readonly progress?: (part: number) => void;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** A Monday, at midnight. */
const midnight = Date.UTC(2026, 0, 5);
/** How often the progress is told. */
const steps = 200;

/** Runs a storm: the real session on every phone that is in use, the real functions in the cloud. */
export async function simulate({
  storm,
  phones: count,
  seed,
  numbers: others = {},
  settings: given = {},
  warmUp = storm.warmUp,
  minutes = storm.minutes,
  progress = () => undefined,
}: Simulation): Promise<Measured> {
  const numbers: Numbers = { ...modelNumbers, ...storm.numbers, ...others };
  const random = createRandom(seed);
  const from = midnight + storm.hour * hour;
  const start = from - warmUp * minute;
  const until = from + minutes * minute;
  const timeline = createTimeline(start);
  const sampleSeconds = minutes > 180 ? 10 : 1;
  const measures = createMeasures(timeline.now, from, minutes * 60, sampleSeconds);
  const settings = { TOKEN_SALT: 'the-salt-of-the-simulation', ...given };
  const platform = createPlatform({
    ...{ timeline, random, numbers, measures, settings },
    store: createStore((openid) => ordersOf(openid, numbers.ordersPerUser)),
    // Four bytes at once are asked for by the jitter of a token's life alone.
    bytes: (size) =>
      storm.withoutJitter === true && size === 4 ? Buffer.alloc(4) : random.bytes(size),
  });
  const phones = createPhones({ count, timeline, random, numbers, measures, platform });

  const usualVisit = (phone: number): void => {
    let offset = 0;
    const offsets = Array.from({ length: numbers.callsPerVisit }, (_, call) => {
      if (call > 0) offset += numbers.thinkSeconds * second * random.spread();
      return offset;
    });
    phones.visit(phone, offsets);
  };
  if (storm.isUsualDay) {
    comeAndGo(
      timeline,
      (now) => visitsPerMs(now, count, numbers),
      random.next,
      () => {
        usualVisit(random.below(count));
      },
    );
  }
  every(timeline, sampleSeconds * second, from, () => {
    platform.sample();
  });
  every(timeline, hour, nextHour(start), () => {
    void platform.invoke('cleartokens', {}, undefined).catch(() => undefined);
  });
  const at = (time: number, run: () => void): void => {
    timeline.after(from + time - timeline.now(), run);
  };
  // One at a time is asked for: a million at once would make everything else slow.
  const atAll = (times: Float64Array, run: (index: number) => void): void => {
    const order = Uint32Array.from(times, (_, index) => index).sort(
      (a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b,
    );
    const next = (place: number): void => {
      const index = order[place];
      if (index === undefined) return;
      at(times[index] ?? 0, () => {
        next(place + 1);
        run(index);
      });
    };
    next(0);
  };
  storm.happens({ count, random, numbers, platform, phones, settings, at, atAll, usualVisit });

  await withVirtualTimers(timeline, async () => {
    for (let step = 1; step <= steps; step += 1) {
      await timeline.runUntil(start + ((until - start) * step) / steps);
      progress(step / steps);
    }
  });
  return measures.result();
}

/** The orders of a user: the same for each, but for whose they are. */
function ordersOf(openid: string, count: number) {
  return Array.from({ length: count }, (_, order) => ({
    _id: `order-${order}`,
    openid,
    title: '两杯咖啡，一块蛋糕',
    createdAt: new Date(midnight - order * hour),
  }));
}

/** Visits that come by themselves at a time of the day: the curve is even within an hour. */
function visitsPerMs(now: number, count: number, { visitsPerDay }: Numbers): number {
  const hours = Math.floor((now % (24 * hour)) / hour);
  const all = dayCurve.reduce((sum, share) => sum + share, 0);
  return (count * visitsPerDay * ((dayCurve[hours] ?? 0) / all)) / hour;
}

/** Lets something happen at random times, so often on average; one at a time is asked for. */
function comeAndGo(
  timeline: Timeline,
  rate: (now: number) => number,
  next: () => number,
  run: () => void,
): void {
  const most = Math.max(...dayCurve.map((_, hours) => rate(midnight + hours * hour)));
  const wait = (): void => {
    timeline.after(-Math.log(1 - next()) / most, () => {
      if (next() * most < rate(timeline.now())) run();
      wait();
    });
  };
  wait();
}

function every(timeline: Timeline, ms: number, first: number, run: () => void): void {
  const again = (): void => {
    timeline.after(ms, again);
    run();
  };
  timeline.after(first - timeline.now(), again);
}

function nextHour(now: number): number {
  return Math.ceil(now / hour) * hour;
}

class Timer {
  constructor(readonly stop: () => void) {}
}

/**
 * Gives the process the virtual clock for as long as `run` takes: `server/meter.ts` limits a database call by
 * `setTimeout`, as it has to in the cloud.
 */
async function withVirtualTimers(timeline: Timeline, run: () => Promise<void>): Promise<void> {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const start = (callback: () => void, ms = 0) => new Timer(timeline.after(ms, callback));
  const stop = (timer: unknown): void => {
    if (timer instanceof Timer) timer.stop();
  };
  Object.assign(globalThis, { setTimeout: start, clearTimeout: stop });
  try {
    await run();
  } finally {
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }
}
