import { evalExpr } from 'mingo/core';
import type { Options } from 'mingo/types';
import { isFields, type Fields } from '../document';
import { failure } from './failure';
import { toRegExp } from './regexp';

/**
 * `$regexFind`, `$regexFindAll` and `$regexMatch` (…/operator/aggregation/regexFind). mingo knows no option `x`, counts
 * UTF-16 units, loses its place after the second match, and never ends where a match is empty.
 */
type Operator = (document: unknown, expression: unknown, options: Options) => unknown;

interface Search {
  readonly input: string;
  readonly pattern: RegExp;
}

/** @returns What is searched; undefined if there is no text or no pattern. */
function searchOf(
  name: string,
  document: unknown,
  expression: unknown,
  options: Options,
): Search | undefined {
  if (!isFields(expression) || !('input' in expression) || !('regex' in expression)) {
    throw failure(name, 'needs `input` and `regex`');
  }
  const values: unknown = evalExpr(document, expression, options);
  const {
    input = null,
    regex = null,
    options: flags = null,
  }: Fields = isFields(values) ? values : {};
  if (input !== null && typeof input !== 'string') throw failure(name, 'needs a text as `input`');
  if (flags !== null && typeof flags !== 'string') throw failure(name, 'needs a text as `options`');
  if (regex !== null && typeof regex !== 'string' && !(regex instanceof RegExp)) {
    throw failure(name, 'needs a text or a pattern as `regex`');
  }
  if (input === null || regex === null) return undefined;
  const { source, flags: own } = regex instanceof RegExp ? regex : { source: regex, flags: '' };
  return { input, pattern: toRegExp(source, own + (flags ?? '')) };
}

function* matchesOf({ input, pattern }: Search): Generator<Fields> {
  for (const match of input.matchAll(new RegExp(pattern, `${pattern.flags}g`))) {
    yield {
      match: match[0],
      idx: Array.from(input.slice(0, match.index)).length,
      captures: match.slice(1).map((capture: string | undefined) => capture ?? null),
    };
  }
}

function operator(name: string, result: (matches: Iterable<Fields>) => unknown): Operator {
  return (document, expression, options) => {
    const search = searchOf(name, document, expression, options);
    return result(search === undefined ? [] : matchesOf(search));
  };
}

function first(matches: Iterable<Fields>): Fields | undefined {
  for (const match of matches) return match;
  return undefined;
}

export const regexOperators = {
  $regexFind: operator('$regexFind', (matches) => first(matches) ?? null),
  $regexFindAll: operator('$regexFindAll', (matches) => [...matches]),
  $regexMatch: operator('$regexMatch', (matches) => first(matches) !== undefined),
};
