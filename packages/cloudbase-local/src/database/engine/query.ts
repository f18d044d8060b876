import { Query } from 'mingo/query';
import type { Options } from 'mingo/types';
import { isFields, type Fields } from '../document';
import { compare, equal, rank, rankOf, toNumber } from './compare';
import { failure } from './failure';
import { reach, withElements } from './reach';
import { typeTest } from './types';
import { ValueSet } from './value-set';

/**
 * MongoDB's query operators where mingo's differ (mongodb.com/docs/manual/reference/operator/query). Each takes a
 * condition on a path and gives a test of a document. How a path reaches values is {@link reach}'s.
 */
type Test = (document: unknown) => boolean;
type ValueTest = (value: unknown) => boolean;

/** An operator as mingo calls it. */
export type QueryOperator = (path: string, operand: unknown, options: Options) => Test;

export type QueryOperators = Readonly<Record<`$${string}`, QueryOperator>>;

/** Holds if the test holds for a value at the path or, where that is an array, for one of its elements. */
function onValues(makeTest: (operand: unknown, options: Options) => ValueTest) {
  return (path: string, operand: unknown, options: Options): Test => {
    const test = makeTest(operand, options);
    return (document) => {
      for (const value of reach(document, path)) {
        if (test(value)) return true;
        if (Array.isArray(value) && value.some(test)) return true;
      }
      return false;
    };
  };
}

function not(operator: (path: string, operand: unknown, options: Options) => Test) {
  return (path: string, operand: unknown, options: Options): Test => {
    const test = operator(path, operand, options);
    return (document) => !test(document);
  };
}

/** null is equal to a missing value; a regular expression only to itself. */
function equals(operand: unknown): ValueTest {
  if (operand === null || operand === undefined) {
    return (value) => value === null || value === undefined;
  }
  if (typeof operand === 'string' || typeof operand === 'boolean') return (v) => v === operand;
  return (value) => equal(value, operand);
}

/** Values of another type are neither less nor greater (mongodb.com/docs/manual/reference/method/db.collection.find/#type-bracketing). */
function compares(holds: (difference: number) => boolean) {
  return onValues((operand) => {
    if (operand === null) return (value) => holds(0) && (value ?? null) === null;
    const type = rankOf(operand);
    const isNaN = Number.isNaN(operand);
    return (value) => {
      if (rankOf(value) !== type) return false;
      // NaN is neither less nor greater than a number here, although it sorts first.
      if (Number.isNaN(value) !== isNaN) return false;
      return holds(compare(value, operand));
    };
  });
}

const $eq = onValues(equals);

const $in = onValues((operand) => {
  const members = list('$in', operand);
  const patterns = members.filter((member) => member instanceof RegExp);
  const values = new ValueSet(members.map((member) => member ?? null));
  return (value) =>
    values.has(value ?? null) || patterns.some((pattern) => matches(pattern, value));
});

function memberTest(member: unknown): ValueTest {
  if (!(member instanceof RegExp)) return equals(member);
  return (value) => matches(member, value);
}

function matches(pattern: RegExp, value: unknown): boolean {
  if (value instanceof RegExp) return equal(pattern, value);
  return typeof value === 'string' && pattern.test(value);
}

const $regex = onValues((operand) => {
  const pattern = operand instanceof RegExp ? operand : new RegExp(String(operand));
  return (value) => matches(pattern, value);
});

/** Only numbers have a remainder; divisor and remainder are cut to whole ones. */
const $mod = onValues((operand) => {
  const [divisor, remainder, ...more] = list('$mod', operand).map(toNumber);
  if (divisor === undefined || remainder === undefined || more.length > 0) {
    throw failure('$mod', 'needs a divisor and a remainder');
  }
  if (Math.trunc(divisor) === 0) throw failure('$mod', 'cannot divide by zero');
  return (value) =>
    rankOf(value) === rank.number &&
    Math.trunc(toNumber(value)) % Math.trunc(divisor) === Math.trunc(remainder);
});

const $type = onValues((operand) => typeTest(operand));

function $exists(path: string, operand: unknown): Test {
  const wanted = Boolean(operand);
  return (document) => reach(document, path).some((value) => value !== undefined) === wanted;
}

function $size(path: string, operand: unknown): Test {
  return (document) =>
    reach(document, path).some((value) => Array.isArray(value) && value.length === operand);
}

/** Every member must be found; a scalar at the path counts as a list of one. */
function $all(path: string, operand: unknown, options: Options): Test {
  const members = list('$all', operand);
  const tests = members.map((member): Test => {
    if (isFields(member) && '$elemMatch' in member) {
      return $elemMatch(path, member['$elemMatch'], options);
    }
    const test = memberTest(member);
    return (document) => withElements(reach(document, path)).some(test);
  });
  return (document) => tests.length > 0 && tests.every((test) => test(document));
}

function $elemMatch(path: string, operand: unknown, options: Options): Test {
  const test = elementTest(operand, options);
  return (document) =>
    reach(document, path).some((value) => Array.isArray(value) && value.some(test));
}

const logical = new Set(['$and', '$or', '$nor', '$expr']);

/**
 * The test of one element of an array: operators are tried on the element itself; a condition on fields holds for
 * documents (and arrays) alone, so `{ x: { $exists: false } }` matches no number.
 */
export function elementTest(condition: unknown, options: Options): ValueTest {
  if (!isFields(condition)) throw failure('$elemMatch', 'needs an object');
  const [first] = Object.keys(condition);
  if (first !== undefined && first.startsWith('$') && !logical.has(first)) {
    const query = new Query({ element: condition }, options);
    return (element) => query.test({ element: Array.isArray(element) ? [element] : element });
  }
  const query = new Query(condition, options);
  return (element) => {
    if (Array.isArray(element)) return query.test(Object.fromEntries(element.entries()));
    return isFields(element) && query.test(element);
  };
}

export const queryOperators: QueryOperators = {
  $eq,
  $ne: not($eq),
  $in,
  $nin: not($in),
  $gt: compares((difference) => difference > 0),
  $gte: compares((difference) => difference >= 0),
  $lt: compares((difference) => difference < 0),
  $lte: compares((difference) => difference <= 0),
  $regex,
  $mod,
  $type,
  $exists,
  $size,
  $all,
  $elemMatch,
};

function list(operator: string, operand: unknown): readonly unknown[] {
  if (Array.isArray(operand)) return operand as readonly unknown[];
  throw failure(operator, 'needs an array');
}

/** @returns The query without `$comment`, which says nothing about documents. */
export function withoutComments(query: Fields): Fields {
  const entries = Object.entries(query).flatMap(([name, value]): [string, unknown][] => {
    if (name === '$comment') return [];
    if (!Array.isArray(value) || !['$and', '$or', '$nor'].includes(name)) return [[name, value]];
    const parts: unknown[] = value;
    return [[name, parts.map((part) => (isFields(part) ? withoutComments(part) : part))]];
  });
  return Object.fromEntries(entries);
}
