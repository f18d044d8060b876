import { evalExpr } from 'mingo/core';
import type { Any, Options } from 'mingo/types';
import * as mingo from 'mingo/operators/accumulator';
import { compare, equal } from './compare';

/**
 * MongoDB's accumulators where mingo's differ (…/operator/aggregation/#accumulators---group-). In `$group` they run over
 * documents, elsewhere over the values of their argument.
 */
type Accumulator = (documents: Any[], expression: Any, options: Options) => Any;
type Operator = (subject: Any, expression: Any, options: Options) => Any;

const missing = Symbol('missing');

/** mingo's `$push` makes null of what is missing; this lets it through. */
const $_orMissing: Operator = (document, expression, options) => {
  const value = evalExpr(document, expression, options);
  return value === undefined ? missing : value;
};

/** @returns What the expression gives for each document; nothing where it gives nothing. */
function valuesOf(documents: readonly Any[], expression: Any, options: Options): Any[] {
  const values =
    expression === null
      ? documents
      : mingo.$push([...documents], { $_orMissing: expression }, options);
  return values.filter((value) => value !== missing && value !== undefined);
}

function numbersOf(documents: readonly Any[], expression: Any, options: Options): number[] {
  return valuesOf(documents, expression, options).filter((value) => typeof value === 'number');
}

const $sum: Accumulator = (documents, expression, options) =>
  numbersOf(documents, expression, options).reduce((sum, value) => sum + value, 0);

const $avg: Accumulator = (documents, expression, options) => {
  const numbers = numbersOf(documents, expression, options);
  return numbers.length === 0 ? null : mean(numbers);
};

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

/** The extreme value in the order of BSON types; null and missing count only if there is nothing else. */
function extreme(sign: number): Accumulator {
  return (documents, expression, options) =>
    valuesOf(documents, expression, options)
      .filter((value) => value !== null)
      .reduce<unknown>(
        (best, value) => (best === null || sign * compare(value, best) > 0 ? value : best),
        null,
      );
}

/** The standard deviation of the numbers; null of too few. */
function deviation(sampled: number): Accumulator {
  return (documents, expression, options) => {
    const numbers = numbersOf(documents, expression, options);
    if (numbers.length <= sampled) return null;
    const middle = mean(numbers);
    const squares = numbers.reduce((sum, value) => sum + (value - middle) ** 2, 0);
    return Math.sqrt(squares / (numbers.length - sampled));
  };
}

/** Values that are equal but for the order of their fields are two. */
const $addToSet: Accumulator = (documents, expression, options) => {
  const sorted = valuesOf(documents, expression, options).sort(compare);
  return sorted.filter((value, index) => index === 0 || !equal(value, sorted[index - 1]));
};

const everywhere = {
  $sum,
  $avg,
  $max: extreme(1),
  $min: extreme(-1),
  $stdDevPop: deviation(0),
  $stdDevSamp: deviation(1),
};

/** Outside of `$group` these take one argument, a list of one, or a list of several. */
function overArguments(run: Accumulator): Operator {
  return (document, expression, options) => {
    const single = Array.isArray(expression) && expression.length === 1;
    const argument: Any = single ? (expression as Any[])[0] : expression;
    const value = evalExpr(document, argument, options);
    return run(Array.isArray(value) ? value : [value], null, options);
  };
}

/** An operator that is an expression too: mingo hands it the documents of a group, or one document. */
function either(run: Accumulator): Operator {
  const other = overArguments(run);
  return (subject, expression, options) =>
    Array.isArray(subject)
      ? run(subject as Any[], expression, options)
      : other(subject, expression, options);
}

export const accumulatorOperators = { ...everywhere, $push: valuesOf, $addToSet };

export const accumulatorExpressions: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(Object.entries(everywhere).map(([name, run]) => [name, either(run)])),
  $_orMissing,
};

/** What may stand in `$group` and in `$bucket`'s output. */
export const accumulatorNames: ReadonlySet<string> = new Set(
  Object.keys(mingo).filter((name) => name !== '$accumulator'),
);
