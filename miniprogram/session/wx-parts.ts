import type { SessionParts, Transport } from './parts';

/**
 * What a session stands on in a mini program.
 *
 * @param storageKey - a key of the session's own: what else lies in WeChat's storage is the host's.
 */
export const wxParts = (transport: Transport, storageKey: string): SessionParts => ({
  transport,
  storage: {
    load: () => wx.getStorageSync<unknown>(storageKey),
    save: (value) => {
      wx.setStorageSync(storageKey, value ?? '');
    },
  },
  clock: {
    now: () => Date.now(),
    after(ms, run) {
      // With a delay of more than 2^31 ms it would run at once: 11 days are as good.
      const timer = setTimeout(run, Math.min(ms, 1e9));
      return () => {
        clearTimeout(timer);
      };
    },
  },
});
