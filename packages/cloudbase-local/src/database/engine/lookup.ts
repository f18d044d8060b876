import { Aggregator } from 'mingo/aggregator';
import { evalExpr } from 'mingo/core';
import { Lazy, type Iterator } from 'mingo/lazy';
import type { Any, Options } from 'mingo/types';
import { isFields, type Fields } from '../document';
import { failure } from './failure';
import { equalityOf, plainConditions, type Join } from './join';
import { encodeKey } from './key';
import { reach, withElements, withValue } from './reach';
import { ValueSet } from './value-set';

/** Reads a collection for `$lookup`: an absent one is empty. Each call gives documents that the caller may change. */
export type ReadCollection = (name: string, query: Fields) => Fields[];

/** What `$lookup` needs to read on its way. */
export interface Reading {
  readonly name: string;
  readonly query: Fields;
}

/** A computation that asks for what it reads, and rests where it yields nothing. */
export type Steps = Generator<Reading | undefined, Fields[], Fields[]>;

/** @returns What the steps give, with each reading done at once. */
export function atOnce(steps: Steps, read: ReadCollection): Fields[] {
  let answer: Fields[] = [];
  for (;;) {
    const step = steps.next(answer);
    if (step.done === true) return step.value;
    const reading = step.value;
    answer = reading === undefined ? [] : read(reading.name, reading.query);
  }
}

/** `$lookup` where it stands in a pipeline within a stage. */
export function lookupStage(read: ReadCollection) {
  return (source: Iterator, expression: Any, options: Options): Iterator =>
    source.transform((all: Any[]) =>
      Lazy(atOnce(lookUp(all.filter(isFields), expression, options), read)),
    );
}

/** After so many documents a look-up rests. */
const stride = 50;

/**
 * `$lookup` (mongodb.com/docs/manual/reference/operator/aggregation/lookup). The documents of the other collection are
 * asked for by all values at once, so an index on the foreign field serves; also where a pipeline says by `$expr` that
 * a field is equal to a variable.
 */
export function* lookUp(
  documents: readonly Fields[],
  expression: unknown,
  options: Options,
): Steps {
  const { from, as, joins, variables, stages } = parse(expression);
  const bindings = documents.map((document): Fields => {
    const bound: unknown = variables === undefined ? {} : evalExpr(document, variables, options);
    return { ...options.variables, ...(isFields(bound) ? bound : {}) };
  });
  const join = joins ?? equalityOf(stages);
  const sought = documents.map((document, at) => join?.valuesOf(document, bindings[at] ?? {}));
  const conditions = joins === undefined ? plainConditions(stages) : [];
  const joined = join !== undefined && sought.every((values) => values !== undefined);
  const others: Fields[] = [];
  for (const part of joined ? partsOf(join.foreignField, sought.flat()) : [{}]) {
    others.push(...(yield { name: from, query: { $and: [part, ...conditions] } }));
  }
  const match = joined ? grouped(distinct(others), join.foreignField) : () => others;
  const results: Fields[] = [];
  for (const [at, document] of documents.entries()) {
    const found = match(sought[at] ?? []);
    const given = stages.length === 0 ? found : run(found, stages, bindings[at], options);
    results.push(withValue(document, as.split('.'), given));
    if (at % stride === stride - 1) yield undefined;
  }
  return results;
}

function run(
  documents: readonly Fields[],
  stages: readonly Fields[],
  variables: Fields = {},
  { idKey, processingMode, useStrictMode, failOnError, context }: Options,
): Fields[] {
  const settings = { idKey, processingMode, useStrictMode, failOnError, context };
  const options = { ...settings, scriptEnabled: false, variables };
  const pipeline = stages.map((stage) => ({ ...stage }));
  return new Aggregator(pipeline, options).run<Fields>(documents.map((each) => ({ ...each })));
}

function parse(expression: unknown) {
  if (!isFields(expression)) throw failure('$lookup', 'needs an object');
  const { from, as, localField, foreignField, let: variables, pipeline } = expression;
  if (typeof from !== 'string' || typeof as !== 'string') {
    throw failure('$lookup', 'needs the texts `from` and `as`');
  }
  const joins: Join | undefined =
    typeof localField === 'string' && typeof foreignField === 'string'
      ? { foreignField, valuesOf: (document) => localValues(document, localField) }
      : undefined;
  if (joins === undefined && !Array.isArray(pipeline)) {
    throw failure('$lookup', 'needs localField and foreignField, or a pipeline');
  }
  const stages = Array.isArray(pipeline) ? pipeline.filter(isFields) : [];
  return { from, as, joins, variables, stages };
}

/** Nothing at the local field is null; of an array there each element counts, and not the whole. */
function localValues(document: Fields, path: string): unknown[] {
  const values = reach(document, path);
  return values.length === 0
    ? [null]
    : values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value ?? null]));
}

/** Queries for all the values; arrays and objects, which no index finds, do not keep the others from one. */
function partsOf(field: string, values: readonly unknown[]): Fields[] {
  const seen = new ValueSet();
  const wanted = values.filter((value) => seen.add(value));
  const isPlain = (value: unknown): boolean => !isFields(value) && !Array.isArray(value);
  return [wanted.filter(isPlain), wanted.filter((value) => !isPlain(value))].flatMap(($in) =>
    $in.length === 0 ? [] : [{ [field]: { $in } }],
  );
}

function distinct(documents: readonly Fields[]): Fields[] {
  const seen = new ValueSet();
  return documents.filter(({ _id }) => seen.add(_id));
}

function grouped(others: readonly Fields[], field: string) {
  const byValue = new Map<string, Set<Fields>>();
  for (const other of others) {
    const values = reach(other, field);
    for (const value of values.length === 0 ? [null] : withElements(values)) {
      const name = nameOf(value);
      const group = byValue.get(name);
      if (group === undefined) byValue.set(name, new Set([other]));
      else group.add(other);
    }
  }
  const position = new Map(others.map((other, index) => [other, index]));
  return (values: readonly unknown[]): Fields[] => {
    const found = values.flatMap((value) => [...(byValue.get(nameOf(value)) ?? [])]);
    return [...new Set(found)].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  };
}

function nameOf(value: unknown): string {
  return encodeKey(value).bytes.toString('latin1');
}
