import { createHash } from 'node:crypto';
import { EJSON, ObjectId } from 'bson';
import { rank, rankOf, toNumber } from './compare';

/** A value as bytes that sort as MongoDB sorts the values. */
export interface Key {
  readonly bytes: Buffer;
  /** Where the bytes cannot be trusted for order: only the first so many; equal values have equal bytes all the same. */
  readonly exactUpTo: number | undefined;
}

/** No value takes much more: LMDB's keys are short. */
const standardLength = 300;
const hashLength = 16;

/**
 * No key is the beginning of another one. A missing value has the key of null (mongodb.com/docs/manual/core/indexes);
 * long texts, and values that have many parts, are told apart by a hash.
 *
 * @param longest - How many bytes of a text are kept.
 */
export function encodeKey(value: unknown, longest = standardLength): Key {
  const type = rankOf(value ?? null);
  const typeByte = Buffer.of(type);
  switch (type) {
    case rank.null:
    case rank.minKey:
    case rank.maxKey:
      return exact(typeByte);
    case rank.boolean:
      return exact(Buffer.of(type, value === true ? 1 : 0));
    case rank.number: {
      const bytes = Buffer.concat([typeByte, numberBytes(toNumber(value))]);
      return { bytes, exactUpTo: typeof value === 'number' ? undefined : bytes.length };
    }
    case rank.string:
      return textKey(typeByte, String(value), longest);
    case rank.objectId:
      return exact(Buffer.concat([typeByte, value instanceof ObjectId ? value.id : typeByte]));
    default:
      if (value instanceof Date) {
        return exact(Buffer.concat([typeByte, numberBytes(value.getTime())]));
      }
      return { bytes: Buffer.concat([typeByte, hash(textOf(value))]), exactUpTo: 1 };
  }
}

function exact(bytes: Buffer): Key {
  return { bytes, exactUpTo: undefined };
}

/** The bits of a double in the order of the numbers; NaN first, and no difference between 0 and -0. */
function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  if (Number.isNaN(value)) return bytes;
  bytes.writeDoubleBE(value === 0 ? 0 : value);
  if (value < 0) for (let index = 0; index < 8; index += 1) bytes[index] = ~(bytes[index] ?? 0);
  else bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}

const end = Buffer.of(0, 0);
const cutEnd = Buffer.of(0, 2);

/** A 0 in the text becomes 0 255, so that the end, 0 0, comes before everything that goes on. */
function textKey(typeByte: Buffer, text: string, longest: number): Key {
  const bytes = text.includes('\0') ? escapeZeros(Buffer.from(text)) : Buffer.from(text);
  if (bytes.length <= longest) return exact(Buffer.concat([typeByte, bytes, end]));
  // A 0 at the end is half of a pair.
  const kept = bytes.subarray(0, bytes[longest - 1] === 0 ? longest - 1 : longest);
  return {
    bytes: Buffer.concat([typeByte, kept, cutEnd, hash(text)]),
    exactUpTo: 1 + kept.length,
  };
}

function escapeZeros(bytes: Buffer): Buffer {
  const escaped: number[] = [];
  for (const byte of bytes) {
    escaped.push(byte);
    if (byte === 0) escaped.push(255);
  }
  return Buffer.from(escaped);
}

function textOf(value: unknown): string {
  return EJSON.stringify({ value }, { relaxed: true });
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, hashLength);
}

/** @returns The least bytes that come after everything that begins with these. */
export function after(bytes: Buffer): Buffer {
  const next = Buffer.from(bytes);
  for (let index = next.length - 1; index >= 0; index -= 1) {
    const byte = next[index] ?? 0;
    if (byte < 255) {
      next[index] = byte + 1;
      return next.subarray(0, index + 1);
    }
  }
  return Buffer.alloc(1, 255);
}

/** @returns The bytes that sort the other way round. */
export function inverted(bytes: Buffer): Buffer {
  const result = Buffer.alloc(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) result[index] = 255 - (bytes[index] ?? 0);
  return result;
}
