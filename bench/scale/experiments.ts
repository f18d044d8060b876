import type { Measured } from './measures';
import { numbers, type NumberName, type Numbers } from './model';
import type { Effect, Life, Run } from './results';
import { storms } from './storms';
import type { Job, Outcome } from './workers';

/** Runs jobs and tells how far they are; the caller knows how. */
export type RunJobs = (jobs: readonly Job[]) => Promise<Outcome[]>;

const hour = 3600;
/** Lives of a token to be compared, in seconds. */
const lifetimes = [
  hour / 2,
  hour,
  2 * hour,
  6 * hour,
  24 * hour,
  72 * hour,
  168 * hour,
  720 * hour,
];
const lifePhones = 2500;
/** At least so many minutes before: most users are known then. */
const knownAfter = 3 * 24 * 60;

/** All storms. @param isDrawn - whether pictures are made of it */
export async function runStorms(
  phones: number,
  seed: number,
  date: string,
  isDrawn: boolean,
  runJobs: RunJobs,
): Promise<Run> {
  const outcomes = await runJobs(storms.map(({ name: storm }) => ({ storm, phones, seed })));
  const measured = (index: number): Measured => {
    const all = measuredOf(outcomes, index);
    return isDrawn ? all : withoutSeries(all);
  };
  return {
    ...{ phones, seed, date },
    storms: storms.map(({ name }, index) => ({ name, measured: measured(index) })),
  };
}

/** A day for each life of a token, after as long a time: phones then have tokens of all ages. */
export async function runLives(seed: number, runJobs: RunJobs): Promise<Life[]> {
  const outcomes = await runJobs(
    lifetimes.map((seconds) => ({
      ...{ storm: 'day', phones: lifePhones, seed, warmUp: Math.max(seconds / 60, knownAfter) },
      settings: { TOKEN_TTL_SECONDS: String(seconds) },
    })),
  );
  return lifetimes.map((seconds, index) => ({
    ...{ seconds, phones: lifePhones },
    measured: withoutSeries(measuredOf(outcomes, index)),
  }));
}

function withoutSeries(measured: Measured): Measured {
  const none = {
    orders: [],
    gettoken: [],
    failed: [],
    turnedAway: [],
    instances: [],
    liveTokens: [],
  };
  return { ...measured, series: { binSeconds: measured.series.binSeconds, ...none } };
}

/** How much smaller the world is in which numbers are tried. */
const scale = 100;
const triedPhones = 1_000_000 / scale;

/** The limits of the platform, as much smaller as there are fewer phones. */
const limits: readonly NumberName[] = [
  'callsPerSecond',
  'instancesPerFunction',
  'newInstancesPerMinute',
  'databaseConnections',
  'databasePerSecond',
];

/** The numbers that a guess can be wrong about, or another plan changes. */
const tried: readonly NumberName[] = [
  ...limits,
  'visitsPerDay',
  'callsPerVisit',
  'thinkSeconds',
  'retries',
  'retryAfterSeconds',
  'morningMinutes',
  'networkMs',
  'keepSeconds',
  'containerMs',
  'coldStartMs',
  'workMs',
  'databaseMs',
];

/** Half and twice of each number, one at a time; the first effect is that of none changed. */
export async function runSensitivity(seed: number, runJobs: RunJobs): Promise<Effect[]> {
  const base = Object.fromEntries(
    limits.map((name) => [name, Math.round(numbers[name] / scale)]),
  ) as Partial<Numbers>;
  const changes = [
    { number: '', factor: 1 },
    ...tried.flatMap((number) => [0.5, 2].map((factor) => ({ number, factor }))),
  ];
  const outcomes = await runJobs(
    changes.flatMap(({ number, factor }) => {
      const values: Numbers = { ...numbers, ...base };
      const name = tried.find((each) => each === number);
      const changed = name === undefined ? {} : { [name]: Math.round(values[name] * factor) };
      return ['eight', 'evening'].map((storm) => ({
        ...{ storm, phones: triedPhones, seed },
        numbers: { ...base, ...changed },
      }));
    }),
  );
  return changes.map((change, index) => {
    const eight = measuredOf(outcomes, 2 * index);
    const evening = measuredOf(outcomes, 2 * index + 1);
    const { orders, gettoken, reads, writes } = evening.totals;
    return {
      ...change,
      failed: share(eight.totals.failed, eight.totals.pageCalls),
      p99: evening.waiting.p99,
      calls: share(orders + gettoken + reads + writes, triedPhones),
    };
  });
}

function measuredOf(outcomes: readonly Outcome[], index: number): Measured {
  const outcome = outcomes[index];
  if (outcome === undefined) throw new Error('A simulation gave no result.');
  return outcome.measured;
}

function share(part: number, whole: number): number {
  return Number((part / whole).toFixed(4));
}
