import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OrdersSuccess } from '../../contract';
import { isSessionError } from '../../miniprogram/session/errors';
import { chaos } from './chaos';
import { createWorld, type World } from './world';

/** A property of the session that must hold for every schedule of the network. */
export interface Situation {
  readonly name: string;
  /** How large a part of all schedules goes to it. */
  readonly share: number;
  /** Explores so many schedules. Resolves with the report of a failure, or with nothing. */
  readonly explore: (schedules: number) => Promise<string | undefined>;
}

/** How long calls fail at once after a failure, in milliseconds. */
const COOL_DOWN = 2_000;

type Outcome = PromiseSettledResult<OrdersSuccess>;

const calls = (world: World, count: number): Promise<Outcome[]> =>
  Promise.allSettled(Array.from({ length: count }, () => world.session.call('orders', {})));

/** Whether something happens, at each time of asking. */
type Coin = () => boolean;

/**
 * Waits for `work` while the network does what it does. With a coin, pauses and cool-downs may pass
 * before answers that were sent earlier; time limits do not.
 */
async function settled<Value>(
  world: World,
  work: Promise<Value>,
  coin: Coin = () => false,
): Promise<Value> {
  await world.settle((delay) => delay <= COOL_DOWN && coin());
  return work;
}

/** Business calls and calls of gettoken since `from`. */
function counts(world: World, from = 0): { business: number; mint: number } {
  const since = world.sent.slice(from);
  const mint = since.filter(({ name }) => name === 'gettoken').length;
  return { business: since.length - mint, mint };
}

function allAnswered(outcomes: Outcome[]): void {
  for (const { status } of outcomes) assert.equal(status, 'fulfilled');
}

function allFailed(outcomes: Outcome[], code: string): void {
  const causes = outcomes.map((outcome) => {
    assert.equal(outcome.status, 'rejected');
    assert(isSessionError(outcome.reason));
    assert.equal(outcome.reason.code, code);
    return outcome.reason.cause;
  });
  assert.notEqual(causes[0], undefined);
  assert.equal(new Set(causes).size, 1, 'one cause for all');
}

/** A world in which a call has been answered, so that a token is held. */
async function started(scheduler: fc.Scheduler): Promise<{ world: World; from: number }> {
  const world = createWorld(scheduler);
  allAnswered(await settled(world, calls(world, 1)));
  return { world, from: world.sent.length };
}

type Run = (scheduler: fc.Scheduler, count: number, coin: Coin) => Promise<void>;

function row(name: string, count: number, run: Run): Situation {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.infiniteStream(fc.boolean()),
    (scheduler, flips) => run(scheduler, count, () => flips.next().value === true),
  );
  return {
    name: `${name}, ${String(count)} at once`,
    share: count === 1 ? 4 : 1,
    explore: (schedules) => explore(property, schedules),
  };
}

async function explore<Arguments>(
  property: fc.IAsyncProperty<Arguments>,
  schedules: number,
): Promise<string | undefined> {
  const report = await fc.check(property, { numRuns: schedules });
  return report.failed ? fc.defaultReportMessage(report) : undefined;
}

const firstLaunch: Run = async (scheduler, count) => {
  const world = createWorld(scheduler);
  allAnswered(await settled(world, calls(world, count)));
  assert.deepEqual(counts(world), { business: count, mint: 1 });
};

const atItsEnd: Run = async (scheduler, count) => {
  const { world, from } = await started(scheduler);
  await world.pass(7_200_000);
  allAnswered(await settled(world, calls(world, count)));
  assert.deepEqual(counts(world, from), { business: count, mint: 1 });
};

const revoked: Run = async (scheduler, count) => {
  const { world, from } = await started(scheduler);
  world.cloud.tokens.clear();
  allAnswered(await settled(world, calls(world, count)));
  assert.deepEqual(counts(world, from), { business: 2 * count, mint: 1 });
};

const refusedForEver: Run = async (scheduler, count, coin) => {
  const { world, from } = await started(scheduler);
  world.cloud.refusesAll = true;
  allFailed(await settled(world, calls(world, count), coin), 'REFUSED');
  const { business, mint } = counts(world, from);
  assert.equal(mint, 1);
  assert(business <= 2 * count, 'each call is repeated once at most');
  if (count === 1) assert.equal(business, 2);
};

const refusedFromTheFirst: Run = async (scheduler, count) => {
  const world = createWorld(scheduler);
  world.cloud.refusesAll = true;
  allFailed(await settled(world, calls(world, count)), 'REFUSED');
  assert.deepEqual(counts(world), { business: count, mint: 1 });
};

const mintDown: Run = async (scheduler, count, coin) => {
  const { world, from } = await started(scheduler);
  world.cloud.tokens.clear();
  world.cloud.mint = 'unreachable';
  allFailed(await settled(world, calls(world, count), coin), 'REFRESH_FAILED');
  assert.deepEqual(counts(world, from), { business: count, mint: 3 });
};

/** Every row of the table, and then everything at once. */
export const situations: readonly Situation[] = [
  ...[1, 50].flatMap((count) => [
    row('first launch', count, firstLaunch),
    row('a token at its end', count, atItsEnd),
    row('a token revoked in the cloud', count, revoked),
    row('903 for ever', count, refusedForEver),
    row('903 for ever from the first launch', count, refusedFromTheFirst),
    row('gettoken down', count, mintDown),
  ]),
  {
    name: 'anything, at any moment',
    share: 60,
    explore: (schedules) => explore(chaos, schedules),
  },
];

/** Explores about `total` schedules, in parts; tells of each part as it ends. */
export async function exploreAll(
  total: number,
  tell: (name: string, schedules: number, failure: string | undefined) => void,
): Promise<void> {
  const shares = situations.reduce((sum, { share }) => sum + share, 0);
  for (const { name, share, explore } of situations) {
    const schedules = Math.ceil((total * share) / shares);
    tell(name, schedules, await explore(schedules));
  }
}
