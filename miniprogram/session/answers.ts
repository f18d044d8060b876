import type { BusinessName, BusinessSuccess, MintSuccess, Order } from '../../contract';
import { Answered } from './errors';

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
export const fieldsOf = (value: unknown): Fields => Object.assign({}, value);

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

/**
 * Reads the `result` of a cloud function: the border between the network and the types. Throws a
 * `TypeError` when it is not in the shape of the contract.
 */
export function readAnswer<Success extends Succeeded>(
  result: unknown,
  read: ReadSuccess<Success>,
): Success | Answered {
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
  const success = code === 1 && read(fields);
  if (success) return success;
  throw new TypeError('Wrong shape');
}
