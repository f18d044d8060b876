import * as v from 'valibot';
import { callBack, callsBack } from '../../../../connect/callback';

const callback = v.optional(v.function());
const callbacks = v.object({ success: callback, fail: callback, complete: callback });

/** A failure as the `fail` callbacks and rejections of WeChat carry it. */
export class WxError extends Error {
  constructor(
    /** `name:fail reason`. */
    readonly errMsg: string,
    readonly errCode?: number,
  ) {
    super(errMsg);
    this.name = 'WxError';
  }
}

/**
 * An asynchronous API of WeChat: with callbacks in its options it calls them and returns nothing, without any it
 * returns a promise.
 *
 * @param run does the work; what it throws becomes the failure
 * @see https://developers.weixin.qq.com/miniprogram/dev/framework/app-service/api.html
 */
export function asynchronous<Schema extends v.GenericSchema>(
  name: string,
  schema: Schema,
  run: (options: v.InferOutput<Schema>) => object | Promise<object>,
): (options?: unknown) => Promise<object> | undefined {
  const work = async (options: unknown): Promise<object> => {
    const parsed = v.safeParse(schema, options);
    if (!parsed.success) throw parameterError(name, parsed.issues[0]);
    try {
      return { ...(await run(parsed.output)), errMsg: `${name}:ok` };
    } catch (error) {
      throw error instanceof WxError ? error : new WxError(`${name}:fail ${reasonOf(error)}`);
    }
  };
  return (options = {}) => settle(options, work(options));
}

/** Gives an answer to the callbacks in the options, or as a promise where there are none. */
export function settle(options: unknown, result: Promise<object>): Promise<object> | undefined {
  const given = v.safeParse(callbacks, options);
  const own = given.success ? given.output : {};
  if (!callsBack(own)) return result;
  callBack(own, result);
  return undefined;
}

function parameterError(name: string, issue: v.BaseIssue<unknown>): WxError {
  return new WxError(`${name}:fail parameter error: ${v.getDotPath(issue) ?? ''} ${issue.message}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
