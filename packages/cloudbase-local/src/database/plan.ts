import type { Index } from './collection';
import { merged, pointsOf, readConditions, type Condition, type Conditions } from './conditions';
import type { Fields } from './document';
import { indexPrefix, textLength } from './entries';
import { after, encodeKey, inverted, type Key } from './engine/key';
import { rank, rankOf } from './engine/compare';
import type { Order } from './engine/sort';
import type { KeyRange } from './store-key';

/** A part of an index that is read. */
export interface Branch {
  readonly index: Index;
  readonly range: KeyRange;
  readonly reverse: boolean;
}

/** How the documents that may match are found; each is still tried on the whole query. */
export interface Plan {
  /** All of them together lead to every document that matches; undefined if all documents are read. */
  readonly branches: readonly Branch[] | undefined;
  /** Whether each branch comes in the order that is asked for. */
  readonly sorted: boolean;
}

interface Candidate extends Plan {
  readonly branches: readonly Branch[];
  readonly score: number;
}

/** With more points than this an index is not used for them. */
const mostBranches = 100_000;

/** With more branches than this their documents are sorted, not merged. */
const mostMerged = 200;

/**
 * Chooses indexes for a query (mongodb.com/docs/manual/core/query-plans): those with the most fields that are equal to
 * something, then those that give the order, then those with a range.
 *
 * @param order - undefined if any order will do.
 * @param limited - Whether only some of the documents are wanted: then an index for the order alone is worth it.
 */
export function planQuery(
  query: Fields,
  order: Order | undefined,
  indexes: readonly Index[],
  limited: boolean,
): Plan {
  const { conditions, alternatives } = readConditions(query);
  const whole = best(conditions, order, indexes, limited);
  const parts = alternatives?.map((alternative) => {
    const own = readConditions(alternative);
    return best(merged(conditions, own.conditions), order, indexes, false);
  });
  const united = parts === undefined ? undefined : unite(parts);
  const chosen = united !== undefined && united.score > (whole?.score ?? 0) ? united : whole;
  return chosen ?? { branches: undefined, sorted: false };
}

/** Each alternative needs an index of its own. */
function unite(parts: readonly (Candidate | undefined)[]): Candidate | undefined {
  const found = parts.filter((part) => part !== undefined);
  const branches = found.flatMap((part) => part.branches);
  if (found.length < parts.length || branches.length > mostBranches) return undefined;
  return {
    branches,
    sorted: found.every(({ sorted }) => sorted) && branches.length <= mostMerged,
    score: Math.min(...found.map(({ score }) => score)),
  };
}

function best(
  conditions: Conditions,
  order: Order | undefined,
  indexes: readonly Index[],
  limited: boolean,
): Candidate | undefined {
  const candidates = indexes.flatMap((index) => candidate(index, conditions, order, limited) ?? []);
  return candidates.reduce<Candidate | undefined>(
    (chosen, each) => (chosen === undefined || each.score > chosen.score ? each : chosen),
    undefined,
  );
}

