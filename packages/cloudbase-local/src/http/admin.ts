import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { carryOut } from '../database/actions';
import type { Database } from '../database/database';
import { isFields, type Fields } from '../database/document';
import { DatabaseError } from '../database/database-error';
import type { Host } from '../functions/host';
import type { Settings } from '../data-folder/settings';
import { carryOutStorage } from '../storage/actions';
import type { Storage } from '../storage/storage';
import { failureAnswer } from './failure-answer';
import { parseForm } from './form';
import { fromOldSdk } from './old-sdk';
import { parseRequest, requestLimit, toRequest, type SdkRequest } from './sdk-request';
import { signedOnly } from './signed';
import { answerWeChat, isWeChatAction } from './wechat-api';

export interface AdminOptions {
  readonly database: Database;
  readonly storage: Storage;
  readonly host: Host;
  readonly settings: Settings;
  /** Milliseconds; what server dates are. */
  readonly clock: () => number;
  readonly log: (line: string) => void;
}

/** `POST /admin`: what the SDKs talk to. The answers are JSON with `code` and `message` where something fails. */
export function adminRoutes(options: AdminOptions): Hono {
  const routes = new Hono();
  routes.post(
    '/admin',
    signedOnly(options.settings),
    bodyLimit({ maxSize: requestLimit }),
    (context) => answerTo(context, options),
  );
  routes.all('/unavailable/*', (context) =>
    context.json(
      {
        code: 'INVALID_ACTION',
        message: `The local cloud has no ${serviceAt(context.req.path)}: try that in the cloud.`,
        requestId: randomUUID(),
      },
      400,
    ),
  );
  return routes;
}

/** What functions of later SDKs reach through another host (see `cloud-hosts.ts`). */
function serviceAt(path: string): string {
  if (path.includes('/model')) return 'data models';
  if (path.includes('/rdb') || path.includes('/sql')) return 'SQL databases';
  return path.includes('/ai') ? 'AI models' : `service at ${path.replace('/unavailable', '')}`;
}

async function answerTo(context: Context, options: AdminOptions): Promise<Response> {
  const requestId = randomUUID();
  try {
    const request = await read(context);
    if (isWeChatAction(request.action)) {
      const { action, fields } = request;
      return await answerWeChat(
        {
          action,
          apiName: typeof fields['apiName'] === 'string' ? fields['apiName'] : '',
          requestData: bytesOf(fields['requestData']),
        },
        options.host.answers,
      );
    }
    const source = context.req.header('x-tcb-source') ?? '';
    const { origin } = new URL(context.req.url);
    const answer = await carryOutRequest(request, { source, origin }, options);
    return context.json({ ...answer, requestId: answer['requestId'] ?? requestId });
  } catch (error) {
    // Where the SDK expects a protocol buffer, this content type alone tells it that it is none.
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return context.json({ ...failureAnswer(error, options.log), requestId }, 200, headers);
  }
}

function bytesOf(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'string' ? value : '');
}

/** SDKs send JSON, and a form where something in it is no text. */
async function read(context: Context): Promise<SdkRequest> {
  const contentType = context.req.header('content-type') ?? '';
  return contentType.startsWith('multipart/form-data')
    ? toRequest(fieldsOf(parseForm(Buffer.from(await context.req.arrayBuffer()), contentType)))
    : parseRequest(await context.req.text());
}

function fieldsOf(form: ReadonlyMap<string, Buffer>): Fields {
  return Object.fromEntries(
    [...form].map(([name, value]) => [name, name === 'requestData' ? value : value.toString()]),
  );
}

async function carryOutRequest(
  { action, fields }: SdkRequest,
  { source, origin }: { source: string; origin: string },
  options: AdminOptions,
): Promise<Fields> {
  if (action === 'functions.invokeFunction') return callFunction(fields, source, options);
  const { database, storage, clock, log } = options;
  if (action.startsWith('storage.')) {
    return carryOutStorage(action, fields, { storage, asker: undefined, origin });
  }
  const old = fromOldSdk(action, fields);
  if (old === undefined) return carryOut(database, action, fields, clock(), log);
  const answer = await carryOut(database, old.action, old.fields, clock(), log);
  return isFields(answer['data']) ? { ...answer, data: old.answer(answer['data']) } : answer;
}

/** One function calls another: as in the cloud, that one is not told who called the first. */
async function callFunction(
  fields: Fields,
  source: string,
  { host }: AdminOptions,
): Promise<Fields> {
  const { function_name: name, request_data: data } = fields;
  if (typeof name !== 'string') {
    throw new DatabaseError('INVALID_PARAM', 'function_name: the request must name a function.');
  }
  const event = typeof data === 'string' && data !== '' ? parseEvent(data) : {};
  const answer = await host.call(name, event, { source });
  const { requestId } = answer;
  return 'failure' in answer
    ? { code: answer.failure.code, message: answer.failure.message, requestId }
    : { data: { response_data: answer.json }, requestId };
}

function parseEvent(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DatabaseError('INVALID_PARAM', 'request_data: it must be the event as JSON.', error);
  }
}
