import { reason, ToolError } from '../command/tool-error';
import type { DeclaredCollection } from '../project/collections';
import type { Samples } from '../project/samples';
import type { Database } from './database';
import { DatabaseError } from './database-error';
import { buildIndexes } from './build';
import { unbuiltOf } from './collection';
import { copy, isStored, type StoredDocument } from './document';
import { parseFields } from './ejson';
import { find } from './find';

/** What goes on while the database serves. */
export interface Prepared {
  /** The large collections whose indexes are being built. */
  readonly unbuilt: readonly string[];
  /** Fails as {@link prepare} does. */
  readonly built: Promise<void>;
}

/**
 * Makes the declared collections that are not there yet, gives them the indexes that are declared, and fills those
 * that are empty with their samples.
 *
 * @param reset - Whether the declared collections are emptied first.
 * @throws ToolError PROJECT if samples are malformed or contradict each other.
 * @throws DatabaseError if the disk refuses.
 */
export async function prepare(
  database: Database,
  declared: readonly DeclaredCollection[],
  samples: readonly Samples[],
  reset = false,
): Promise<Prepared> {
  const parsed = samples.map((each) => ({ ...each, documents: parseSamples(each) }));
  const unfinished = await database.write((writer) => {
    const names: string[] = [];
    for (const { name, indexes } of declared) {
      const collection = writer.has(name) ? writer.collection(name) : writer.addCollection(name);
      const documents = reset ? find(writer.view, collection, { query: {} }) : [];
      for (const found of documents) writer.remove(collection, found);
      try {
        if (writer.declareIndexes(collection, indexes)) names.push(name);
      } catch (error) {
        throw cannotBeUsed('database/collections.json', error);
      }
    }
    for (const { collection: name, file, documents } of parsed) {
      const collection = writer.collection(name);
      if (writer.view.count(collection) > 0) continue;
      try {
        for (const document of documents) writer.insert(collection, document);
      } catch (error) {
        throw cannotBeUsed(file, error);
      }
    }
    return names;
  });
  const unbuilt = unfinished.filter((name) => unbuiltOf(database.collection(name)).length > 0);
  const built = buildIndexes(database, unfinished).catch((error: unknown) => {
    throw cannotBeUsed('database/collections.json', error);
  });
  return { unbuilt, built };
}

function parseSamples({ file, lines }: Samples): StoredDocument[] {
  try {
    return lines.flatMap((line, index) => {
      if (line.trim() === '') return [];
      const document = parseFields(line, `line ${index + 1}`, 0);
      if (!isStored(document)) throw new Error(`line ${index + 1} has no _id`);
      return [copy(document)];
    });
  } catch (error) {
    throw new ToolError('PROJECT', `${file} cannot be used: ${reason(error)}.`, error);
  }
}

/** @returns What the person can do about it; what the disk refuses is no fault of the file. */
function cannotBeUsed(file: string, error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  return new ToolError('PROJECT', `${file} cannot be used: ${reason(error)}.`, error);
}