function candidate(
  index: Index,
  conditions: Conditions,
  order: Order | undefined,
  limited: boolean,
): Candidate | undefined {
  const length = textLength(index);
  let prefixes = [indexPrefix(index)];
  let equal = 0;
  const taken = new Set<string>();
  for (const { field, direction } of index.keys) {
    if (index.multikey && taken.has(rootOf(field))) break;
    const points = pointsOf(conditions.get(field));
    if (points === undefined || prefixes.length * points.length > mostBranches) break;
    const parts = new Map<string, Buffer>();
    for (const value of points) {
      const { bytes } = encodeKey(value, length);
      parts.set(bytes.toString('latin1'), direction === 1 ? bytes : inverted(bytes));
    }
    prefixes = prefixes.flatMap((key) =>
      [...parts.values()].map((part) => Buffer.concat([key, part])),
    );
    taken.add(rootOf(field));
    equal += 1;
  }
  const next = index.keys[equal];
  const bounds =
    next === undefined || (index.multikey && taken.has(rootOf(next.field)))
      ? undefined
      : boundsOf(conditions.get(next.field), index.multikey, length);
  const way = directionFor(index, equal, order);
  const useful =
    equal > 0 || bounds !== undefined || (way !== undefined && order !== undefined && limited);
  if (!useful) return undefined;
  const ranges = prefixes.map((prefix) =>
    bounds === undefined || next === undefined
      ? { start: prefix, end: after(prefix) }
      : rangeIn(prefix, bounds, next.direction),
  );
  const identifies = index.unique && equal === index.keys.length ? 100 : 0;
  const ordered = way !== undefined && order !== undefined ? 5 : 0;
  return {
    branches: ranges.map((range) => ({ index, range, reverse: way === 'backward' })),
    sorted: way !== undefined && (order === undefined || ranges.length <= mostMerged),
    score: equal * 10 + identifies + ordered + (bounds === undefined ? 0 : 4),
  };
}

/** Of fields within one array only one counts: each condition may meet another element (…/core/multikey-index-bounds). */
function rootOf(field: string): string {
  return field.replace(/\..*/, '');
}

/** Which way an index is read for an order; undefined if it does not give it. Fields that are equal do not matter. */
function directionFor(
  index: Index,
  equal: number,
  order: Order | undefined,
): 'forward' | 'backward' | undefined {
  if (order === undefined) return 'forward';
  if (index.multikey || index.inexact) return undefined;
  const fixed = new Set(index.keys.slice(0, equal).map(({ field }) => field));
  const wanted = order.filter(([path]) => !fixed.has(path));
  const given = index.keys.slice(equal);
  const signs = wanted.map(([path, direction], at) => {
    const key = given[at];
    return key?.field === path ? direction * key.direction : 0;
  });
  if (signs.every((sign) => sign === 1)) return 'forward';
  return signs.every((sign) => sign === -1) ? 'backward' : undefined;
}

/** A place between keys: before or after all that begin with these bytes. */
interface Place {
  readonly bytes: Buffer;
  readonly after: boolean;
}

interface Bounds {
  readonly low: Place;
  readonly high: Place;
}

/** Only values of the same type compare. Of an array each condition may meet another value, so only one counts. */
function boundsOf(
  conditions: readonly Condition[] = [],
  multikey: boolean,
  length: number,
): Bounds | undefined {
  const low = conditions.find((condition) => condition.low !== undefined)?.low;
  const high = conditions.find((condition) => condition.high !== undefined)?.high;
  const known = low ?? high;
  if (known === undefined || rankOf(known.value) === rank.null) return undefined;
  const type = Buffer.of(rankOf(known.value));
  const lowest = { bytes: type, after: false };
  const highest = { bytes: type, after: true };
  const useHigh = high !== undefined && (low === undefined || !multikey);
  return {
    low: low === undefined ? lowest : placeOf(encodeKey(low.value, length), !low.inclusive, false),
    high: useHigh ? placeOf(encodeKey(high.value, length), high.inclusive, true) : highest,
  };
}

/** A key that is not exact takes in all that may be the same. */
function placeOf({ bytes, exactUpTo }: Key, isAfter: boolean, isHigh: boolean): Place {
  if (exactUpTo === undefined) return { bytes, after: isAfter };
  return { bytes: bytes.subarray(0, exactUpTo), after: isHigh };
}

function rangeIn(prefix: Buffer, { low, high }: Bounds, direction: 1 | -1): KeyRange {
  const at = ({ bytes, after: isAfter }: Place): Buffer => {
    const key = Buffer.concat([prefix, bytes]);
    return isAfter ? after(key) : key;
  };
  if (direction === 1) return { start: at(low), end: at(high) };
  const turned = ({ bytes, after: isAfter }: Place): Place => ({
    bytes: inverted(bytes),
    after: !isAfter,
  });
  return { start: at(turned(high)), end: at(turned(low)) };
}
