import type { BusinessName, BusinessRequest, BusinessSuccess } from '../../contract';
import { createError } from './errors';
import { createEvents, type Listener } from './events';
import { limit, type SessionParts } from './parts';
import { readSuccess } from './readers';
import { createSend, fieldsOf } from './send';
import { createTokens, type Claim } from './token';

export interface CallOptions {
  /**
   * Milliseconds for the whole call, a refresh and a repeat included; sleep of the phone does not
   * count. Default 30,000.
   */
  readonly timeLimit?: number;
  /** When this promise settles, the call ends with `CANCELLED`; when it has settled, nothing is sent. */
  readonly cancelled?: PromiseLike<unknown>;
}

export interface Session {
  /**
   * Calls a business function with the token. Without a token gets one first; when the cloud
   * refuses it (903) gets a new one, shared by all calls, and repeats the call, once. Resolves with
   * the function's answer of success; rejects with a `SessionError`.
   */
  readonly call: <Name extends BusinessName>(
    name: Name,
    request: BusinessRequest<Name>,
    options?: CallOptions,
  ) => Promise<BusinessSuccess<Name>>;
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
  /** Ends the call with an error. */
  readonly end: (code: 'CANCELLED' | 'CLEARED' | 'TIMED_OUT') => void;
}

/** Makes a session: the one owner of the token on this phone. */
export function createSession(parts: SessionParts): Session {
  /** Milliseconds that `clear()` waits for the cloud, at most. */
  const revokeLimit = 5_000;
  const { clock } = parts;
  const { emit, on } = createEvents();
  const send = createSend(parts, emit);
  /** The calls under way. */
  const calls = new Set<Call>();
  /** The `cancelled` promises that have a handler: one each, however many calls share it. */
  const watched = new WeakSet<PromiseLike<unknown>>();
  const tokens = createTokens(parts, send, emit, calls);

  /** Ends the calls with this `cancelled` when it settles. */
  function watch(cancelled: PromiseLike<unknown>): void {
    if (watched.has(cancelled)) return;
    const end = (): void => {
      watched.delete(cancelled);
      calls.forEach((call) => {
        if (call.cancelled === cancelled) call.end('CANCELLED');
      });
    };
    // What is no promise throws here, and the call is refused before it leaves anything behind.
    cancelled.then(end, end);
    watched.add(cancelled);
  }

  return {
    on,
    call: (name, request, { timeLimit = 30_000, cancelled } = {}) =>
      new Promise((resolve, reject) => {
        // What is sent, and sent again, is the request as it is now.
        const body = JSON.stringify(request);
        if (cancelled) watch(cancelled);
        let stopLimit = (): void => undefined;
        function close(): void {
          calls.delete(call);
          stopLimit();
        }
        const call: Call = {
          cancelled,
          end(code) {
            close();
            call.failure = () => createError(code);
            reject(call.failure());
          },
        };
        const begin = (): void => {
          const sendWith = (token: string): ReturnType<typeof send<BusinessSuccess<typeof name>>> =>
            send(name, Object.assign(fieldsOf(JSON.parse(body)), { token }), readSuccess[name]);
          void tokens.run(call, name, sendWith).then(resolve, reject).then(close);
        };
        calls.add(call);
        stopLimit = limit(clock, timeLimit, () => {
          call.end('TIMED_OUT');
        });
        if (cancelled) {
          // If it has settled, its handler runs first, and nothing is sent.
          void Promise.resolve().then(begin);
        } else begin();
      }),
    clear: () =>
      new Promise((resolve) => {
        const token = tokens.forget();
        calls.forEach((call) => {
          call.end('CLEARED');
        });
        if (token) {
          const stop = limit(clock, revokeLimit, resolve);
          const revoked = send('gettoken', { revoke: token }, () => ({ code: 1 }));
          void revoked.then(stop).then(resolve);
        } else resolve();
      }),
  };
}
