import { isSessionError } from '../../miniprogram/session/errors';
import type { CallOptions } from '../../miniprogram/session/pending';
import { fieldsOf, isText } from '../../miniprogram/session/answers';
import type { World } from './world';

export interface Watch {
  /** Makes a call for the present user and watches over it. */
  readonly call: (options: CallOptions) => void;
  /** What went against an invariant so far; to be asked when everything has settled. */
  readonly violations: () => string[];
}

/** Holds a world to the invariants of the session, at every request and every answer. */
export function watch(world: World): Watch {
  const { cloud, sent, session, slot } = world;
  const violations: string[] = [];
  const settled: number[] = [];
  const userOfCall: string[] = [];
  const refused = new Set<unknown>();
  const owners = new Map<unknown, string>();
  /** The token that the session should hold. */
  let newest: string | undefined;
  let delivered: string | undefined;
  let minting = 0;

  function must(holds: boolean, rule: string): void {
    if (!holds) violations.push(rule);
  }

  world.onSend = ({ name, data, user }) => {
    if (name === 'gettoken') {
      if (data.revoke !== undefined) {
        newest = undefined;
        return;
      }
      must(newest === undefined, 'no refresh while a token is held that nobody refused');
      return;
    }
    const call = Number(data.limit);
    must(!refused.has(data.token), 'no call carries a token known to be refused');
    must(owners.get(data.token) === user, 'no call carries the token of another user');
    must(user === userOfCall[call], 'no call of a former user runs as the new one');
    const sends = sent.filter((other) => other.data.limit === call).length;
    must(sends <= 2, 'a call is repeated once at most');
  };

  world.onAnswer = ({ name, data, user }, result) => {
    const { code, token } = fieldsOf(result);
    if (code === 903) {
      refused.add(data.token);
      if (data.token === newest) newest = undefined;
    }
    if (name === 'gettoken' && isText(token)) {
      delivered = token;
      owners.set(token, user);
    }
  };

  session.on((event) => {
    if (event.type === 'refresh-started') minting += 1;
    if (event.type === 'refresh-done') newest = delivered;
    if (event.type === 'refresh-done' || event.type === 'refresh-failed') minting -= 1;
    must(minting <= 1, 'one refresh at a time');
  });

  return {
    call(options) {
      const call = userOfCall.push(cloud.user) - 1;
      settled.push(0);
      const settle = (): void => {
        settled[call] = (settled[call] ?? 0) + 1;
      };
      session.call('orders', { limit: call }, options).then(
        ({ orders }) => {
          settle();
          const owner = String(userOfCall[call]);
          const isOwn = orders[0]?.id === `order of ${owner}` && cloud.user === owner;
          must(isOwn, 'nobody receives the data of another user');
        },
        (error: unknown) => {
          settle();
          must(isSessionError(error), 'a call rejects with a SessionError');
        },
      );
    },
    violations() {
      must(
        settled.every((times) => times === 1),
        'every call settles exactly once',
      );
      const { token } = fieldsOf(slot.value);
      must(slot.hasFailed || token === newest, 'the storage holds the newest token');
      return violations;
    },
  };
}
