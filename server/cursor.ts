import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';

/** The place in a user's orders after which the next page begins. */
export interface Cursor {
  /** `createdAt` of the last order seen, Unix ms. */
  readonly time: number;
  /** `_id` of that order. */
  readonly id: string;
}

const checkLength = 12;
/** The last time that a Date can tell, in ms: a user can compute the check, and write what he likes. */
const lastTime = 8.64e15;
const time = v.pipe(v.number(), v.integer(), v.minValue(-lastTime), v.maxValue(lastTime));
const place = v.tuple([time, v.string()]);

/**
 * An opaque text for a place. It carries a check bound to the user, so that a changed one and another
 * user's are told apart from one that was given out. It guards no secret: whatever a cursor says, it
 * only ever narrows a query for the caller's own orders.
 */
export function writeCursor({ time, id }: Cursor, uid: string): string {
  const text = Buffer.from(JSON.stringify([time, id]));
  return Buffer.concat([check(text, uid), text]).toString('base64url');
}

/** The place a cursor stands for, or `undefined` when it is not one that this user was given. */
export function readCursor(cursor: string, uid: string): Cursor | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  // Several texts decode to the same bytes; only the one that was given out is good.
  if (bytes.length <= checkLength || bytes.toString('base64url') !== cursor) return undefined;
  const text = bytes.subarray(checkLength);
  if (!timingSafeEqual(bytes.subarray(0, checkLength), check(text, uid))) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), place), text.toString());
  return parsed.success ? { time: parsed.output[0], id: parsed.output[1] } : undefined;
}

function check(text: Buffer, uid: string): Buffer {
  return createHmac('sha256', uid).update(text).digest().subarray(0, checkLength);
}
