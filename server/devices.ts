import type { Device } from '../contract';
import type { Collections, TokenDocument } from './collections';

/**
 * The devices of a user: one for each token that is good, newest first. A token that was renewed is not
 * listed beside the one that took its place, unless it is the one that asks.
 *
 * @param own - the document of the token that asks.
 * @param now - Unix ms.
 */
export async function listDevices(
  { command, tokens, logins }: Collections,
  own: TokenDocument,
  now: number,
): Promise<Device[]> {
  const [login] = await logins.find({ filter: { _id: own.uid }, limit: 1 });
  if (login === undefined) return [];
  const renewed = new Set(login.live.flatMap(({ renews }) => renews));
  const ids = login.live.map(({ id }) => id).filter((id) => id === own._id || !renewed.has(id));
  const found = await tokens.find({ filter: { _id: command.in(ids) }, limit: ids.length });
  return found
    .filter(({ expiresAt }) => now < expiresAt.getTime())
    .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime())
    .map(({ _id, label, since, createdAt }) => ({
      ...(label === undefined ? {} : { label }),
      since: toSeconds(since),
      renewed: toSeconds(createdAt),
      current: _id === own._id,
    }));
}

function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
