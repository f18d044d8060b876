/** The codes that CloudBase answers to the SDK, spelt as CloudBase spells them (docs.cloudbase.net/error-code/basic). */
export type StorageErrorCode =
  | 'INVALID_ACTION'
  | 'INVALID_PARAM'
  | 'STORAGE_EXCEED_AUTHORITY'
  | 'STORAGE_FILE_NONEXIST'
  | 'STORAGE_REQUEST_FAIL'
  | 'STORAGE_SIGN_PARAM_INVALID';

/** A request that the storage refuses or cannot carry out; it has changed nothing. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(
    readonly code: StorageErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
