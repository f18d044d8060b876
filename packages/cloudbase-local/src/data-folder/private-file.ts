import { ToolError, reason } from '../command/tool-error';
import { replaceFile } from '../project/text-file';

/**
 * Writes a file that only its owner can read, whole or not at all.
 *
 * @throws ToolError DATA_UNWRITABLE.
 */
export async function writePrivately(file: string, text: string): Promise<void> {
  try {
    await replaceFile(file, text, 0o600);
  } catch (error) {
    throw new ToolError('DATA_UNWRITABLE', `${file} cannot be written: ${reason(error)}.`, error);
  }
}
