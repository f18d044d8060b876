import type {
  BusinessName,
  BusinessSuccess,
  MintSuccess,
  Order,
  RevokeSuccess,
} from '../../contract';
import { Answered, CodedError, type CallFailed } from './errors';

/** The fields of something that came over the network: nothing is known of them yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** What every success has. */
export interface Succeeded {
  code: 1;
}

/** Reads a success from an answer with code 1; `undefined` when its fields are not one. */
export type ReadSuccess<Success extends Succeeded> = (fields: Fields) => Success | undefined;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number';

/** The fields of an object; of anything else, none. */
export const fieldsOf = (value: unknown): Fields => (typeof value === 'object' ? { ...value } : {});

function isOrder(value: unknown): value is Order {
  const { id, title, time } = fieldsOf(value);
  return isText(id) && isText(title) && isNumber(time);
}

/** How the success of each business function is read: one entry for each in the contract. */
export const readSuccess: { [Name in BusinessName]: ReadSuccess<BusinessSuccess<Name>> } = {
  orders: ({ orders, nextCursor }) =>
    Array.isArray(orders) &&
    orders.every(isOrder) &&
    (isText(nextCursor) || nextCursor === undefined)
      ? { code: 1, orders, ...(isText(nextCursor) && { nextCursor }) }
      : undefined,
};

/** Reads what `gettoken` answers to a request for a token. */
export const readMint: ReadSuccess<MintSuccess> = ({ token, expiresIn }) =>
  isText(token) && token && isNumber(expiresIn) && expiresIn >= 0
    ? { code: 1, token, expiresIn }
    : undefined;

/** Reads what `gettoken` answers when a token is given back. */
export const readRevoke: ReadSuccess<RevokeSuccess> = () => ({ code: 1 });

/**
 * Reads the `result` of a cloud function: the border between the network and the types. A success
 * has `code` 1, an error a word.
 */
export function readAnswer<Success extends Succeeded>(
  result: unknown,
  read: ReadSuccess<Success>,
): Success | Answered | CallFailed {
  const fields = fieldsOf(result);
  const { code, msg, requestId, retryAfter } = fields;
  if (isNumber(code) && code !== 1) {
    return new Answered({
      code,
      msg: isText(msg) ? msg : '',
      ...(isText(requestId) && { requestId }),
      ...(isNumber(retryAfter) && { retryAfter }),
    });
  }
  return (
    (code === 1 ? read(fields) : undefined) ??
    new CodedError('CALL_FAILED', new TypeError('Wrong shape'))
  );
}
