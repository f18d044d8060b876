/** What is counted, second by second. */
export const counterNames = [
  /** Calls of functions that reached an instance. */
  'orders',
  'gettoken',
  'cleartokens',
  /** Calls that the platform turned away: over its QPS, its concurrency or its pace of new instances, or down. */
  'turnedAway',
  'coldStarts',
  /** Answers 903, 429 and 500 of the functions. */
  'refused',
  'tooMany',
  'cloudFailures',
  'reads',
  'writes',
  /** Database requests that found no connection free. */
  'noConnection',
  /** Calls of pages, and those that were rejected. */
  'pageCalls',
  'failed',
  /** Visits, and those whose user left without the data. */
  'visits',
  'givenUp',
] as const;
export type Counter = (typeof counterNames)[number];

export interface Measures {
  count(counter: Counter, times?: number): void;
  /** A call of a page was answered after so many ms. */
  waited(ms: number): void;
  /** An instance ran for so many ms. */
  ran(ms: number): void;
  /** What there is at this moment; called every `sampleSeconds`. */
  sample(gauges: Gauges): void;
  result(): Measured;
}

export interface Gauges {
  readonly instances: number;
  readonly liveTokens: number;
  readonly storedTokens: number;
}

/** Counts of a run and the largest of one second. */
export interface Measured {
  readonly seconds: number;
  readonly totals: Readonly<Record<Counter, number>>;
  readonly peaks: Readonly<Record<Counter, number>>;
  /** ms that calls of pages waited which were answered. */
  readonly waiting: { readonly p50: number; readonly p99: number; readonly worst: number };
  readonly most: Gauges;
  /** What is left at the end. */
  readonly last: Gauges;
  /** Seconds that instances ran, in all. */
  readonly runSeconds: number;
  readonly series: Series;
}

/** For a picture: means of as many seconds each. */
export interface Series {
  readonly binSeconds: number;
  readonly orders: readonly number[];
  readonly gettoken: readonly number[];
  readonly failed: readonly number[];
  readonly turnedAway: readonly number[];
  readonly instances: readonly number[];
  readonly liveTokens: readonly number[];
}

/** Bins of a picture, at most. */
export const bins = 180;
/** A bucket is 1 % wide. */
const width = Math.log(1.01);

/**
 * @param now - Unix ms
 * @param from - what happens before is not counted
 */
export function createMeasures(
  now: () => number,
  from: number,
  seconds: number,
  sampleSeconds: number,
): Measures {
  const counts = Object.fromEntries(
    counterNames.map((name) => [name, new Uint32Array(seconds + 1)]),
  ) as Record<Counter, Uint32Array>;
  const buckets = new Uint32Array(2000);
  const instances = new Float64Array(seconds + 1);
  const liveTokens = new Float64Array(seconds + 1);
  let storedTokens = 0;
  let mostStored = 0;
  let worst = 0;
  let runMs = 0;
  const second = (): number => Math.floor((now() - from) / 1000);
  const isCounted = (): boolean => now() >= from && second() < seconds;

  function quantile(part: number): number {
    const all = buckets.reduce((sum, each) => sum + each, 0);
    let left = Math.ceil(all * part);
    for (let bucket = 0; bucket < buckets.length; bucket += 1) {
      left -= buckets[bucket] ?? 0;
      if (left <= 0 && all > 0) return Math.min(worst, Math.exp((bucket + 0.5) * width));
    }
    return 0;
  }

  function binned(values: Uint32Array | Float64Array, binSeconds: number): number[] {
    const means: number[] = [];
    for (let at = 0; at < seconds; at += binSeconds) {
      const part = values.subarray(at, Math.min(at + binSeconds, seconds));
      let sum = 0;
      for (const each of part) sum += each;
      means.push(rounded(sum / part.length));
    }
    return means;
  }

  return {
    count(counter, times = 1) {
      if (!isCounted()) return;
      const perSecond = counts[counter];
      const at = second();
      perSecond[at] = (perSecond[at] ?? 0) + times;
    },
    waited(ms) {
      if (!isCounted()) return;
      const bucket = Math.min(buckets.length - 1, Math.floor(Math.log(Math.max(1, ms)) / width));
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      worst = Math.max(worst, ms);
    },
    ran(ms) {
      if (isCounted()) runMs += ms;
    },
    sample(gauges) {
      if (!isCounted()) return;
      instances.fill(gauges.instances, second(), second() + sampleSeconds);
      liveTokens.fill(gauges.liveTokens, second(), second() + sampleSeconds);
      storedTokens = gauges.storedTokens;
      mostStored = Math.max(mostStored, storedTokens);
    },
    result() {
      const binSeconds = Math.max(1, Math.ceil(seconds / bins));
      const each = <T>(of: (values: Uint32Array) => T) =>
        Object.fromEntries(counterNames.map((name) => [name, of(counts[name])])) as Record<
          Counter,
          T
        >;
      return {
        seconds,
        totals: each((values) => values.reduce((sum, one) => sum + one, 0)),
        peaks: each((values) => values.reduce((most, one) => Math.max(most, one), 0)),
        waiting: {
          p50: Math.round(quantile(0.5)),
          p99: Math.round(quantile(0.99)),
          worst: Math.round(worst),
        },
        most: {
          instances: instances.reduce((most, one) => Math.max(most, one), 0),
          liveTokens: liveTokens.reduce((most, one) => Math.max(most, one), 0),
          storedTokens: mostStored,
        },
        last: {
          instances: instances[seconds - 1] ?? 0,
          liveTokens: liveTokens[seconds - 1] ?? 0,
          storedTokens,
        },
        runSeconds: rounded(runMs / 1000),
        series: {
          binSeconds,
          orders: binned(counts.orders, binSeconds),
          gettoken: binned(counts.gettoken, binSeconds),
          failed: binned(counts.failed, binSeconds),
          turnedAway: binned(counts.turnedAway, binSeconds),
          instances: binned(instances, binSeconds),
          liveTokens: binned(liveTokens, binSeconds),
        },
      };
    },
  };
}

/** Three digits are enough for a picture, and are the same everywhere. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
