/**
 * The codes that CloudBase answers to the SDK, spelt as CloudBase spells them
 * (docs.cloudbase.net/error-code/basic).
 */
export type DatabaseErrorCode =
  | 'DATABASE_COLLECTION_ALREADY_EXIST'
  | 'DATABASE_COLLECTION_NOT_EXIST'
  | 'DATABASE_INVALID_OPERRATOR'
  | 'DATABASE_PERMISSION_DENIED'
  | 'DATABASE_REQUEST_FAILED'
  | 'DATABASE_TRANSACTION_CONFLICT'
  | 'DATABASE_TRANSACTION_FAIL'
  | 'INVALID_ACTION'
  | 'INVALID_PARAM';

/** A request that the database refuses or cannot carry out; it has changed nothing. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(
    readonly code: DatabaseErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** A store that a later version of this package has written. */
export class NewerFormat extends Error {
  override readonly name = 'NewerFormat';

  constructor() {
    super('it was written by a newer version of cloudbase-local');
  }
}

/** Runs a step of mingo; what it throws becomes a DatabaseError. */
export function withEngine<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const unknownOperator = /unknown .*operator|unregistered|is not (?:allowed|registered)/i.test(
      message,
    );
    throw new DatabaseError(
      unknownOperator ? 'DATABASE_INVALID_OPERRATOR' : 'DATABASE_REQUEST_FAILED',
      message,
      error,
    );
  }
}
