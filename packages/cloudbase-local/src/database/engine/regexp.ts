import { failure } from './failure';

/** What PCRE's option `x` ignores: white space and comments, outside of character classes and if not escaped. */
const ignored = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\s+|#[^\n]*/g;

/**
 * @param options - MongoDB's `i`, `m`, `s`, `u` and `x` (mongodb.com/docs/manual/reference/operator/query/regex).
 * @throws DatabaseError if JavaScript cannot read the pattern.
 */
export function toRegExp(pattern: string, options: string): RegExp {
  const source = options.includes('x')
    ? pattern.replace(ignored, (part) => (/^[\s#]/.test(part) ? '' : part))
    : pattern;
  try {
    return new RegExp(source, [...new Set(options.replace(/[^imsu]/g, ''))].join(''));
  } catch {
    throw failure('$regex', 'has a pattern that is no regular expression');
  }
}
