import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Gives that many unpredictable bytes; `crypto.randomBytes` outside tests. */
export type Random = (size: number) => Buffer;

/** What every token looks like: HMAC-SHA-256 in base64url. */
const tokenPattern = /^[\w-]{43}$/;

export function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.length === 43 && tokenPattern.test(value);
}

/**
 * Makes a token: HMAC-SHA-256 under the salt over 32 random bytes and the time, in base64url.
 *
 * @param now - Unix time in ms.
 */
export function makeToken(salt: string, now: number, random: Random = randomBytes): string {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(now));
  return createHmac('sha256', salt).update(random(32)).update(time).digest('base64url');
}

/**
 * Under which id a token is kept: the salt's version, a dot, and the HMAC-SHA-256 of the token under the salt.
 * Who can write the database but has no salt can make no document that a token of his would find.
 */
export function tokenId(token: string, salt: string): string {
  return `${saltVersion(salt)}.${keyed(salt, `token ${token}`).toString('base64url')}`;
}

/** Binds facts to a salt: whoever has it can tell that they are as they were written. */
export function prove(facts: readonly (string | number)[], salt: string): string {
  return keyed(salt, `facts ${JSON.stringify(facts)}`).toString('base64url');
}

export function isProof(proof: string, facts: readonly (string | number)[], salt: string): boolean {
  const expected = Buffer.from(prove(facts, salt));
  const given = Buffer.from(proof);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * Tells salts apart: two letters, the same for the same salt. So few that a copy of the database is no
 * measure for guesses of a salt.
 */
export function saltVersion(salt: string): string {
  return keyed(salt, 'version').toString('base64url').slice(0, 2);
}

/** A name for a user that is the same in every line of a log, and names nobody to whom has no salt. */
export function pseudonym(uid: string, salt: string): string {
  return keyed(salt, `user ${uid}`).toString('hex').slice(0, 12);
}

function keyed(salt: string, text: string): Buffer {
  return createHmac('sha256', salt).update(text).digest();
}

/**
 * The life of a new token in whole seconds: `ttl` or up to 10 % less, so that a crowd that arrived
 * together does not come back together.
 */
export function tokenLife(ttl: number, random: Random = randomBytes): number {
  const share = random(4).readUInt32BE() / 2 ** 32;
  return ttl - Math.floor(share * 0.1 * ttl);
}

/** A sealed text was changed, or is opened with another token than it was sealed with. */
export class SealError extends Error {
  readonly code = 'SEAL_BROKEN';
  override readonly name = 'SealError';
}

const nonceLength = 12;
const tagLength = 16;

/** Seals a text so that only somebody who presents the token can open it (AES-256-GCM, HKDF). */
export function seal(text: string, token: string, random: Random = randomBytes): string {
  const nonce = random(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', sealKey(token), nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws {SealError} */
export function openSeal(sealed: string, token: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const nonce = bytes.subarray(0, nonceLength);
    const decipher = createDecipheriv('aes-256-gcm', sealKey(token), nonce, {
      authTagLength: tagLength,
    });
    decipher.setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
    const text = decipher.update(bytes.subarray(nonceLength + tagLength));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new SealError('session_key cannot be opened with this token', { cause });
  }
}

function sealKey(token: string): Buffer {
  return Buffer.from(hkdfSync('sha256', token, '', 'token-loop session_key', 32));
}
