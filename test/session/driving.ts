import type { OrdersRequest, OrdersSuccess } from '../../contract';
import { isSessionError, type SessionError } from '../../miniprogram/session/errors';
import type { SessionEvent } from '../../miniprogram/session/events';
import type { CallOptions } from '../../miniprogram/session/session';
import { createWorld, type World } from './world';

/** What a call came to: its answer, or its error. */
export type Result = OrdersSuccess | SessionError;

/** Starts a call; nothing moves until the world does. */
export function start(
  { session }: World,
  request: OrdersRequest = {},
  options: CallOptions = {},
): Promise<Result> {
  return session.call('orders', request, options).catch((error: unknown) => {
    if (isSessionError(error)) return error;
    throw error;
  });
}

/** Lets the calls that were started send what they send at first. */
export const begin = (world: World): Promise<void> => world.settle(() => false, 0);

/** A call from its start to its end. */
export async function call(world: World): Promise<Result> {
  const result = start(world);
  await world.settle(() => false);
  return result;
}

/** The names of what was sent since `from`, in order. */
export const names = ({ sent }: World, from = 0): string[] =>
  sent.slice(from).map(({ name, data }) => (data.revoke === undefined ? name : 'revoke'));

/** Collects the events from now on. */
export function record({ session }: World): SessionEvent[] {
  const events: SessionEvent[] = [];
  session.on((event) => events.push(event));
  return events;
}

/** A world in which a call has been answered, so that a token is held; nothing is in `sent`. */
export async function withToken(life = 7200): Promise<World> {
  const world = createWorld();
  world.cloud.life = life;
  await call(world);
  world.sent.length = 0;
  return world;
}
