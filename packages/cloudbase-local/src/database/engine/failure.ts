import { DatabaseError } from '../database-error';

/** What the cloud answers where MongoDB refuses an operator's argument. */
export function failure(operator: string, why: string): DatabaseError {
  return new DatabaseError('DATABASE_REQUEST_FAILED', `${operator} ${why}.`);
}
