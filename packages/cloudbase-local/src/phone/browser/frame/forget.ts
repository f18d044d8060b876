import * as v from 'valibot';
import { invoke } from '../invoke';
import { phoneStorage } from '../storage';

const holdsToken = v.object({ token: v.pipe(v.string(), v.minLength(1)) });
const succeeded = v.object({ code: v.literal(1) });

/**
 * Makes the cloud forget the token that a user's phone holds, and leaves the phone as it is.
 *
 * @returns what to tell the user
 */
export async function forgetToken(openid: string): Promise<string> {
  const token = heldToken(openid);
  if (token === undefined) return '手机里还没有 token，先点「携带token请求数据」。';
  const answer = await invoke('gettoken', { revoke: token }, openid);
  if ('result' in answer && v.is(succeeded, answer.result))
    return '云端已忘记当前 token。再点「携带token请求数据」，看 903 → gettoken → orders。';
  return `云端没有忘记：${'errMsg' in answer ? answer.errMsg : '请求失败'}。请再试一次。`;
}

/** The token in the phone's storage, under whatever key the mini program keeps it. */
function heldToken(openid: string): string | undefined {
  const storage = phoneStorage(openid);
  for (const key of storage.keys()) {
    const kept = v.safeParse(holdsToken, storage.get(key));
    if (kept.success) return kept.output.token;
  }
  return undefined;
}
