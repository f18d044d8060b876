import { crc32 } from 'node:zlib';

const length = 4;

/** @returns The bytes behind their checksum. */
export function withChecksum(bytes: Uint8Array): Buffer {
  const value = Buffer.allocUnsafe(length + bytes.length);
  value.writeUInt32LE(crc32(bytes));
  value.set(bytes, length);
  return value;
}

/** @throws Error if the bytes are not those that were written. */
export function withoutChecksum(value: Buffer): Buffer {
  const bytes = value.subarray(length);
  if (value.length < length || value.readUInt32LE() !== crc32(bytes)) {
    throw new Error('a document fails its checksum');
  }
  return bytes;
}
