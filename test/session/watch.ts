import { fieldsOf, isText } from '../../miniprogram/session/send';
import type { CallOptions } from '../../miniprogram/session/session';
import type { Sent } from './cloud';
import type { World } from './world';

export interface Watch {
  /** Makes a call for the present user and watches over it. */
  readonly call: (options: CallOptions) => void;
  /** What went against an invariant so far; to be asked when everything has settled. */
  readonly violations: () => string[];
}

/** Holds a world to the invariants of the session, at every request and every answer. */
export function watch(world: World): Watch {
  const { cloud, phone, sent, session, slot } = world;
  const violations: string[] = [];
  const settled: number[] = [];
  const userOfCall: string[] = [];
  const refused = new Set<unknown>();
  /** Tokens that the user revoked, or whose refusal has reached the phone. */
  const gone = new Set<unknown>();
  const owners = new Map<unknown, string>();
  /** Answers that have reached the phone, and perhaps not yet the session. */
  const unread: { sent: Sent; result: unknown }[] = [];
  /** The token that the session should hold. */
  let newest: string | undefined;
  let delivered: string | undefined;
  let minting = 0;
  /** How many of the unread answers the events have told of. */
  let told = 0;

  function must(holds: boolean, rule: string): void {
    if (!holds) violations.push(rule);
  }

  /** The session has read an answer. */
  function read({ sent: { name, data }, result }: (typeof unread)[number]): void {
    const { code, token } = fieldsOf(result);
    if (code === 903) refused.add(data.token);
    if (name === 'gettoken' && isText(token)) delivered = token;
  }

  const storedToken = (): string | undefined => {
    const { token } = fieldsOf(slot.value);
    return isText(token) && !slot.hasFailed ? token : undefined;
  };

  world.onSend = ({ name, data, user }) => {
    if (name === 'gettoken') {
      if (data.revoke !== undefined) {
        newest = undefined;
        gone.add(data.revoke);
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

  world.onAnswer = (sent, result) => {
    owners.set(fieldsOf(result).token, sent.user);
    if (fieldsOf(result).code === 903) gone.add(sent.data.token);
    if (gone.has(newest)) newest = undefined;
    // Where promises run in timers, the session reads an answer some steps after it came.
    if (phone.jobs) unread.push({ sent, result });
    else read({ sent, result });
  };

  session.on((event) => {
    if (event.type === 'call') {
      told += 1;
      // They may be told in another order than they came in, so all of them are waited for.
      if (told === unread.length) for (const answer of unread.splice(0)) read(answer);
      if (unread.length === 0) told = 0;
    }
    if (event.type === 'refresh-started') minting += 1;
    if (event.type === 'refresh-ended' && event.reason === undefined) {
      newest = phone.jobs ? storedToken() : delivered;
      if (gone.has(newest)) newest = undefined;
    }
    // A token that came late ends no refresh, or the one after its own.
    if (event.type === 'refresh-ended') minting = Math.max(0, minting - 1);
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
          // Where promises run in timers, a user may leave between the answer and its reader.
          const isHere = phone.jobs !== undefined || cloud.user === owner;
          const isOwn = orders[0]?.id === `order of ${owner}` && isHere;
          must(isOwn, 'nobody receives the data of another user');
        },
        (error: unknown) => {
          settle();
          must(phone.isSessionError(error), 'a call rejects with a SessionError');
        },
      );
    },
    violations() {
      must(
        settled.every((times) => times === 1),
        'every call settles exactly once',
      );
      must(slot.hasFailed || storedToken() === newest, 'the storage holds the newest token');
      return violations;
    },
  };
}
