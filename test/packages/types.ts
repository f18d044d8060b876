import * as v from 'valibot';
import type * as server from '../../packages/server/src';
import type { AnyContract, Session } from '../../packages/session/src';

declare const protect: typeof server.protect;

interface Functions {
  notes: { request: { day: string }; success: { notes: string[] } };
}

/** Never run: the type check takes each of these. */
export function taken({ call }: Session<Functions>, undeclared: Session<AnyContract>): unknown[] {
  return [
    call('notes', { day: 'monday' }).then(({ notes }) => notes.join()),
    undeclared.call('whatever', { a: 1 }).then(({ b }) => b),
    protect((event, user) => ({ a: event['a'], owner: user.openid })),
    protect(({ day }: { day: string }) => ({ day: day.trim() })),
    protect(({ day }) => ({ day: day.trim() }), { fields: v.object({ day: v.string() }) }),
  ];
}

/** Never run: each is something that the type check must refuse. */
export function refused({ call }: Session<Functions>): unknown[] {
  return [
    // @ts-expect-error -- no function of the contract
    call('orders', { day: 'monday' }),
    // @ts-expect-error -- `day` is a text
    call('notes', { day: 1 }),
    // @ts-expect-error -- the answer has no such field
    call('notes', { day: 'monday' }).then(({ orders }) => typeof orders),
    protect(({ day }) => ({ day: Number(day) }), {
      // @ts-expect-error -- no schema of Standard Schema
      fields: { day: 'string' },
    }),
    protect(({ night }: { night: string }) => ({ night: night.trim() }), {
      // @ts-expect-error -- the schema gives no such field
      fields: v.object({ day: v.string() }),
    }),
  ];
}
