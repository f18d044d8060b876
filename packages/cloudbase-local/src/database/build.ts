import { unbuiltOf, type Collection, type Index } from './collection';
import type { Database } from './database';
import { missingEntries, type DirectWriter, type MissingEntries } from './direct-writer';
import { turn } from './turn';

/** So many entries are sorted and then written: in the order of the index each page is written once for all of them. */
const runLength = 50_000;

/** The build of a collection's indexes that goes on; the next one waits for it. */
const builds = new WeakMap<Collection, Promise<void>>();

/**
 * Builds the indexes of large collections in parts, so that others have their turn; queries do without them meanwhile.
 * Then removes what is left of those that are gone. A build that is broken off begins anew with the next start, a
 * removal goes on.
 *
 * @throws DatabaseError if a unique index does not hold; then it is gone.
 */
export async function buildIndexes(database: Database, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const collection = database.collection(name);
    const before = builds.get(collection) ?? Promise.resolve();
    const build = before.catch(() => undefined).then(() => finish(database, collection));
    builds.set(collection, build);
    await build;
  }
}

async function finish(database: Database, collection: Collection): Promise<void> {
  try {
    await buildIndexesOf({ database, collection, indexes: unbuiltOf(collection) });
  } finally {
    await removeLeftovers(database, collection);
  }
}

interface Build {
  readonly database: Database;
  readonly collection: Collection;
  readonly indexes: readonly Index[];
}

async function buildIndexesOf(build: Build): Promise<void> {
  const { database, collection, indexes } = build;
  if (indexes.length === 0) return;
  try {
    for (let from: number | undefined = 0; from !== undefined;) {
      const touched = new Set<number>();
      collection.touched = touched;
      const run = await readRun(build, from);
      await writeRun(build, run.entries, touched);
      from = run.next;
    }
    await database.write((writer) => {
      writer.finishIndexes(collection, indexes);
    });
  } catch (error) {
    if (database.isClosed) return;
    await database.write((writer) => {
      writer.dropIndexes(collection, indexes);
    });
    throw error;
  } finally {
    collection.touched = undefined;
  }
}

async function removeLeftovers(database: Database, collection: Collection): Promise<void> {
  try {
    while (collection.leftovers.length > 0) {
      await database.write((writer) => {
        do writer.removeLeftovers(collection);
        while (collection.leftovers.length > 0 && !turn.isOver);
      });
    }
  } catch (error) {
    if (!database.isClosed) throw error;
  }
}

interface Run {
  readonly entries: readonly MissingEntries[];
  /** The record after those of the run; undefined if there is none. */
  readonly next: number | undefined;
}

function readRun({ database, collection, indexes }: Build, from: number): Promise<Run> {
  return database.read(async (view) => {
    const entries: MissingEntries[] = [];
    let next: number | undefined;
    for (const { record, document } of view.scan(collection, from)) {
      for (const { index, entries: all } of missingEntries(indexes, record, document)) {
        for (const key of all.keys)
          entries.push({ index, record, entries: { ...all, keys: [key] } });
      }
      next = record + 1;
      if (entries.length >= runLength) return { entries: sorted(entries), next };
      if (turn.isOver) await turn.next();
    }
    return { entries: sorted(entries), next: undefined };
  });
}

function sorted(entries: readonly MissingEntries[]): MissingEntries[] {
  const keyed = entries.map((entry) => ({ entry, key: entry.entries.keys[0] ?? Buffer.alloc(0) }));
  return keyed.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ entry }) => entry);
}

async function writeRun(
  { database, collection, indexes }: Build,
  entries: readonly MissingEntries[],
  touched: ReadonlySet<number>,
): Promise<void> {
  const writePart = (writer: DirectWriter, from: number): number => {
    let at = from;
    do {
      const missing = entries[at];
      if (missing !== undefined && !touched.has(missing.record)) {
        writer.putMissing(collection, missing);
      }
      at += 1;
    } while (at < entries.length && !turn.isOver);
    return at;
  };
  for (let from = 0; from < entries.length;) {
    const start = from;
    from = await database.write((writer) => writePart(writer, start));
  }
  // A write that was taken back has left these as they were.
  await database.write((writer) => {
    for (const record of touched) {
      const document = writer.view.get(collection, record);
      for (const missing of document ? missingEntries(indexes, record, document) : []) {
        writer.putMissing(collection, missing);
      }
    }
  });
}
