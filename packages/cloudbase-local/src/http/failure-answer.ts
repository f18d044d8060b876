import { reason } from '../command/tool-error';
import { DatabaseError } from '../database/database-error';
import { StorageError } from '../storage/storage-error';

/** @returns What is answered where a request failed, as the SDKs read it. The log tells what is not for whoever asks. */
export function failureAnswer(
  error: unknown,
  log: (line: string) => void,
): { code: string; message: string } {
  if (error instanceof DatabaseError || error instanceof StorageError) {
    if (error.cause !== undefined) log(`${error.name}: ${error.message} ${reason(error.cause)}`);
    return { code: error.code, message: error.message };
  }
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { code: 'SYS_ERR', message: 'The local cloud failed; its log says how.' };
}
