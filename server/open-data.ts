import { createDecipheriv, createHmac } from 'node:crypto';
import * as v from 'valibot';
import type { KeyChanged, Malformed } from '../contract';
import { keyChanged, malformed } from './answers';

/** What the data of WeChat opened to, or the answer to give instead. */
export type Opened = { ok: true; data: unknown } | { ok: false; answer: Malformed | KeyChanged };
export type Signed = { ok: true; signature: string } | { ok: false; answer: KeyChanged };

/** The oldest data that is taken, in ms: WeChat gives them freshly, whoever brings old ones repeats somebody. */
const maxAge = 10 * 60_000;

const watermarked = v.object({
  watermark: v.object({ appid: v.string(), timestamp: v.number() }),
});

/**
 * Opens what WeChat encrypted under session_key: AES-128-CBC with PKCS#7; key, iv and data in base64.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html
 *
 * @param now - the server's clock, Unix ms.
 */
export function openData(
  { encryptedData, iv }: { encryptedData: string; iv: string },
  { sessionKey, appid, now }: { sessionKey: string | undefined; appid: string; now: number },
): Opened {
  const vector = Buffer.from(iv, 'base64');
  const sealed = Buffer.from(encryptedData, 'base64');
  if (vector.length !== 16) return { ok: false, answer: malformed('iv', '应为微信给出的 iv') };
  if (sealed.length === 0 || sealed.length % 16 !== 0) {
    return { ok: false, answer: malformed('encryptedData', '应为微信给出的 encryptedData') };
  }
  const changed: Opened = { ok: false, answer: keyChanged() };
  const key = Buffer.from(sessionKey ?? '', 'base64');
  const data = decrypt(sealed, key, vector);
  const parsed = v.safeParse(watermarked, data);
  if (!parsed.success) return changed;
  const { watermark } = parsed.output;
  const age = Math.abs(now - watermark.timestamp * 1000);
  return watermark.appid === appid && age <= maxAge ? { ok: true, data } : changed;
}

/** @returns `undefined` where the key does not fit. */
function decrypt(sealed: Buffer, key: Buffer, iv: Buffer): unknown {
  try {
    const decipher = createDecipheriv('aes-128-cbc', key, iv);
    const text = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
    return JSON.parse(text) as unknown;
  } catch {
    // Under another key the padding is wrong, or once in 256 times right and the text is no JSON. None at all is refused.
    return undefined;
  }
}

/**
 * HMAC-SHA-256 under session_key, in hex: the `signature` of `wx.requestVirtualPayment` and of `checkSessionKey`.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/checkSessionKey.html
 */
export function sign(text: string, sessionKey: string | undefined): Signed {
  if (sessionKey === undefined) return { ok: false, answer: keyChanged() };
  return { ok: true, signature: createHmac('sha256', sessionKey).update(text).digest('hex') };
}
