import { DatabaseError } from '../database/database-error';
import { isFields, type Fields } from '../database/document';

/** What a request may bring along, in bytes: a document has 16 MB at most; EJSON and the JSON around it take some more. */
export const requestLimit = 64 * 1024 * 1024;

/** A request of an SDK: what it wants, and with what. */
export interface SdkRequest {
  readonly action: string;
  readonly fields: Fields;
}

/** @throws DatabaseError INVALID_PARAM */
export function parseRequest(text: string): SdkRequest {
  try {
    return toRequest(JSON.parse(text));
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError('INVALID_PARAM', 'The request is not JSON.', error);
  }
}

/** @throws DatabaseError INVALID_PARAM */
export function toRequest(fields: unknown): SdkRequest {
  const action = isFields(fields) ? fields['action'] : undefined;
  if (!isFields(fields) || typeof action !== 'string') {
    throw new DatabaseError('INVALID_PARAM', 'action: the request must name an action.');
  }
  return { action, fields };
}
