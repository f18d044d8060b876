import type { Handler } from './load';

/**
 * Calls a handler and gives what it answers, in any of the ways that the cloud knows: it returns a value or a promise,
 * or it calls the callback, which is its third argument.
 * Reference: https://cloud.tencent.com/document/product/583/11060
 */
export function answer(handler: Handler, event: unknown, context: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, result?: unknown): void => {
      if (error === null || error === undefined) resolve(result);
      else reject(error instanceof Error ? error : new Error(textOf(error)));
    };
    const returned = handler(event, context, callback);
    if (isPromise(returned)) returned.then(resolve, reject);
    else if (returned !== undefined || handler.length < 3) resolve(returned);
  });
}

function textOf(error: unknown): string {
  return typeof error === 'string' ? error : JSON.stringify(error);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && isFunction(value.then);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
