import { cloudError, type CloudError } from './error';

/** What every API of `wx.cloud` takes besides its own options. */
export interface Callbacks {
  success?: ((answer: object) => void) | undefined;
  fail?: ((error: unknown) => void) | undefined;
  complete?: ((outcome: unknown) => void) | undefined;
}

/** APIs of `wx.cloud` by their names. They read their options themselves. */
export type Apis = Record<string, (options: Callbacks) => unknown>;

/** Whether the APIs are to call back, and return nothing. */
export function callsBack(options: Callbacks | undefined): boolean {
  const { success, fail, complete } = options ?? {};
  return [success, fail, complete].some((each) => typeof each === 'function');
}

/**
 * Ends an API as WeChat does: with callbacks among its options it calls them and returns nothing, without any it returns
 * a promise.
 *
 * @param name - The API, such as `collection.get`.
 * @param work - Gives the answer; what it throws is the failure.
 * @see https://developers.weixin.qq.com/miniprogram/dev/framework/app-service/api.html
 */
export function settle<Answer extends object>(
  name: string,
  options: Callbacks | undefined,
  work: () => Promise<Answer>,
): Promise<Answer & { errMsg: string }> | undefined {
  const result = Promise.resolve()
    .then(work)
    .then(
      (answer) => Object.assign({}, answer, { errMsg: `${name}:ok` }),
      (error: unknown) => {
        throw named(name, error);
      },
    );
  if (options === undefined || !callsBack(options)) return result;
  callBack(options, result);
  return undefined;
}

export function callBack({ success, fail, complete }: Callbacks, result: Promise<object>): void {
  void result.then(
    (answer) => {
      success?.(answer);
      complete?.(answer);
    },
    (error: unknown) => {
      fail?.(error);
      complete?.(error);
    },
  );
}

/** The failure with the name of the API that failed, as WeChat has it. */
function named(name: string, error: unknown): CloudError {
  const reason = error instanceof Error ? error.message : String(error);
  const errCode = error instanceof Error && 'errCode' in error ? Number(error.errCode) : -1;
  return cloudError(errCode, /^[\w.]+:fail /.test(reason) ? reason : `${name}:fail ${reason}`);
}
