import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { KeyPair } from './account';
import { ApiError } from './protocol';

/** How far apart the two clocks may be, in seconds. */
const tolerance = 300;

const authorizationPattern =
  /^TC3-HMAC-SHA256 Credential=([^/]+)\/(\d{4}-\d\d-\d\d)\/(\w+)\/tc3_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;

export interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/**
 * Checks who sent a request, as cloud.tencent.com/document/api/583/33846 describes TC3-HMAC-SHA256.
 *
 * @param keyOf - The key that has this id.
 * @param now - Unix ms.
 * @throws ApiError AuthFailure.*
 */
export function checkSignature(
  request: SignedRequest,
  keyOf: (secretId: string) => KeyPair | undefined,
  now: number,
): void {
  const { headers } = request;
  const [, secretId, date, service, signedHeaders, signature] =
    authorizationPattern.exec(headers.authorization ?? '') ?? [];
  if (!secretId || !date || !service || !signedHeaders || !signature) {
    throw new ApiError('AuthFailure.InvalidAuthorization', 'The `Authorization` is invalid.');
  }
  const key = keyOf(secretId);
  if (key === undefined) {
    throw new ApiError(
      'AuthFailure.SecretIdNotFound',
      'The SecretId is not found, please ensure that your SecretId is correct.',
    );
  }
  if (key.token !== undefined && headers['x-tc-token'] !== key.token) {
    throw new ApiError('AuthFailure.TokenFailure', 'The provided token is not valid.');
  }
  const timestamp = Number(headers['x-tc-timestamp']);
  if (!(Math.abs(timestamp - now / 1000) <= tolerance) || date !== utcDate(timestamp)) {
    throw new ApiError('AuthFailure.SignatureExpire', 'The provided credentials have expired.');
  }
  const scope = `${date}/${service}/tc3_request`;
  const canonical = hash(canonicalRequest(request, signedHeaders));
  const toSign = `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${canonical}`;
  const signing = [date, service, 'tc3_request'].reduce<string | Buffer>(
    hmac,
    `TC3${key.secretKey}`,
  );
  if (hmac(signing, toSign).toString('hex') !== signature) {
    throw new ApiError(
      'AuthFailure.SignatureFailure',
      'The provided credentials could not be validated. Please check your signature is correct.',
    );
  }
}

function canonicalRequest({ method, url, headers, body }: SignedRequest, signed: string): string {
  const { pathname, search } = new URL(url, 'https://api');
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  return [method, pathname, search.slice(1), lines.join(''), signed, hash(body)].join('\n');
}

function utcDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: string | Buffer, message: string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}
