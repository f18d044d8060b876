import { open, type Database, type RangeOptions, type RootDatabase, type Transaction } from 'lmdb';
import { Cache } from './cache';
import { withChecksum, withoutChecksum } from './checksum';
import { decode, encode, type StoredDocument } from './document';
import { entryValue, recordOf } from './store-entry';
import { documentKey, documentRange, recordIn, type KeyRange } from './store-key';

/** A state of the store that stays as it is while others write, until it is let go. */
export interface Snapshot {
  readonly transaction: Transaction;
  /** The last write that it sees. */
  readonly write: number;
  /** @returns Whether nothing has been written since. */
  isLast(): boolean;
  done(): void;
}

/** A document and the number under which it lies in its collection: numbers grow as documents are added. */
export interface Found {
  readonly record: number;
  readonly document: StoredDocument;
}

/** An entry of the first version of this store. */
export interface OldEntry {
  readonly kind: unknown;
  readonly collection: string;
  read(): Buffer;
  remove(): void;
}

type Entries = Database<Buffer, Buffer>;

/** More at a time are refused by LMDB; each open transaction reads a snapshot. */
export const mostSnapshots = 500;

/**
 * What is kept on disk, in one LMDB file: documents by collection and record, entries of indexes that lead to records,
 * and the descriptions of collections. Whoever writes does so in {@link write}, and reads there what he wrote.
 */
export class Store {
  private readonly root: RootDatabase<Buffer>;
  private readonly documents: Entries;
  private readonly indexes: Entries;
  private readonly descriptions: Database<Buffer, string>;
  private readonly cache = new Cache();
  /** What is written but not committed yet, as `collection:record`. */
  private readonly dirty = new Set<string>();
  /** How many documents were written, committed or not. */
  private changes = 0;
  private writes = 0;

  constructor(file: string) {
    this.root = open<Buffer>({
      path: file,
      noSubdir: true,
      encoding: 'binary',
      // Without overlapping sync a transaction that has returned is on the disk.
      overlappingSync: false,
      maxReaders: mostSnapshots + 100,
    });
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    this.documents = this.root.openDB<Buffer, Buffer>({ name: 'documents', ...binary });
    this.indexes = this.root.openDB<Buffer, Buffer>({ name: 'indexes', ...binary });
    this.descriptions = this.root.openDB<Buffer, string>({
      name: 'collections',
      encoding: 'binary',
    });
  }

  /** @throws Error if a description is damaged. */
  readDescriptions(): [name: string, description: unknown][] {
    return [...this.descriptions.getRange({})].map(({ key, value }) => [
      key,
      JSON.parse(withoutChecksum(value).toString()),
    ]);
  }

  writeDescription(name: string, description: object): void {
    this.descriptions.putSync(name, withChecksum(Buffer.from(JSON.stringify(description))));
  }

  /** @returns The greatest record of a collection, 0 if it has none. */
  lastRecord(collection: number): number {
    const { start, end } = documentRange(collection);
    const reversed: RangeOptions = { start: end, end: start, reverse: true, limit: 1 };
    for (const key of this.documents.getKeys(reversed)) return recordIn(key);
    return 0;
  }

  /** @throws Error if the document is damaged. */
  get(collection: number, record: number, snapshot?: Snapshot): StoredDocument | undefined {
    const cached = this.isLast(snapshot) ? this.cache.get(collection, record) : undefined;
    if (cached !== undefined) return cached;
    if (this.cache.isFull) this.cache.makeRoom();
    return this.read(collection, record, snapshot);
  }

  private decoded(
    collection: number,
    record: number,
    value: Buffer,
    snapshot: Snapshot | undefined,
  ): StoredDocument {
    const document = decode(withoutChecksum(value));
    // What is not committed yet may never be.
    if (this.isLast(snapshot) && !this.dirty.has(`${collection}:${record}`)) {
      this.cache.add(collection, record, document, value.length);
    }
    return document;
  }

  /** The documents of a collection from a record on, in the order in which they were added. */
  *scan(collection: number, snapshot?: Snapshot, from = 0): Generator<Found> {
    const range = { ...documentRange(collection, from), ...options(snapshot) };
    for (const key of this.documents.getKeys(range)) {
      const record = recordIn(key);
      const cached = this.isLast(snapshot) ? this.cache.get(collection, record) : undefined;
      const document = cached ?? this.read(collection, record, snapshot);
      if (document !== undefined) yield { record, document };
    }
  }

