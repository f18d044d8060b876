import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Phone } from './phone';
import { watch, type Watch } from './watch';
import { createWorld, type World } from './world';

const HOUR = 3_600_000;

/** What happens to a phone and its cloud between any two steps of the network. */
const happenings: Record<string, (world: World, watch: Watch) => void | Promise<void>> = {
  call: (_, { call }) => {
    call({});
  },
  'call with a short time limit': (_, { call }) => {
    call({ timeLimit: 300 });
  },
  'call and cancel': (_, { call }) => {
    call({ cancelled: Promise.resolve() });
  },
  'revoke all': ({ cloud }) => {
    cloud.tokens.clear();
  },
  'switch user': ({ cloud, session }) => {
    cloud.user = cloud.user === 'ming' ? 'hong' : 'ming';
    void session.clear();
  },
  clear: ({ session }) => {
    void session.clear();
  },
  'the clock jumps back': (world) => {
    world.jump(-3 * HOUR);
  },
  'the phone sleeps': (world) => world.sleep(40_000),
  'the storage breaks or recovers': ({ slot }) => {
    slot.fails = !slot.fails;
    slot.hasFailed = true;
  },
  'the cloud refuses all, or stops that': ({ cloud }) => {
    cloud.refusesAll = !cloud.refusesAll;
  },
  'orders go down or up': ({ cloud }) => {
    cloud.business = cloud.business === 'up' ? 'unreachable' : 'up';
  },
  'gettoken goes down': ({ cloud }) => {
    cloud.mint = 'unreachable';
  },
  'gettoken answers 429': ({ cloud }) => {
    cloud.mint = 429;
  },
  'gettoken comes up': ({ cloud }) => {
    cloud.mint = 'up';
  },
};

/** Whatever went before, a call whose token was revoked costs 2+1; one without a token 1+1. */
async function meetsRevocation(world: World): Promise<void> {
  const { cloud, sent, session, slot } = world;
  if (slot.hasFailed) return;
  Object.assign(cloud, { refusesAll: false, business: 'up', mint: 'up' });
  cloud.tokens.clear();
  const repeats = slot.value === undefined ? 0 : 1;
  const from = sent.length;
  const [{ orders }] = await Promise.all([session.call('orders', {}), world.settle(() => false)]);
  assert.equal(orders.length, 1);
  assert.equal(sent.length - from, 2 + repeats);
}

const names = Object.keys(happenings);
const often = (name: string): number => (name === 'call' ? 8 : name === 'revoke all' ? 3 : 1);
const happening = fc.oneof(
  ...names.map((name) => ({ weight: often(name), arbitrary: fc.constant(name) })),
);

/**
 * Calls, revocations, switches of user, sleep, faults and jumps of the clock, interleaved at will with
 * the network and with time limits: the invariants hold throughout, and every call settles once.
 */
export const chaosOn = (phoneOf: () => Phone): fc.IAsyncProperty<unknown> =>
  fc.asyncProperty(
    fc.scheduler(),
    fc.array(fc.tuple(happening, fc.nat(4)), { minLength: 2, maxLength: 14 }),
    fc.infiniteStream(fc.nat(9)),
    async (scheduler, script, dice) => {
      const world = createWorld(scheduler, phoneOf());
      const watched = watch(world);
      const isTimersTurn = (): boolean => dice.next().value === 0;
      for (const [name, steps] of script) {
        await happenings[name]?.(world, watched);
        await world.settle(isTimersTurn, steps);
      }
      await world.settle(isTimersTurn);
      assert.deepEqual(watched.violations(), []);
      await meetsRevocation(world);
    },
  );
