import type { Collection } from './collection';
import type { StoredDocument } from './document';
import type { Found, Snapshot, Store } from './store';
import type { KeyRange } from './store-key';

/** What one reader sees of the documents: the last commit, or a transaction's snapshot with its own changes over it. */
export interface View {
  /** The last write that the reader sees. */
  readonly write: number;
  get(collection: Collection, record: number): StoredDocument | undefined;
  /** All documents, or those from a record on, in the order in which they were added. */
  scan(collection: Collection, from?: number): Iterable<Found>;
  /** The records that a range of an index leads to. */
  search(range: KeyRange, reverse: boolean): Iterable<number>;
  count(collection: Collection): number;
  /** What the reader itself has changed and no index knows of: by record, undefined where it has removed one. */
  changes(collection: Collection): ReadonlyMap<number, StoredDocument | undefined>;
}

const nothing: ReadonlyMap<number, StoredDocument | undefined> = new Map();

/** @param snapshot - The state that is seen; without one always the last. */
export function viewOf(store: Store, snapshot?: Snapshot): View {
  return {
    // Before Infinity, which is when an index that is being built is ready.
    write: snapshot?.write ?? Number.MAX_VALUE,
    get: ({ id }, record) => store.get(id, record, snapshot),
    scan: ({ id }, from) => store.scan(id, snapshot, from),
    search: (range, reverse) => store.search(range, reverse, snapshot),
    count: ({ id }) => store.count(id, snapshot),
    changes: () => nothing,
  };
}
