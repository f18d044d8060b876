import { Binary, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { isFields, type Fields } from '../document';

/**
 * The order of BSON types (mongodb.com/docs/manual/reference/bson-type-comparison-order). A missing value is less than
 * null where expressions are compared; sorts and indexes take it as null.
 */
export const rank = {
  minKey: 0,
  missing: 1,
  null: 2,
  number: 3,
  string: 4,
  object: 5,
  array: 6,
  binary: 7,
  objectId: 8,
  boolean: 9,
  date: 10,
  timestamp: 11,
  regExp: 12,
  other: 13,
  maxKey: 14,
} as const;

export function rankOf(value: unknown): number {
  switch (typeof value) {
    case 'undefined':
      return rank.missing;
    case 'number':
    case 'bigint':
      return rank.number;
    case 'string':
      return rank.string;
    case 'boolean':
      return rank.boolean;
    default:
      return rankOfObject(value);
  }
}

function rankOfObject(value: unknown): number {
  if (value === null) return rank.null;
  if (Array.isArray(value)) return rank.array;
  if (isFields(value)) return rank.object;
  if (value instanceof Date) return rank.date;
  if (value instanceof ObjectId) return rank.objectId;
  if (value instanceof RegExp) return rank.regExp;
  if (value instanceof Timestamp) return rank.timestamp;
  if (isWrappedNumber(value)) return rank.number;
  if (value instanceof Binary || value instanceof Uint8Array) return rank.binary;
  if (value instanceof MinKey) return rank.minKey;
  return value instanceof MaxKey ? rank.maxKey : rank.other;
}

type WrappedNumber = Long | Decimal128 | Double | Int32;

function isWrappedNumber(value: unknown): value is WrappedNumber {
  return (
    value instanceof Long ||
    value instanceof Decimal128 ||
    value instanceof Double ||
    value instanceof Int32
  );
}

/** @returns A number of any BSON type as JavaScript's own, which may round it. */
export function toNumber(value: unknown): number {
  return isWrappedNumber(value) ? Number(value.toString()) : Number(value);
}

/** @returns Less than 0, 0 or more than 0 as MongoDB compares two values; an array counts as a whole. */
export function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  const type = rankOf(a);
  const difference = type - rankOf(b);
  if (difference !== 0) return difference;
  if (type === rank.number) return compareNumbers(toNumber(a), toNumber(b));
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b);
  if (isFields(a) && isFields(b)) return compareObjects(a, b);
  if (a instanceof RegExp && b instanceof RegExp) {
    return compareStrings(a.source, b.source) || compareStrings(a.flags, b.flags);
  }
  if (type === rank.binary) return compareBytes(bytesOf(a), bytesOf(b));
  return compareStrings(String(a), String(b));
}

/** @returns Whether MongoDB takes two values as equal: the order of an object's fields counts. */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b) === 0;
}

/** NaN is equal to itself and less than every other number. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const surrogate = /[\ud800-\udfff]/;

/** By UTF-8 bytes; that is the order of UTF-16 units unless a surrogate is among them. */
function compareStrings(a: string, b: string): number {
  if (surrogate.test(a) || surrogate.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = compare(a[index], b[index]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Field by field: by the type of the value, then the name, then the value. */
function compareObjects(a: Fields, b: Fields): number {
  const others = Object.entries(b);
  const fields = Object.entries(a);
  for (const [index, [name, value]] of fields.entries()) {
    const other = others[index];
    if (other === undefined) return 1;
    const difference =
      rankOf(value) - rankOf(other[1]) ||
      compareStrings(name, other[0]) ||
      compare(value, other[1]);
    if (difference !== 0) return difference;
  }
  return fields.length - others.length;
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Binary) return value.buffer.subarray(0, value.position);
  return value instanceof Uint8Array ? value : new Uint8Array();
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return a.length - b.length || Buffer.compare(a, b);
}
