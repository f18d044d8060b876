import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { carryOut } from '../database/actions';
import type { Database } from '../database/database';
import { isFields, type Fields } from '../database/document';
import { DatabaseError } from '../database/database-error';
import { reason } from '../command/tool-error';
import type { Host } from '../functions/host';
import type { Settings } from '../data-folder/settings';
import { bringsJson } from './loopback';

/** A document has 16 MB at most; EJSON and the JSON around it take some more. */
const requestLimit = 64 * 1024 * 1024;

export interface AdminOptions {
  readonly database: Database;
  readonly host: Host;
  readonly settings: Settings;
  /** Milliseconds; what server dates are. */
  readonly clock: () => number;
  readonly log: (line: string) => void;
}

/** `POST /admin`: what wx-server-sdk talks to. The answers are JSON with `code` and `message` where something fails. */
export function adminRoutes(options: AdminOptions): Hono {
  const routes = new Hono();
  routes.post('/admin', bodyLimit({ maxSize: requestLimit }), async (context) => {
    const requestId = randomUUID();
    const headers = context.req.header();
    const key = context.req.query('secretId') ?? '';
    if (!bringsJson(headers['content-type']) || !signedBy(headers['authorization'], key, options)) {
      return context.json({
        code: 'SIGN_PARAM_INVALID',
        message: 'The request is not signed by a function of this cloud.',
        requestId,
      });
    }
    const answer = await answerTo(await context.req.text(), headers['x-tcb-source'] ?? '', options);
    return context.json({ ...answer, requestId: answer['requestId'] ?? requestId });
  });
  return routes;
}

/** The key of the SDK's signature, or the one in its URL, is a secret that only this cloud's functions were given. */
function signedBy(
  authorization: string | undefined,
  key: string,
  { settings }: AdminOptions,
): boolean {
  return (
    key === settings.secretId || (authorization ?? '').includes(`Credential=${settings.secretId}/`)
  );
}

async function answerTo(text: string, source: string, options: AdminOptions): Promise<Fields> {
  try {
    const body = parseBody(text);
    return body.action === 'functions.invokeFunction'
      ? await callFunction(body.fields, source, options)
      : await carryOut(options.database, body.action, body.fields, options.clock(), options.log);
  } catch (error) {
    if (error instanceof DatabaseError) {
      if (error.cause !== undefined)
        options.log(`database: ${error.message} ${reason(error.cause)}`);
      return { code: error.code, message: error.message };
    }
    options.log(
      `admin: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return { code: 'SYS_ERR', message: 'The local cloud failed; its log says how.' };
  }
}

function parseBody(text: string): { action: string; fields: Fields } {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch (error) {
    throw new DatabaseError('INVALID_PARAM', 'The request is not JSON.', error);
  }
  if (!isFields(fields) || typeof fields['action'] !== 'string') {
    throw new DatabaseError('INVALID_PARAM', 'action: the request must name an action.');
  }
  return { action: fields['action'], fields };
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
  const event: unknown = typeof data === 'string' && data !== '' ? JSON.parse(data) : {};
  const answer = await host.call(name, event, { source });
  const { requestId } = answer;
  return 'failure' in answer
    ? { code: answer.failure.code, message: answer.failure.message, requestId }
    : { data: { response_data: answer.json }, requestId };
}
