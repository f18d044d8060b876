import { httpBase, sendsLoginCode } from '../env';
import { withLoginCode } from './login-code';
import { overCloud } from './over-cloud';
import { overHttp } from './over-http';
import type { Clock, TokenStorage } from './parts';
import { createSession } from './session';

export { isSessionError } from './errors';
export type * from './errors';
export type { SessionEvent } from './events';
export type { CallOptions, Session } from './session';

/** A key of our own: what else lies in the storage is the host's. */
const KEY = 'token-loop/session';

const calls = httpBase === '' ? overCloud : overHttp(httpBase);
const transport = sendsLoginCode ? withLoginCode(calls) : calls;

const storage: TokenStorage = {
  load: () => wx.getStorageSync<unknown>(KEY),
  save: (value) => {
    wx.setStorageSync(KEY, value ?? '');
  },
};

const clock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    // With a delay of more than 2^31 ms it would run at once: 11 days are as good.
    const timer = setTimeout(run, Math.min(ms, 1e9));
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The session of this mini program. */
export const session = createSession({ transport, storage, clock });
