import * as v from 'valibot';

const answerSchema = v.union([
  v.object({ result: v.unknown(), requestId: v.string() }),
  v.object({ errCode: v.number(), errMsg: v.string(), requestId: v.optional(v.string()) }),
]);

/** The local cloud's answer: the function's result, or why there is none, as WeChat reports it. */
export type InvokeAnswer = v.InferOutput<typeof answerSchema>;

/** WeChat's `WX_SYSTEM_NETWORK_ERROR`: the cloud could not be reached. */
const UNREACHABLE = -601003;

/** Calls a cloud function of the local cloud as `openid`. Never rejects. */
export async function invoke(name: string, data: unknown, openid: string): Promise<InvokeAnswer> {
  try {
    const response = await fetch(`/invoke/${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-wx-openid': openid },
      body: JSON.stringify(data),
    });
    return v.parse(answerSchema, await response.json());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { errCode: UNREACHABLE, errMsg: `request:fail ${reason}` };
  }
}
