import type { Clock, TokenStorage, Transport } from './parts';
import { createSession } from './session';

export * from './errors';
export type { SessionEvent } from './events';
export type { CallOptions } from './pending';
export type { Session } from './session';

const KEY = 'token';
/** The longest delay `setTimeout` knows: with a longer one it would run at once. */
const LONGEST = 0x7fffffff;

const transport: Transport = async (name, data) => {
  const { result } = await wx.cloud.callFunction({ name, data });
  return result;
};

const storage: TokenStorage = {
  load: () => wx.getStorageSync<unknown>(KEY),
  save: (value) => {
    if (value) wx.setStorageSync(KEY, value);
    else wx.removeStorageSync(KEY);
  },
};

const clock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, LONGEST));
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The session of this mini program. */
export const session = createSession({ transport, storage, clock });
