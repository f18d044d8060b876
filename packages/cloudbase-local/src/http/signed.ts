import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { Settings } from '../data-folder/settings';

/**
 * Refuses, before a byte of the body is read, what nobody sent who has the key of this cloud: that is in the SDK's
 * signature or in its URL, and its functions alone were given it.
 *
 * @param status - What refuses; the SDKs read answers with 200.
 */
export function signedOnly({ secretId }: Settings, status: 200 | 403 = 200): MiddlewareHandler {
  return async (context, next) => {
    const authorization = context.req.header('authorization') ?? '';
    const isSigned =
      context.req.query('secretId') === secretId ||
      authorization.includes(`Credential=${secretId}/`);
    if (isSigned) return next();
    const message = 'The request is not signed by a function of this cloud.';
    // What is left of the body is not read: the connection cannot serve another request.
    context.header('connection', 'close');
    const refusal = { code: 'SIGN_PARAM_INVALID', message, requestId: randomUUID() };
    return context.json(refusal, status);
  };
}
