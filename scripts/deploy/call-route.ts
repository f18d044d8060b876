import { setTimeout as wait } from 'node:timers/promises';
import { EnvHttpProxyAgent, fetch } from 'undici';
import * as v from 'valibot';
import { reason } from 'cloudbase-local/command';

/** In ms: how long a call is repeated (0: not at all), how often, and how long one request may take. */
export interface Patience {
  readonly total: number;
  readonly every: number;
  readonly limit: number;
}

/**
 * Posts an event to a route until it answers a code, or for as long as the patience lasts.
 *
 * @returns What came last: a code, or other words.
 */
export async function callRoute(
  url: string,
  event: object,
  code: number,
  { total, every, limit }: Patience,
): Promise<string> {
  const over = AbortSignal.timeout(total);
  let answer = await post(url, event, limit);
  while (answer !== String(code)) {
    await wait(every, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) break;
    answer = await post(url, event, limit);
  }
  return answer;
}

async function post(url: string, event: object, limit: number): Promise<string> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
      dispatcher: new EnvHttpProxyAgent(),
      signal: AbortSignal.timeout(limit),
    });
    return describe(response.status, await response.text());
  } catch (error) {
    return `nothing (${reason(v.is(failed, error) ? error.cause : error)})`;
  }
}

/** `fetch` tells why it failed in the cause only. */
const failed = v.object({ cause: v.instance(Error) });

/** A function answers a number as its code, the gateway a name. */
const coded = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ code: v.union([v.number(), v.pipe(v.string(), v.regex(/^\w{1,60}$/))]) }),
);

function describe(status: number, body: string): string {
  const parsed = v.safeParse(coded, body);
  if (!parsed.success) return `HTTP ${status} without a code`;
  const { code } = parsed.output;
  return typeof code === 'number' ? String(code) : `HTTP ${status} ${code}`;
}
