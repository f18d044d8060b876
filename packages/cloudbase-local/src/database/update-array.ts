import { withEngine } from './database-error';
import { isFields, type Fields } from './document';
import { compare } from './engine/compare';
import { pullTest } from './engine/engine';
import { sortDocuments, orderOf } from './engine/sort';
import { ValueSet } from './engine/value-set';
import { updateError } from './update-error';

/** MongoDB's update operators on an array (mongodb.com/docs/manual/reference/operator/update-array). */
export const arrayOperators: ReadonlySet<string> = new Set([
  '$push',
  '$addToSet',
  '$pull',
  '$pullAll',
  '$pop',
]);

/**
 * @param before - The array, or undefined where there is none.
 * @returns The new array, or undefined where there was none and none is made.
 * @throws DatabaseError if the operand is malformed.
 */
export function updatedArray(
  operator: string,
  path: string,
  before: unknown,
  operand: unknown,
): readonly unknown[] | undefined {
  const array: readonly unknown[] | undefined = Array.isArray(before) ? before : undefined;
  switch (operator) {
    case '$push':
      return pushed(array ?? [], path, operand);
    case '$addToSet':
      return withAdded(array ?? [], each('$addToSet', path, operand) ?? [operand]);
    case '$pull': {
      const test = withEngine(() => pullTest(operand));
      return array?.filter((item) => !test(item));
    }
    case '$pullAll': {
      if (!Array.isArray(operand)) throw updateError('$pullAll', path, 'needs an array');
      const gone = new ValueSet(operand);
      return array?.filter((item) => !gone.has(item));
    }
    case '$pop':
      if (operand !== 1 && operand !== -1) throw updateError('$pop', path, 'needs 1 or -1');
      return operand === 1 ? array?.slice(0, -1) : array?.slice(1);
    default:
      return undefined;
  }
}

/** @returns What `$each` brings; undefined if the operand has none. */
function each(operator: string, path: string, operand: unknown): readonly unknown[] | undefined {
  if (!isFields(operand) || operand['$each'] === undefined) return undefined;
  const items = operand['$each'];
  if (Array.isArray(items)) return items as readonly unknown[];
  throw updateError(operator, path, 'needs an array as $each');
}

/** Objects are the same only if their fields come in the same order. */
function withAdded(array: readonly unknown[], items: readonly unknown[]): unknown[] {
  const there = new ValueSet(array);
  return [...array, ...items.filter((item) => there.add(item))];
}

/** Inserts, then sorts, then cuts (…/operator/update/push/#modifiers). */
function pushed(array: readonly unknown[], path: string, operand: unknown): unknown[] {
  const items = each('$push', path, operand);
  if (items === undefined || !isFields(operand)) return [...array, operand];
  const { $position, $sort, $slice } = operand;
  const at = wholeNumber(path, '$position', $position) ?? array.length;
  const start = at < 0 ? Math.max(0, array.length + at) : at;
  const result = sorted([...array.slice(0, start), ...items, ...array.slice(start)], path, $sort);
  const most = wholeNumber(path, '$slice', $slice);
  if (most === undefined) return result;
  return most < 0 ? result.slice(Math.max(0, result.length + most)) : result.slice(0, most);
}

function wholeNumber(path: string, name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw updateError('$push', path, `needs a whole number as ${name}`);
}

/** By the items themselves, or by fields of theirs; an item that is no document has none. */
function sorted(items: unknown[], path: string, sort: unknown): unknown[] {
  if (sort === undefined || sort === null) return items;
  if (sort === 1 || sort === -1) return items.sort((a, b) => sort * compare(a, b));
  if (!isFields(sort)) throw updateError('$push', path, 'needs 1, -1 or an object as $sort');
  const wrapped: Fields[] = items.map((item) => ({ item }));
  const order = orderOf(sort).map(([field, sign]) => [`item.${field}`, sign] as const);
  return sortDocuments(wrapped, order).map(({ item }) => item);
}
