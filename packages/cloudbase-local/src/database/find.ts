import { Aggregator, ProcessingMode, Query } from 'mingo';
import type { Collection } from './collection';
import type { Fields, StoredDocument } from './document';
import { withEngine } from './database-error';

/** Code in a query never runs: the SDK cannot send functions, and the cloud takes none. */
const options = { scriptEnabled: false };

export interface FindRequest {
  readonly query: Fields;
  /** Field → 1 or -1, the most significant first. */
  readonly order?: Fields;
  readonly offset?: number;
  readonly limit: number;
  readonly projection?: Fields;
}

/** @returns The documents that match, in the collection's own order, as they are asked for. */
export function matches(collection: Collection, query: Fields): StoredDocument[] {
  return withEngine(() => [...matching(collection, query)]);
}

/** @returns The first document that matches. */
export function firstMatch(collection: Collection, query: Fields): StoredDocument | undefined {
  return withEngine(() => first(matching(collection, query)));
}

export function find(collection: Collection, request: FindRequest): Fields[] {
  const { query, order, offset = 0, limit, projection } = request;
  return withEngine(() => {
    const found = matching(collection, query);
    const page =
      order === undefined
        ? take(found, offset, limit)
        : everything([...found])
            .sort({ ...order })
            .skip(offset)
            .limit(limit)
            .all();
    return projection === undefined ? page : everything(page, projection).all();
  });
}

/** @param resolve - Gives the documents of another collection, for `$lookup`. */
export function aggregate(
  collection: Collection,
  stages: readonly Fields[],
  resolve: (collection: string) => StoredDocument[],
): Fields[] {
  return withEngine(() =>
    new Aggregator([...stages], {
      ...options,
      processingMode: ProcessingMode.CLONE_INPUT,
      collectionResolver: resolve,
    }).run<Fields>([...collection.candidates({})]),
  );
}

function everything(documents: Fields[], projection?: Fields) {
  return new Query({}, options).find<Fields>(documents, projection);
}

function* matching(collection: Collection, query: Fields): Generator<StoredDocument> {
  const compiled = new Query<Fields>(query, options);
  for (const document of collection.candidates(query)) {
    if (compiled.test(document)) yield document;
  }
}

function first<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}

function take<T>(items: Iterable<T>, offset: number, limit: number): T[] {
  const taken: T[] = [];
  let passed = 0;
  for (const item of items) {
    if (taken.length === limit) break;
    if (passed++ >= offset) taken.push(item);
  }
  return taken;
}
