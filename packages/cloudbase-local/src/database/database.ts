import { Collection, duplicateKey, type UniqueIndex } from './collection';
import { keyOf, type StoredDocument } from './document';
import { DatabaseError } from './database-error';
import { longestKey, type Change, type Store } from './store';

/** What a write may do; each step happens in memory at once and is undone if the write fails. */
export interface Transaction {
  collection(name: string): Collection;
  has(collection: string): boolean;
  insert(collection: Collection, document: StoredDocument): void;
  replace(collection: Collection, before: StoredDocument, after: StoredDocument): void;
  remove(collection: Collection, document: StoredDocument): void;
  addCollection(name: string): void;
}

/** The collections: all in memory, and on disk before a write is acknowledged. */
export interface Database {
  /** @throws DatabaseError DATABASE_COLLECTION_NOT_EXIST */
  collection(name: string): Collection;
  /**
   * Runs a write alone: the others wait, and no reader sees a part of it.
   *
   * @returns What the operation returns, once it is durable.
   * @throws What the operation throws, or a DatabaseError if the disk refuses; then it has changed nothing.
   */
  write<T>(operation: (transaction: Transaction) => T): Promise<T>;
  close(): Promise<void>;
}

interface PendingWrite {
  /** Runs the operation in memory. */
  run(journal: Journal): void;
  resolve(): void;
  reject(error: unknown): void;
}

interface Journal {
  readonly changes: Change[];
  readonly undo: (() => void)[];
}

/**
 * @param unique - The unique indexes of a collection, by its name.
 * @throws Error if the store is damaged.
 */
export function openDatabase(
  store: Store,
  unique: (collection: string) => readonly UniqueIndex[],
): Database {
  const collections = new Map<string, Collection>();
  const waiting: PendingWrite[] = [];

  const stored = store.load();
  for (const name of stored.collections) collections.set(name, new Collection(name, unique(name)));
  for (const [name, document] of stored.documents) collection(name).put(document);

  function collection(name: string): Collection {
    const found = collections.get(name);
    if (found !== undefined) return found;
    throw new DatabaseError(
      'DATABASE_COLLECTION_NOT_EXIST',
      `[ResourceNotFound] Db or Table not exist: ${name}. Collections are declared in database/collections.json.`,
    );
  }

  /**
   * Commits all writes that wait. Memory, disk and the answers change within one turn of the event loop,
   * so no reader sees a write that the disk refuses.
   */
  function commitWaiting(): void {
    const done: PendingWrite[] = [];
    const journal: Journal = { changes: [], undo: [] };
    for (const pending of waiting.splice(0)) {
      if (runWrite(pending, journal)) done.push(pending);
    }
    try {
      if (journal.changes.length > 0) store.commit(journal.changes);
    } catch (error) {
      undo(journal);
      const failure = new DatabaseError(
        'DATABASE_REQUEST_FAILED',
        'The local database could not write to its folder; nothing was changed.',
        error,
      );
      for (const pending of done) pending.reject(failure);
      return;
    }
    for (const pending of done) pending.resolve();
  }

  function runWrite(pending: PendingWrite, journal: Journal): boolean {
    const own: Journal = { changes: [], undo: [] };
    try {
      pending.run(own);
    } catch (error) {
      undo(own);
      pending.reject(error);
      return false;
    }
    journal.changes.push(...own.changes);
    journal.undo.push(...own.undo);
    return true;
  }

  function transaction(journal: Journal): Transaction {
    return {
      collection,
      has: (name) => collections.has(name),
      insert(target, document) {
        if (target.get(document._id) !== undefined) throw duplicateKey(target.name, '_id_');
        if (Buffer.byteLength(keyOf(document._id)) > longestKey) throw idTooLong();
        target.put(document);
        journal.undo.push(() => {
          target.remove(document);
        });
        journal.changes.push({ kind: 'put', collection: target.name, document });
      },
      replace(target, before, after) {
        target.put(after);
        journal.undo.push(() => {
          target.put(before);
        });
        journal.changes.push({ kind: 'put', collection: target.name, document: after });
      },
      remove(target, document) {
        target.remove(document);
        journal.undo.push(() => {
          target.put(document);
        });
        journal.changes.push({ kind: 'remove', collection: target.name, document });
      },
      addCollection(name) {
        if (collections.has(name)) {
          throw new DatabaseError(
            'DATABASE_COLLECTION_ALREADY_EXIST',
            `The collection ${name} exists already.`,
          );
        }
        collections.set(name, new Collection(name, unique(name)));
        journal.undo.push(() => {
          collections.delete(name);
        });
        journal.changes.push({ kind: 'collection', collection: name });
      },
    };
  }

  return {
    collection,
    write(operation) {
      return new Promise((resolve, reject) => {
        let result: ReturnType<typeof operation>;
        if (waiting.length === 0) setImmediate(commitWaiting);
        waiting.push({
          run: (journal) => {
            result = operation(transaction(journal));
          },
          resolve: () => {
            resolve(result);
          },
          reject,
        });
      });
    },
    async close() {
      if (waiting.length > 0) commitWaiting();
      await store.close();
    },
  };
}

function undo(journal: Journal): void {
  for (const step of journal.undo.reverse()) step();
}

function idTooLong(): DatabaseError {
  return new DatabaseError('DATABASE_REQUEST_FAILED', `_id is longer than ${longestKey} bytes.`);
}
