import type { SessionError } from './errors';

/** Why a token is asked for: none is held, a call was refused, its life is over, or nearly so. */
export type RefreshReason = 'absent' | 'refused' | 'ended' | 'near-end';

/** What happens inside a session. No event holds a token, nor anything else of the user. */
export type SessionEvent =
  /** A call over the network ended. */
  | {
      type: 'call';
      name: string;
      /** `undefined` when there was no usable answer; `cause` then says why, for the developer. */
      code: number | undefined;
      ms: number;
      /** What the transport rejected with, as the platform made it. */
      cause?: unknown;
      /** The call asked for no token: it revoked one. */
      revokes?: true | undefined;
    }
  | { type: 'refresh-started'; reason: RefreshReason }
  /**
   * `waiters`: how many calls waited for it to the end; none when it ran in the background, or had
   * failed before its token came all the same.
   */
  | {
      type: 'refresh-ended';
      /** Why it brought no token: the code that `gettoken` answered, or that of the error which ended it. */
      reason: number | SessionError['code'] | undefined;
      ms: number;
      waiters: number;
    }
  | { type: 'call-repeated'; name: string }
  /** A new token was refused as well: the calls end with `REFUSED` instead of going on for ever. */
  | { type: 'loop-broken'; name: string }
  /** It threw, or holds what is not ours: memory serves instead. */
  | { type: 'storage-failed' };

/** What it returns is ignored, also when that is a promise that rejects. */
export type Listener = (event: SessionEvent) => unknown;

export type Emit = (event: SessionEvent) => void;

export interface Events {
  readonly emit: Emit;
  readonly on: (listener: Listener) => () => void;
}

/**
 * Delivers each event in a microtask of its own: a listener never runs in the middle of a change of
 * state, and neither its exceptions and rejections nor what it does to the event reach anyone.
 */
export function createEvents(): Events {
  const entries = new Set<Listener>();
  return {
    emit(event) {
      entries.forEach((entry) => {
        Promise.resolve(event)
          .then(entry)
          .catch(() => undefined);
      });
    },
    on(listener) {
      const entry: Listener = (event) => entries.has(entry) && listener(Object.assign({}, event));
      entries.add(entry);
      return () => void entries.delete(entry);
    },
  };
}
