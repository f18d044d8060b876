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

const downloadSchema = v.object({
  url: v.string(),
  header: v.optional(v.record(v.string(), v.union([v.string(), v.number()])), {}),
  timeout: v.optional(v.number(), 60_000),
});

const uploadSchema = v.object({
  ...downloadSchema.entries,
  filePath: v.string(),
  name: v.string(),
  fileName: v.optional(v.string()),
  formData: v.optional(v.record(v.string(), v.unknown()), {}),
});

/**
 * `wx.request`, `wx.downloadFile` and `wx.uploadFile`: an answer with any status is a success. They return a task, and no promise. A
 * file on the phone is a `blob:` address.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/network/request/wx.request.html
 */
export function requestApi(): Record<'request' | 'downloadFile' | 'uploadFile', Task> {
  return {
    request: task('request', schema, send),
    downloadFile: task('downloadFile', downloadSchema, async (options, stopped) => {
      const wanted = { ...options, method: 'GET', dataType: '', responseType: 'arraybuffer' };
      const { data, statusCode, header } = await send(wanted, stopped);
      const type = header['content-type'] ?? '';
      const file = new Blob(data instanceof ArrayBuffer ? [data] : [], { type });
      return { tempFilePath: URL.createObjectURL(file), statusCode, header };
    }),
    uploadFile: task('uploadFile', uploadSchema, async (options, stopped) => {
      const form = new FormData();
      for (const [field, text] of Object.entries(options.formData))
        form.append(field, String(text));
      const file = await (await fetch(options.filePath)).blob();
      form.append(options.name, file, options.fileName ?? options.filePath.split('/').at(-1));
      // The browser writes the form, and says where its parts begin.
      const written = new Response(form);
      const type = written.headers.get('content-type') ?? '';
      const header = { ...options.header, 'content-type': type };
      const data = await written.arrayBuffer();
      const wanted = { ...options, header, data, method: 'POST', dataType: '', responseType: '' };
      const { data: answer, statusCode } = await send(wanted, stopped);
      return { data: answer, statusCode };
    }),
  };
}

type Task = (options: object) => { abort: () => void };

/** An API that can be stopped. */
function task<Schema extends v.GenericSchema>(
  name: string,
  schema: Schema,
  run: (options: v.InferOutput<Schema>, stopped: AbortSignal) => Promise<object>,
): Task {
  return (options) => {
    const stop = new AbortController();
    const start = asynchronous(name, schema, (given) => run(given, stop.signal));
    // With callbacks nothing is returned that could reject.
    void start({ fail: () => undefined, ...options });
    return {
      abort: () => {
        stop.abort(new Error('abort'));
      },
    };
  };
}

/** What a server answered. */
interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  cookies: string[];
  bytes: Uint8Array<ArrayBuffer>;
}

/** What the mini program gets of an answer. */
interface Received {
  data: unknown;
  statusCode: number;
  header: Record<string, string>;
  cookies: string[];
}

/** What goes to a server. */
interface Sent {
  address: URL;
  method: string;
  headers: Headers;
  body?: string | ArrayBuffer;
}

async function send(options: RequestOptions, stopped: AbortSignal): Promise<Received> {
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
  const form = new FormData();
  const wanted = { url: address.href, method, headers: Object.fromEntries(headers), timeout };
  form.append('request', JSON.stringify(wanted));
  if (body !== undefined) form.append('body', new Blob([body]));
  const response = await fetch('/preview/request', { method: 'POST', signal, body: form });
  const answer = v.parse(outboundSchema, await response.json());
  if ('failure' in answer) throw new Error(answer.failure);
  const { base64, ...rest } = answer;
  return { ...rest, bytes: Uint8Array.from(atob(base64), (each) => each.charCodeAt(0)) };
}

function bodyOf(data: unknown, headers: Headers): string | ArrayBuffer {
  if (typeof data === 'string' || data instanceof ArrayBuffer) return data;
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
