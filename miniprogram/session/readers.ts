import type { BusinessName, BusinessSuccess, MintSuccess, Order } from '../../contract';
import type { StoredToken } from './parts';
import { fieldsOf, isNumber, isText, type Fields, type ReadSuccess } from './send';

function isOrder(value: unknown): value is Order {
  const { id, title, time } = fieldsOf(value);
  return isText(id) && isText(title) && isNumber(time);
}

/** How the success of each business function is read: one entry for each in the contract. */
export const readSuccess: { [Name in BusinessName]: ReadSuccess<BusinessSuccess<Name>> } = {
  orders({ orders, nextCursor }) {
    if (Array.isArray(orders) && orders.every(isOrder)) {
      if (isText(nextCursor)) return { code: 1, orders, nextCursor };
      if (nextCursor === undefined) return { code: 1, orders };
    }
    return undefined;
  },
};

/** Reads what `gettoken` answers to a request for a token. */
export const readMint: ReadSuccess<MintSuccess> = ({ token, expiresIn }) =>
  isText(token) && token && isNumber(expiresIn) && expiresIn >= 0
    ? { code: 1, token, expiresIn }
    : undefined;

/** Reads what an earlier launch, or anybody else, has left in the storage. */
export const readStored = ({ v, token, left, seenAt }: Fields): StoredToken | undefined =>
  v === 1 && isText(token) && token && isNumber(left) && isNumber(seenAt)
    ? { v, token, left, seenAt }
    : undefined;
