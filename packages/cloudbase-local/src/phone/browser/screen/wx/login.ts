import * as v from 'valibot';
import { asynchronous } from './callback';

const anything = v.unknown();
const codeSchema = v.object({ code: v.string() });
const encryptedSchema = v.object({ encryptedData: v.string(), iv: v.string() });

/** `wx.login`, and the data that WeChat encrypts for the user's mini program: the local cloud plays both. */
export function loginApi(openid: string): Record<string, unknown> {
  const ask = async <T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<T> => {
    const response = await fetch(path, { method: 'POST', headers: { 'x-wx-openid': openid } });
    return v.parse(schema, await response.json());
  };
  return {
    login: asynchronous('login', anything, () => ask('/wx/login', codeSchema)),
    getWeRunData: asynchronous('getWeRunData', anything, () =>
      ask('/wx/run-data', encryptedSchema),
    ),
  };
}
