import type { Collection, Index } from './collection';
import { withEngine } from './database-error';
import type { Fields } from './document';
import { matcher } from './engine/engine';
import { distanceIn } from './engine/geo';
import { orderOf, type Order } from './engine/sort';
import { planQuery, type Branch, type Plan } from './plan';
import type { Found } from './store';
import {
  first,
  inOrder,
  joined,
  mergedInOrder,
  nearestFirst,
  take,
  type Search,
  type Stream,
} from './stream';
import { turn } from './turn';
import type { View } from './view';

export interface FindRequest {
  readonly query: Fields;
  /** Field → 1 or -1, the most significant first; without it whatever order is found first. */
  readonly order?: Fields | undefined;
  readonly offset?: number;
  readonly limit?: number;
}

/** How a query was carried out (mongodb.com/docs/manual/reference/explain-results). */
export interface Explanation {
  readonly collection: string;
  readonly plan: Plan;
  keysExamined: number;
  documentsExamined: number;
  found: number;
}

/** Takes each explanation as its query begins. */
export type Explain = (explanation: Explanation) => void;

/** @returns The documents that match, as they are stored. */
export function find(...request: Parameters<typeof search>): Found[] {
  return withEngine(() => atOnce(search(...request)));
}

/** As {@link find}; a search that takes long lets others have their turn. The view must not change meanwhile. */
export async function findKindly(...request: Parameters<typeof search>): Promise<Found[]> {
  const steps = withEngine(() => search(...request));
  for (;;) {
    const step = withEngine(() => steps.next());
    if (step.done === true) return step.value;
    if (turn.isOver) await turn.next();
  }
}

/** As {@link findKindly}, for more documents than are to be held: the visitor gets each, in no order. */
export async function visitKindly(...request: Parameters<typeof visits>): Promise<void> {
  const steps = withEngine(() => visits(...request));
  while (withEngine(() => steps.next()).done !== true) if (turn.isOver) await turn.next();
}

/** After so many documents a search yields. */
const stride = 200;

function atOnce(steps: Search): Found[] {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function* visits(
  view: View,
  collection: Collection,
  query: Fields,
  visitor: (found: Found) => void,
  explain?: Explain,
): Generator<undefined, void> {
  const plan = planQuery(query, undefined, usable(collection, view), false);
  const reading = begin(view, collection, query, plan, explain);
  for (const found of matches(reading, plan, undefined)) {
    if (found === undefined) {
      yield undefined;
    } else {
      reading.explanation.found += 1;
      visitor(found);
    }
  }
}

function* search(
  view: View,
  collection: Collection,
  { query, order, offset = 0, limit = Infinity }: FindRequest,
  explain?: Explain,
): Search {
  const nearest = order === undefined ? distanceIn(query) : undefined;
  const wanted = order === undefined ? undefined : orderOf(order);
  const end = offset + limit;
  const plan = planQuery(query, wanted, usable(collection, view), end < Infinity);
  const reading = begin(view, collection, query, plan, explain);
  const found =
    nearest !== undefined
      ? nearestFirst(yield* take(matches(reading, plan, undefined), Infinity), nearest)
      : wanted === undefined || plan.sorted
        ? yield* take(matches(reading, plan, wanted), end)
        : yield* first(matches(reading, plan, undefined), wanted, end);
  const page = found.slice(offset, end);
  reading.explanation.found = page.length;
  return page;
}

/** An index serves those who see all that it leads to. */
function usable({ indexes }: Collection, view: View): readonly Index[] {
  return indexes.filter(({ since }) => since <= view.write);
}

interface Reading {
  readonly view: View;
  readonly collection: Collection;
  readonly test: (document: Fields) => boolean;
  readonly explanation: Explanation;
}

function begin(
  view: View,
  collection: Collection,
  query: Fields,
  plan: Plan,
  explain: Explain | undefined,
): Reading {
  const counts = { keysExamined: 0, documentsExamined: 0, found: 0 };
  const explanation = { collection: collection.name, plan, ...counts };
  explain?.(explanation);
  return { view, collection, test: matcher(query), explanation };
}

/** The documents that match, each once; in order if one is given, which the plan's branches then have. */
function matches(reading: Reading, plan: Plan, order: Order | undefined): Stream {
  const { view, collection, test } = reading;
  const changes = view.changes(collection);
  const own = [...changes]
    .sort(([a], [b]) => a - b)
    .flatMap(([record, document]) =>
      document !== undefined && test(document) ? [{ record, document }] : [],
    );
  if (plan.branches === undefined) return joined([scanned(reading), own]);
  const seen = new Set<number>();
  const streams = plan.branches.map((branch) => searched(reading, branch, seen));
  if (order === undefined) return joined([...streams, own]);
  if (streams.length === 1 && own.length === 0) return joined(streams);
  return mergedInOrder([...streams, inOrder(own, order)], order);
}

function* scanned({ view, collection, test, explanation }: Reading): Generator<Found | undefined> {
  const changes = view.changes(collection);
  for (const found of view.scan(collection)) {
    explanation.documentsExamined += 1;
    if (explanation.documentsExamined % stride === 0) yield undefined;
    if (!changes.has(found.record) && test(found.document)) yield found;
  }
}

function* searched(
  { view, collection, test, explanation }: Reading,
  { range, reverse }: Branch,
  seen: Set<number>,
): Generator<Found | undefined> {
  const changes = view.changes(collection);
  for (const record of view.search(range, reverse)) {
    explanation.keysExamined += 1;
    if (explanation.keysExamined % stride === 0) yield undefined;
    if (seen.has(record) || changes.has(record)) continue;
    seen.add(record);
    const document = view.get(collection, record);
    explanation.documentsExamined += 1;
    if (document !== undefined && test(document)) yield { record, document };
  }
}
