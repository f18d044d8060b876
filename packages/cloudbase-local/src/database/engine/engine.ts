import { Aggregator } from 'mingo/aggregator';
import { Context, ProcessingMode } from 'mingo/core';
import * as mingoAccumulators from 'mingo/operators/accumulator';
import * as mingoExpressions from 'mingo/operators/expression';
import * as mingoStages from 'mingo/operators/pipeline';
import * as mingoProjections from 'mingo/operators/projection';
import * as mingoQuery from 'mingo/operators/query';
import * as mingoWindows from 'mingo/operators/window';
import { Query } from 'mingo/query';
import type { Any, Options } from 'mingo/types';
import { update } from 'mingo/updater';
import { isFields, without, type Fields } from '../document';
import { accumulatorExpressions, accumulatorOperators } from './accumulators';
import { dateOperators } from './dates';
import { expressionOperators, withFieldPaths } from './expressions';
import { $geoNear, geoOperators } from './geo';
import { schemaCheck } from './json-schema';
import { atOnce, lookUp, lookupStage, type ReadCollection, type Steps } from './lookup';
import { elementTest, queryOperators, withoutComments } from './query';
import { reach } from './reach';
import { regexOperators } from './regex-expressions';
import { refuseConstructor, stageOperators } from './stages';
import { textOperators } from './texts';

/**
 * mingo with our corrections in place of its own operators. Where mingo follows MongoDB's manual, mingo does it; each
 * correction says what rule it follows.
 */
const expressions = without(mingoExpressions, '$function');
const stages = without(mingoStages, '$out', '$merge');
const accumulators = without(mingoAccumulators, '$accumulator');
const queries = without(mingoQuery, '$where');

/** Only the first element that matches (mongodb.com/docs/manual/reference/operator/projection/elemMatch). */
function $elemMatch(document: Any, condition: Any, path: string, options: Options): Any {
  const [list] = reach(document, path);
  if (!Array.isArray(list)) return undefined;
  const test = elementTest(condition, options);
  const found: unknown[] = list.filter(test).slice(0, 1);
  return found.length === 0 ? undefined : found;
}

function contextWith(read: ReadCollection): Context {
  return Context.init({
    accumulator: { ...accumulators, ...accumulatorOperators },
    expression: {
      ...expressions,
      ...expressionOperators,
      ...textOperators,
      ...regexOperators,
      ...dateOperators,
      ...accumulatorExpressions,
    },
    pipeline: { ...stages, ...stageOperators, $geoNear, $lookup: lookupStage(read) },
    projection: { ...mingoProjections, $elemMatch },
    query: { ...queries, ...queryOperators, ...geoOperators },
    window: mingoWindows,
  });
}

/** Code in a query never runs: the SDK cannot send functions, and the cloud takes none. */
function optionsWith(read: ReadCollection): Options {
  return {
    idKey: '_id',
    processingMode: ProcessingMode.CLONE_OFF,
    useStrictMode: true,
    failOnError: true,
    scriptEnabled: false,
    context: contextWith(read),
    jsonSchemaValidator: schemaCheck,
    collectionResolver: (name) => read(name, {}).map((document) => ({ ...document })),
  };
}

const options = optionsWith(() => []);

/** mingo copies the context for each update: this one has only what the positional operator `$` needs. */
const updateOptions: Options = {
  ...options,
  context: Context.init({ query: { ...queries, ...queryOperators, ...geoOperators } }),
};

/** @returns The test of a document. @throws Error if the query is malformed. */
export function matcher(query: Fields): (document: Fields) => boolean {
  const compiled = new Query<Fields>(withoutComments(query), options);
  return (document) => compiled.test(document);
}

/** Projects clones of documents; the positional operator `$` refers to the query. */
export function projectWith(
  documents: readonly Fields[],
  projection: Fields,
  query: Fields,
): Fields[] {
  refuseConstructor(projection);
  return new Query(withoutComments(query), options).find<Fields>([...documents], projection).all();
}

/** Runs stages on clones of documents. @param read - Gives what other collections hold, as clones. */
export function runStages(
  documents: readonly Fields[],
  pipeline: readonly Fields[],
  read: ReadCollection,
): Fields[] {
  return atOnce(stepsOf(documents, pipeline, read), read);
}

/**
 * As {@link runStages}, in steps: what `$lookup` reads, the caller brings.
 *
 * @param read - Needed where a `$lookup` stands within another stage.
 */
export function* stepsOf(
  documents: readonly Fields[],
  pipeline: readonly Fields[],
  read: ReadCollection,
): Steps {
  const options = optionsWith(read);
  const stages = pipeline.map(prepareStage);
  let results = [...documents];
  for (let at = 0; at < stages.length; at += 1) {
    const next = stages.findIndex((stage, index) => index >= at && '$lookup' in stage);
    const end = next === -1 ? stages.length : next;
    if (end > at) results = new Aggregator(stages.slice(at, end), options).run<Fields>(results);
    if (next !== -1) results = yield* lookUp(results, stages[next]?.['$lookup'], options);
    at = end;
  }
  return results;
}

function prepareStage(stage: Fields): Record<string, unknown> {
  const prepared = withFieldPaths(stage);
  if (!isFields(prepared)) return {};
  const match = prepared['$match'];
  return isFields(match) ? { ...prepared, $match: withoutComments(match) } : { ...prepared };
}

/**
 * @returns The test of an item that `$pull` takes out: a plain value is compared, an object is a condition on fields of
 *   items that are documents, operators are tried on the item itself (…/operator/update/pull).
 */
export function pullTest(condition: unknown): (item: unknown) => boolean {
  if (isFields(condition)) return elementTest(condition, options);
  const test = matcher({ item: condition });
  // One more array around it: an item that is an array is compared as a whole.
  return (item) => test({ item: Array.isArray(item) ? [item] : item });
}

/** Changes a document in place, as the operators that mingo gets right say. */
export function applyUpdate(document: Fields, operators: Fields, query: Fields): void {
  update<Record<string, unknown>>(document, operators, [], query, {
    cloneMode: 'deep',
    queryOptions: updateOptions,
  });
}
