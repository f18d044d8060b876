import type { Phone } from 'cloudbase-local/panel';

/**
 * Makes the cloud forget the token that the phone holds, and leaves the phone as it is.
 *
 * @returns What to tell the user.
 */
export async function forgetToken(phone: Phone): Promise<string> {
  const token = heldToken(phone);
  if (token === undefined) return '手机里还没有 token，先点「携带token请求数据」。';
  const answer = await phone.invoke('gettoken', { revoke: token });
  if ('result' in answer && fieldOf(answer.result, 'code') === 1)
    return '云端已忘记当前 token。再点「携带token请求数据」，看 903 → gettoken → orders。';
  return `云端没有忘记：${'errMsg' in answer ? answer.errMsg : '请求失败'}。请再试一次。`;
}

/** The token in the phone's storage, under whatever key the mini program keeps it. */
function heldToken(phone: Phone): string | undefined {
  const storage = phone.storage();
  const tokens = storage.keys().map((key) => fieldOf(storage.get(key), 'token'));
  return tokens.find((token): token is string => typeof token === 'string' && token !== '');
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
