import type { Collections, TokenDocument } from './collections';
import type { Caller } from './identity';
import { isLive } from './logins';
import type { Salts } from './settings';
import { isProof, prove, tokenId } from './token-crypto';

/** Under which ids a token may be kept, that of the newest salt first. */
export function tokenIds(token: string, salts: Salts): string[] {
  return salts.map((salt) => tokenId(token, salt));
}

/** The document of a token, with its proof. */
export function withProof(facts: Omit<TokenDocument, 'proof'>, [salt]: Salts): TokenDocument {
  return { ...facts, proof: prove(provenFacts(facts), salt) };
}

/** The document of a token by its ids, whether or not it is good. */
export async function findToken(
  { command, tokens }: Collections,
  ids: readonly string[],
): Promise<TokenDocument | undefined> {
  if (ids.length === 0) return undefined;
  const [found] = await tokens.find({ filter: { _id: command.in(ids) }, limit: 1 });
  return found;
}

/** Removes tokens by id, whether or not they are still there. */
export async function removeTokens(
  { command, tokens }: Collections,
  ids: readonly string[],
): Promise<void> {
  await tokens.remove({ _id: command.in(ids) });
}

/**
 * The document of a token that is good now, for this caller. One call, whoever calls.
 *
 * @param caller - whom WeChat names. The token must be that user's; when WeChat names nobody, the token
 *   alone is the identity.
 * @param now - the server's clock, Unix ms. A token is good while this is before `expiresAt`.
 */
export async function verifyToken(
  collections: Collections,
  token: string,
  salts: Salts,
  caller: Caller | undefined,
  now: number,
): Promise<TokenDocument | undefined> {
  const found = await collections.findTokensWithLogins(tokenIds(token, salts));
  return found.find(
    ({ logins: [login], ...document }) =>
      login !== undefined &&
      isLive(login, document._id, now) &&
      now < document.expiresAt.getTime() &&
      salts.some((salt) => isProof(document.proof, provenFacts(document), salt)) &&
      (caller === undefined || isOf(document, caller)),
  );
}

function isOf(document: TokenDocument, { appid, openid }: Caller): boolean {
  return document.openid === openid && document.appid === appid;
}

function provenFacts(document: Omit<TokenDocument, 'proof'>): (string | number)[] {
  const { _id, uid, appid, openid, expiresAt } = document;
  return [_id, uid, appid, openid, expiresAt.getTime()];
}
