import { reason, ToolError } from '../command/tool-error';
import type { DeclaredCollection } from '../project/collections';
import type { Samples } from '../project/samples';
import type { Database } from './database';
import { copy, isStored, type StoredDocument } from './document';
import { parseFields } from './ejson';
import { find } from './find';

/**
 * Makes the declared collections that are not there yet, and fills those that are empty with their samples.
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
): Promise<void> {
  const parsed = samples.map((each) => ({ ...each, documents: parseSamples(each) }));
  await database.write((transaction) => {
    for (const { name } of declared) {
      if (!transaction.has(name)) transaction.addCollection(name);
      const collection = transaction.collection(name);
      const documents = reset ? find(collection, { query: {} }) : [];
      for (const document of documents) transaction.remove(collection, document);
    }
    for (const { collection: name, file, documents } of parsed) {
      const collection = transaction.collection(name);
      if (collection.size > 0) continue;
      try {
        for (const document of documents) transaction.insert(collection, document);
      } catch (error) {
        throw cannotBeUsed(file, error);
      }
    }
  });
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
    throw cannotBeUsed(file, error);
  }
}

function cannotBeUsed(file: string, error: unknown): ToolError {
  return new ToolError('PROJECT', `${file} cannot be used: ${reason(error)}.`, error);
}
