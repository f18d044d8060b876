import { evalExpr } from 'mingo/core';
import type { Options } from 'mingo/types';
import { argumentsOf, position } from './expressions';
import { failure } from './failure';

/** MongoDB's expression operators on texts where mingo's differ (…/aggregation/#string-expression-operators). */
type Operator = (document: unknown, expression: unknown, options: Options) => unknown;

/** As MongoDB turns a value into a text for these operators: nothing is '', numbers and dates are written out. */
function textOf(name: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value instanceof Date) return value.toISOString();
  throw failure(name, "can't convert from this type to a text");
}

/** By bytes of UTF-8; a negative count means the rest. */
function substr(name: string): Operator {
  return (document, expression, options) => {
    const [value, start, count] = argumentsOf(name, document, expression, options);
    const bytes = Buffer.from(textOf(name, value));
    if (typeof start !== 'number' || typeof count !== 'number') {
      throw failure(name, 'needs a start and a count that are numbers');
    }
    if (start < 0 || start > bytes.length) return '';
    const end = count < 0 ? bytes.length : Math.min(bytes.length, start + count);
    if (isContinuation(bytes[start]) || isContinuation(bytes[end])) {
      throw failure(name, 'begins or ends in the middle of a UTF-8 character');
    }
    return bytes.toString('utf8', start, end);
  };
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Where a text is in another one: in bytes of UTF-8 or in code points, -1 if it is not. */
function indexOf(name: string, split: (text: string) => readonly (string | number)[]): Operator {
  return (document, expression, options) => {
    const [text, wanted, start = 0, end] = argumentsOf(name, document, expression, options);
    if (text === null || text === undefined) return null;
    if (typeof text !== 'string' || typeof wanted !== 'string') throw failure(name, 'needs texts');
    const units = split(text);
    const sought = split(wanted);
    const from = position(name, start);
    const to = Math.min(units.length, end === undefined ? units.length : position(name, end));
    for (let at = from; at + sought.length <= to; at += 1) {
      if (sought.every((unit, index) => units[at + index] === unit)) return at;
    }
    return -1;
  };
}

function changeCase(name: string, change: (text: string) => string): Operator {
  return (document, expression, options) => {
    const single = Array.isArray(expression) && expression.length === 1;
    const argument: unknown = single ? (expression as unknown[])[0] : expression;
    return change(textOf(name, evalExpr(document, argument, options)));
  };
}

const $strcasecmp: Operator = (document, expression, options) => {
  const [a, b] = argumentsOf('$strcasecmp', document, expression, options).map((value) =>
    textOf('$strcasecmp', value).toUpperCase(),
  );
  if (a === undefined || b === undefined) throw failure('$strcasecmp', 'needs two arguments');
  return a < b ? -1 : a > b ? 1 : 0;
};

export const textOperators = {
  $substr: substr('$substr'),
  $substrBytes: substr('$substrBytes'),
  $indexOfBytes: indexOf('$indexOfBytes', (text) => [...Buffer.from(text)]),
  $indexOfCP: indexOf('$indexOfCP', (text) => Array.from(text)),
  $toLower: changeCase('$toLower', (text) => text.toLowerCase()),
  $toUpper: changeCase('$toUpper', (text) => text.toUpperCase()),
  $strcasecmp,
};
