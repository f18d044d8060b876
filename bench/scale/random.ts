/** Numbers that repeat with their seed. */
export interface Random {
  /** From 0 up to 1. */
  readonly next: () => number;
  /** Around 1: its median is 1, and one in a hundred is more than 3.2. */
  readonly spread: () => number;
  /** A whole number from 0 up to `end`. */
  readonly below: (end: number) => number;
  readonly bytes: (size: number) => Buffer;
}

/** mulberry32; only sums and `Math.exp`, so that every engine gives the same digits. */
export function createRandom(seed: number): Random {
  let state = seed;
  const word = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = (): number => word() / 2 ** 32;
  return {
    next,
    // Four uniform numbers make a bell: its deviation is √(1/3), and here 0.5.
    spread: () => Math.exp((next() + next() + next() + next() - 2) * 0.866),
    below: (end) => Math.floor(next() * end),
    bytes(size) {
      const bytes = Buffer.allocUnsafe(size);
      for (let at = 0; at < size; at += 1) {
        if (at + 4 <= size) {
          bytes.writeUInt32LE(word(), at);
          at += 3;
        } else bytes[at] = word() & 255;
      }
      return bytes;
    },
  };
}
