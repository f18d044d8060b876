import { Aggregator, Query } from 'mingo';
import { cloneDeep } from 'mingo/util';
import type { Collection } from './collection';
import type { Fields, StoredDocument } from './document';
import { DatabaseError, withEngine } from './database-error';

/** Code in a query never runs: the SDK cannot send functions, and the cloud takes none. */
const options = { scriptEnabled: false };

export interface FindRequest {
  readonly query: Fields;
  /** Field → 1 or -1, the most significant first; without it the collection's own order. */
  readonly order?: Fields | undefined;
  readonly offset?: number;
  readonly limit?: number;
}

/** @returns The documents that match; they are the stored ones. */
export function find(collection: Collection, request: FindRequest): StoredDocument[] {
  const { query, order, offset = 0, limit = Infinity } = request;
  return withEngine(() => {
    const cursor = new Query(query, options)
      .find<StoredDocument>(collection.candidates(query))
      .skip(offset);
    if (order !== undefined) cursor.sort({ ...order });
    // The cursor is lazy, but its own `limit` reads the rest of the collection.
    const page: StoredDocument[] = [];
    while (page.length < limit && cursor.hasNext()) page.push(cursor.next());
    return page;
  });
}

/**
 * @param query - What found the documents: the positional operator `$` refers to it.
 * @returns The documents with the fields that the projection names.
 */
export function project(
  documents: readonly StoredDocument[],
  projection: Fields,
  query: Fields,
): Fields[] {
  // Clones, because mingo leaves a nested field out by deleting it from the document.
  return withEngine(() =>
    new Query(query, options).find<Fields>(cloneDeep(documents), projection).all(),
  );
}

/**
 * @param name - The collection that the stages begin with.
 * @param collection - Gives that collection, and those that `$lookup` names.
 */
export function aggregate(
  name: string,
  stages: readonly Fields[],
  collection: (name: string) => Collection,
): Fields[] {
  const refused = stages.flatMap(Object.keys).find((stage) => ['$out', '$merge'].includes(stage));
  if (refused !== undefined) {
    throw new DatabaseError(
      'DATABASE_INVALID_OPERRATOR',
      `The aggregation stage ${refused} is not supported.`,
    );
  }
  // Clones, because stages such as `$unset` change what they are given.
  const clones = (from: string) => cloneDeep([...collection(from).candidates({})]);
  return withEngine(() =>
    new Aggregator([...stages], { ...options, collectionResolver: clones }).run<Fields>(
      clones(name),
    ),
  );
}
