import { Pool } from 'undici';
import * as v from 'valibot';

const answer = v.object({
  result: v.object({ code: v.number(), token: v.optional(v.string()) }),
});

/** What one round of calls was like. */
export interface Round {
  readonly calls: number;
  readonly callsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Calls that were not answered with success. */
  readonly lost: number;
}

/** Calls `orders` as so many phones at once, each again as soon as it is answered. */
export interface Callers {
  call(callers: number, milliseconds: number): Promise<Round>;
  close(): Promise<void>;
}

export async function openCallers(url: string): Promise<Callers> {
  const pool = new Pool(url, { connections: 256, pipelining: 1 });
  const invoke = async (name: string, event: object) => {
    const { body } = await pool.request({
      method: 'POST',
      path: `/invoke/${name}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    });
    return v.parse(answer, await body.json()).result;
  };
  const { token } = await invoke('gettoken', {});
  const isAnswered = (): Promise<boolean> =>
    invoke('orders', { token }).then(
      ({ code }) => code === 1,
      () => false,
    );
  return {
    async call(callers, milliseconds) {
      const times: number[] = [];
      let lost = 0;
      const started = performance.now();
      const end = started + milliseconds;
      const caller = async (): Promise<void> => {
        for (let at = performance.now(); at < end; at = performance.now()) {
          if (!(await isAnswered())) lost += 1;
          times.push(performance.now() - at);
        }
      };
      await Promise.all(Array.from({ length: callers }, caller));
      const seconds = (performance.now() - started) / 1000;
      times.sort((a, b) => a - b);
      const quantile = (part: number): number => times[Math.floor(times.length * part)] ?? NaN;
      return {
        calls: times.length,
        callsPerSecond: times.length / seconds,
        p50: quantile(0.5),
        p99: quantile(0.99),
        lost,
      };
    },
    close: () => pool.close(),
  };
}
