import { stat } from 'node:fs/promises';
import { readText } from '../../project/text-file';
import { faultsOf, SourcesError, type Fault } from '../../project/fault';

const UNREADABLE = '读不出来';

/** Whether a source was there and could not be read: it may be the next time, without a change that is noticed. */
export const isUnreadable = ({ reason }: Fault): boolean => reason.startsWith(UNREADABLE);

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
    throw new SourcesError([{ file, reason: `${UNREADABLE}：${String(cause)}` }], { cause });
  }
}

/**
 * Reads a source that must be there.
 *
 * @param user - The file that names it, if one does.
 */
export async function readNeeded(
  file: string,
  user: string | undefined,
): Promise<{ text: string } | { faults: Fault[] }> {
  try {
    const text = await readSource(file);
    if (text !== undefined) return { text };
    const reason = user === undefined ? '文件不存在' : `文件不存在（${user} 引用了它）`;
    return { faults: [{ file, reason }] };
  } catch (error) {
    return { faults: [...faultsOf(error, file)] };
  }
}
