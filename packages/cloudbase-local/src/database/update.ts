import { update } from 'mingo';
import { compare } from 'mingo/util';
import { copy, isFields, type Fields, type StoredDocument } from './document';
import { DatabaseError, withEngine } from './database-error';
import { valueAt } from './path';

const numberOperators = new Set(['$inc', '$mul']);
const arrayOperators = new Set(['$push', '$addToSet', '$pull', '$pullAll', '$pop']);
const supported = new Set([
  ...numberOperators,
  ...arrayOperators,
  '$set',
  '$unset',
  '$min',
  '$max',
  '$rename',
  '$currentDate',
  '$bit',
]);

/**
 * Applies MongoDB's update operators to a copy of a document.
 *
 * The operators are mingo's; what MongoDB refuses and mingo passes over (a number added to a text, a
 * field inside a scalar) is refused here first, and `$push` with modifiers is computed here.
 *
 * @param query - What found the document: the positional operator `$` refers to it.
 * @returns The new document, or undefined where nothing would change.
 * @throws DatabaseError where an operator is unknown or does not fit the document.
 */
export function updated(
  document: StoredDocument,
  operators: Fields,
  query: Fields,
): StoredDocument | undefined {
  check(document, operators);
  const result: Record<string, unknown> & StoredDocument = copy(document);
  const modified = withEngine(() =>
    update(result, withComputedPushes(document, operators), [], query, { cloneMode: 'deep' }),
  );
  return modified.length > 0 ? result : undefined;
}

/**
 * @returns The document that takes the place of another one.
 * @throws DatabaseError where the new one has fields that only an update may have.
 */
export function replaced(id: unknown, fields: Fields): StoredDocument {
  checkFieldNames(fields);
  const document = { ...fields, _id: id };
  return copy(document);
}

/** @throws DatabaseError where a field's name begins with `$`. */
export function checkFieldNames(fields: Fields): void {
  const operator = Object.keys(fields).find((name) => name.startsWith('$'));
  if (operator !== undefined) {
    throw new DatabaseError(
      'DATABASE_REQUEST_FAILED',
      `The field ${operator} cannot be stored: its name begins with $.`,
    );
  }
}

function check(document: StoredDocument, operators: Fields): void {
  for (const [operator, targets] of Object.entries(operators)) {
    if (!supported.has(operator)) {
      throw new DatabaseError(
        'DATABASE_INVALID_OPERRATOR',
        `The update operator ${operator} is not supported.`,
      );
    }
    if (!isFields(targets)) throw misfit(operator, '', 'needs an object of fields');
    for (const [path, operand] of Object.entries(targets)) {
      checkTarget(document, operator, path, operand);
    }
  }
}

function checkTarget(
  document: StoredDocument,
  operator: string,
  path: string,
  operand: unknown,
): void {
  if (path.includes('$')) return;
  const value = valueAt(document, path);
  if (numberOperators.has(operator)) {
    if (typeof operand !== 'number') throw misfit(operator, path, 'needs a number');
    if (value !== undefined && typeof value !== 'number') {
      throw misfit(operator, path, 'cannot be applied to a value of non-numeric type');
    }
  }
  if (arrayOperators.has(operator) && value !== undefined && !Array.isArray(value)) {
    throw misfit(operator, path, 'cannot be applied to a value that is no array');
  }
  const builds = operator !== '$unset' && operator !== '$rename' && value === undefined;
  if (builds && scalarOnTheWay(document, path)) {
    throw misfit(operator, path, 'cannot create a field inside a value that is no object');
  }
}

function scalarOnTheWay(document: StoredDocument, path: string): boolean {
  const names = path.split('.');
  return names.slice(1).some((_, index) => {
    const parent = valueAt(document, names.slice(0, index + 1).join('.'));
    return parent !== undefined && !Array.isArray(parent) && !isFields(parent);
  });
}

function misfit(operator: string, path: string, why: string): DatabaseError {
  return new DatabaseError(
    'DATABASE_REQUEST_FAILED',
    `[FailedOperation.Update] ${operator} ${path === '' ? '' : `on ${path} `}${why}.`,
  );
}

function withComputedPushes(document: StoredDocument, operators: Fields): Fields {
  const pushes = operators['$push'];
  if (!isFields(pushes)) return operators;
  const set: Record<string, unknown> = {};
  const plain: Record<string, unknown> = {};
  for (const [path, operand] of Object.entries(pushes)) {
    if (isFields(operand) && operand['$each'] !== undefined && !path.includes('$')) {
      set[path] = pushed(valueAt(document, path), path, operand);
    } else plain[path] = operand;
  }
  return {
    ...withoutEmpty(operators, '$push', plain),
    ...withoutEmpty({}, '$set', {
      ...(isFields(operators['$set']) ? operators['$set'] : {}),
      ...set,
    }),
  };
}

function withoutEmpty(operators: Fields, name: string, targets: Fields): Fields {
  const others = Object.entries(operators).filter(([operator]) => operator !== name);
  const own = Object.keys(targets).length > 0 ? [[name, targets] as const] : [];
  return Object.fromEntries([...others, ...own]);
}

/** `$push` with `$each` and its modifiers, in MongoDB's order: put in, sort, cut. */
function pushed(before: unknown, path: string, modifiers: Fields): unknown[] {
  const { $each, $position, $sort, $slice } = modifiers;
  if (!Array.isArray($each)) throw misfit('$push', path, 'needs an array as $each');
  const items: unknown[] = Array.isArray(before) ? [...(before as unknown[])] : [];
  const position = typeof $position === 'number' ? $position : items.length;
  items.splice(position, 0, ...($each as unknown[]));
  if (typeof $sort === 'number') items.sort((a, b) => $sort * compare(a, b));
  if (isFields($sort)) items.sort(byFields($sort));
  if (typeof $slice !== 'number') return items;
  return $slice < 0 ? items.slice($slice) : items.slice(0, $slice);
}

function byFields(order: Fields): (a: unknown, b: unknown) => number {
  return (a, b) => {
    for (const [path, direction] of Object.entries(order)) {
      const result = compare(valueAt(a, path), valueAt(b, path));
      if (result !== 0) return direction === -1 ? -result : result;
    }
    return 0;
  };
}
