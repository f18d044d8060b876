import { createError, type Answered, type CallFailed, type SessionError } from './errors';
import { createEvents, type Listener } from './events';
import { limit, type SessionParts } from './parts';
import { createSend, fieldsOf, type ReadAnswer, type Succeeded } from './send';
import { createTokens, type Claim } from './token';

export interface CallOptions {
  /**
   * Milliseconds for the whole call, a refresh and a repeat included; after sleep of the phone, a
   * second more for the answers that wait. Default 30,000.
   */
  readonly timeLimit?: number;
  /** When this promise settles, the call ends with `CANCELLED`; when it has settled, nothing is sent. */
  readonly cancelled?: PromiseLike<unknown>;
}

/** A project's business functions: what each takes, and what it answers with success. */
export type Contract<Functions> = {
  readonly [Name in keyof Functions]: { request: object; success: object };
};

/** The same where each success says so with code 1. */
type CodedContract<Functions> = {
  readonly [Name in keyof Functions]: { request: object; success: Succeeded };
};

export interface Session<Functions extends Contract<Functions>> {
  /**
   * Calls a business function with the token. Without a token gets one first; when the cloud
   * refuses it (903) gets a new one, shared by all calls, and repeats the call, once. Resolves with
   * the function's answer of success; rejects with a `SessionError`. Begins in a microtask.
   */
  readonly call: <Name extends keyof Functions & string>(
    name: Name,
    request: Functions[Name]['request'],
    options?: CallOptions,
  ) => Promise<Functions[Name]['success']>;
  /**
   * Makes sure of a token that lives for ten minutes or more, or is new: to be waited for before the
   * user is asked for data that WeChat encrypts, so that no login comes between the data and its call.
   * After a 409 the token is a new one. Rejects with a `SessionError`.
   */
  readonly ready: (options?: CallOptions) => Promise<unknown>;
  /**
   * The user leaves: calls and a refresh under way are given up (`CLEARED`), the token is dropped
   * at once and revoked in the cloud, if that can be reached. Resolves when the cloud has answered
   * or 5 s have passed. Never rejects.
   */
  readonly clear: () => Promise<void>;
  /** Tells `listener` every event from now on, until the function it returns is called. */
  readonly on: (listener: Listener) => () => void;
}

/** A call of a page, from its start until it settles. */
interface Call extends Claim {
  readonly cancelled: PromiseLike<unknown> | undefined;
  readonly reject: (error: SessionError) => void;
  /** Stops the timer of its time limit. */
  stop?: () => void;
}

/** How the success of each function is read. */
export type Readers<Functions extends CodedContract<Functions>> = {
  readonly [Name in keyof Functions]: ReadAnswer<Functions[Name]['success']>;
};

/** Makes a session: the one owner of the token on this phone. */
export function createSession<Functions extends CodedContract<Functions>>(
  parts: SessionParts,
  readers: Readers<Functions>,
): Session<Functions> {
  /** Milliseconds that `clear()` waits for the cloud, at most. */
  const revokeLimit = 5_000;
  /** Seconds that a token lives at least after `ready()`, until it is renewed in the background. */
  const readyFor = 600;
  const { clock } = parts;
  const { emit, on } = createEvents();
  const send = createSend(parts, emit);
  /** The calls under way. */
  const calls = new Set<Call>();
  /** The `cancelled` promises that have a handler: one each, however many calls share it. */
  const watched = new WeakSet<PromiseLike<unknown>>();
  const tokens = createTokens(parts, send, emit, calls);

  /** Ends a call, with an error of this code where it has not settled by itself. */
  function end(call: Call, code?: 'CANCELLED' | 'CLEARED' | 'TIMED_OUT'): void {
    calls.delete(call);
    call.stop?.();
    if (code) call.reject(createError(code));
  }

  /** Ends the calls with this `cancelled` when it settles. Throws a `TypeError` when it never can. */
  function watch(cancelled: PromiseLike<unknown>): void {
    if (watched.has(cancelled)) return;
    if (!fieldsOf(cancelled).then) throw new TypeError('cancelled: not a promise');
    const settle = (): void => {
      watched.delete(cancelled);
      calls.forEach((call) => {
        if (call.cancelled === cancelled) end(call, 'CANCELLED');
      });
    };
    watched.add(cancelled);
    void Promise.resolve(cancelled).then(settle, settle);
  }

  /**
   * Begins a call.
   *
   * @param prepare - makes what sends it with a token; may throw
   */
  function begin<Success extends Succeeded>(
    name: string,
    prepare: () => (token: string) => Promise<Success | Answered | CallFailed>,
    { timeLimit = 30_000, cancelled }: CallOptions = {},
    least?: number,
  ): Promise<Success> {
    return new Promise((resolve, reject) => {
      const sendWith = prepare();
      // What is no promise is refused before the call leaves anything behind.
      if (cancelled) watch(cancelled);
      const call: Call = { cancelled, reject };
      calls.add(call);
      call.stop = limit(clock, timeLimit, () => {
        end(call, 'TIMED_OUT');
      });
      // Where `cancelled` has settled before, its handler runs first: then nothing is sent.
      void Promise.resolve()
        .then(() => tokens.run(call, name, sendWith, least))
        .then(resolve, reject)
        .then(() => {
          end(call);
        });
    });
  }

  return {
    on,
    call: (name, request, options) =>
      begin<Functions[typeof name]['success']>(
        name,
        () => {
          // What is sent, and sent again, is the request as it is now; without fields, an empty one.
          const body = JSON.stringify(Object.assign({}, request));
          return (token) =>
            send(name, Object.assign(fieldsOf(JSON.parse(body)), { token }), readers[name]);
        },
        options,
      ),
    ready: (options) => begin('', () => () => Promise.resolve({ code: 1 }), options, readyFor),
    clear: () =>
      new Promise((resolve) => {
        const token = tokens.forget();
        calls.forEach((call) => {
          end(call, 'CLEARED');
        });
        if (token) {
          const stop = limit(clock, revokeLimit, resolve);
          const revoked = send('gettoken', { revoke: token }, () => ({ code: 1 }), true);
          void revoked.then(stop).then(resolve);
        } else resolve();
      }),
  };
}
