import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { OrdersSuccess } from '../../contract';
import { chaosOn } from './chaos';
import { sendsTheLeast } from './oracle';
import { oldPhone, phone, type Phone } from './phone';
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
 * Waits for `work` while the network does what it does, in any order with the steps of promises that
 * run in timers. Pauses and cool-downs of up to `longest` milliseconds may pass before answers that
 * were sent earlier; time limits do not.
 */
async function settled<Value>(
  world: World,
  work: Promise<Value>,
  coin: Coin,
  longest = 0,
): Promise<Value> {
  await world.settle((delay) => delay <= longest && coin());
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

function allFailed(world: World, outcomes: Outcome[], code: string): void {
  const causes = outcomes.map((outcome) => {
    assert.equal(outcome.status, 'rejected');
    assert(world.phone.isSessionError(outcome.reason));
    assert.equal(outcome.reason.code, code);
    return outcome.reason.cause;
  });
  assert.notEqual(causes[0], undefined);
  assert.equal(new Set(causes).size, 1, 'one cause for all');
}

/** Lets a call be answered, so that a token is held; what was sent for that. */
async function start(world: World, coin: Coin): Promise<number> {
  allAnswered(await settled(world, calls(world, 1), coin));
  return world.sent.length;
}

type Run = (world: World, count: number, coin: Coin) => Promise<void>;

/** A kind of phone, by its name in the list. */
type Kind = readonly [name: string, phoneOf: () => Phone];

function row([kind, phoneOf]: Kind, name: string, count: number, run: Run): Situation {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.infiniteStream(fc.boolean()),
    (scheduler, flips) =>
      run(createWorld(scheduler, phoneOf()), count, () => flips.next().value === true),
  );
  return {
    name: `${name}, ${String(count)} at once${kind}`,
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

const firstLaunch: Run = async (world, count, coin) => {
  allAnswered(await settled(world, calls(world, count), coin));
  assert.deepEqual(counts(world), { business: count, mint: 1 });
};

const atItsEnd: Run = async (world, count, coin) => {
  const from = await start(world, coin);
  await world.pass(7_200_000);
  allAnswered(await settled(world, calls(world, count), coin));
  assert.deepEqual(counts(world, from), { business: count, mint: 1 });
};

const revoked: Run = async (world, count, coin) => {
  const from = await start(world, coin);
  world.cloud.tokens.clear();
  allAnswered(await settled(world, calls(world, count), coin));
  assert.deepEqual(counts(world, from), { business: 2 * count, mint: 1 });
};

const refusedForEver: Run = async (world, count, coin) => {
  const from = await start(world, coin);
  world.cloud.refusesAll = true;
  allFailed(world, await settled(world, calls(world, count), coin, COOL_DOWN), 'REFUSED');
  const { business, mint } = counts(world, from);
  assert.equal(mint, 1);
  assert(business <= 2 * count, 'each call is repeated once at most');
  if (count === 1) assert.equal(business, 2);
};

const refusedFromTheFirst: Run = async (world, count, coin) => {
  world.cloud.refusesAll = true;
  allFailed(world, await settled(world, calls(world, count), coin), 'REFUSED');
  assert.deepEqual(counts(world), { business: count, mint: 1 });
};

const mintDown: Run = async (world, count, coin) => {
  const from = await start(world, coin);
  world.cloud.tokens.clear();
  world.cloud.mint = 'unreachable';
  allFailed(world, await settled(world, calls(world, count), coin, COOL_DOWN), 'REFRESH_FAILED');
  assert.deepEqual(counts(world, from), { business: count, mint: 3 });
};

const kinds: readonly Kind[] = [
  ['', () => phone],
  [', promises in timers', oldPhone],
];

/** Every row of the table, and then everything at once; on every kind of phone. */
const onPhones: readonly Situation[] = kinds.flatMap((kind) => [
  ...[1, 50].flatMap((count) => [
    row(kind, 'first launch', count, firstLaunch),
    row(kind, 'a token at its end', count, atItsEnd),
    row(kind, 'a token revoked in the cloud', count, revoked),
    row(kind, '903 for ever', count, refusedForEver),
    row(kind, '903 for ever from the first launch', count, refusedFromTheFirst),
    row(kind, 'gettoken down', count, mintDown),
  ]),
  {
    name: `anything, at any moment${kind[0]}`,
    share: 60,
    explore: (schedules) => explore(chaosOn(kind[1]), schedules),
  },
]);

export const situations: readonly Situation[] = [
  ...onPhones,
  {
    name: 'the least possible is sent, gettoken reachable',
    share: 4,
    explore: (schedules) => explore(sendsTheLeast, schedules),
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
