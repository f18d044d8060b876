import { crc32 } from 'node:zlib';

const recordLength = 6;

/** @returns What an entry of an index is kept as: the record, and a checksum of it with the key. */
export function entryValue(key: Uint8Array, record: number): Buffer {
  const value = Buffer.alloc(recordLength + 4);
  value.writeUIntBE(record, 0, recordLength);
  value.writeUInt32LE(checksum(key, value), recordLength);
  return value;
}

export function recordOf(value: Buffer): number {
  return value.readUIntBE(0, recordLength);
}

/** @throws Error if the entry is not as it was written. */
export function checkEntry(key: Uint8Array, value: Buffer): void {
  if (
    value.length !== recordLength + 4 ||
    value.readUInt32LE(recordLength) !== checksum(key, value)
  ) {
    throw new Error('an entry of an index fails its checksum');
  }
}

function checksum(key: Uint8Array, value: Buffer): number {
  return crc32(value.subarray(0, recordLength), crc32(key));
}
