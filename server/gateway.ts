import * as v from 'valibot';
import type { Malformed, WrongMethod } from '../contract';
import { malformed, wrongMethod } from './answers';

/**
 * What CloudBase's HTTP access passes a function as its event. Header names come in any case; a JSON body may
 * have been parsed already. The path is not looked at: whoever made the route chose it.
 * Reference: https://docs.cloudbase.net/service/access-cloud-function
 */
const gatewayEvent = v.object({
  httpMethod: v.string(),
  headers: v.record(v.string(), v.unknown()),
  body: v.optional(v.unknown()),
  isBase64Encoded: v.optional(v.unknown()),
});
type GatewayEvent = v.InferOutput<typeof gatewayEvent>;

/** An HTTP request, read: what a handler is to see of it, or the answer that it gets right away. */
export type HttpRequest =
  | { event: unknown; headerToken: string | undefined }
  | { answer: Malformed | WrongMethod | Preflight };

/** What a browser gets that asks what it may send; the headers that matter to it are the gateway's. */
interface Preflight {
  code: 204;
}

/** What the gateway makes an HTTP answer of. */
export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: false;
}

/** The most a body may have, in bytes. */
const bodyLimit = 100 * 1024;

/** @returns `undefined` for an event that did not come through the gateway. */
export function readHttp(event: unknown): HttpRequest | undefined {
  const parsed = v.safeParse(gatewayEvent, event);
  if (!parsed.success) return undefined;
  const request = parsed.output;
  if (request.httpMethod.toUpperCase() === 'OPTIONS') return { answer: { code: 204 } };
  if (request.httpMethod.toUpperCase() !== 'POST') return { answer: wrongMethod() };
  const body = readBody(request);
  if ('answer' in body) return body;
  const tokens = headerTokens(request.headers);
  if (tokens.size > 1) return { answer: malformed('token', '请求头中有两个不同的 token') };
  const [headerToken] = tokens;
  return { event: body.value, headerToken };
}

const ownStatus: readonly number[] = [204, 400, 405, 500];

/** The HTTP answer for an answer of the contract. Only faults of the request and of the cloud have a status of their own. */
export function toHttp(answer: { code: number }): HttpAnswer {
  const { code } = answer;
  return {
    statusCode: ownStatus.includes(code) ? code : 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      ...(code === 204 || code === 405 ? { allow: 'POST, OPTIONS' } : {}),
    },
    body: code === 204 ? '' : JSON.stringify(answer),
    isBase64Encoded: false,
  };
}

function readBody({
  body,
  isBase64Encoded,
}: GatewayEvent): { value: unknown } | { answer: Malformed } {
  if (body === undefined || body === null || body === '') return { value: {} };
  const text =
    typeof body !== 'string'
      ? JSON.stringify(body)
      : isBase64Encoded === true
        ? Buffer.from(body, 'base64').toString('utf8')
        : body;
  if (Buffer.byteLength(text) > bodyLimit) return { answer: malformed('body', '不能超过 100 KB') };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { answer: malformed('body', '应为 JSON') };
  }
}

/** The tokens of the headers `token` and `Authorization: Bearer`; those that are empty stand for none. */
function headerTokens(headers: Readonly<Record<string, unknown>>): Set<string> {
  const tokens = Object.entries(headers).flatMap(([name, value]) => {
    const texts = (Array.isArray(value) ? value : [value]).filter(
      (text) => typeof text === 'string',
    );
    if (name.toLowerCase() === 'token') return texts;
    if (name.toLowerCase() !== 'authorization') return [];
    return texts.flatMap((text) => /^Bearer +(\S+) *$/i.exec(text)?.[1] ?? []);
  });
  return new Set(tokens.map((token) => token.trim()).filter((token) => token !== ''));
}
