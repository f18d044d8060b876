import { cloneDeep } from 'mingo/util';
import type { Collection } from './collection';
import { DatabaseError, withEngine } from './database-error';
import { isFields, type Fields } from './document';
import { stepsOf } from './engine/engine';
import { find, findKindly, type Explain, type FindRequest } from './find';
import type { Found } from './store';
import { turn } from './turn';
import type { View } from './view';

/**
 * Runs an aggregation (mongodb.com/docs/manual/core/aggregation-pipeline). What its first stages ask for is found as a
 * query is, so an index serves them.
 *
 * @param collection - Gives a collection by its name; undefined if there is none.
 */
export async function aggregate(
  view: View,
  name: string,
  stages: readonly Fields[],
  collection: (name: string) => Collection | undefined,
  explain?: Explain,
): Promise<Fields[]> {
  const refused = stages.flatMap(Object.keys).find((stage) => ['$out', '$merge'].includes(stage));
  if (refused !== undefined) {
    throw new DatabaseError(
      'DATABASE_INVALID_OPERRATOR',
      `The aggregation stage ${refused} is not supported.`,
    );
  }
  const { request, rest } = split(stages);
  const found = (from: string, query: Fields): Fields[] => {
    const other = collection(from);
    return other === undefined ? [] : clones(find(view, other, { query }, explain));
  };
  const foundKindly = async (from: string, wanted: FindRequest): Promise<Fields[]> => {
    const other = collection(from);
    return other === undefined ? [] : clones(await findKindly(view, other, wanted, explain));
  };
  let answer = await foundKindly(name, request);
  const steps = withEngine(() => stepsOf(answer, rest, found));
  for (;;) {
    const step = withEngine(() => steps.next(answer));
    if (step.done === true) return step.value;
    if (turn.isOver) await turn.next();
    const reading = step.value;
    answer = reading === undefined ? [] : await foundKindly(reading.name, reading);
  }
}

/** Stages such as `$unset` change what they are given. */
function clones(found: readonly Found[]): Fields[] {
  const copies = cloneDeep(found.map(({ document }) => document));
  return Array.isArray(copies) ? copies.filter(isFields) : [];
}

/** The stages at the beginning that one query can do, in the order in which a query does them. */
function split(stages: readonly Fields[]): { request: FindRequest; rest: readonly Fields[] } {
  const queries: Fields[] = [];
  let at = 0;
  const next = (name: string): unknown => {
    const value = stages[at]?.[name];
    if (value !== undefined) at += 1;
    return value;
  };
  const isAt = (name: string): boolean => isFields(stages[at]?.[name]);
  while (isAt('$match')) {
    const query = next('$match');
    if (isFields(query)) queries.push(query);
  }
  const order = isAt('$sort') ? next('$sort') : undefined;
  const offset = count(stages[at]?.['$skip']) === undefined ? undefined : count(next('$skip'));
  const limit = count(stages[at]?.['$limit']) === undefined ? undefined : count(next('$limit'));
  const [query = {}, ...more] = queries;
  return {
    request: {
      query: more.length === 0 ? query : { $and: queries },
      ...(isFields(order) ? { order } : {}),
      ...(offset === undefined ? {} : { offset }),
      ...(limit === undefined ? {} : { limit }),
    },
    rest: stages.slice(at),
  };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}
