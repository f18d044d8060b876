import type { Database } from '../../src/database/database';
import type { StoredDocument } from '../../src/database/document';

/** @returns All documents of a collection, in the order in which they were added. */
export function contentsOf(database: Database, name: string): StoredDocument[] {
  const collection = database.collection(name);
  return [...database.view.scan(collection)].map(({ document }) => document);
}
