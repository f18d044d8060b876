import { Aggregator } from 'mingo/aggregator';
import { evalExpr } from 'mingo/core';
import { Lazy, type Iterator } from 'mingo/lazy';
import type { Any, Options } from 'mingo/types';
import { isFields, type Fields } from '../document';
import { failure } from './failure';
import { encodeKey } from './key';
import { reach, withElements, withValue } from './reach';

/** Reads a collection for `$lookup`: an absent one is empty. Each call gives documents that the caller may change. */
export type ReadCollection = (name: string, query: Fields) => Fields[];

/**
 * `$lookup` (mongodb.com/docs/manual/reference/operator/aggregation/lookup). The documents of the other collection are
 * asked for by all values at once, so an index on the foreign field serves.
 */
export function lookupStage(read: ReadCollection) {
  return (source: Iterator, expression: Any, options: Options): Iterator => {
    if (!isFields(expression)) throw failure('$lookup', 'needs an object');
    const { from, as, localField, foreignField, let: variables, pipeline } = expression;
    if (typeof from !== 'string' || typeof as !== 'string') {
      throw failure('$lookup', 'needs the texts `from` and `as`');
    }
    const joins = typeof localField === 'string' && typeof foreignField === 'string';
    if (!joins && !Array.isArray(pipeline)) {
      throw failure('$lookup', 'needs localField and foreignField, or a pipeline');
    }
    const stages = Array.isArray(pipeline) ? pipeline.filter(isFields) : [];
    return source.transform((all: Any[]) => {
      const documents = all.filter(isFields);
      const matching = joins
        ? joined(documents, localField, foreignField, (query) => read(from, query))
        : undefined;
      const whole = matching === undefined ? read(from, {}) : [];
      const result = documents.map((document) => {
        const found = matching?.(document) ?? whole;
        if (stages.length === 0) return withValue(document, as.split('.'), found);
        const bound: unknown =
          variables === undefined ? {} : evalExpr(document, variables, options);
        const { idKey, processingMode, useStrictMode, failOnError, context } = options;
        const inner = new Aggregator([...stages] as Record<string, unknown>[], {
          ...{ idKey, processingMode, useStrictMode, failOnError, context, scriptEnabled: false },
          variables: isFields(bound) ? bound : {},
        });
        return withValue(document, as.split('.'), inner.run(structuredCopy(found)));
      });
      return Lazy(result);
    });
  };
}

/** Nothing at the local field is null; each element of an array there counts. */
function joined(
  documents: readonly Fields[],
  localField: string,
  foreignField: string,
  read: (query: Fields) => Fields[],
): (document: Fields) => Fields[] {
  const valuesOf = (document: Fields, path: string) => {
    const values = reach(document, path);
    return values.length === 0 ? [null] : withElements(values).map((value) => value ?? null);
  };
  const wanted = new Map<string, unknown>();
  for (const document of documents) {
    for (const value of valuesOf(document, localField)) wanted.set(nameOf(value), value);
  }
  const others = read({ [foreignField]: { $in: [...wanted.values()] } });
  const byValue = new Map<string, Set<Fields>>();
  for (const other of others) {
    for (const value of valuesOf(other, foreignField)) {
      const name = nameOf(value);
      const group = byValue.get(name);
      if (group === undefined) byValue.set(name, new Set([other]));
      else group.add(other);
    }
  }
  const position = new Map(others.map((other, index) => [other, index]));
  return (document) => {
    const found = valuesOf(document, localField).flatMap((value) => [
      ...(byValue.get(nameOf(value)) ?? []),
    ]);
    return [...new Set(found)].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  };
}

function nameOf(value: unknown): string {
  return encodeKey(value).bytes.toString('latin1');
}

function structuredCopy(documents: readonly Fields[]): Fields[] {
  return documents.map((document) => ({ ...document }));
}
