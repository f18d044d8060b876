import type { Collection } from './collection';
import { DatabaseError } from './database-error';
import { copy, type StoredDocument } from './document';
import type { DirectWriter } from './direct-writer';
import type { Found, Snapshot, Store } from './store';
import { viewOf, type View } from './view';
import {
  checkId,
  duplicateKey,
  keyLock,
  recordLock,
  uniqueKeys,
  type UniqueKey,
  type Writer,
} from './writer';

/** What a transaction asks of all that are open. */
export interface Locks {
  /** Holds a record or a unique key. @throws DatabaseError if another transaction does. */
  hold(lock: string): void;
  /** @returns Whether it was written after so many commits. */
  isChanged(lock: string, since: number): boolean;
  /** @returns How many commits there were. */
  commits(): number;
}

interface Change {
  /** As it was in the snapshot; undefined if the transaction made it. */
  readonly before: StoredDocument | undefined;
  readonly after: StoredDocument | undefined;
}

/**
 * A transaction that is open: it sees the state at its first operation and its own changes, which nobody else sees
 * (mongodb.com/docs/manual/core/transactions-production-consideration/#in-progress-transactions-and-write-conflicts).
 */
export class Transaction implements Writer {
  readonly view: View;
  private snapshot: Snapshot | undefined;
  private since = 0;
  private readonly changed = new Map<Collection, Map<number, Change>>();
  /** The unique keys that it has taken or, if undefined, freed. */
  private readonly owners = new Map<string, number | undefined>();

  constructor(
    private readonly store: Store,
    private readonly locks: Locks,
    readonly collection: (name: string) => Collection,
  ) {
    const base = (): View => viewOf(store, this.begun());
    this.view = {
      get write() {
        return base().write;
      },
      get: (from, record) => {
        const change = this.changed.get(from)?.get(record);
        return change === undefined ? base().get(from, record) : change.after;
      },
      scan: (from, record) => base().scan(from, record),
      search: (range, reverse) => base().search(range, reverse),
      count: (from) => {
        const changes = [...(this.changed.get(from)?.values() ?? [])];
        const added = changes.filter(({ before }) => before === undefined);
        return (
          base().count(from) +
          added.filter(({ after }) => after !== undefined).length -
          changes.filter(({ before, after }) => before !== undefined && after === undefined).length
        );
      },
      changes: (from) =>
        new Map([...(this.changed.get(from) ?? [])].map(([record, { after }]) => [record, after])),
    };
  }

  insert(collection: Collection, document: StoredDocument): void {
    checkId(document);
    const record = collection.nextRecord;
    collection.nextRecord += 1;
    this.change(collection, record, undefined, document);
  }

  replace(collection: Collection, { record, document }: Found, after: StoredDocument): void {
    this.change(collection, record, document, after);
  }

  remove(collection: Collection, { record, document }: Found): void {
    this.change(collection, record, document, undefined);
  }

  /** Writes all its changes. */
  apply(writer: DirectWriter): void {
    const entries = [...this.changed].flatMap(([collection, changes]) =>
      [...changes].map(([record, change]) => ({ collection, record, ...change })),
    );
    // What goes comes first: a unique key may pass from one document to another.
    for (const { collection, record, before } of entries) {
      if (before !== undefined) writer.remove(collection, { record, document: before });
    }
    for (const { collection, record, after } of entries) {
      if (after !== undefined) writer.insertAt(collection, record, after);
    }
  }

  get isEmpty(): boolean {
    return this.changed.size === 0;
  }

  /** Lets the snapshot go. */
  end(): void {
    this.snapshot?.done();
    this.snapshot = undefined;
  }

  private begun(): Snapshot {
    if (this.snapshot === undefined) {
      this.snapshot = this.store.snapshot();
      this.since = this.locks.commits();
    }
    return this.snapshot;
  }

  private change(
    collection: Collection,
    record: number,
    before: StoredDocument | undefined,
    after: StoredDocument | undefined,
  ): void {
    const snapshot = this.begun();
    if (before !== undefined) this.hold(recordLock(collection, record));
    const free = before === undefined ? [] : uniqueKeys(collection, before);
    const take = after === undefined ? [] : uniqueKeys(collection, after);
    for (const key of take) this.checkUnique(collection, record, key, snapshot);
    for (const key of free) {
      this.hold(keyLock(key));
      this.owners.set(keyLock(key), undefined);
    }
    for (const key of take) this.owners.set(keyLock(key), record);
    const changes = this.changed.get(collection) ?? new Map<number, Change>();
    this.changed.set(collection, changes);
    const known = changes.get(record);
    changes.set(record, {
      before: known === undefined ? before : known.before,
      after: after === undefined ? undefined : copy(after),
    });
  }

  /** @throws DatabaseError if a document that it sees has the key, or one that it does not see. */
  private checkUnique(
    collection: Collection,
    record: number,
    key: UniqueKey,
    snapshot: Snapshot,
  ): void {
    const lock = keyLock(key);
    if (this.owners.has(lock)) {
      const owner = this.owners.get(lock);
      if (owner !== undefined && owner !== record) throw duplicateKey(collection, key.index);
      return;
    }
    this.hold(lock);
    const owner = this.store.recordAt(key.key, snapshot);
    if (owner !== undefined && owner !== record) throw duplicateKey(collection, key.index);
  }

  private hold(lock: string): void {
    if (this.locks.isChanged(lock, this.since)) throw conflict();
    this.locks.hold(lock);
  }
}

/** A write conflict; the SDK then runs the transaction again. */
export function conflict(): DatabaseError {
  return new DatabaseError(
    'DATABASE_TRANSACTION_CONFLICT',
    '[ResourceUnavailable.TransactionConflict] Transaction is conflict, maybe resource operated by others. Please check your request, but if the problem persists, contact us.',
  );
}
