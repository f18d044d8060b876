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
 * Applies MongoDB's update operators to a copy of a document. The operators are mingo's; {@link check} first
 * refuses what MongoDB refuses and mingo passes over (a number added to a text, a field inside a scalar).
 *
 * @param query - What found the document: the positional operator `$` refers to it.
 * @returns The new document, or undefined if nothing changes.
 * @throws DatabaseError if an operator is unknown or does not fit the document.
 */
export function updateDocument(
  document: StoredDocument,
  operators: Fields,
  query: Fields,
): StoredDocument | undefined {
  check(document, operators);
  const result: Record<string, unknown> & StoredDocument = copy(document);
  const modified = withEngine(() =>
    update(result, withArraysPushed(document, operators), [], query, { cloneMode: 'deep' }),
  );
  return modified.length > 0 ? result : undefined;
}

/**
 * @returns The document that takes the place of another one, with its `_id`.
 * @throws DatabaseError if the new one has fields that only an update may have.
 */
export function replaceDocument({ _id }: StoredDocument, fields: Fields): StoredDocument {
  checkFieldNames(fields);
  return copy({ ...fields, _id });
}

/** @throws DatabaseError if a field's name begins with `$`. */
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
    if (!isFields(targets)) throw updateError(operator, '', 'needs an object of fields');
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
    if (typeof operand !== 'number') throw updateError(operator, path, 'needs a number');
    if (value !== undefined && typeof value !== 'number') {
      throw updateError(operator, path, 'cannot be applied to a value of non-numeric type');
    }
  }
  if (arrayOperators.has(operator) && value !== undefined && !Array.isArray(value)) {
    throw updateError(operator, path, 'cannot be applied to a value that is no array');
  }
  const builds = operator !== '$unset' && operator !== '$rename' && value === undefined;
  if (builds && passesScalar(document, path)) {
    throw updateError(operator, path, 'cannot create a field inside a value that is no object');
  }
}

function passesScalar(document: StoredDocument, path: string): boolean {
  const names = path.split('.');
  return names.slice(1).some((_, index) => {
    const parent = valueAt(document, names.slice(0, index + 1).join('.'));
    return parent !== undefined && !Array.isArray(parent) && !isFields(parent);
  });
}

function updateError(operator: string, path: string, why: string): DatabaseError {
  return new DatabaseError(
    'DATABASE_REQUEST_FAILED',
    `[FailedOperation.Update] ${operator} ${path === '' ? '' : `on ${path} `}${why}.`,
  );
}

/**
 * Carries out `$push` with modifiers on the array alone, and sets the result: on the document mingo leaves out
 * `$sort` and `$slice` if the array is missing, and counts every negative `$slice` as a change.
 */
function withArraysPushed(document: StoredDocument, operators: Fields): Fields {
  const { $push, ...others } = operators;
  if (!isFields($push)) return operators;
  const push: Record<string, unknown> = {};
  const set: Record<string, unknown> = isFields(others['$set']) ? { ...others['$set'] } : {};
  for (const [path, operand] of Object.entries($push)) {
    if (isFields(operand) && operand['$each'] !== undefined && !path.includes('$')) {
      set[path] = pushed(valueAt(document, path), path, operand);
    } else push[path] = operand;
  }
  return { ...others, $push: push, $set: set };
}

/** mingo sorts by the first of several fields only, and takes a scalar for the value of its fields. */
function pushed(before: unknown, path: string, modifiers: Fields): unknown[] {
  const { $sort, $slice, ...insertion } = modifiers;
  if (!Array.isArray(insertion['$each'])) {
    throw updateError('$push', path, 'needs an array as $each');
  }
  const array: unknown[] = Array.isArray(before) ? before : [];
  const target = { array: [...array] };
  const push = (operand: Fields) => update(target, { $push: { array: operand } });
  if (!isFields($sort)) push(modifiers);
  else {
    push(insertion);
    // The sort is stable: sorted by the first field last, the array is sorted by all.
    for (const [field, direction] of Object.entries($sort).reverse()) {
      const sign = direction === -1 ? -1 : 1;
      target.array.sort((a, b) => sign * compare(valueAt(a, field), valueAt(b, field)));
    }
    push({ $each: [], $slice });
  }
  return target.array;
}
