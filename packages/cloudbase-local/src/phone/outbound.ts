import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';

/** Bytes of a body, either way. */
const LARGEST = 10 * 1024 * 1024;

const requestSchema = v.object({
  url: v.pipe(v.string(), v.regex(/^https?:\/\//i, '只支持 http 和 https')),
  method: v.picklist([
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'CONNECT',
    'PATCH',
  ]),
  headers: v.record(v.string(), v.string()),
  /** Milliseconds. */
  timeout: v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)),
});
type OutboundRequest = v.InferOutput<typeof requestSchema>;

const formSchema = v.object({
  request: v.pipe(v.string(), v.parseJson(), requestSchema),
  body: v.optional(v.instance(File)),
});

/**
 * `POST /preview/request`: sends what `wx.request` asks for to another server, since a browser would ask that server
 * whether this page may read the answer. The form has the `request` as JSON, and its `body`. Only the phone's page
 * reaches this address (see `ownPagesOnly`), and the project's functions on this machine can send the same; the answer
 * is data, and never runs.
 */
export function outboundRoutes(): Hono {
  const routes = new Hono();
  routes.post('/preview/request', bodyLimit({ maxSize: LARGEST }), async (c) => {
    const given = v.safeParse(formSchema, await c.req.parseBody());
    if (!given.success) return c.json({ failure: given.issues[0].message }, 400);
    const { request, body } = given.output;
    return c.json(await send(request, await body?.arrayBuffer()));
  });
  return routes;
}

async function send(
  { url, method, headers, timeout }: OutboundRequest,
  body: ArrayBuffer | undefined,
): Promise<object> {
  const limit = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(url, {
      method,
      headers,
      signal: limit,
      ...(body !== undefined && { body }),
    });
    const bytes = await readLimited(response);
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      cookies: response.headers.getSetCookie(),
      base64: bytes.toString('base64'),
    };
  } catch (error) {
    return { failure: limit.aborted ? 'timeout' : reasonOf(error) };
  }
}

async function readLimited(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    const bytes = v.parse(v.instance(Uint8Array), part);
    size += bytes.byteLength;
    if (size > LARGEST) throw new Error(`the answer is larger than ${LARGEST} bytes`);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** fetch says `fetch failed`; its cause says why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
