import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { cloudFailure } from './answers';
import type { CloudFailure } from '../contract';
import { openCollections, type Collections } from './collections';
import { identify, type Caller } from './identity';
import { explainError, type LogLine } from './log';
import { startMeter } from './meter';
import type { Database } from './sdk';
import type { Environment } from './settings';
import type { Random } from './token-crypto';

/** What a function stands on; {@link openCloud} gives the real one. */
export interface Cloud {
  readonly database: Database;
  /** The context of the call that runs now, see `getWXContext`. */
  readonly context: () => Readonly<Record<string, unknown>>;
  readonly env: Environment;
  /** Unix time in ms. */
  readonly now: () => number;
  readonly random: Random;
  readonly log: (line: string) => void;
}

/** One call of a function. */
export interface Call {
  readonly event: unknown;
  readonly caller: Caller | undefined;
  readonly collections: Collections;
  readonly env: Environment;
  readonly now: () => number;
  readonly random: Random;
  /** How many ms are left until the call must have ended, at least 1. */
  readonly remaining: () => number;
}

/** Time kept back for the answer itself, in ms. */
const reserve = 500;

/**
 * What the cloud passes as `context`; its names are the cloud's.
 * Reference: https://cloud.tencent.com/document/product/583/11060
 */
const contextSchema = v.object({
  request_id: v.fallback(v.string(), () => randomUUID()),
  time_limit_in_ms: v.fallback(v.pipe(v.number(), v.minValue(1)), 10_000),
});

/**
 * Makes a cloud function's `main` of a handler. It never throws: whatever goes wrong is answered 500
 * with the requestId, and the cause goes to the log, one JSON line for each call.
 */
export function serve<Answer extends { code: number }>(
  name: string,
  cloud: Cloud,
  handle: (call: Call) => Promise<Answer>,
): (event: unknown, context: unknown) => Promise<Answer | CloudFailure> {
  return async (event, context) => {
    const started = cloud.now();
    const { request_id: requestId, time_limit_in_ms: limit } = v.parse(
      contextSchema,
      isRecord(context) ? context : {},
    );
    const deadline = started + limit - reserve;
    const remaining = () => Math.max(1, deadline - cloud.now());
    const meter = startMeter(remaining);
    let wxContext: Readonly<Record<string, unknown>> = {};
    const conclude = (code: number, cause?: string) => {
      const line: LogLine = {
        function: name,
        requestId,
        code,
        ms: cloud.now() - started,
        roundTrips: meter.roundTrips(),
        databaseCalls: meter.calls(),
        ...(cause === undefined ? {} : { cause }),
      };
      cloud.log(JSON.stringify(line));
    };
    try {
      wxContext = cloud.context();
      const answer = await handle({
        event,
        caller: identify(wxContext, cloud.env),
        collections: openCollections(cloud.database, meter.run),
        env: cloud.env,
        now: cloud.now,
        random: cloud.random,
        remaining,
      });
      conclude(answer.code);
      return answer;
    } catch (error) {
      conclude(500, explainError(error, secretsOf(event, wxContext, cloud.env)));
      return cloudFailure(requestId);
    }
  };
}

/** Texts of this call that must not be told, whatever the error that may hold them. */
function secretsOf(
  event: unknown,
  wxContext: Readonly<Record<string, unknown>>,
  env: Environment,
): string[] {
  const given: unknown[] = isRecord(event) ? Object.values(event) : [];
  const { TOKEN_SALT, WX_APP_SECRET } = env;
  const known = [TOKEN_SALT, WX_APP_SECRET, ...given, ...Object.values(wxContext)];
  return known.filter((value) => typeof value === 'string').filter((text) => text.length >= 4);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
