import type { Catalog, Collection, Index, IndexDeclaration } from './collection';
import { idIndex, isLarge, unbuiltOf } from './collection';
import { DatabaseError } from './database-error';
import type { StoredDocument } from './document';
import { entriesOf, storedKey, wholeRange, type Entries } from './entries';
import type { Found, Store } from './store';
import type { View } from './view';
import { checkId, duplicateKey, keyLock, recordLock, uniqueKeys, type Writer } from './writer';

/** What a write has done so far, so that it can be taken back and told to transactions. */
export interface Journal {
  /** Takes back what is in memory; what is in the store the store takes back. */
  readonly undo: (() => void)[];
  /** The records and unique keys that are written. */
  readonly locks: string[];
}

/** Writes into the store, within its write transaction. */
export class DirectWriter implements Writer {
  constructor(
    private readonly store: Store,
    private readonly catalog: Catalog,
    readonly view: View,
    private readonly journal: Journal,
    /** Throws if a transaction holds what is to be written; undefined if none is open. */
    private readonly claim: ((lock: string) => void) | undefined,
  ) {}

  collection(name: string): Collection {
    return existing(this.catalog, name);
  }

  has(name: string): boolean {
    return this.catalog.get(name) !== undefined;
  }

  insert(collection: Collection, document: StoredDocument): void {
    checkId(document);
    this.insertAt(collection, collection.nextRecord, document);
    collection.nextRecord += 1;
  }

  /** Adds a document under a record that is free. */
  insertAt(collection: Collection, record: number, document: StoredDocument): void {
    this.claimAll(collection, record, document);
    collection.touched?.add(record);
    this.store.putDocument(collection.id, record, document);
    for (const index of collection.indexes) {
      this.putEntries(collection, index, record, entriesOf(index, document));
    }
  }

  replace(collection: Collection, { record, document }: Found, after: StoredDocument): void {
    this.claimAll(collection, record, document);
    this.claimAll(collection, record, after);
    collection.touched?.add(record);
    this.store.putDocument(collection.id, record, after);
    const changes = collection.indexes.flatMap((index) => {
      const [before, now] = [entriesOf(index, document), entriesOf(index, after)];
      return isSameEntries(before, now) ? [] : [{ index, before, now }];
    });
    // What goes comes first: a unique key may pass from one of its fields to another.
    for (const { index, before } of changes) this.removeEntries(index, record, before);
    for (const { index, now } of changes) this.putEntries(collection, index, record, now);
  }

  remove(collection: Collection, { record, document }: Found): void {
    this.claimAll(collection, record, document);
    collection.touched?.add(record);
    for (const index of collection.indexes) {
      this.removeEntries(index, record, entriesOf(index, document));
    }
    this.store.removeDocument(collection.id, record);
  }

  /** @throws DatabaseError DATABASE_COLLECTION_ALREADY_EXIST */
  addCollection(name: string): Collection {
    if (this.has(name)) {
      throw new DatabaseError(
        'DATABASE_COLLECTION_ALREADY_EXIST',
        `The collection ${name} exists already.`,
      );
    }
    const added = this.catalog.add(name);
    this.journal.undo.push(() => {
      this.catalog.delete(name);
    });
    return added;
  }

  /**
   * Gives a collection the indexes that are declared, and no others. Those of a large collection are to be built by
   * build.ts; all writes keep them from now on. What is left of those that went is to be removed there too.
   *
   * @returns Whether build.ts has something to do.
   * @throws DatabaseError if a unique index does not hold.
   */
  declareIndexes(collection: Collection, declared: readonly IndexDeclaration[]): boolean {
    const wanted = [idIndex, ...declared];
    const before = collection.indexes;
    const kept = before.filter((index) => wanted.some((each) => isSame(each, index)));
    const added = wanted.filter((each) => !before.some((index) => isSame(each, index)));
    if (added.length === 0 && kept.length === before.length) return isUnfinished(collection);
    const made = added.map(({ name, unique, keys }): Index => {
      const id = this.catalog.nextId();
      return { name, unique, keys, id, multikey: false, inexact: false, since: Infinity };
    });
    collection.indexes = [...kept, ...made];
    this.journal.undo.push(() => {
      collection.indexes = before;
    });
    const gone = before.filter((index) => !kept.includes(index)).map(({ id }) => id);
    this.setLeftovers(collection, [...collection.leftovers, ...gone]);
    if (isLarge(collection)) return isUnfinished(collection);
    while (collection.leftovers.length > 0) this.removeLeftovers(collection);
    for (const { record, document } of this.view.scan(collection)) {
      for (const missing of missingEntries(made, record, document)) {
        this.putMissing(collection, missing);
      }
    }
    this.finishIndexes(collection, made);
    return false;
  }

