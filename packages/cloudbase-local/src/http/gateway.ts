import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';
import { reason } from '../command/tool-error';
import type { Host } from '../functions/host';
import type { HttpRoute } from '../project/cloudbaserc';

/** What the gateway takes at most, in bytes. */
const requestLimit = 6 * 1024 * 1024;

/**
 * HTTP access: passes requests to the functions of the project's routes as CloudBase's gateway does, and makes HTTP
 * answers of theirs. WeChat names nobody there.
 * Reference: https://docs.cloudbase.net/service/access-cloud-function
 *
 * @param routes - Gives the routes as they are declared now.
 */
export function gatewayRoutes(
  host: Host,
  routes: () => Promise<readonly HttpRoute[]>,
  envId: string,
): Hono {
  const app = new Hono();
  app.use(
    bodyLimit({
      maxSize: requestLimit,
      onError: () => refused(413, 'EXCEED_REQUEST_BODY', 'The body is too large.'),
    }),
  );
  app.all('*', async (context) => {
    const found = await find(routes, context.req.path);
    if (found instanceof Response) return found;
    if (found === undefined) {
      return refused(
        404,
        'INVALID_PATH',
        `cloudbaserc.json has no gateway route for ${context.req.path}`,
      );
    }
    const event = await eventOf(context, found, envId);
    const answer = await host.call(found.functionName, event, { source: 'wx_http' });
    if ('failure' in answer) {
      return refused(500, 'FUNCTION_INVOCATION_FAILED', answer.failure.message, answer.requestId);
    }
    return toResponse(JSON.parse(answer.json) as unknown);
  });
  return app;
}

/** The route with the longest path that the request's begins with. */
async function find(
  routes: () => Promise<readonly HttpRoute[]>,
  path: string,
): Promise<HttpRoute | Response | undefined> {
  try {
    return (await routes())
      .filter((route) => path === route.path || path.startsWith(withSlash(route.path)))
      .sort((one, other) => other.path.length - one.path.length)[0];
  } catch (error) {
    return refused(500, 'INVALID_ROUTES', reason(error));
  }
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

async function eventOf(context: Context, route: HttpRoute, envId: string): Promise<object> {
  const { req } = context;
  const body = Buffer.from(await req.arrayBuffer());
  const isText = isUtf8(body);
  const rest = req.path.slice(route.path.length);
  return {
    path: route.passesWholePath ? req.path : rest.startsWith('/') ? rest : `/${rest}`,
    httpMethod: req.method,
    headers: req.header(),
    queryStringParameters: req.query(),
    requestContext: { requestId: randomUUID(), envId, appId: '', uin: '' },
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}

/** An answer that says all of an HTTP answer; any other object is the JSON itself. */
const wholeAnswer = v.object({
  statusCode: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
  headers: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
  body: v.optional(v.unknown()),
  isBase64Encoded: v.optional(v.boolean(), false),
});

function toResponse(result: unknown): Response {
  const whole = v.safeParse(wholeAnswer, result);
  if (whole.success) {
    const { statusCode, headers, body, isBase64Encoded } = whole.output;
    const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
    const hasBody = ![204, 205, 304].includes(statusCode);
    const sent = new Headers(
      typeof body === 'object' ? { 'content-type': 'application/json' } : {},
    );
    for (const [name, value] of Object.entries(headers)) sent.set(name, String(value));
    return new Response(hasBody ? Buffer.from(text, isBase64Encoded ? 'base64' : 'utf8') : null, {
      status: statusCode,
      headers: sent,
    });
  }
  return typeof result === 'string' ? new Response(result) : Response.json(result ?? '');
}

function refused(status: number, code: string, message: string, requestId = ''): Response {
  return Response.json({ code, message, requestId }, { status });
}
