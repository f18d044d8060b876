import { stat } from 'node:fs/promises';
import { readText } from '../../project/text-file';
import { SourcesError } from '../../project/fault';

/** Bytes; nobody writes a longer source by hand, and WeChat takes 2 MB for a whole mini program. */
const LONGEST = 4 * 1024 * 1024;

/**
 * Reads a source of the mini program.
 *
 * @returns undefined if there is no such file, or a link that leads nowhere.
 * @throws {SourcesError} for what is no file to read: a pipe would never end.
 */
export async function readSource(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw new SourcesError([{ file, reason: '不是普通文件' }]);
  if (found.size > LONGEST)
    throw new SourcesError([{ file, reason: `文件太大：超过 ${LONGEST / 1024 / 1024} MB` }]);
  try {
    return await readText(file);
  } catch (cause) {
    throw new SourcesError([{ file, reason: `读不出来：${String(cause)}` }], { cause });
  }
}
