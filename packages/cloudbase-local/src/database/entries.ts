import { DatabaseError } from './database-error';
import { isFields, type Fields } from './document';
import { encodeKey, inverted, after } from './engine/key';
import type { Index } from './collection';
import type { KeyRange } from './store-key';

/** What a document has in an index. */
export interface Entries {
  /** Without the record that other than unique indexes have at the end. */
  readonly keys: readonly Buffer[];
  readonly multikey: boolean;
  readonly inexact: boolean;
}

/** LMDB's keys have 1978 bytes; a key has the number of its index, its values and a record. */
const longestKey = 1900;

/** @returns How many bytes of a text a key of the index keeps. */
export function textLength({ keys }: Pick<Index, 'keys'>): number {
  return Math.min(300, Math.floor(longestKey / keys.length) - 32);
}

export function indexPrefix({ id }: Pick<Index, 'id'>): Buffer {
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(id);
  return prefix;
}

export function wholeRange(index: Pick<Index, 'id'>): KeyRange {
  const start = indexPrefix(index);
  return { start, end: after(start) };
}

/**
 * @returns The entries of a document: one, or one for each element of an array; fields within one array go together
 *   (mongodb.com/docs/manual/core/indexes/index-types/index-multikey).
 * @throws DatabaseError if two fields of the index are arrays that are not one within the other.
 */
export function entriesOf(index: Index, document: Fields): Entries {
  const length = textLength(index);
  const prefix = indexPrefix(index);
  const start = index.keys.map(({ field }) => ({ value: document, names: field.split('.') }));
  const found: Found = { tuples: [], arrays: false };
  expand(index, start, found);
  let inexact = false;
  const keys = found.tuples.map((values) => {
    const parts = values.map((value, at) => {
      const { bytes, exactUpTo } = encodeKey(value ?? null, length);
      inexact ||= exactUpTo !== undefined;
      return index.keys[at]?.direction === -1 ? inverted(bytes) : bytes;
    });
    return Buffer.concat([prefix, ...parts]);
  });
  return { keys: distinct(keys), multikey: found.arrays, inexact };
}

function distinct(keys: readonly Buffer[]): readonly Buffer[] {
  if (keys.length < 2) return keys;
  return [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()];
}

interface Found {
  /** The values of the fields, for each entry. */
  readonly tuples: (readonly unknown[])[];
  /** Whether an array lies at a path or on the way. */
  arrays: boolean;
}

/** A value on the way along a path, and the names that are left. */
interface Cursor {
  readonly value: unknown;
  readonly names: readonly string[];
}

/** Goes along all paths at once; where they come to an array, each of its elements is a way of its own. */
function expand(index: Index, cursors: readonly Cursor[], found: Found): void {
  const reached = cursors.map(toArrayOrEnd);
  const array: unknown = reached.find(({ value }) => Array.isArray(value))?.value;
  if (!Array.isArray(array)) {
    found.tuples.push(reached.map(({ value }) => value));
    return;
  }
  found.arrays = true;
  if (reached.some(({ value }) => Array.isArray(value) && value !== array)) {
    const message = `The index ${index.name} cannot have parallel arrays.`;
    throw new DatabaseError('DATABASE_REQUEST_FAILED', message);
  }
  const elements: readonly unknown[] = array.length === 0 ? [undefined] : array;
  for (const element of elements) {
    const ways = reached.map((cursor) =>
      cursor.value === array ? waysInto(element, array, cursor.names) : [cursor],
    );
    for (const each of combinations(ways)) expand(index, each, found);
  }
}

function toArrayOrEnd({ value, names }: Cursor): Cursor {
  let reached: unknown = value;
  for (const [at, name] of names.entries()) {
    if (Array.isArray(reached)) return { value: reached, names: names.slice(at) };
    reached = isFields(reached) && Object.hasOwn(reached, name) ? reached[name] : undefined;
  }
  return { value: reached, names: [] };
}

/** Into an element or, if the path says so, the one at a position. */
function waysInto(
  element: unknown,
  array: readonly unknown[],
  names: readonly string[],
): readonly Cursor[] {
  const [name = '', ...rest] = names;
  const each = { value: element, names };
  return /^\d+$/.test(name) ? [each, { value: array[Number(name)], names: rest }] : [each];
}

function combinations(ways: readonly (readonly Cursor[])[]): Cursor[][] {
  return ways.reduce<Cursor[][]>(
    (all, next) => all.flatMap((cursors) => next.map((cursor) => [...cursors, cursor])),
    [[]],
  );
}

/** @returns The key as it lies in the store. */
export function storedKey(index: Index, key: Buffer, record: number): Buffer {
  if (index.unique) return key;
  const suffix = Buffer.allocUnsafe(6);
  suffix.writeUIntBE(record, 0, 6);
  return Buffer.concat([key, suffix]);
}
