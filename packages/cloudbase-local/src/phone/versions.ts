/** A version that changes, and those who want to hear of it. */
export interface Versions {
  current(): string;
  set(version: string): void;
  /**
   * Calls `onVersion` with every version from now on.
   *
   * @returns Settles when the versions close or `signal` aborts
   */
  follow(onVersion: (version: string) => void, signal: AbortSignal): Promise<void>;
  /** No version will follow: lets go of everybody. */
  close(): void;
}

export function createVersions(first: string): Versions {
  const ended = new AbortController();
  const followers = new Set<(version: string) => void>();
  let current = first;
  return {
    current: () => current,
    set(version) {
      current = version;
      for (const follower of followers) follower(version);
    },
    async follow(onVersion, signal) {
      const over = AbortSignal.any([signal, ended.signal]);
      if (over.aborted) return;
      followers.add(onVersion);
      await new Promise<void>((resolve) => {
        over.addEventListener('abort', () => {
          resolve();
        });
      });
      followers.delete(onVersion);
    },
    close() {
      ended.abort();
    },
  };
}
