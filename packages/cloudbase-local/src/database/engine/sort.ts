import { isFields, type Fields } from '../document';
import { compare } from './compare';
import { failure } from './failure';
import { reach } from './reach';

export type Order = readonly (readonly [path: string, direction: 1 | -1])[];

/** @returns The order of a sort specification; the most significant field comes first. */
export function orderOf(specification: unknown): Order {
  if (!isFields(specification) || Object.keys(specification).length === 0) {
    throw failure('$sort', 'needs an object of fields');
  }
  return Object.entries(specification).map(([path, direction]) => {
    if (direction === 1 || direction === -1) return [path, direction];
    throw failure('$sort', 'needs 1 or -1 as each direction');
  });
}

/** What a document is sorted by: its values at the paths of the order. */
export type SortKey = readonly unknown[];

/**
 * An array is sorted by its least value upwards and by its greatest value downwards, a missing value as null, an empty
 * array before null. Rule: mongodb.com/docs/manual/reference/method/cursor.sort/#sort-by-an-array-field.
 */
export function sortKey(document: Fields, order: Order): SortKey {
  return order.map(([path, direction]) => {
    const values = reach(document, path).flatMap((value): unknown[] =>
      Array.isArray(value) ? (value.length === 0 ? [undefined] : value) : [value ?? null],
    );
    if (values.length === 0) return null;
    return values.reduce((best, value) => (direction * compare(value, best) < 0 ? value : best));
  });
}

export function compareSortKeys(a: SortKey, b: SortKey, order: Order): number {
  for (const [index, [, direction]] of order.entries()) {
    const difference = direction * compare(a[index], b[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** @returns The documents in order; equal ones stay as they were. */
export function sortDocuments<T extends Fields>(documents: readonly T[], order: Order): T[] {
  return documents
    .map((document) => ({ document, key: sortKey(document, order) }))
    .sort((a, b) => compareSortKeys(a.key, b.key, order))
    .map(({ document }) => document);
}
