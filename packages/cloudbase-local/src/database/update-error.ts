import { DatabaseError } from './database-error';

/** What the cloud answers where MongoDB refuses an update operator. */
export function updateError(operator: string, path: string, why: string): DatabaseError {
  return new DatabaseError(
    'DATABASE_REQUEST_FAILED',
    `[FailedOperation.Update] ${operator} ${path === '' ? '' : `on ${path} `}${why}.`,
  );
}
