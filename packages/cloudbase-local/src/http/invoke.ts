import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { reason } from '../command/tool-error';
import type { Caller } from '../functions/environment';
import { phoneMessage } from '../functions/failure';
import type { Host } from '../functions/host';
import type { Logs } from '../functions/logs';
import { bringsJson } from './loopback';
import { callerIn, isOpenid } from './openid';

/** What a call may bring along, in bytes. */
const eventLimit = 1024 * 1024;

/** A request that never reached a function; codes as the phone knows them. */
interface Refusal {
  readonly status: 400 | 413 | 415;
  readonly message: string;
}

const invalidParameters = -501007;

/**
 * `POST /invoke/<function>`: calls a function as a mini program does. `GET /logs/<requestId>`: what it logged.
 *
 * @param defaultOpenid - The caller where the header `x-wx-openid` is absent; with an empty header nobody calls.
 */
export function invokeRoutes(host: Host, logs: Logs, defaultOpenid: string | undefined): Hono {
  const routes = new Hono();

  routes.post(
    '/invoke/:function',
    bodyLimit({
      maxSize: eventLimit,
      onError: () =>
        refused({ status: 413, message: `the event is larger than ${eventLimit} bytes` }),
    }),
    async (context) => {
      if (!bringsJson(context.req.header('content-type'))) {
        return refused({ status: 415, message: 'content-type must be application/json' });
      }
      const openid = callerIn(context, defaultOpenid);
      if (openid !== '' && !isOpenid(openid)) {
        return refused({ status: 400, message: 'header x-wx-openid is no openid' });
      }
      const event = parseEvent(await context.req.text());
      if (event === undefined) {
        return refused({ status: 400, message: 'the body must be the event as JSON' });
      }
      const answer = await host.call(context.req.param('function'), event.value, callerOf(openid));
      const { requestId } = answer;
      if ('failure' in answer) {
        const { failure } = answer;
        return context.json({
          errCode: failure.errCode,
          errMsg: phoneMessage(failure),
          requestId,
        });
      }
      return context.body(`{"result":${answer.json},"requestId":"${requestId}"}`, 200, {
        'content-type': 'application/json; charset=UTF-8',
      });
    },
  );

  routes.onError((error) => {
    logs.begin('unknown', '').end(`failed before the call: ${reason(error)}`);
    return refused({ status: 400, message: 'the event cannot be passed on' });
  });

  routes.get('/logs/:requestId', (context) => {
    const lines = logs.of(context.req.param('requestId'));
    return lines === undefined
      ? context.json({ message: 'No log is kept for this requestId.' }, 404)
      : context.json({ lines });
  });

  return routes;
}

function callerOf(openid: string): Caller {
  return openid === '' ? { source: 'wx_http' } : { openid, source: 'wx_client' };
}

function parseEvent(text: string): { value: unknown } | undefined {
  if (text === '') return { value: {} };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function refused({ status, message }: Refusal): Response {
  const errMsg = phoneMessage({ errCode: invalidParameters, code: 'INVALID_PARAM', message });
  // What is left of the body is not read: the connection cannot serve another request.
  const headers = { connection: 'close' };
  return Response.json({ errCode: invalidParameters, errMsg, requestId: '' }, { status, headers });
}
