import { isSessionError } from '../../miniprogram/session/errors';
import { call, names, withToken } from './driving';
import { createWorld, type World } from './world';

const minute = 60_000;

async function ready(
  world: World,
  options?: Parameters<World['session']['ready']>[0],
): Promise<unknown> {
  const result = world.session.ready(options).catch((error: unknown) => error);
  await world.settle(() => false);
  return result;
}

/** A world in which a call was answered 409 for the token that is held. */
async function after409(): Promise<World> {
  const world = await withToken();
  world.cloud.business = 409;
  await call(world).catch(() => undefined);
  world.cloud.business = 'up';
  return world;
}

describe('ready()', () => {
  test('gets a token where there is none, and sends nothing else', async () => {
    const world = createWorld();
    await ready(world);
    expect(names(world)).toEqual(['gettoken']);
  });

  test('sends nothing while the token will live for ten minutes, and none is due', async () => {
    const world = await withToken();
    await ready(world);
    expect(names(world)).toEqual([]);
  });

  test('waits for another when the token has less than ten minutes before it is renewed', async () => {
    const world = await withToken();
    await world.pass(7200_000 - 15 * minute + 1);
    await ready(world);
    expect(names(world)).toEqual(['gettoken']);
    expect(world.sent.at(-1)?.data).toEqual({ renews: 'token-1' });
    await call(world);
    expect(names(world)).toEqual(['gettoken', 'orders']);
  });

  test('takes a new token, however short its life is', async () => {
    const world = createWorld();
    world.cloud.life = 5;
    await ready(world);
    expect(names(world)).toEqual(['gettoken']);
  });

  test('after a 409 gets a token with another session_key', async () => {
    const world = await after409();
    await ready(world);
    await ready(world);
    expect(names(world)).toEqual(['orders', 'gettoken']);
  });

  test('shares one refresh with the calls that wait for it', async () => {
    const world = createWorld();
    const results = [
      world.session.ready(),
      world.session.call('orders', {}),
      world.session.ready(),
    ];
    await world.settle(() => false);
    await Promise.all(results);
    expect(names(world)).toEqual(['gettoken', 'orders']);
  });

  test('lets a call beside it use the token that is held, and starts no second refresh', async () => {
    const world = await after409();
    const results = [world.session.ready(), world.session.call('orders', {})];
    await world.settle(() => false);
    await Promise.all(results);
    expect(names(world).sort()).toEqual(['gettoken', 'orders', 'orders']);
  });

  test('rejects as a call does: no token, cancelled, cleared', async () => {
    const world = createWorld();
    world.cloud.mint = 401;
    const refused = await ready(world);
    expect(isSessionError(refused) && refused.code).toBe('REFRESH_FAILED');
    const cancelled = await ready(world, { cancelled: Promise.resolve() });
    expect(isSessionError(cancelled) && cancelled.code).toBe('CANCELLED');
  });
});

test('a call after a 409 works with the token that is held, and renews it meanwhile', async () => {
  const world = await after409();
  await call(world);
  expect(names(world)).toEqual(['orders', 'orders', 'gettoken']);
});

test('a call after any other answer than a 409 does not renew the token', async () => {
  for (const business of [400, 500, 'unreachable'] as const) {
    const world = await withToken();
    world.cloud.business = business;
    await call(world).catch(() => undefined);
    world.cloud.business = 'up';
    await call(world);
    expect(names(world)).toEqual(['orders', 'orders']);
  }
});

test('a renewed token is named, so that the cloud can end it', async () => {
  const world = await withToken();
  await world.pass(7200_000 - 4 * minute);
  await call(world);
  expect(world.sent.map(({ name, data }) => [name, data['renews']])).toEqual([
    ['orders', undefined],
    ['gettoken', 'token-1'],
  ]);
});
