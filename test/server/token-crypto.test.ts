import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import {
  isToken,
  makeToken,
  openSeal,
  prove,
  seal,
  SealError,
  tokenLife,
} from '../../server/token-crypto';

const salt = 'a salt of the tests';

describe('a token', () => {
  test('is HMAC-SHA-256 under the salt over 32 random bytes and the time', () => {
    const bytes = Buffer.alloc(32, 7);
    const now = 1_790_000_000_123;
    const time = Buffer.from(now.toString(16).padStart(16, '0'), 'hex');
    const expected = createHmac('sha256', salt).update(Buffer.concat([bytes, time]));
    const random = (size: number) => bytes.subarray(0, size);
    expect(makeToken(salt, now, random)).toBe(expected.digest('base64url'));
  });

  test('is another one each time, under the same salt in the same millisecond', () => {
    const tokens = Array.from({ length: 1000 }, () => makeToken(salt, 1));
    expect(new Set(tokens).size).toBe(1000);
    expect(tokens.every(isToken)).toBe(true);
  });

  test('depends on the salt and on the time', () => {
    const random = (size: number) => Buffer.alloc(size, 1);
    const tokens = [
      makeToken('a', 1, random),
      makeToken('b', 1, random),
      makeToken('a', 2, random),
    ];
    expect(new Set(tokens).size).toBe(3);
  });

  test.each([
    [undefined],
    [''],
    ['A'.repeat(42)],
    ['A'.repeat(44)],
    [`${'A'.repeat(42)}.`],
    [`${'A'.repeat(42)}\n`],
    [['A']],
  ])('is not %j', (value) => {
    expect(isToken(value)).toBe(false);
  });

  test('lives for the whole seconds set, or up to a tenth less, at either end of chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_592_000 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (ttl, chance) => {
          const random = (size: number) => {
            const bytes = Buffer.alloc(size);
            bytes.writeUInt32BE(chance);
            return bytes;
          };
          const life = tokenLife(ttl, random);
          expect(Number.isInteger(life)).toBe(true);
          expect(life).toBeLessThanOrEqual(ttl);
          expect(life).toBeGreaterThanOrEqual(ttl * 0.9);
        },
      ),
    );
    expect(tokenLife(7200, (size) => Buffer.alloc(size, 0))).toBe(7200);
    expect(tokenLife(7200, (size) => Buffer.alloc(size, 255))).toBeLessThan(6500);
  });
});

test('a proof is HMAC-SHA-256 of the facts under the salt, and of nothing else that is kept under it', () => {
  const expected = createHmac('sha256', salt).update('facts ["uid",1]').digest('base64url');
  expect(prove(['uid', 1], salt)).toBe(expected);
});

describe('a seal', () => {
  test('gives back any text to the token it was made with', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, token) => {
        const sent = Buffer.from(text).toString();
        expect(openSeal(seal(sent, token), token)).toBe(sent);
      }),
    );
  });

  test('gives nothing to another token, nor when a byte of it was changed or cut off', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, change) => {
        const sealed = Buffer.from(seal(text, 'token'), 'base64url');
        expect(() => openSeal(sealed.toString('base64url'), 'another')).toThrow(SealError);
        expect(() =>
          openSeal(sealed.subarray(0, at % sealed.length).toString('base64url'), 'token'),
        ).toThrow(SealError);
        const index = at % sealed.length;
        sealed.writeUInt8(sealed.readUInt8(index) ^ change, index);
        expect(() => openSeal(sealed.toString('base64url'), 'token')).toThrow(SealError);
      }),
    );
  });

  test('of the same text is another one each time', () => {
    expect(seal('key', 'token')).not.toBe(seal('key', 'token'));
  });
});
