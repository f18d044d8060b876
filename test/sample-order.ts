import * as v from 'valibot';
import type { Order } from '../contract/index';
import type { OrderDocument } from '../server/orders';

// Tests name the fields of an order here. Give it another one, and the compiler points to these three.

/** An order as `orders` answers it, and nothing else. */
export const orderSchema: v.GenericSchema<unknown, Order> = v.strictObject({
  id: v.pipe(v.string(), v.nonEmpty()),
  title: v.pipe(v.string(), v.nonEmpty()),
  time: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

/** @param time - Unix seconds. */
export function sampleOrder(id: string, time: number, title = '丹东草莓 1 盒'): Order {
  return { id, title, time };
}

/** An order as the database has it. */
export function orderDocument(id: string, openid: string, createdAt: Date): OrderDocument {
  return { _id: id, openid, title: '丹东草莓 1 盒', createdAt };
}
