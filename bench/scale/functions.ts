import { cloudFailure } from '../../server/answers';
import { cleartokens } from '../../server/cleartokens';
import { openCollections } from '../../server/collections';
import { gettoken } from '../../server/gettoken';
import { guard } from '../../server/guard';
import { makeCaller, type Caller } from '../../server/identity';
import { endAllTokens } from '../../server/logins';
import { startMeter } from '../../server/meter';
import { orders } from '../../server/orders';
import type { Database } from '../../server/sdk';
import { reserve, type Call } from '../../server/serve';
import { readSettings, type Environment } from '../../server/settings';

/** The real functions of `server/`. Of `serve` only the log and the reading of HTTP are missing: they decide nothing. */
const handlers = { gettoken, orders: guard(orders), cleartokens };
export type FunctionName = keyof typeof handlers;
export type { Caller, Environment };

const usual = readSettings({ TOKEN_SALT: 'the-salt-of-nobody' });
/** `TOKEN_TTL_SECONDS` where nobody sets it. */
export const usualLife = usual.ttlSeconds;
/** `TOKEN_MAX_LIVE` where nobody sets it. */
export const usualCap = usual.maxLive;

export interface Instance {
  readonly database: Database;
  readonly env: Environment;
  readonly random: (size: number) => Buffer;
  /** Unix ms */
  readonly now: () => number;
}

/** Calls a function as it runs in an instance. @param seconds - its time limit */
export function callFunction(
  name: FunctionName,
  { database, env, random, now }: Instance,
  event: object,
  caller: Caller | undefined,
  seconds: number,
): Promise<{ code: number }> {
  const deadline = now() + seconds * 1000 - reserve;
  const remaining = (): number => Math.max(1, deadline - now());
  const call: Call = {
    ...{ event, caller, env, random, now, remaining },
    ...{ context: {}, headerToken: undefined },
    collections: openCollections(database, startMeter(remaining).run, ''),
    note: () => undefined,
  };
  return handlers[name](call).catch(() => cloudFailure('of-the-simulation'));
}

/** The user of a phone, as WeChat names them beside each call. */
export function callerOf(phone: number): Caller {
  return makeCaller('wx0123456789abcdef', `oScale_${phone.toString(36).padStart(21, '0')}`);
}

/** What an administrator does to end all tokens of all users. */
export async function revokeEverything(database: Database): Promise<void> {
  await endAllTokens(
    openCollections(database, (_what, call) => call(), ''),
    {},
  );
}