  private read(
    collection: number,
    record: number,
    snapshot: Snapshot | undefined,
  ): StoredDocument | undefined {
    const value = this.documents.get(documentKey(collection, record), options(snapshot));
    return value === undefined ? undefined : this.decoded(collection, record, value, snapshot);
  }

  /** Whether a reader sees what was committed last, which is what the cache has. */
  private isLast(snapshot: Snapshot | undefined): boolean {
    return snapshot?.isLast() ?? true;
  }

  count(collection: number, snapshot?: Snapshot): number {
    return this.documents.getKeysCount({ ...documentRange(collection), ...options(snapshot) });
  }

  /** The records that a range of an index leads to. */
  *search({ start, end }: KeyRange, reverse: boolean, snapshot?: Snapshot): Generator<number> {
    const range: RangeOptions = reverse
      ? { start: end, end: start, reverse, exclusiveStart: true, inclusiveEnd: true }
      : { start, end };
    for (const { value } of this.indexes.getRange({ ...range, ...options(snapshot) })) {
      yield recordOf(value);
    }
  }

  /** @returns The record that one key of an index leads to. */
  recordAt(key: Buffer, snapshot?: Snapshot): number | undefined {
    const value = this.indexes.get(key, options(snapshot));
    return value === undefined ? undefined : recordOf(value);
  }

  putDocument(collection: number, record: number, document: StoredDocument): void {
    this.touch(collection, record);
    this.documents.putSync(documentKey(collection, record), withChecksum(encode(document)));
  }

  private touch(collection: number, record: number): void {
    this.changes += 1;
    this.dirty.add(`${collection}:${record}`);
    this.cache.forget(collection, record);
  }

  removeDocument(collection: number, record: number): void {
    this.touch(collection, record);
    this.documents.removeSync(documentKey(collection, record));
  }

  putEntry(key: Buffer, record: number): void {
    this.indexes.putSync(key, entryValue(key, record));
  }

  removeEntry(key: Buffer): void {
    this.indexes.removeSync(key);
  }

  /** Takes out so many entries of a range. @returns Whether there may be more. */
  removeEntries({ start, end }: KeyRange, limit: number): boolean {
    const keys = [...this.indexes.getKeys({ start, end, limit })];
    for (const key of keys) this.indexes.removeSync(key);
    return keys.length === limit;
  }

  /**
   * Makes durable all that is written meanwhile, or nothing of it if the step throws.
   *
   * @throws What the step throws, or an Error if the disk refuses.
   */
  write(step: () => void): void {
    this.writes += 1;
    try {
      this.root.transactionSync(step);
    } finally {
      this.dirty.clear();
    }
  }

  /** The number of the write that goes on, or of the last one. */
  get lastWrite(): number {
    return this.writes;
  }

  /** A part of {@link write}: what it has written is taken back if it throws. */
  attempt<T>(step: () => T): T {
    return this.root.transactionSync(step);
  }

  snapshot(): Snapshot {
    const transaction = this.root.useReadTransaction();
    const changes = this.changes;
    return {
      transaction,
      write: this.writes,
      isLast: () => this.changes === changes,
      done: () => {
        transaction.done();
      },
    };
  }

  /** What the first version of this store kept beside the databases that are in use now; see upgrade.ts. */
  firstVersionEntries(): OldEntry[] {
    const root = this.root;
    return [...root.getKeys({})].flatMap((key) => {
      if (!Array.isArray(key)) return [];
      const [kind, collection] = key;
      if (typeof collection !== 'string') throw new Error('an entry of unknown kind');
      return {
        kind,
        collection,
        read: () => root.get(key) ?? Buffer.alloc(0),
        remove: () => {
          root.removeSync(key);
        },
      };
    });
  }

  close(): Promise<void> {
    return this.root.close();
  }
}

function options(snapshot: Snapshot | undefined): { transaction?: Transaction } {
  return snapshot === undefined ? {} : { transaction: snapshot.transaction };
}

/** @param file - The LMDB file; made if it does not exist. */
export function openStore(file: string): Store {
  return new Store(file);
}
