import { CodedError, type SessionError } from './errors';
import type { Clock } from './parts';

/** One call of a page, from its start until it settles. */
export interface Ticket {
  /** Why this call may not have another token: it has ended, or a refresh or a repeat failed. */
  failure?: () => SessionError;
  /** Ends the call with an error; not there once it has ended. */
  end?: (code: 'CANCELLED' | 'CLEARED' | 'TIMED_OUT') => void;
}

export interface CallOptions {
  /** Milliseconds for the whole call, a refresh and a repeat included. Default 30,000. */
  readonly timeLimit?: number;
  /** When this promise settles, the call ends with `CANCELLED`. */
  readonly cancelled?: PromiseLike<unknown>;
}

/** Runs `work` as one of the `pending` calls, until it settles, is ended, or takes too long. */
export function runPending<Value>(
  pending: Set<Ticket>,
  clock: Clock,
  { timeLimit = 30_000, cancelled }: CallOptions,
  work: (ticket: Ticket) => Promise<Value>,
): Promise<Value> {
  const ticket: Ticket = {};
  // A page may give one promise to all its calls: until that settles, it holds on to what `cancel`
  // knows, which therefore is nothing that the call came to.
  const cancel = (): void => {
    ticket.end?.('CANCELLED');
  };
  cancelled?.then(cancel, cancel);
  pending.add(ticket);
  return new Promise((resolve, reject) => {
    const close = (): void => {
      pending.delete(ticket);
      delete ticket.end;
      stopLimit();
    };
    ticket.end = (code) => {
      close();
      const error: SessionError = new CodedError(code, undefined);
      ticket.failure = () => error;
      reject(error);
    };
    const stopLimit = clock.after(timeLimit, () => {
      ticket.end?.('TIMED_OUT');
    });
    work(ticket).then(resolve, reject).finally(close);
  });
}
