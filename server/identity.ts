import { createHash } from 'node:crypto';
import type { Environment } from './settings';

/** The user who makes a call: WeChat names them beside the call, or tells them for a login code. */
export interface Caller {
  readonly appid: string;
  readonly openid: string;
  /** The same for every call of this user to this mini program; tells nothing about the openid. */
  readonly uid: string;
}

export function makeCaller(appid: string, openid: string): Caller {
  return { appid, openid, uid: deriveUid(appid, openid) };
}

/** The uid of a user: a digest, so that concurrent first logins arrive at the same document. */
export function deriveUid(appid: string, openid: string): string {
  return createHash('sha256')
    .update(JSON.stringify([appid, openid]))
    .digest('base64url');
}

/**
 * Whom WeChat names, or `undefined` when it names nobody (HTTP access, timers, another client).
 *
 * @param context - what `getWXContext` gave. It turns all-digit values into numbers, which would make
 *   `007` and `7` one user: so it only says what is there, and the text is read from `env`.
 */
export function identify(
  context: Readonly<Record<string, unknown>>,
  env: Environment,
): Caller | undefined {
  const text = (key: string) => (context[key] === undefined ? undefined : env[`WX_${key}`]);
  const openid = text('OPENID');
  const appid = text('APPID');
  return openid && appid ? makeCaller(appid, openid) : undefined;
}
