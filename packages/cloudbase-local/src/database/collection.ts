import { DatabaseError } from './database-error';
import { keyOf, isFields, type Fields, type StoredDocument } from './document';
import { valueAt } from './path';

/** A declaration of database/collections.json: no two documents may have the same values there. */
export interface UniqueIndex {
  readonly name: string;
  readonly fields: readonly string[];
}

/** The documents of one collection in memory, by `_id`, with its unique indexes. */
export class Collection {
  private readonly documents = new Map<string, StoredDocument>();
  private readonly indexed: { index: UniqueIndex; owners: Map<string, string> }[];

  constructor(
    readonly name: string,
    unique: readonly UniqueIndex[],
  ) {
    this.indexed = unique.map((index) => ({ index, owners: new Map<string, string>() }));
  }

  get size(): number {
    return this.documents.size;
  }

  /** @returns The documents that can match: those with the ids in the query, or all. */
  candidates(query: Fields): Iterable<StoredDocument> {
    const ids = idsOf(query['_id']);
    if (ids === undefined) return this.documents.values();
    const named = new Set(ids.map(keyOf));
    return [...named].flatMap((key) => this.documents.get(key) ?? []);
  }

  get(id: unknown): StoredDocument | undefined {
    return this.documents.get(keyOf(id));
  }

  /**
   * Adds a document, or puts it in the place of the one with the same `_id`.
   *
   * @throws DatabaseError if a unique index forbids it; then the collection has not changed.
   */
  put(document: StoredDocument): void {
    const key = keyOf(document._id);
    for (const { index, owners } of this.indexed) {
      const owner = owners.get(valuesOf(index, document));
      if (owner !== undefined && owner !== key) throw duplicateKey(this.name, index.name);
    }
    this.removeFromIndexes(key);
    this.documents.set(key, document);
    for (const { index, owners } of this.indexed) owners.set(valuesOf(index, document), key);
  }

  remove(document: StoredDocument): void {
    const key = keyOf(document._id);
    this.removeFromIndexes(key);
    this.documents.delete(key);
  }

  private removeFromIndexes(key: string): void {
    const existing = this.documents.get(key);
    if (existing === undefined) return;
    for (const { index, owners } of this.indexed) owners.delete(valuesOf(index, existing));
  }
}

/** The error of MongoDB, without the values: they may name a user. */
export function duplicateKey(collection: string, index: string): DatabaseError {
  return new DatabaseError(
    'DATABASE_REQUEST_FAILED',
    `[FailedOperation.Insert] E11000 duplicate key error collection: ${collection} index: ${index}`,
  );
}

/** @returns The only ids that can match a condition on `_id`, or undefined if any can. */
function idsOf(condition: unknown): readonly unknown[] | undefined {
  if (condition === undefined || condition instanceof RegExp) return undefined;
  if (!isFields(condition)) return [condition];
  if (condition['$eq'] !== undefined) return idsOf(condition['$eq']);
  const list = condition['$in'];
  return Array.isArray(list) && !list.some((id) => id instanceof RegExp) ? list : undefined;
}

function valuesOf(index: UniqueIndex, document: StoredDocument): string {
  return JSON.stringify(index.fields.map((field) => keyOf(valueAt(document, field) ?? null)));
}
