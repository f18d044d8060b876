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
  responseType: v.optional(v.string(), 'text'),
});
const outboundSchema = v.union([
  v.object({
    statusCode: v.number(),
    headers: v.record(v.string(), v.string()),
    cookies: v.array(v.string()),
    base64: v.string(),
  }),
  v.object({ failure: v.string() }),
]);
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

/** What a server answered. */
interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  cookies: string[];
  bytes: Uint8Array<ArrayBuffer>;
}

/** What goes to a server. */
interface Sent {
  address: URL;
  method: string;
  headers: Headers;
  body?: string;
}

async function send(options: RequestOptions, stopped: AbortSignal): Promise<object> {
  const { url, method, timeout, dataType, responseType } = options;
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const [name, value] of Object.entries(options.header)) headers.set(name, String(value));
  const address = new URL(url);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  if (!hasBody)
    for (const [name, text] of formOf(options.data)) address.searchParams.set(name, text);
  const body = hasBody ? { body: bodyOf(options.data, headers) } : {};
  const sent = { address, method, headers, ...body };
  const limit = AbortSignal.timeout(timeout);
  const signal = AbortSignal.any([stopped, limit]);
  const ask = address.origin === location.origin ? askHere : askElsewhere;
  const answer = await ask(sent, timeout, signal).catch((error: unknown) => {
    throw limit.aborted ? new Error('timeout') : error;
  });
  return {
    data: dataOf(answer.bytes, responseType === 'arraybuffer' ? 'arraybuffer' : dataType),
    statusCode: answer.statusCode,
    header: answer.headers,
    cookies: answer.cookies,
  };
}

function dataOf(bytes: Uint8Array<ArrayBuffer>, type: string): unknown {
  if (type === 'arraybuffer') return bytes.buffer;
  const text = new TextDecoder().decode(bytes);
  return type === 'json' ? parseOrText(text) : text;
}

async function askHere(
  { address, ...sent }: Sent,
  _: number,
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(address, { ...sent, signal });
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    cookies: [],
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
}

/** The local cloud asks other servers: they need not allow this page to read their answers. */
async function askElsewhere(sent: Sent, timeout: number, signal: AbortSignal): Promise<Answer> {
  const { address, method, headers, body } = sent;
  const response = await fetch('/preview/request', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    signal,
    body: JSON.stringify({
      url: address.href,
      method,
      headers: Object.fromEntries(headers),
      body,
      timeout,
    }),
  });
  const answer = v.parse(outboundSchema, await response.json());
  if ('failure' in answer) throw new Error(answer.failure);
  const { base64, ...rest } = answer;
  return { ...rest, bytes: Uint8Array.from(atob(base64), (each) => each.charCodeAt(0)) };
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
