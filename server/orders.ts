import * as v from 'valibot';
import type { Order, OrdersSuccess } from '../contract';
import { malformed } from './answers';
import { readCursor, writeCursor, type Cursor } from './cursor';
import type { Protected } from './guard';
import type { Command, Filter } from './sdk';

const orderDocument = v.object({
  _id: v.string(),
  openid: v.string(),
  title: v.string(),
  createdAt: v.date(),
});

export type OrderDocument = v.InferOutput<typeof orderDocument>;

const limitMessage = '应为 1 到 100 的整数';
const cursorMessage = '应为上一页返回的 nextCursor';

const fields = {
  limit: v.optional(
    v.pipe(
      v.number(limitMessage),
      v.integer(limitMessage),
      v.minValue(1, limitMessage),
      v.maxValue(100, limitMessage),
    ),
    20,
  ),
  cursor: v.optional(v.pipe(v.string(cursorMessage), v.maxLength(1024, cursorMessage))),
};

/** The function `orders`: the caller's own orders, newest first, ties in time resolved by id. */
export const orders: Protected<typeof fields, OrdersSuccess> = {
  fields,
  readsOnly: true,
  async handle({ limit, cursor }, { uid, openid }, { collections }) {
    const after = cursor === undefined ? undefined : readCursor(cursor, uid);
    if (cursor !== undefined && after === undefined) return malformed('cursor', cursorMessage);
    const found = await collections.open('orders', orderDocument).find({
      filter: ordersAfter(collections.command, openid, after),
      newestFirst: ['createdAt', '_id'],
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      code: 1,
      orders: page.map(toOrder),
      ...(found.length > limit && last !== undefined
        ? { nextCursor: writeCursor({ time: last.createdAt.getTime(), id: last._id }, uid) }
        : {}),
    };
  },
};

function ordersAfter(command: Command, openid: string, after: Cursor | undefined): Filter {
  if (after === undefined) return { openid };
  const time = new Date(after.time);
  return command.or([
    { openid, createdAt: command.lt(time) },
    { openid, createdAt: time, _id: command.lt(after.id) },
  ]);
}

function toOrder({ _id, title, createdAt }: OrderDocument): Order {
  return { id: _id, title, time: Math.floor(createdAt.getTime() / 1000) };
}
