import type { Transport } from './parts';
import { fieldsOf } from './send';

/**
 * Milliseconds that `wx.login` may take: less than the 5 s after which the session asks `gettoken` once more, so
 * that one login is under way at a time.
 */
const timeout = 3_000;

/** A new code of `wx.login`, whose failures have none: the token then comes without a session_key. */
const logIn = (): Promise<unknown> =>
  new Promise((resolve) => {
    wx.login({
      timeout,
      complete: (result) => {
        resolve(fieldsOf(result).code);
      },
    });
  });

/** Sends a code of its own with each request for a token: a code is good once. */
export const withLoginCode =
  (transport: Transport): Transport =>
  (name, data) =>
    name === 'gettoken' && !data.revoke
      ? logIn().then((code) => transport(name, Object.assign({ code }, data)))
      : transport(name, data);
