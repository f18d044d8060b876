/** A field of a message: its number, and a number or bytes. */
export type Field = readonly [number: number, value: number | Buffer];

/**
 * Reads the fields of one protocol buffer, of the two kinds that WeChat's messages have.
 * Reference: https://protobuf.dev/programming-guides/encoding/
 *
 * @throws RangeError if it is cut off or of another kind.
 */
export function readFields(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message.readUInt8(at);
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const value = varint();
    const isBytes = tag % 8 === 2;
    if (!isBytes && tag % 8 !== 0) throw new RangeError('a field of an unknown kind');
    if (isBytes && at + value > message.length) throw new RangeError('a field is cut off');
    fields.push([Math.floor(tag / 8), isBytes ? message.subarray(at, at + value) : value]);
    if (isBytes) at += value;
  }
  return fields;
}

/** Writes a protocol buffer that {@link readFields} reads. */
export function writeFields(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) =>
      typeof value === 'number'
        ? [varintOf(number * 8), varintOf(value)]
        : [varintOf(number * 8 + 2), varintOf(value.length), value],
    ),
  );
}

function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
