import * as v from 'valibot';
import { asynchronous } from './callback';

const schema = v.object({
  url: v.string(),
  data: v.optional(v.unknown()),
  header: v.optional(v.record(v.string(), v.union([v.string(), v.number()])), {}),
  method: v.optional(v.pipe(v.string(), v.toUpperCase()), 'GET'),
  /** Milliseconds. */
  timeout: v.optional(v.number(), 60_000),
  dataType: v.optional(v.string(), 'json'),
});
type RequestOptions = v.InferOutput<typeof schema>;

/**
 * `wx.request`: an answer with any status is a success. It returns a task, and no promise.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/network/request/wx.request.html
 */
export function requestApi(): Record<string, unknown> {
  return {
    request(options: object): object {
      const stop = new AbortController();
      const run = asynchronous('request', schema, (given) => send(given, stop.signal));
      // With callbacks nothing is returned that could reject.
      void run({ fail: () => undefined, ...options });
      return {
        abort: () => {
          stop.abort(new Error('abort'));
        },
      };
    },
  };
}

async function send(options: RequestOptions, stopped: AbortSignal): Promise<object> {
  const { url, method, timeout, dataType } = options;
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(options.header)) headers.set(name, String(value));
  const address = new URL(url);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  if (!hasBody)
    for (const [name, text] of formOf(options.data)) address.searchParams.set(name, text);
  const limit = AbortSignal.timeout(timeout);
  const response = await fetch(address, {
    method,
    headers,
    signal: AbortSignal.any([stopped, limit]),
    ...(hasBody ? { body: bodyOf(options.data, headers) } : {}),
  }).catch((error: unknown) => {
    throw limit.aborted ? new Error('timeout') : error;
  });
  const text = await response.text();
  return {
    data: dataType === 'json' ? parseOrText(text) : text,
    statusCode: response.status,
    header: Object.fromEntries(response.headers),
    cookies: [],
  };
}

function bodyOf(data: unknown, headers: Headers): string {
  if (typeof data === 'string') return data;
  const isForm = headers.get('content-type')?.includes('x-www-form-urlencoded') ?? false;
  return isForm ? new URLSearchParams(formOf(data)).toString() : JSON.stringify(data ?? {});
}

function formOf(data: unknown): [string, string][] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).map(([name, value]): [string, string] => [name, String(value)]);
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
