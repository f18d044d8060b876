import * as v from 'valibot';
import { settle, type Apis } from './callback';
import { cloudError } from './error';
import { post, type Connection } from './local-cloud';
import { readOptions } from './options';

/** What WeChat puts in the place of a cloudID that it cannot open. The local cloud can open none of WeChat's. */
const unopened = { errCode: -601006, errMsg: 'cloudID cannot be opened by the local cloud.' };

/** Open data of WeChat's, by its id (…/reference-sdk-api/open/Cloud.CloudID.html). */
export class CloudID {
  constructor(readonly cloudID: string) {}

  /** Only at the top of the data it stands for its content. */
  toJSON(): string {
    return this.cloudID;
  }
}

const callOptions = v.object({ name: v.string(), data: v.optional(v.looseObject({})) });

const answers = v.union([
  v.object({ result: v.unknown(), requestId: v.string() }),
  v.object({ errCode: v.number(), errMsg: v.string() }),
]);

/** `wx.cloud.callFunction` (…/reference-sdk-api/functions/Cloud.callFunction.html). */
export function functionsApi(cloud: Connection): Apis {
  return {
    callFunction: (options) =>
      settle('cloud.callFunction', options, async () => {
        const { name, data = {} } = readOptions(callOptions, options);
        const path = `/invoke/${encodeURIComponent(name)}`;
        const answer = v.parse(answers, await post(cloud, path, opened(data)));
        if ('errMsg' in answer) throw cloudError(answer.errCode, answer.errMsg);
        return { result: answer.result, requestID: answer.requestId };
      }),
  };
}

function opened(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const name of Object.keys(data)) {
    const value = data[name];
    event[name] =
      value instanceof CloudID ? Object.assign({ cloudID: value.cloudID }, unopened) : value;
  }
  return event;
}
