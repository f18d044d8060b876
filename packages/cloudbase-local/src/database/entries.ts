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
 * @returns The entries of a document: one, or one for each value of an array
 *   (mongodb.com/docs/manual/core/indexes/index-types/index-multikey).
 * @throws DatabaseError if two fields of the index are arrays that are not one within the other.
 */
export function entriesOf(index: Index, document: Fields): Entries {
  refuseParallelArrays(index, document);
  const length = textLength(index);
  let keys: Buffer[] = [indexPrefix(index)];
  let multikey = false;
  let inexact = false;
  for (const { field, direction } of index.keys) {
    const reached = reachEach(document, field.split('.'));
    multikey ||= reached.arrays;
    const parts = reached.values.map((value) => {
      const { bytes, exactUpTo } = encodeKey(value, length);
      inexact ||= exactUpTo !== undefined;
      return direction === 1 ? bytes : inverted(bytes);
    });
    const values = distinct(parts);
    keys = keys.flatMap((key) => values.map((part) => Buffer.concat([key, part])));
  }
  return { keys, multikey, inexact };
}

function distinct(parts: readonly Buffer[]): readonly Buffer[] {
  if (parts.length < 2) return parts;
  return [...new Map(parts.map((part) => [part.toString('latin1'), part])).values()];
}

interface Reached {
  readonly values: unknown[];
  /** Whether an array lies at the path or on the way. */
  readonly arrays: boolean;
}

/** Every value that a query of any kind may meet at a path; null where there is none. */
function reachEach(value: unknown, names: readonly string[]): Reached {
  const [name, ...rest] = names;
  if (Array.isArray(value)) {
    const each = value.map((item: unknown) => reachEach(item, names).values);
    const at =
      name !== undefined && /^\d+$/.test(name) ? reachEach(value[Number(name)], rest).values : [];
    const values = [...each.flat(), ...at];
    return { values: values.length === 0 ? [null] : values, arrays: true };
  }
  if (name === undefined) return { values: [value ?? null], arrays: false };
  return isFields(value)
    ? reachEach(Object.hasOwn(value, name) ? value[name] : undefined, rest)
    : { values: [null], arrays: false };
}

function refuseParallelArrays(index: Index, document: Fields): void {
  if (index.keys.length === 1) return;
  const arrays = index.keys.flatMap(({ field }) => arrayOn(document, field.split('.')) ?? []);
  const parallel = arrays.find((path) =>
    arrays.some((other) => !path.startsWith(other) && !other.startsWith(path)),
  );
  if (parallel === undefined) return;
  const message = `The index ${index.name} cannot have parallel arrays (${parallel}).`;
  throw new DatabaseError('DATABASE_REQUEST_FAILED', message);
}

/** @returns The path of the first array on the way. */
function arrayOn(document: Fields, names: readonly string[]): string | undefined {
  let value: unknown = document;
  for (const [at, name] of names.entries()) {
    if (!isFields(value)) return undefined;
    value = value[name];
    if (Array.isArray(value)) return `${names.slice(0, at + 1).join('.')}.`;
  }
  return undefined;
}

/** @returns The key as it lies in the store. */
export function storedKey(index: Index, key: Buffer, record: number): Buffer {
  if (index.unique) return key;
  const suffix = Buffer.allocUnsafe(6);
  suffix.writeUIntBE(record, 0, 6);
  return Buffer.concat([key, suffix]);
}
