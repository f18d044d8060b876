import { createHash } from 'node:crypto';

/** What a name on a disk cannot have, or what would be lost there: of Linux, macOS and Windows together. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const unsafe = /[\0-\x1f<>:"|?*\\%]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/gi;

/** A disk takes 255 bytes; the cloud takes names as long as a path. */
const longestName = 240;

/**
 * @param path - A path in the cloud that has no fault.
 * @returns The names of its folders and file on the disk: the same where the disk can have them, with `%XX` for what it
 *   cannot. No two paths have the same names, and no name leads up.
 */
export function diskNames(path: string): string[] {
  return path.split('/').map(diskName);
}

function diskName(name: string): string {
  const safe = name.replace(unsafe, escape);
  if (Buffer.byteLength(safe) <= longestName) return safe;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
  const start = safe.slice(0, 40).replace(/[\ud800-\udbff]$/, '');
  // `%~` is in no other name: a `%` is escaped.
  return `${start}%~${hash}`;
}

function escape(text: string): string {
  const code = text.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
  return `%${code}${text.slice(1)}`;
}
