import { Context, evalExpr } from 'mingo/core';
import { Lazy, type Iterator } from 'mingo/lazy';
import * as mingo from 'mingo/operators/pipeline';
import type { Any, AnyObject, Options } from 'mingo/types';
import { isFields, without, type Fields } from '../document';
import { DatabaseError } from '../database-error';
import { accumulatorNames } from './accumulators';
import { compare, rankOf } from './compare';
import { failure } from './failure';
import { orderOf, sortDocuments } from './sort';

/** MongoDB's aggregation stages where mingo's differ (mongodb.com/docs/manual/reference/operator/aggregation-pipeline). */
type Stage = (source: Iterator, expression: Any, options: Options) => Iterator;

/** A stage that needs all its documents at once; they are read when the first result is asked for. */
function whole(run: (documents: Fields[], expression: Any, options: Options) => Any[]): Stage {
  return (source, expression, options) =>
    source.transform((documents: Any[]) =>
      Lazy(run(documents.filter(isFields), expression, options)),
    );
}

const $sort = whole((documents, expression) => sortDocuments(documents, orderOf(expression)));

/** No document comes twice. */
const $sample = whole((documents, expression) => {
  const size = isFields(expression) ? expression['size'] : undefined;
  if (typeof size !== 'number' || !(size >= 0)) throw failure('$sample', 'needs a size');
  const rest = [...documents];
  const taken: Fields[] = [];
  while (taken.length < size && rest.length > 0) {
    taken.push(...rest.splice(Math.floor(Math.random() * rest.length), 1));
  }
  return taken;
});

/** Of nothing there is no count at all. */
const $count = whole((documents, name) => {
  if (typeof name !== 'string' || name === '' || name.startsWith('$') || name.includes('.')) {
    throw failure('$count', 'needs the name of a field');
  }
  return documents.length === 0 ? [] : [{ [name]: documents.length }];
});

/** A value belongs to the last boundary that is not above it; buckets without a document are left out. */
const $bucket: Stage = (source, expression, options) => {
  if (!isFields(expression)) throw failure('$bucket', 'needs an object');
  const { boundaries, groupBy, output = { count: { $sum: 1 } } } = expression;
  const bounds: readonly unknown[] = Array.isArray(boundaries) ? boundaries : [];
  const ascending = bounds.every((bound, index) => {
    const before = bounds[index - 1];
    return index === 0 || (rankOf(before) === rankOf(bound) && compare(before, bound) < 0);
  });
  if (bounds.length < 2 || !ascending) {
    throw failure('$bucket', 'needs two boundaries or more, of one type and ascending');
  }
  checkAccumulators('$bucket', output);
  const outside = Symbol('outside');
  const bucketOf = (document: Fields): unknown => {
    const value: unknown = evalExpr(document, groupBy, options);
    const above = bounds.findIndex((bound) => compare(value, bound) < 0);
    return above > 0 ? bounds[above - 1] : outside;
  };
  return whole((documents) => {
    const groups = groupInto(documents, bucketOf);
    if (groups.has(outside) && !('default' in expression)) {
      throw failure('$bucket', 'found a value outside of the boundaries, and no default is given');
    }
    const names = [...bounds, outside].filter((name) => groups.has(name));
    return names.map((name) => ({
      _id: name === outside ? expression['default'] : name,
      ...grouped(groups.get(name) ?? [], output, options),
    }));
  })(source, expression, options);
};

function groupInto(documents: readonly Fields[], nameOf: (document: Fields) => unknown) {
  const groups = new Map<unknown, Fields[]>();
  for (const document of documents) {
    const name = nameOf(document);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [document]);
    else group.push(document);
  }
  return groups;
}

function grouped(documents: Fields[], output: unknown, options: Options): AnyObject {
  const [result] = mingo
    .$group(Lazy(documents), { _id: null, ...(isFields(output) ? output : {}) }, options)
    .collect<AnyObject>();
  return without(result ?? {}, '_id');
}

/** Each field of a group is one accumulator; anything else is refused, and an unknown one by the cloud's own code. */
function checkAccumulators(stage: string, output: unknown): void {
  if (!isFields(output)) throw failure(stage, 'needs an object of accumulators');
  for (const [field, accumulator] of Object.entries(output)) {
    const [name, ...more] = isFields(accumulator) ? Object.keys(accumulator) : [];
    if (name === undefined || more.length > 0 || !name.startsWith('$')) {
      throw failure(stage, `needs one accumulator as the field ${field}`);
    }
    if (!accumulatorNames.has(name)) {
      const message = `The group accumulator ${name} is not supported.`;
      throw new DatabaseError('DATABASE_INVALID_OPERRATOR', message);
    }
  }
}

const $group: Stage = (source, expression, options) => {
  if (!isFields(expression) || !('_id' in expression)) {
    throw failure('$group', 'needs an object with an _id');
  }
  checkAccumulators('$group', without(expression, '_id'));
  return mingo.$group(source, { _id: null, ...expression }, options);
};

type Windows = Parameters<typeof mingo.$setWindowFields>[1];

/** What else is wrong with it mingo says. */
function isWindows(value: unknown): value is Windows {
  return isFields(value) && isFields(value['output']);
}

/** mingo makes its windows with `$function`, so scripts are on in this stage; nobody else may write one there. */
const $setWindowFields: Stage = (source, expression, options) => {
  if (!isWindows(expression)) throw failure('$setWindowFields', 'needs an output');
  if (/"\$(?:function|accumulator|where)":/.test(JSON.stringify(expression))) {
    throw new DatabaseError('DATABASE_INVALID_OPERRATOR', 'Functions are not supported.');
  }
  return mingo.$setWindowFields(source, expression, {
    idKey: options.idKey,
    processingMode: options.processingMode,
    useStrictMode: options.useStrictMode,
    failOnError: options.failOnError,
    scriptEnabled: true,
    context: Context.from(options.context),
  });
};

const $project: Stage = (source, expression, options) => {
  if (!isFields(expression)) throw failure('$project', 'needs an object of fields');
  refuseConstructor(expression);
  return mingo.$project(source, expression, options);
};

/** @throws DatabaseError if a projection names a field `constructor`: mingo would write into what all objects share. */
export function refuseConstructor(projection: unknown): void {
  if (!isFields(projection)) return;
  for (const [path, value] of Object.entries(projection)) {
    if (path.split('.').includes('constructor')) {
      throw failure('$project', 'cannot name a field `constructor`');
    }
    refuseConstructor(value);
  }
}

export const stageOperators = {
  $project,
  $sort,
  $sample,
  $count,
  $bucket,
  $group,
  $setWindowFields,
};
