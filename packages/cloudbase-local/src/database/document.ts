import { deserialize, EJSON, serialize } from 'bson';

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

export function isStored(value: Fields): value is StoredDocument {
  return value['_id'] !== undefined;
}

/** @returns The key of an `_id`: two ids have the same key exactly when MongoDB takes them as equal. */
export function keyOf(id: unknown): string {
  if (typeof id === 'string') return `s${id}`;
  return `e${EJSON.stringify(id, { relaxed: true })}`;
}

export function encode(document: Fields): Uint8Array {
  return serialize(document);
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
