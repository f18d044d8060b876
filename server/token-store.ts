import type { Collections, TokenDocument } from './collections';
import type { Caller } from './identity';
import { tokenId } from './token-crypto';

export async function findToken(
  { tokens }: Collections,
  id: string,
): Promise<TokenDocument | undefined> {
  const [found] = await tokens.find({ filter: { _id: id }, limit: 1 });
  return found;
}

/**
 * The document of a token that is good now, for this caller.
 *
 * @param caller - whom WeChat names. The token must be that user's; when WeChat names nobody, the token
 *   alone is the identity.
 * @param now - the server's clock, Unix ms. A token is good while this is before `expiresAt`.
 */
export async function verifyToken(
  collections: Collections,
  token: string,
  caller: Caller | undefined,
  now: number,
): Promise<TokenDocument | undefined> {
  const found = await findToken(collections, tokenId(token));
  if (found === undefined || now >= found.expiresAt.getTime()) return undefined;
  if (caller === undefined) return found;
  return found.openid === caller.openid && found.appid === caller.appid ? found : undefined;
}

/** Removes tokens by id, whether or not they are still there. */
export async function removeTokens(
  { command, tokens }: Collections,
  ids: readonly string[],
): Promise<void> {
  await tokens.remove({ _id: command.in(ids) });
}
