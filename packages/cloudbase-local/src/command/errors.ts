import { isNativeError } from 'node:util/types';

/** Why a local cloud cannot start. */
export type LocalCloudErrorCode =
  | 'DATA_DAMAGED'
  | 'DATA_IN_USE'
  | 'DATA_UNWRITABLE'
  | 'NOT_BUILT'
  | 'PORT_IN_USE'
  | 'PROJECT'
  | 'SETTINGS';

/** A failure that is expected and has one clear sentence for the person who started the cloud. */
export class LocalCloudError extends Error {
  override readonly name = 'LocalCloudError';

  constructor(
    readonly code: LocalCloudErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

// Errors of Node's own modules belong to another realm where a test runner makes one: no `instanceof`.

/** @returns What went wrong, in one line and without a stack. */
export function reason(error: unknown): string {
  const text = isNativeError(error) ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}

/** @returns The system's error code, such as `ENOENT`, where the error has one. */
export function systemCode(error: unknown): string | undefined {
  if (!isNativeError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
