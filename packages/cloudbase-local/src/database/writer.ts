import type { Collection, Index } from './collection';
import { DatabaseError } from './database-error';
import type { StoredDocument } from './document';
import { entriesOf } from './entries';
import type { Found } from './store';
import type { View } from './view';

/** What an operation may do to documents, alone or in a transaction. */
export interface Writer {
  readonly view: View;
  /** @throws DatabaseError DATABASE_COLLECTION_NOT_EXIST */
  collection(name: string): Collection;
  /** @throws DatabaseError if a unique index forbids it. */
  insert(collection: Collection, document: StoredDocument): void;
  /** @throws DatabaseError if a unique index forbids it. */
  replace(collection: Collection, before: Found, after: StoredDocument): void;
  remove(collection: Collection, found: Found): void;
}

/** Longer ones would make long keys of every entry that has them. */
const longestId = 1024;

/** @throws DatabaseError if the document's `_id` is too long. */
export function checkId({ _id }: StoredDocument): void {
  if (typeof _id === 'string' && Buffer.byteLength(_id) > longestId) {
    throw new DatabaseError('DATABASE_REQUEST_FAILED', `_id is longer than ${longestId} bytes.`);
  }
}

/** An entry of a unique index: no other record may have it. */
export interface UniqueKey {
  readonly index: Index;
  readonly key: Buffer;
}

/** @returns What no other document of the collection may have of this one. */
export function uniqueKeys(collection: Collection, document: StoredDocument): UniqueKey[] {
  return collection.indexes
    .filter(({ unique }) => unique)
    .flatMap((index) => entriesOf(index, document).keys.map((key) => ({ index, key })));
}

/** The name under which a record is held while a transaction is open. */
export function recordLock({ id }: Collection, record: number): string {
  return `${id}:${record}`;
}

/** The name under which an entry of a unique index is held. */
export function keyLock({ key }: UniqueKey): string {
  return key.toString('latin1');
}

/** The error of MongoDB, without the values: they may name a user. */
export function duplicateKey(collection: Collection, index: Pick<Index, 'name'>): DatabaseError {
  return new DatabaseError(
    'DATABASE_REQUEST_FAILED',
    `[FailedOperation.Insert] E11000 duplicate key error collection: ${collection.name} index: ${index.name}`,
  );
}
