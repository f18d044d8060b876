import type { Fields } from './document';
import { compareSortKeys, sortKey, type Order, type SortKey } from './engine/sort';
import type { Found } from './store';

/** A search that can be left alone for a while wherever it yields. */
export type Search = Generator<undefined, Found[]>;

/** Documents that match; undefined now and then, where the search can be left alone. */
export type Stream = Iterable<Found | undefined>;

/** Streams one after another. */
export function* joined(streams: readonly Stream[]): Generator<Found | undefined> {
  for (const stream of streams) yield* stream;
}

interface Head {
  readonly found: Found;
  readonly key: SortKey;
  readonly stream: Iterator<Found | undefined>;
}

/** Streams that are each in order, as one that is. */
export function* mergedInOrder(
  streams: readonly Stream[],
  order: Order,
): Generator<Found | undefined> {
  const heads: Head[] = [];
  for (const each of streams) {
    const head = yield* nextHead(each[Symbol.iterator](), order);
    if (head !== undefined) heads.push(head);
  }
  while (heads.length > 0) {
    const least = heads.reduce((a, b) => (compareSortKeys(b.key, a.key, order) < 0 ? b : a));
    yield least.found;
    const next = yield* nextHead(least.stream, order);
    heads.splice(heads.indexOf(least), 1, ...(next === undefined ? [] : [next]));
  }
}

function* nextHead(stream: Head['stream'], order: Order): Generator<undefined, Head | undefined> {
  for (;;) {
    const next = stream.next();
    if (next.done === true) return undefined;
    const found = next.value;
    if (found !== undefined) return { found, key: sortKey(found.document, order), stream };
    yield undefined;
  }
}

/** The first that come. */
export function* take(stream: Stream, count: number): Search {
  const taken: Found[] = [];
  if (count <= 0) return taken;
  for (const each of stream) {
    if (each === undefined) yield undefined;
    else if (taken.push(each) >= count) break;
  }
  return taken;
}

/** The first ones in order; no more than twice as many, and some, are held at a time. */
export function* first(stream: Stream, order: Order, count: number): Search {
  let held: Keyed[] = [];
  for (const each of stream) {
    if (each === undefined) yield undefined;
    else if (held.push(keyed(each, order)) >= 2 * count + 1000) held = sorted(held, order, count);
  }
  return sorted(held, order, count).map(({ found }) => found);
}

export function inOrder(found: readonly Found[], order: Order): Found[] {
  const all = found.map((each) => keyed(each, order));
  return sorted(all, order, all.length).map((each) => each.found);
}

interface Keyed {
  readonly found: Found;
  readonly key: SortKey;
}

function keyed(found: Found, order: Order): Keyed {
  return { found, key: sortKey(found.document, order) };
}

/** Those that are equal stay in the order in which they were added. */
function sorted(held: readonly Keyed[], order: Order, count: number): Keyed[] {
  return [...held]
    .sort((a, b) => compareSortKeys(a.key, b.key, order) || a.found.record - b.found.record)
    .slice(0, count);
}

export function nearestFirst(
  found: readonly Found[],
  distance: (document: Fields) => number,
): Found[] {
  return found
    .map((each) => ({ each, away: distance(each.document) }))
    .sort((a, b) => a.away - b.away)
    .map(({ each }) => each);
}
