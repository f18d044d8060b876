import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Hono, type Context } from 'hono';
import { getMimeType } from 'hono/utils/mime';
import { reason } from '../command/tool-error';
import { DatabaseError } from '../database/database-error';
import { StorageError } from '../storage/storage-error';
import type { SignedRequest, Storage } from '../storage/storage';
import { fileOfForm, FormError } from './form-file';

/**
 * `/wx/storage/<path>`: what the URLs of the storage lead to. PUT takes a file as its body, POST as a form, as COS does
 * (cloud.tencent.com/document/product/436/7749 and 14690); GET gives it. The signature in the URL is what lets in.
 *
 * @param log - Takes a line about what fails here.
 */
export function storageRoutes(storage: Storage, log: (line: string) => void): Hono {
  const routes = new Hono();

  routes.on(['PUT', 'POST'], '/wx/storage/*', async (context) => {
    const isForm = context.req.method === 'POST';
    const body: AsyncIterable<Uint8Array> = context.req.raw.body ?? Readable.from([]);
    const type = context.req.header('content-type') ?? '';
    try {
      await storage.upload(requestOf(context), isForm ? fileOfForm(type, body) : body);
    } catch (error) {
      return refused(error, log);
    }
    return context.body(null, isForm ? 204 : 200);
  });

  routes.get('/wx/storage/*', async (context) => {
    try {
      return await sent(context, storage);
    } catch (error) {
      return refused(error, log);
    }
  });
  return routes;
}

function requestOf(context: Context): SignedRequest {
  const encoded = new URL(context.req.url).pathname.slice('/wx/storage/'.length);
  const once = decoded(encoded);
  // The SDK encodes the URL that it was given, and what was encoded in it once more.
  return { paths: [once, decoded(once)], query: context.req.query() };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function sent(context: Context, storage: Storage): Promise<Response> {
  const request = requestOf(context);
  const { handle, size } = await storage.download(request);
  const range = rangeOf(context.req.header('range'), size);
  const headers = new Headers({
    'content-type': getMimeType(request.paths[0] ?? '') ?? 'application/octet-stream',
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    // A page that somebody uploaded is no page of the local cloud.
    'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
  });
  if (range === 'none') {
    await handle.close();
    headers.set('content-range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  headers.set('content-length', String(end - start + 1));
  if (range !== undefined) headers.set('content-range', `bytes ${start}-${end}/${size}`);
  const status = range === undefined ? 200 : 206;
  if (context.req.method === 'HEAD' || size === 0) {
    await handle.close();
    return new Response(null, { status, headers });
  }
  const stream = Readable.toWeb(handle.createReadStream({ start, end }));
  return new Response(stream, { status, headers });
}

/** @returns The one range that is asked for; undefined for the whole, `none` if the file has nothing there. */
function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'none' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start <= end ? { start, end } : 'none';
}

/** As COS refuses: XML, which the SDKs read. What is left of the body is not read. */
function refused(error: unknown, log: (line: string) => void): Response {
  const { status, code, message } = failureOf(error);
  if (status === 500) log(`storage: ${message}${causeOf(error)}`);
  const xml =
    `<?xml version='1.0' encoding='utf-8' ?>\n<Error><Code>${code}</Code><Message>${escaped(message)}</Message>` +
    `<RequestId>${randomUUID()}</RequestId><TraceId></TraceId></Error>`;
  return new Response(xml, {
    status,
    headers: { 'content-type': 'application/xml', connection: 'close' },
  });
}

function failureOf(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof FormError) {
    return { status: 400, code: 'MalformedPOSTRequest', message: error.message };
  }
  if (error instanceof StorageError) {
    const statuses: Record<string, number> = {
      STORAGE_EXCEED_AUTHORITY: 403,
      STORAGE_SIGN_PARAM_INVALID: 403,
      STORAGE_FILE_NONEXIST: 404,
    };
    const status = statuses[error.code] ?? (error.cause === undefined ? 400 : 500);
    return { status, code: error.code, message: error.message };
  }
  if (error instanceof DatabaseError) {
    return { status: 500, code: error.code, message: error.message };
  }
  return {
    status: 500,
    code: 'STORAGE_REQUEST_FAIL',
    message: `The file could not be passed on (${reason(error)}).`,
  };
}

function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? ` ${reason(error.cause)}` : '';
}

function escaped(text: string): string {
  return text.replace(/[<>&]/g, (each) => `&#${each.charCodeAt(0)};`);
}
