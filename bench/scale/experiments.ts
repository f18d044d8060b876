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

/** A day, or a life of a token if that is longer, for each life. */
export async function runLives(seed: number, runJobs: RunJobs): Promise<Life[]> {
  const outcomes = await runJobs(
    lifetimes.map((seconds) => ({
      ...{ storm: 'day', phones: lifePhones, seed, warmUp: knownAfter },
      // Whoever came first renews at the same time: a whole life of a token has as much of that as any other.
      minutes: Math.max(seconds / 60, 24 * 60),
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
const scale = 20;
/** So many phones are a few more than the platform lets in, and so many are less: as 150,000 and 50,000 for all of it. */
export const tooManyPhones = 7500;
const fewerPhones = 2500;

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
  const smaller = Object.fromEntries(
    limits.map((name) => [name, Math.round(numbers[name] / scale)]),
  ) as Partial<Numbers>;
  const base: Numbers = { ...numbers, ...smaller };
  const changes = [
    { number: '', factor: 1, changed: {} },
    ...tried.flatMap((number) =>
      [0.5, 2].map((factor) => {
        const value = base[number] * factor;
        return { number, factor, changed: { [number]: value < 1 ? 1 : Math.round(value) } };
      }),
    ),
  ];
  const outcomes = await runJobs(
    changes.flatMap(({ changed }) =>
      [tooManyPhones, fewerPhones].map((phones) => ({
        ...{ storm: 'eight', phones, seed },
        numbers: { ...smaller, ...changed },
      })),
    ),
  );
  return changes.map(({ number, factor }, index) => {
    const { failed, pageCalls } = measuredOf(outcomes, 2 * index).totals;
    const { p50, p99 } = measuredOf(outcomes, 2 * index + 1).waiting;
    return { number, factor, failed: Number((failed / pageCalls).toFixed(4)), p50, p99 };
  });
}

function measuredOf(outcomes: readonly Outcome[], index: number): Measured {
  const outcome = outcomes[index];
  if (outcome === undefined) throw new Error('A simulation gave no result.');
  return outcome.measured;
}
