/** Keys from the first to the second, without that one. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
}

/** @returns The key of a document: its collection, then its record. */
export function documentKey(collection: number, record: number): Buffer {
  const key = Buffer.allocUnsafe(10);
  key.writeUInt32BE(collection);
  key.writeUIntBE(record, 4, 6);
  return key;
}

/** @param from - The first record. */
export function documentRange(collection: number, from = 0): KeyRange {
  return { start: documentKey(collection, from), end: documentKey(collection + 1, 0) };
}

/** The record at the end of a document's key. */
export function recordIn(key: Uint8Array): number {
  let record = 0;
  for (let at = 4; at < 10; at += 1) record = record * 256 + (key[at] ?? 0);
  return record;
}