  /** Removes some entries of the indexes that are gone. */
  removeLeftovers(collection: Collection): void {
    const [id, ...others] = collection.leftovers;
    if (id === undefined) return;
    if (!this.store.removeEntries(wholeRange({ id }), 1000)) this.setLeftovers(collection, others);
  }

  private setLeftovers(collection: Collection, leftovers: readonly number[]): void {
    const before = collection.leftovers;
    collection.leftovers = leftovers;
    this.journal.undo.push(() => {
      collection.leftovers = before;
    });
    this.catalog.save(collection);
  }

  /** @throws DatabaseError if a unique index does not hold. */
  putMissing(collection: Collection, { index, record, entries }: MissingEntries): void {
    // It may have gone while it was being built.
    if (!collection.indexes.includes(index)) return;
    this.putEntries(collection, index, record, entries);
  }

  /** Says that indexes lead to all documents. */
  finishIndexes(collection: Collection, built: readonly Index[]): void {
    for (const index of built) index.since = this.store.lastWrite;
    this.journal.undo.push(() => {
      for (const index of built) index.since = Infinity;
    });
    this.catalog.save(collection);
  }

  dropIndexes(collection: Collection, gone: readonly Index[]): void {
    const kept = collection.indexes.filter((index) => !gone.includes(index));
    this.declareIndexes(collection, kept.slice(1));
  }

  private claimAll(collection: Collection, record: number, document: StoredDocument): void {
    if (this.claim === undefined) return;
    const keys = uniqueKeys(collection, document).map(keyLock);
    for (const lock of [recordLock(collection, record), ...keys]) {
      this.claim(lock);
      this.journal.locks.push(lock);
    }
  }

  private putEntries(
    collection: Collection,
    index: Index,
    record: number,
    { keys, multikey, inexact }: Entries,
  ): void {
    for (const key of keys) {
      const owner = index.unique ? this.store.recordAt(key) : undefined;
      if (owner !== undefined && owner !== record) throw duplicateKey(collection, index);
      this.store.putEntry(storedKey(index, key, record), record);
    }
    if ((multikey && !index.multikey) || (inexact && !index.inexact)) {
      const { multikey: wasMultikey, inexact: wasInexact } = index;
      this.journal.undo.push(() => {
        index.multikey = wasMultikey;
        index.inexact = wasInexact;
      });
      index.multikey ||= multikey;
      index.inexact ||= inexact;
      this.catalog.save(collection);
    }
  }

  private removeEntries(index: Index, record: number, { keys }: Entries): void {
    for (const key of keys) this.store.removeEntry(storedKey(index, key, record));
  }
}

/** What a document has in an index that is being built. */
export interface MissingEntries {
  readonly index: Index;
  readonly record: number;
  readonly entries: Entries;
}

export function missingEntries(
  indexes: readonly Index[],
  record: number,
  document: StoredDocument,
): MissingEntries[] {
  return indexes.map((index) => ({ index, record, entries: entriesOf(index, document) }));
}

function isUnfinished(collection: Collection): boolean {
  return collection.leftovers.length > 0 || unbuiltOf(collection).length > 0;
}

function isSameEntries(a: Entries, b: Entries): boolean {
  return (
    a.keys.length === b.keys.length && a.keys.every((key, at) => b.keys[at]?.equals(key) ?? false)
  );
}

/** @throws DatabaseError DATABASE_COLLECTION_NOT_EXIST */
export function existing(catalog: Catalog, name: string): Collection {
  const found = catalog.get(name);
  if (found !== undefined) return found;
  throw new DatabaseError(
    'DATABASE_COLLECTION_NOT_EXIST',
    `[ResourceNotFound] Db or Table not exist: ${name}. Collections are declared in database/collections.json.`,
  );
}

function isSame(a: IndexDeclaration, b: IndexDeclaration): boolean {
  const shape = ({ name, unique, keys }: IndexDeclaration): string =>
    JSON.stringify([name, unique, keys.map(({ field, direction }) => [field, direction])]);
  return shape(a) === shape(b);
}
