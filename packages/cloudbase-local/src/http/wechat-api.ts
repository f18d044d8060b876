import * as v from 'valibot';
import { isFields, type Fields } from '../database/document';
import type { Answers } from '../functions/local-answers';
import { readFields, writeFields } from './protobuf';

/** What a function asks of WeChat itself: `cloud.openapi` and `cloudPay`. */
export interface WeChatCall {
  readonly action: 'wx.api' | 'wx.openApi' | 'wx.wxPayApi';
  /** Such as `security.msgSecCheck`. */
  readonly apiName: string;
  readonly requestData: Buffer;
}

export function isWeChatAction(action: string): action is WeChatCall['action'] {
  return ['wx.api', 'wx.openApi', 'wx.wxPayApi'].includes(action);
}

/** WeChat's "api unauthorized" (developers.weixin.qq.com/doc/oplatform/Return_codes/Return_code_descriptions_new.html). */
const unauthorized = 48001;

/**
 * Answers a call of WeChat's own API: as the project's `local/openapi.js` says, else with a failure that names it. Every
 * SDK reads the failure as one: the answer that WeChat's server would give is what they all understand.
 */
export async function answerWeChat(call: WeChatCall, answers: Answers): Promise<Response> {
  const name = call.action === 'wx.wxPayApi' ? `cloudPay.${call.apiName}` : call.apiName;
  const asked = call.action === 'wx.openApi' ? dataOfOpenApi(call.requestData) : dataOf(call);
  const answered = asked === undefined ? { given: false as const } : await answers(name, asked);
  if (answered.given) return success(call, answered.answer);
  const wayOn = asked === undefined ? '' : 'let local/openapi.js of the project answer it, or ';
  const message =
    answered.failure ?? `${name} is WeChat's own, and not here: ${wayOn}try it in the cloud`;
  // `getOpenData` and its like are no open API: they hear of a failure as of one of CloudBase.
  return call.action === 'wx.openApi' && asked !== undefined
    ? openApiAnswer({ errcode: unauthorized, errmsg: message })
    : cloudFailure(message);
}

/** The SDK takes JSON with exactly this content type for a failure of the cloud. */
function cloudFailure(message: string): Response {
  return new Response(JSON.stringify({ code: 'INVALID_ACTION', message, requestId: '' }), {
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
}

function success({ action }: WeChatCall, answer: unknown): Response {
  if (action === 'wx.openApi') return openApiAnswer(answer);
  const result = JSON.stringify(answer ?? {});
  return action === 'wx.api'
    ? Response.json({ data: { responseData: result } })
    : new Response(result, { headers: { 'content-type': 'application/json' } });
}

/** A file in an answer, as JSON writes a Buffer. */
const file = v.object({
  contentType: v.optional(v.string(), 'application/octet-stream'),
  buffer: v.object({ type: v.literal('Buffer'), data: v.array(v.number()) }),
});

/** WeChat's answer: its body, content type and status (`CommOpenApiResp` of wx-server-sdk). */
function openApiAnswer(answer: unknown): Response {
  const given = v.safeParse(file, answer);
  const [body, contentType] = given.success
    ? [Buffer.from(given.output.buffer.data), given.output.contentType]
    : [Buffer.from(JSON.stringify(withErrcode(answer))), 'application/json'];
  const message = writeFields([
    [1, body],
    [2, Buffer.from(contentType)],
    [4, 200],
  ]);
  return new Response(message, { headers: { 'content-type': 'application/octet-stream' } });
}

/** Who writes an answer may write it as the function gets it. */
function withErrcode(answer: unknown): unknown {
  if (!isFields(answer)) return answer ?? {};
  const { errCode, errMsg, ...rest } = answer;
  return {
    ...rest,
    ...(errCode === undefined ? {} : { errcode: errCode }),
    ...(errMsg === undefined ? {} : { errmsg: errMsg }),
  };
}

const openApiType = 0;

/** @returns What an open API was called with; undefined if it is another kind of call. */
function dataOfOpenApi(request: Buffer): Fields | undefined {
  // CommApiData: 1 is its kind, 2 holds the pairs of an open API.
  const fields = readFields(request);
  const kind = fields.find(([number]) => number === 1)?.[1] ?? openApiType;
  if (kind !== openApiType) return undefined;
  const pairs = fields.flatMap(([number, value]) =>
    number === 2 && Buffer.isBuffer(value) ? readFields(value) : [],
  );
  return Object.fromEntries(
    pairs.flatMap(([, pair]) => (Buffer.isBuffer(pair) ? [readPair(pair)] : [])),
  );
}

function readPair(pair: Buffer): [string, unknown] {
  const bytes = new Map(readFields(pair));
  const text = (number: number): string => String(bytes.get(number) ?? '');
  // With a content type the value is a file.
  return [text(1), bytes.has(3) ? bytes.get(2) : parseJson(text(2))];
}

function dataOf({ requestData }: WeChatCall): unknown {
  return parseJson(requestData.toString('utf8'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
