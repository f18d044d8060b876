import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as v from 'valibot';
import type { KeyPair } from './account';
import type { Fault, Faults } from './faults';
import { ApiError, responseOf, type Service } from './protocol';
import { checkSignature } from './signature';

/** A call as the cloud API got it. */
export interface ApiCall {
  readonly service: string;
  readonly action: string;
  readonly functionName?: string;
  /** The error code that was answered, if any; `down` and `hang` for those faults. */
  readonly failed?: string;
}

export interface AnswerOptions {
  readonly services: Readonly<Record<string, Service>>;
  readonly keyOf: (secretId: string) => KeyPair | undefined;
  readonly faults: Faults;
  /** Unix ms. */
  readonly clock: () => number;
  readonly record: (call: ApiCall) => void;
}

const apiHost = /^(\w+)\.(?:ap-\w+\.)?tencentcloudapi\.com$/;
const functionNamed = v.pipe(v.string(), v.parseJson(), v.object({ FunctionName: v.string() }));

/** Answers one request to a host of the API, or makes it go wrong. */
export async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  options: AnswerOptions,
): Promise<void> {
  const body = await buffer(request);
  const call = callOf(request, body);
  const fault = options.faults.of(call.action, call.functionName);
  if (fault === 'hang' || fault === 'down') {
    options.record({ ...call, failed: fault });
    if (fault === 'down') request.socket.destroy();
    return;
  }
  const done = await carryOut(request, body, call, fault, options);
  options.record(done instanceof ApiError ? { ...call, failed: done.code } : call);
  if (fault === 'lost') {
    request.socket.destroy();
    return;
  }
  const text = JSON.stringify(responseOf(done));
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  if (fault !== 'cut') response.end(text);
  else response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
}

function callOf({ headers }: IncomingMessage, body: Buffer): ApiCall {
  const named = v.safeParse(functionNamed, body.toString());
  return {
    service: apiHost.exec(headers.host ?? '')?.[1] ?? '',
    action: String(headers['x-tc-action'] ?? ''),
    ...(named.success ? { functionName: named.output.FunctionName } : {}),
  };
}

async function carryOut(
  { method = '', url = '', headers }: IncomingMessage,
  body: Buffer,
  call: ApiCall,
  fault: Fault | undefined,
  { services, keyOf, clock }: AnswerOptions,
): Promise<object | ApiError> {
  try {
    checkSignature({ method, url, headers, body }, keyOf, clock());
    if (typeof fault === 'object' && 'code' in fault) throw new ApiError(fault.code, fault.message);
    const service = services[call.service];
    const run = service?.actions[call.action];
    if (service === undefined || run === undefined) {
      const message = `The request action=\`${call.action}\` is invalid or doesn't exist.`;
      throw new ApiError('InvalidAction', message);
    }
    if (headers['x-tc-version'] !== service.version) {
      throw new ApiError('NoSuchVersion', 'The API version is not valid.');
    }
    return await run(
      JSON.parse(body.toString()),
      typeof fault === 'object' && 'status' in fault ? fault : undefined,
    );
  } catch (error) {
    if (error instanceof ApiError) return error;
    return new ApiError('InternalError', error instanceof Error ? error.message : String(error));
  }
}
