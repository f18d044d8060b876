import { createError, type Answered, type CallFailed } from './errors';
import type { Emit } from './events';
import { elapsed, type SessionParts } from './parts';

/** The fields of something that came from outside: nothing is known of them yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** What every success has, and what it has not. */
export interface Succeeded {
  code: 1;
  answer?: undefined;
  cause?: undefined;
}

/** Reads a success from an answer with code 1; `undefined` when its fields are not one. */
export type ReadSuccess<Success extends Succeeded> = (fields: Fields) => Success | undefined;

/** The same for an answer that may be a failure in spite of its code. */
export type ReadAnswer<Success extends Succeeded> = (
  fields: Fields,
) => Success | Answered | undefined;

export const isText = (value: unknown): value is string => typeof value === 'string';

/** A number that counts something: not `NaN`, not infinite. */
export const isNumber = (value: unknown): value is number => Number.isFinite(value);

/** Seconds that a 429 asks for at least: with 0 or less it would ask for nothing. */
export const leastWait = 2;

/** The fields of an object; of anything else, none of ours. Copies nothing, however large the value is. */
export const fieldsOf: (value: unknown) => Fields = Object;

/**
 * Reads the `result` of a cloud function: the border between the network and the types. Throws a
 * `TypeError` when it is not in the shape of the contract.
 */
export function readAnswer<Success extends Succeeded>(
  result: unknown,
  read: ReadAnswer<Success>,
): Success | Answered {
  const fields = fieldsOf(result);
  const { code, msg, requestId, retryAfter } = fields;
  if (isNumber(code) && code !== 1) {
    return createError('ANSWERED', undefined, {
      code,
      msg: isText(msg) ? msg : '',
      requestId: isText(requestId) ? requestId : undefined,
      retryAfter: isNumber(retryAfter) ? Math.max(retryAfter, leastWait) : undefined,
    });
  }
  const success = code === 1 && read(fields);
  if (success) return success;
  throw new TypeError('Wrong shape');
}

/** One call over the network, read at the border and told as an event. Never rejects. */
export type Send = <Success extends Succeeded>(
  name: string,
  data: Fields,
  read: ReadAnswer<Success>,
  /** Whether the event is to say that a token is revoked. */
  revokes?: true,
) => Promise<Success | Answered | CallFailed>;

export function createSend({ transport, clock }: SessionParts, emit: Emit): Send {
  return (name, data, read, revokes) => {
    const sentAt = clock.now();
    const sent = new Promise((resolve) => {
      resolve(transport(name, data));
    })
      .then((result) => readAnswer(result, read))
      .catch((cause: unknown) => createError('CALL_FAILED', cause));
    // The session acts on what was answered before a listener hears of it.
    void sent.then((reading) => {
      emit({
        type: 'call',
        name,
        code: reading.code === 1 ? 1 : reading.answer?.code,
        ms: elapsed(clock, sentAt),
        cause: reading.cause,
        revokes,
      });
    });
    return sent;
  };
}
