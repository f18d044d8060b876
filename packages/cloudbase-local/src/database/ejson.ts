import { BSONRegExp, EJSON, ObjectId } from 'bson';
import { DatabaseError } from './database-error';
import { isFields, without, type Fields } from './document';
import { toRegExp } from './engine/regexp';

/** What the SDK writes for `db.serverDate()`: the server's time, moved by `offset` milliseconds. */
function serverDateOffset(value: Fields): number | undefined {
  const marker = value['$tcb_server_date'];
  if (!isFields(marker)) return undefined;
  return typeof marker['offset'] === 'number' ? marker['offset'] : 0;
}

function revive(value: unknown, now: number): unknown {
  if (Array.isArray(value)) return value.map((item) => revive(item, now));
  if (value instanceof BSONRegExp) return toRegExp(value.pattern, value.options);
  if (!isFields(value)) return value;
  const offset = serverDateOffset(value);
  if (offset !== undefined) return new Date(now + offset);
  if (typeof value['$regex'] === 'string') return revivedRegExp(value, value['$regex'], now);
  const fields: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    if (name === '__proto__') {
      throw new DatabaseError('INVALID_PARAM', 'A field cannot be called __proto__.');
    }
    fields[name] = revive(item, now);
  }
  return fields;
}

/** A pattern in a query that is a text, with its options beside it. */
function revivedRegExp(condition: Fields, pattern: string, now: number): Fields {
  const rest = revive(without(condition, '$regex', '$options'), now);
  const { $options = '' } = condition;
  const $regex = toRegExp(pattern, typeof $options === 'string' ? $options : '');
  return { ...(isFields(rest) ? rest : {}), $regex };
}

/**
 * Reads one EJSON text of the SDK: numbers and dates become JavaScript's own, server dates are filled in.
 *
 * @param text - Canonical EJSON; an empty one counts as `{}`, as the SDK sends for a bare collection.
 * @param field - What the text is, for the message.
 * @param now - The server's time in milliseconds.
 * @throws DatabaseError INVALID_PARAM if it is not an EJSON object.
 */
export function parseFields(text: string, field: string, now: number): Fields {
  if (text === '') return {};
  const value = parseValue(text, field, now);
  if (isFields(value)) return value;
  throw new DatabaseError('INVALID_PARAM', `${field} must be an object.`);
}

/** As {@link parseFields}, for any EJSON value. */
export function parseValue(text: string, field: string, now: number): unknown {
  try {
    return revive(EJSON.parse(text), now);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError('INVALID_PARAM', `${field} is not valid EJSON.`, error);
  }
}

/**
 * @returns Canonical EJSON, which is what the SDK reads. A field without a value is left out, and an ObjectId is written
 *   as its hexadecimal text, as the cloud does both.
 */
export function stringify(document: Fields): string {
  return EJSON.stringify(plain(document), { relaxed: false, ignoreUndefined: true });
}

/** @returns EJSON as people write it: numbers are plain, a date is `{"$date":"2026-10-01T03:00:00Z"}`. */
export function stringifyForPeople(value: unknown): string {
  return EJSON.stringify(plain(value), { relaxed: true, ignoreUndefined: true });
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? null);
  if (value instanceof ObjectId) return value.toHexString();
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}
