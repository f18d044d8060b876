import { deserialize, serialize } from 'bson';
import { DatabaseError } from './database-error';

/** An object with named fields, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A document in a collection. It never changes: an update puts a new one in its place. */
export interface StoredDocument extends Fields {
  readonly _id: unknown;
}

export function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** @returns The object without some of its fields. */
export function without<T extends object, Name extends keyof T>(
  fields: T,
  ...names: readonly Name[]
): Omit<T, Name> {
  const rest = { ...fields };
  for (const name of names) Reflect.deleteProperty(rest, name);
  return rest;
}

export function isStored(value: Fields): value is StoredDocument {
  return value['_id'] !== undefined;
}

/** As in MongoDB (mongodb.com/docs/manual/reference/limits/#bson-documents). */
const mostBytes = 16 * 1024 * 1024;

/** @throws DatabaseError if the document is too large. */
export function encode(document: Fields): Uint8Array {
  const bytes = serialize(document);
  if (bytes.length <= mostBytes) return bytes;
  const size = (bytes.length / 1024 / 1024).toFixed(1);
  throw new DatabaseError(
    'DATABASE_REQUEST_FAILED',
    `A document of ${size} MB is too large: 16 MB is the most.`,
  );
}

/** @throws Error if the bytes are no BSON document with an `_id`. */
export function decode(bytes: Uint8Array): StoredDocument {
  const document: unknown = deserialize(bytes);
  if (isFields(document) && isStored(document)) return document;
  throw new Error('a document without _id');
}

/** @returns A copy that shares nothing, with the values that a restart would read back. */
export function copy(document: StoredDocument): StoredDocument {
  return decode(encode(document));
}
