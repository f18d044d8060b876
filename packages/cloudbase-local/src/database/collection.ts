import * as v from 'valibot';
import { NewerFormat } from './database-error';
import type { Store } from './store';

export interface IndexKey {
  readonly field: string;
  readonly direction: 1 | -1;
}

/** What a project declares of an index. */
export interface IndexDeclaration {
  readonly name: string;
  readonly unique: boolean;
  readonly keys: readonly IndexKey[];
}

/** An index of a collection; its entries lie in the store under its number. */
export interface Index extends IndexDeclaration {
  readonly id: number;
  /** Whether a document has an array in it: then it has several entries, and the index gives no order. */
  multikey: boolean;
  /** Whether a value in it is too long or has too many parts to be in order. */
  inexact: boolean;
  /** The write since which it leads to all documents; Infinity while it is being built. */
  since: number;
}

/** A collection as the catalog knows it. */
export interface Collection {
  readonly id: number;
  readonly name: string;
  /** The first one is that of `_id`. */
  indexes: readonly Index[];
  /** The record that the next document gets. */
  nextRecord: number;
  /** The numbers of indexes that are gone, some of whose entries still lie in the store. */
  leftovers: readonly number[];
  /** What has been written since a build of its indexes looked; undefined while there is none. */
  touched?: Set<number> | undefined;
}

/** Whether to go through all documents takes so long that it is done in parts. */
export function isLarge({ nextRecord }: Collection): boolean {
  return nextRecord > 10_000;
}

/** @returns The indexes that do not lead to all documents yet. */
export function unbuiltOf({ indexes }: Collection): readonly Index[] {
  return indexes.filter(({ since }) => since === Infinity);
}

/** The index that every collection has (mongodb.com/docs/manual/core/indexes#default-index). */
export const idIndex: IndexDeclaration = {
  name: '_id_',
  unique: true,
  keys: [{ field: '_id', direction: 1 }],
};

/** The collections with their indexes: in memory, and described in the store. */
export class Catalog {
  private readonly collections = new Map<string, Collection>();
  private lastId = 0;

  /** @throws Error if the store is damaged. */
  constructor(private readonly store: Store) {
    for (const [name, description] of store.readDescriptions()) {
      const { id, indexes, leftovers } = parse(description);
      this.lastId = Math.max(this.lastId, id, ...indexes.map((index) => index.id), ...leftovers);
      const nextRecord = store.lastRecord(id) + 1;
      this.collections.set(name, { id, name, indexes, nextRecord, leftovers });
    }
  }

  get(name: string): Collection | undefined {
    return this.collections.get(name);
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Adds a collection, with the index of `_id` alone. */
  add(name: string): Collection {
    const indexes = [{ ...idIndex, id: this.nextId(), multikey: false, inexact: false, since: 0 }];
    const collection = { id: this.nextId(), name, indexes, nextRecord: 1, leftovers: [] };
    this.collections.set(name, collection);
    this.save(collection);
    return collection;
  }

  delete(name: string): void {
    this.collections.delete(name);
  }

  /** Describes a collection in the store as it is now. */
  save({ name, id, indexes, leftovers }: Collection): void {
    const described = indexes.map(({ since, ...index }) => ({ ...index, ready: since < Infinity }));
    const description = { format: currentFormat, id, indexes: described, leftovers };
    this.store.writeDescription(name, description);
  }
}

const currentFormat = 2;

/** What {@link Catalog.save} writes. */
const schema = v.object({
  id: v.number(),
  indexes: v.array(
    v.pipe(
      v.object({
        id: v.number(),
        name: v.string(),
        unique: v.boolean(),
        keys: v.array(v.object({ field: v.string(), direction: v.picklist([1, -1]) })),
        multikey: v.boolean(),
        inexact: v.boolean(),
        ready: v.optional(v.boolean(), true),
      }),
      v.transform(({ ready, ...index }) => ({ ...index, since: ready ? 0 : Infinity })),
    ),
  ),
  leftovers: v.optional(v.array(v.number()), []),
});

/** @throws Error if the description is not one that this version writes. */
function parse(description: unknown): v.InferOutput<typeof schema> {
  const { format } = v.parse(v.object({ format: v.number() }), description);
  if (format > currentFormat) throw new NewerFormat();
  return v.parse(schema, description);
}
