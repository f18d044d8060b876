import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { cloudFailure, notOverHttp } from './answers';
import { openCollections, type Collections } from './collections';
import { readHttp, toHttp, type HttpAnswer, type HttpRequest } from './gateway';
import { identify, type Caller } from './identity';
import { describeCall, type Notes } from './log';
import { startMeter } from './meter';
import type { Database } from './sdk';
import { readCollectionPrefix, type Environment } from './settings';
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

/** One call of a function, however it came. */
export interface Call {
  /** The request's fields. */
  readonly event: unknown;
  /** What the cloud passes beside the event, as it came. */
  readonly context: unknown;
  /** The token that came beside the fields: over HTTP, in a header. */
  readonly headerToken: string | undefined;
  /** Whom WeChat names beside the call. */
  readonly caller: Caller | undefined;
  readonly collections: Collections;
  readonly env: Environment;
  readonly now: () => number;
  readonly random: Random;
  /** How many ms are left until the call must have ended, at least 1. */
  readonly remaining: () => number;
  /** Adds to the line that the log will hold of this call. */
  readonly note: (facts: Notes) => void;
}

export interface Serving {
  /** Whether the function may be called through CloudBase's HTTP access. */
  readonly overHttp: boolean;
}

/** Time kept back for the answer itself, in ms. */
export const reserve = 500;

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
 *
 * An event of HTTP access is read as a request, and answered as one, where WeChat names nobody: inside WeChat
 * an event that looks like it is an event with unknown fields.
 */
export function serve(
  name: string,
  cloud: Cloud,
  handle: (call: Call) => Promise<{ code: number }>,
  { overHttp }: Serving = { overHttp: true },
): (event: unknown, context: unknown) => Promise<{ code: number } | HttpAnswer> {
  return async (event, context) => {
    const started = cloud.now();
    const { request_id: requestId, time_limit_in_ms: limit } = readContext(context);
    const deadline = started + limit - reserve;
    const remaining = () => Math.max(1, deadline - cloud.now());
    const meter = startMeter(remaining);
    let notes: Notes = {};
    let wxContext: Readonly<Record<string, unknown>> = {};
    let http: HttpRequest | undefined;

    const answer = async () => {
      wxContext = cloud.context();
      const caller = identify(wxContext, cloud.env);
      http = caller === undefined ? readHttp(event) : undefined;
      if (http !== undefined && !overHttp) return notOverHttp();
      if (http !== undefined && 'answer' in http) return http.answer;
      notes = caller === undefined ? {} : { uid: caller.uid };
      return handle({
        ...(http ?? { event, headerToken: undefined }),
        context,
        caller,
        collections: openCollections(cloud.database, meter.run, readCollectionPrefix(cloud.env)),
        env: cloud.env,
        now: cloud.now,
        random: cloud.random,
        remaining,
        note: (more) => {
          notes = { ...notes, ...more };
        },
      });
    };
    const given = await answer().catch((cause: unknown) => {
      notes = { ...notes, cause };
      return cloudFailure(requestId);
    });
    const facts = { function: name, requestId, code: given.code, ms: cloud.now() - started };
    const counts = { roundTrips: meter.roundTrips(), databaseCalls: meter.calls() };
    cloud.log(describeCall({ ...facts, ...counts }, notes, cloud.env, [event, wxContext]));
    return http === undefined ? given : toHttp(given);
  };
}

function readContext(context: unknown) {
  const isRecord = typeof context === 'object' && context !== null;
  return v.parse(contextSchema, isRecord ? context : {});
}
