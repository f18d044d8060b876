import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { LocalCloudError, reason, systemCode } from '../command/errors';
import type { UniqueIndex } from '../database/collection';
import type { Database } from '../database/database';
import { copy, isStored, type StoredDocument } from '../database/document';
import { parseFields } from '../database/ejson';

const declarations = v.array(
  v.object({
    name: v.string(),
    indexes: v.optional(
      v.array(
        v.object({
          name: v.string(),
          unique: v.optional(v.boolean(), false),
          keys: v.array(v.object({ field: v.string() })),
        }),
      ),
      [],
    ),
  }),
);

/** What the project says its database holds. */
export interface Declared {
  readonly collections: readonly string[];
  readonly uniqueIndexes: (collection: string) => readonly UniqueIndex[];
  readonly sampleOrders: readonly StoredDocument[];
}

/**
 * Reads database/collections.json and database/sample-orders.jsonl; a file that is not there declares nothing.
 *
 * @throws LocalCloudError PROJECT where a file is malformed.
 */
export async function readDeclared(root: string): Promise<Declared> {
  const folder = path.join(root, 'database');
  const [collections, sampleOrders] = await Promise.all([
    readProjectFile(path.join(folder, 'collections.json'), [], (text) =>
      v.parse(declarations, JSON.parse(text)),
    ),
    readProjectFile(path.join(folder, 'sample-orders.jsonl'), [], parseLines),
  ]);
  return {
    collections: collections.map(({ name }) => name),
    uniqueIndexes: (collection) =>
      (collections.find(({ name }) => name === collection)?.indexes ?? [])
        .filter(({ unique }) => unique)
        .map(({ name, keys }) => ({ name, fields: keys.map(({ field }) => field) })),
    sampleOrders,
  };
}

/**
 * Makes the declared collections that are not there yet, and fills an empty `orders` with the samples.
 *
 * @throws LocalCloudError PROJECT where the samples contradict each other.
 * @throws DatabaseError where the disk refuses.
 */
export async function prepare(database: Database, declared: Declared): Promise<void> {
  await database.write((transaction) => {
    for (const name of declared.collections) {
      if (!transaction.has(name)) transaction.addCollection(name);
    }
    if (!transaction.has('orders')) return;
    const orders = transaction.collection('orders');
    if (orders.size > 0) return;
    try {
      for (const order of declared.sampleOrders) transaction.insert(orders, order);
    } catch (error) {
      throw cannotBeUsed('database/sample-orders.jsonl', error);
    }
  });
}

/**
 * @param missing - What counts where the file does not exist.
 * @throws LocalCloudError PROJECT naming the file and what is wrong with it.
 */
export async function readProjectFile<T>(
  file: string,
  missing: T,
  parse: (text: string) => T,
): Promise<T> {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return missing;
    throw cannotBeUsed(file, error);
  }
}

function cannotBeUsed(file: string, error: unknown): LocalCloudError {
  return new LocalCloudError('PROJECT', `${file} cannot be used: ${reason(error)}.`, error);
}

function parseLines(text: string): StoredDocument[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const document = parseFields(line, `line ${index + 1}`, 0);
    if (!isStored(document)) throw new Error(`line ${index + 1} has no _id`);
    return [copy(document)];
  });
}
