import type { Clock, Transport } from '../../miniprogram/session/parts';

/** Answers arrive after this many milliseconds, the first and the last of them. */
export type Latency = readonly [number, number];

/** After this many calls the cloud falls silent, so that an endless loop comes to an end. */
const SILENCE = 1_000;

/** A cloud that speaks the contract, slowly, and counts. */
export interface Cloud {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly counts: { orders: number; gettoken: number };
  latency: Latency;
  refusesAll: boolean;
  isMintDown: boolean;
  /** Makes the live tokens worthless without telling anybody. */
  revoke(): void;
  /** Lets the phone's clock go past the life of every token. */
  end(): void;
}

/** How long tokens live, in seconds. */
export const LIFE = 7200;

/** A cloud whose latencies repeat with `seed`, so that every client meets the same ones. */
export function createCloud(seed: number): Cloud {
  const random = repeatable(seed);
  let minted = 0;
  const live = new Set<unknown>();
  let asleep = 0;
  const counts = { orders: 0, gettoken: 0 };

  const cloud: Cloud = {
    counts,
    latency: [1, 1],
    refusesAll: false,
    isMintDown: false,
    revoke() {
      live.clear();
    },
    end() {
      cloud.revoke();
      asleep += LIFE * 1000;
    },
    clock: {
      now: () => Date.now() + asleep,
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => {
          clearTimeout(timer);
        };
      },
    },
    async transport(name, data) {
      counts[name === 'gettoken' ? 'gettoken' : 'orders'] += 1;
      const [least, slowest] = cloud.latency;
      // A quick gettoken is what finds late refusals of the old token.
      const most = name === 'gettoken' ? least : slowest;
      if (counts.orders + counts.gettoken > SILENCE) await new Promise(() => undefined);
      await pause(least + (most - least) * random());
      const result = answer(name, data.token);
      await pause(least + (most - least) * random());
      return result;
    },
  };

  function answer(name: string, token: unknown): unknown {
    if (name === 'gettoken') {
      if (cloud.isMintDown) return { code: 500, msg: '请求失败', requestId: 'bench' };
      const token = `token-${(minted += 1)}`;
      live.add(token);
      return { code: 1, token, expiresIn: LIFE };
    }
    if (cloud.refusesAll || !live.has(token)) {
      return { code: 903, msg: 'Token验证失败' };
    }
    return { code: 1, orders: [] };
  }

  return cloud;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Numbers from 0 up to 1 that repeat with the seed (mulberry32). */
function repeatable(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
