import type { BusinessName, BusinessSuccess, Order } from '../../contract';
import { fieldsOf, isNumber, isText, type ReadSuccess } from './send';

function isOrder(value: unknown): value is Order {
  const { id, title, time } = fieldsOf(value);
  return isText(id) && isText(title) && isNumber(time);
}

/** How the success of each business function is read: one entry for each in the contract. */
export const readSuccess: { [Name in BusinessName]: ReadSuccess<BusinessSuccess<Name>> } = {
  orders: ({ orders, nextCursor }) =>
    Array.isArray(orders) && orders.every(isOrder) && (!nextCursor || isText(nextCursor))
      ? Object.assign({ code: 1 as const, orders }, nextCursor && { nextCursor })
      : undefined,
};
