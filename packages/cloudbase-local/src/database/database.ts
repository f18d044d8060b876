import { Catalog, type Collection } from './collection';
import { DatabaseError } from './database-error';
import { DirectWriter, existing, type Journal } from './direct-writer';
import type { Store } from './store';
import type { Transaction } from './transaction';
import { Transactions, type Timer } from './transactions';
import { upgrade } from './upgrade';
import { viewOf, type View } from './view';

/** The collections of one store. */
export interface Database {
  /** What is committed. */
  readonly view: View;
  readonly transactions: Transactions;
  /** @throws DatabaseError DATABASE_COLLECTION_NOT_EXIST */
  collection(name: string): Collection;
  /** Makes a collection that there is not, if this database makes them at first use. */
  admit(name: string): Promise<void>;
  /** @returns The collection, or undefined if there is none. */
  has(name: string): Collection | undefined;
  /** Runs something that reads, in the state of now, whatever is committed meanwhile. */
  read<T>(operation: (view: View) => Promise<T>): Promise<T>;
  /**
   * Runs a write alone: no reader sees a part of it, and it waits for transactions that hold what it writes.
   *
   * @returns What the operation returns, once it is durable. The operation may run more than once.
   * @throws What the operation throws, or a DatabaseError if the disk refuses; then it has changed nothing.
   */
  write<T>(operation: (writer: DirectWriter) => T): Promise<T>;
  readonly isClosed: boolean;
  close(): Promise<void>;
}

interface PendingWrite {
  /** The transaction that is being committed, if it is one. */
  readonly by: Transaction | undefined;
  run(writer: DirectWriter): void;
  resolve(): void;
  reject(error: unknown): void;
}

/** Tells that a transaction holds what a write is to change. */
class Held extends Error {
  constructor(readonly ended: Promise<void>) {
    super('A transaction holds what is to be written.');
  }
}

const unrefTimer: Timer = (milliseconds, run) => {
  const timeout = setTimeout(run, milliseconds).unref();
  return () => {
    clearTimeout(timeout);
  };
};

/** Collections that come into being when they are first asked for. */
export interface FirstUse {
  /** Whether they do so now. */
  readonly makes: () => boolean;
  /** Hears of each that was made. */
  readonly made: (name: string) => void;
}

const never: FirstUse = { makes: () => false, made: () => undefined };

/**
 * @param timer - Ends transactions that are open too long.
 * @param firstUse - Default: a collection is there only once it was added.
 * @throws Error if the store is damaged, or of a version that is not known.
 */
export function openDatabase(
  store: Store,
  timer: Timer = unrefTimer,
  firstUse: FirstUse = never,
): Database {
  upgrade(store);
  const catalog = new Catalog(store);
  const view = viewOf(store);
  const waiting: PendingWrite[] = [];
  let closed = false;
  const collection = (name: string): Collection => existing(catalog, name);
  const transactions = new Transactions(store, collection, (by, run) => enqueue(run, by), timer);

  /** Commits all writes that wait, in one turn of the event loop, and answers them. */
  function commitWaiting(): void {
    // Those that have not been answered, nor put off.
    const open = new Set(waiting.splice(0));
    const journal: Journal = { undo: [], locks: [] };
    try {
      store.write(() => {
        for (const pending of open) if (!runWrite(pending, journal)) open.delete(pending);
      });
    } catch (error) {
      takeBack(journal);
      for (const pending of open) pending.reject(unwritten(error));
      return;
    }
    transactions.committed(journal.locks);
    for (const pending of open) pending.resolve();
  }

  function runWrite(pending: PendingWrite, journal: Journal): boolean {
    const own: Journal = { undo: [], locks: [] };
    const claim = (lock: string): void => {
      const ended = transactions.waitFor(lock, pending.by);
      if (ended !== undefined) throw new Held(ended);
    };
    const claims = transactions.isAnyOpen ? claim : undefined;
    try {
      store.attempt(() => {
        pending.run(new DirectWriter(store, catalog, view, own, claims));
      });
    } catch (error) {
      takeBack(own);
      if (error instanceof Held)
        void error.ended.then(() => {
          queue(pending);
        });
      else pending.reject(isOfDisk(error) ? unwritten(error) : error);
      return false;
    }
    for (const step of own.undo) journal.undo.push(step);
    for (const lock of own.locks) journal.locks.push(lock);
    return true;
  }

  function queue(pending: PendingWrite): void {
    if (closed) {
      pending.reject(new DatabaseError('DATABASE_REQUEST_FAILED', 'The local cloud is ending.'));
      return;
    }
    if (waiting.length === 0) setImmediate(commitWaiting);
    waiting.push(pending);
  }

  function enqueue<T>(operation: (writer: DirectWriter) => T, by?: Transaction): Promise<T> {
    return new Promise((resolve, reject) => {
      let result: T;
      queue({
        by,
        run: (writer) => {
          result = operation(writer);
        },
        resolve: () => {
          resolve(result);
        },
        reject,
      });
    });
  }

  return {
    view,
    transactions,
    collection,
    async admit(name) {
      if (catalog.get(name) !== undefined || !firstUse.makes()) return;
      const made = await enqueue((writer) => {
        if (writer.has(name)) return false;
        writer.addCollection(name);
        return true;
      });
      if (made) firstUse.made(name);
    },
    has: (name) => catalog.get(name),
    async read(operation) {
      const snapshot = store.snapshot();
      try {
        return await operation(viewOf(store, snapshot));
      } finally {
        snapshot.done();
      }
    },
    write: (operation) => enqueue(operation),
    get isClosed() {
      return closed;
    },
    async close() {
      if (waiting.length > 0) commitWaiting();
      closed = true;
      transactions.abortAll();
      await store.close();
    },
  };
}

function takeBack(journal: Journal): void {
  for (const step of journal.undo.reverse()) step();
}

/** LMDB's errors have a number; a disk that is full is one of them. */
function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

function unwritten(error: unknown): DatabaseError {
  return new DatabaseError(
    'DATABASE_REQUEST_FAILED',
    'The local database could not write to its folder; nothing was changed.',
    error,
  );
}
