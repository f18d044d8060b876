import { randomUUID } from 'node:crypto';
import * as v from 'valibot';

/** An error as Tencent's cloud API answers it (cloud.tencent.com/document/api/583/30771). */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** How the cloud's later work on a function is to end, where that is none of the function's own fault. */
export interface BadEnd {
  readonly status: 'CreateFailed' | 'UpdateFailed';
  readonly reason: string;
}

/** Does one action of the API: parameters in, the fields of `Response` out. */
export type Action = (parameters: unknown, end: BadEnd | undefined) => object | Promise<object>;

export type Actions = Readonly<Record<string, Action>>;

/** One version of one service, as the host `<service>.tencentcloudapi.com` offers it. */
export interface Service {
  readonly version: string;
  readonly actions: Actions;
}

/** An action whose parameters are checked first, with the errors that the API has for that. */
export function action<Schema extends v.GenericSchema>(
  schema: Schema,
  run: (parameters: v.InferOutput<Schema>, end: BadEnd | undefined) => object | Promise<object>,
): Action {
  return (parameters, end) => {
    const result = v.safeParse(schema, parameters);
    if (result.success) return run(result.output, end);
    throw malformed(result.issues[0]);
  };
}

function malformed(issue: v.BaseIssue<unknown>): ApiError {
  const name = v.getDotPath(issue) ?? 'body';
  if (issue.expected === 'never') {
    return new ApiError('UnknownParameter', `The parameter \`${name}\` is not recognized.`);
  }
  return issue.input === undefined
    ? new ApiError('MissingParameter', `The request is missing a required parameter \`${name}\`.`)
    : new ApiError('InvalidParameter', `The value of parameter \`${name}\` is not valid.`);
}

/** What the API answers, whatever the HTTP status 200 says. */
export function responseOf(answer: object | ApiError): { readonly Response: object } {
  const RequestId = randomUUID();
  return answer instanceof ApiError
    ? { Response: { Error: { Code: answer.code, Message: answer.message }, RequestId } }
    : { Response: { ...answer, RequestId } };
}

/** As the API writes times: `2026-10-20 08:00:00`, in UTC+8. */
export function shanghaiTime(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}
