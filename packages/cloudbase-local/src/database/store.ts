import { crc32 } from 'node:zlib';
import { open, type RootDatabase } from 'lmdb';
import { decode, encode, keyOf, type StoredDocument } from './document';

/** One thing that a write changes on disk. */
export type Change =
  | { readonly kind: 'collection'; readonly collection: string }
  | { readonly kind: 'put'; readonly collection: string; readonly document: StoredDocument }
  | { readonly kind: 'remove'; readonly collection: string; readonly document: StoredDocument };

/** What is kept on disk. */
export interface Store {
  /** Reads all documents, once, at the start. @throws Error if something is damaged or missing. */
  load(): { collections: string[]; documents: [collection: string, document: StoredDocument][] };
  /** Makes all the changes durable, or none of them. @throws Error if the disk refuses. */
  commit(changes: readonly Change[]): void;
  close(): Promise<void>;
}

/** LMDB refuses longer keys; this leaves room for the collection's name. */
export const longestKey = 1024;

const checksumBytes = 4;

/** @param file - The LMDB file; made if it does not exist. */
export function openStore(file: string): Store {
  // Without overlapping sync a transaction that has returned is on the disk.
  const database = open<Buffer, string[]>({
    path: file,
    noSubdir: true,
    encoding: 'binary',
    overlappingSync: false,
  });
  return {
    load: () => load(database),
    commit: (changes) => {
      database.transactionSync(() => {
        for (const change of changes) write(database, change);
      });
    },
    close: () => database.close(),
  };
}

function write(database: RootDatabase<Buffer, string[]>, change: Change): void {
  if (change.kind === 'collection') {
    database.putSync(['collection', change.collection], Buffer.alloc(0));
    return;
  }
  const key = ['document', change.collection, keyOf(change.document._id)];
  if (change.kind === 'remove') database.removeSync(key);
  else database.putSync(key, withChecksum(encode(change.document)));
}

function load(database: RootDatabase<Buffer, string[]>): ReturnType<Store['load']> {
  const collections: string[] = [];
  const documents: [string, StoredDocument][] = [];
  let entries = 0;
  for (const { key, value } of database.getRange({})) {
    entries += 1;
    const [kind, collection] = key;
    if (collection === undefined) throw new Error('an entry of unknown kind');
    if (kind === 'collection') collections.push(collection);
    else documents.push([collection, decode(withoutChecksum(value))]);
  }
  const stats: unknown = database.getStats();
  if (entryCount(stats) !== entries) throw new Error('entries are missing');
  return { collections, documents };
}

function entryCount(stats: unknown): unknown {
  return typeof stats === 'object' && stats !== null && 'entryCount' in stats
    ? stats.entryCount
    : undefined;
}

function withChecksum(bytes: Uint8Array): Buffer {
  const value = Buffer.alloc(checksumBytes + bytes.length);
  value.writeUInt32LE(crc32(bytes));
  value.set(bytes, checksumBytes);
  return value;
}

function withoutChecksum(value: Buffer): Uint8Array {
  const bytes = value.subarray(checksumBytes);
  if (value.length < checksumBytes || value.readUInt32LE() !== crc32(bytes)) {
    throw new Error('a document fails its checksum');
  }
  return bytes;
}
