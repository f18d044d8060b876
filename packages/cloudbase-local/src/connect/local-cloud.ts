import * as v from 'valibot';
import { failed, failureOf, unreachable } from './error';
import type { Wx } from './wx';

/** A local cloud, and who asks it. */
export interface LocalCloud {
  /** Such as `http://127.0.0.1:7700`. */
  readonly url: string;
  /** Whose phone it is; undefined for the first user of the local cloud. */
  readonly openid: string | undefined;
  readonly wx: Wx;
}

/** A local cloud that is asked once `wx.cloud.init` was called. */
export interface Connection extends LocalCloud {
  readonly isStarted: () => boolean;
}

const failure = v.object({ code: v.string(), message: v.string() });

/**
 * @returns What a path of the local cloud answers.
 * @throws CloudError if it does not answer JSON, or `wx.cloud.init` was not called.
 */
export function post(
  { url, openid, wx, isStarted }: Connection,
  path: string,
  data: unknown,
): Promise<unknown> {
  if (!isStarted()) {
    const reason = "Cloud API isn't enabled, please call wx.cloud.init first";
    return Promise.reject(failed({ errCode: -1, reason }));
  }
  const header: Record<string, string> = { 'content-type': 'application/json' };
  if (openid !== undefined) header['x-wx-openid'] = openid;
  return new Promise((resolve, reject) => {
    wx.request({
      url: url + path,
      method: 'POST',
      header,
      data: JSON.stringify(data),
      success: (answer) => {
        if (typeof answer.data === 'object' && answer.data !== null) resolve(answer.data);
        else reject(failed(unreachable(url, `status ${answer.statusCode}`)));
      },
      fail: ({ errMsg }) => {
        reject(failed(unreachable(url, errMsg)));
      },
    });
  });
}

/**
 * What the database or the storage answers.
 *
 * @throws CloudError if it refuses, or answers otherwise.
 */
export async function ask<Schema extends v.GenericSchema>(
  cloud: Connection,
  action: string,
  body: object,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  return readAnswer(await post(cloud, '/wx/cloud', Object.assign({ action }, body)), schema);
}

/** @throws CloudError if the answer is a refusal, or is not as the schema says. */
export function readAnswer<Schema extends v.GenericSchema>(
  answer: unknown,
  schema: Schema,
): v.InferOutput<Schema> {
  const refused = v.safeParse(failure, answer);
  if (refused.success) throw failed(failureOf(refused.output.code, refused.output.message));
  const read = v.safeParse(schema, answer);
  if (read.success) return read.output;
  throw failed(failureOf('SYS_ERR', `The answer is not as expected: ${read.issues[0].message}.`));
}
