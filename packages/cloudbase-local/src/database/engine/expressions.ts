import { evalExpr } from 'mingo/core';
import type { Options } from 'mingo/types';
import * as mingo from 'mingo/operators/expression';
import { isFields } from '../document';
import { compare, equal, rank, rankOf } from './compare';
import { failure } from './failure';
import { fieldPath } from './reach';
import { typeOf } from './types';

/**
 * MongoDB's expression operators where mingo's differ (mongodb.com/docs/manual/reference/operator/aggregation); those on
 * texts and dates have files of their own.
 */
type Operator = (document: unknown, expression: unknown, options: Options) => unknown;
type MingoOperator = (document: never, expression: never, options: Options) => unknown;

/** An operator of one argument may be given a list of that one. */
function unary(operator: MingoOperator): Operator {
  const run = operator as Operator;
  return (document, expression, options) => {
    const single = Array.isArray(expression) && expression.length === 1;
    return run(document, single ? (expression as unknown[])[0] : expression, options);
  };
}

/** An operator whose one argument need be no list. */
function listed(operator: MingoOperator): Operator {
  const run = operator as Operator;
  return (document, expression, options) =>
    run(document, Array.isArray(expression) ? expression : [expression], options);
}

/** @returns The values of an operator's arguments. */
export function argumentsOf(
  name: string,
  document: unknown,
  expression: unknown,
  options: Options,
): unknown[] {
  const values: unknown = evalExpr(document, expression, options);
  if (Array.isArray(values) && Array.isArray(expression)) return values;
  throw failure(name, 'needs a list of arguments');
}

/** Values of all types compare, in the order of BSON types; a missing one is less than null. */
function comparison(name: string, holds: (difference: number) => unknown): Operator {
  return (document, expression, options) => {
    const [a, b, ...more] = argumentsOf(name, document, expression, options);
    if (!Array.isArray(expression) || expression.length !== 2 || more.length > 0) {
      throw failure(name, 'needs two arguments');
    }
    return holds(compare(a, b));
  };
}

const $in: Operator = (document, expression, options) => {
  const [value, list] = argumentsOf('$in', document, expression, options);
  if (!Array.isArray(list)) throw failure('$in', 'needs an array as its second argument');
  return list.some((member) => equal(member, value));
};

const $indexOfArray: Operator = (document, expression, options) => {
  const [list, wanted, start = 0, end] = argumentsOf(
    '$indexOfArray',
    document,
    expression,
    options,
  );
  if (list === null || list === undefined) return null;
  if (!Array.isArray(list)) throw failure('$indexOfArray', 'needs an array');
  const from = position('$indexOfArray', start);
  const to = Math.min(
    list.length,
    end === undefined ? list.length : position('$indexOfArray', end),
  );
  return list.findIndex((value, index) => index >= from && index < to && equal(value, wanted));
};

export function position(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw failure(name, 'needs a position that is a whole number of at least 0');
}

/** MongoDB refuses a list of more than 100 MB (its parameter `internalQueryMaxRangeBytes`); mingo's kills the process. */
const longestRange = 6_000_000;

const $range: Operator = (document, expression, options) => {
  const [start, end, step = 1, ...more] = argumentsOf('$range', document, expression, options);
  if (more.length > 0) throw failure('$range', 'needs two or three arguments');
  const [from, to, by] = [start, end, step].map((value) => {
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    throw failure('$range', 'needs whole numbers');
  });
  if (from === undefined || to === undefined || by === undefined || by === 0) {
    throw failure('$range', 'needs a step that is not 0');
  }
  const length = Math.max(0, Math.ceil((to - from) / by));
  if (length > longestRange) throw failure('$range', `has more than ${longestRange} numbers`);
  return Array.from({ length }, (_, at) => from + at * by);
};

/** Fails where no branch fits and there is no default. */
const $switch: Operator = (document, expression, options) => {
  const branches = isFields(expression) ? expression['branches'] : undefined;
  if (!isFields(expression) || !Array.isArray(branches) || branches.length === 0) {
    throw failure('$switch', 'needs branches');
  }
  for (const branch of branches as unknown[]) {
    if (!isFields(branch)) throw failure('$switch', 'has a branch that is no object');
    if (isTrue(evalExpr(document, branch['case'], options))) {
      return evalExpr(document, branch['then'], options);
    }
  }
  if (!('default' in expression)) {
    throw failure('$switch', 'could not find a matching branch, and no default was specified');
  }
  return evalExpr(document, expression['default'], options);
};

/** All but false, null, 0 and what is missing (mongodb.com/docs/manual/reference/aggregation-quick-reference). */
function isTrue(value: unknown): boolean {
  return !(value === false || value === null || value === undefined || value === 0);
}

/** A field path with a number in it, which mingo takes for a position; see {@link withFieldPaths}. */
const $_fieldPath: Operator = (document, expression, options) => {
  const [head = '', ...names] = String(expression).split('.');
  const start: unknown = head.startsWith('$$')
    ? evalExpr(document, head, options)
    : fieldPath(document, [head.slice(1)]);
  return fieldPath(start, names);
};

const positional = /^\$.*\.\d+(?:\.|$)/;

/** @returns The expression with each field path that has a number in it as an operator of its own. */
export function withFieldPaths(expression: unknown): unknown {
  if (typeof expression === 'string') {
    return positional.test(expression) ? { $_fieldPath: expression } : expression;
  }
  if (Array.isArray(expression)) return expression.map(withFieldPaths);
  if (!isFields(expression)) return expression;
  const entries = Object.entries(expression);
  return Object.fromEntries(
    entries.map(([name, value]) =>
      ['$literal', '$match', '$_fieldPath'].includes(name)
        ? [name, value]
        : [name, withFieldPaths(value)],
    ),
  );
}

const $type: Operator = (document, expression, options) =>
  typeOf(evalExpr(document, expression, options));

const $isNumber: Operator = (document, expression, options) =>
  rankOf(evalExpr(document, expression, options)) === rank.number;

export const expressionOperators = {
  $eq: comparison('$eq', (difference) => difference === 0),
  $ne: comparison('$ne', (difference) => difference !== 0),
  $gt: comparison('$gt', (difference) => difference > 0),
  $gte: comparison('$gte', (difference) => difference >= 0),
  $lt: comparison('$lt', (difference) => difference < 0),
  $lte: comparison('$lte', (difference) => difference <= 0),
  $cmp: comparison('$cmp', Math.sign),
  $abs: unary(mingo.$abs),
  $ceil: unary(mingo.$ceil),
  $exp: unary(mingo.$exp),
  $floor: unary(mingo.$floor),
  $ln: unary(mingo.$ln),
  $log10: unary(mingo.$log10),
  $sqrt: unary(mingo.$sqrt),
  $size: unary(mingo.$size),
  $isArray: unary(mingo.$isArray),
  $isNumber: unary($isNumber),
  $type: unary($type),
  $reverseArray: unary(mingo.$reverseArray),
  $objectToArray: unary(mingo.$objectToArray),
  $trunc: listed(mingo.$trunc),
  $round: listed(mingo.$round),
  $in,
  $indexOfArray,
  $range,
  $switch,
  $_fieldPath,
};
