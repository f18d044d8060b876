import type { Client } from './clients';
import { createCloud, type Cloud } from './cloud';

/** A row of the table. */
export interface Situation {
  readonly name: string;
  readonly calls: number;
  /** Whether a call has been answered before. */
  readonly started: boolean;
  /** Answers take between so many milliseconds, each way. */
  readonly latency: Cloud['latency'];
  readonly happens: (cloud: Cloud) => void;
}

/** What became of the calls of a situation. */
export interface Outcome {
  readonly business: number;
  readonly mint: number;
  readonly isEndless: boolean;
  readonly rejected: number;
  readonly hanging: number;
}

/** There and back: 10 to 206 ms. */
const SPREAD = [5, 103] as const;
const EVEN = [25, 25] as const;
/** A client that sends more than this for each call does not stop by itself. */
const ENDLESS = 10;
/** A call that has not ended by then hangs, in milliseconds. */
const PATIENCE = 3_000;

const nothing = (): void => undefined;
const revoke = (cloud: Cloud): void => {
  cloud.revoke();
};
const end = (cloud: Cloud): void => {
  cloud.end();
};
const refuse = (cloud: Cloud): void => {
  cloud.refusesAll = true;
};
const mintDown = (cloud: Cloud): void => {
  cloud.revoke();
  cloud.isMintDown = true;
};

const row = (
  name: string,
  calls: number,
  started: boolean,
  happens: (cloud: Cloud) => void,
  latency: Cloud['latency'] = SPREAD,
): Situation => ({ name, calls, started, latency, happens });

export const situations: readonly Situation[] = [
  row('first launch', 1, false, nothing),
  row('first launch', 50, false, nothing),
  row('token at its end', 1, true, end),
  row('token at its end', 50, true, end),
  row('token revoked', 1, true, revoke),
  row('token revoked, equal latency', 50, true, revoke, EVEN),
  row('token revoked, latency spread', 50, true, revoke),
  row('903 for ever', 1, true, refuse),
  row('903 for ever', 50, true, refuse),
  row('gettoken down', 50, true, mintDown),
];

/** Puts a client into a situation, with latencies that repeat with `seed`. */
export async function measure(
  client: Client,
  { calls, started, latency, happens }: Situation,
  seed: number,
): Promise<Outcome> {
  const cloud = createCloud(seed);
  const call = client(cloud);
  if (started) await call();
  cloud.counts.orders = 0;
  cloud.counts.gettoken = 0;
  cloud.latency = latency;
  happens(cloud);

  let answered = 0;
  let rejected = 0;
  const all = Array.from({ length: calls }, () =>
    call().then(
      () => (answered += 1),
      () => (rejected += 1),
    ),
  );
  let patience: NodeJS.Timeout | undefined;
  await Promise.race([
    Promise.all(all),
    new Promise((resolve) => (patience = setTimeout(resolve, PATIENCE))),
  ]);
  clearTimeout(patience);
  const { orders, gettoken } = cloud.counts;
  return {
    business: orders,
    mint: gettoken,
    isEndless: orders + gettoken > ENDLESS * calls,
    rejected,
    hanging: calls - answered - rejected,
  };
}

/** As in `100+1, 2 rejected`. */
export function describe({ business, mint, isEndless, rejected, hanging }: Outcome): string {
  const notes = [
    isEndless ? 'unbounded' : `${business}+${mint}`,
    ...(rejected > 0 ? [`${rejected} rejected`] : []),
    ...(hanging > 0 && !isEndless ? [`${hanging} hang`] : []),
  ];
  return notes.join(', ');
}
