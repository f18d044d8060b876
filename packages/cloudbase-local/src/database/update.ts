import { equal } from './engine/compare';
import { applyUpdate } from './engine/engine';
import { copy, isFields, without, type Fields, type StoredDocument } from './document';
import { DatabaseError, withEngine } from './database-error';
import { valueAt } from './path';
import { arrayOperators, updatedArray } from './update-array';
import { updateError } from './update-error';
import { fieldOperators, removeAt, setAt, updatedField } from './update-field';

/** One operator on one path. */
interface Step {
  readonly operator: string;
  readonly path: string;
  readonly operand: unknown;
}

/**
 * Applies MongoDB's update operators to a copy of a document (mongodb.com/docs/manual/reference/operator/update). They
 * are ours: mingo's pass over much that MongoDB refuses, and take long to set up for each document. Only the positional
 * operator `$` is mingo's.
 *
 * @param query - What found the document: the positional operator refers to it.
 * @param inserting - Whether the document is new: then `$setOnInsert` counts.
 * @returns The new document, or undefined if nothing changes.
 * @throws DatabaseError if an operator is unknown or does not fit the document.
 */
export function updateDocument(
  document: StoredDocument,
  operators: Fields,
  query: Fields,
  inserting = false,
): StoredDocument | undefined {
  const steps = stepsOf(operators);
  refuseConflicts(steps);
  const result = copy(document);
  for (const step of steps) {
    if (step.operator === '$setOnInsert' && !inserting) continue;
    if (step.path.includes('$')) applyPositional(result, step, query);
    else apply(document, result, step);
  }
  return equal(document, result) ? undefined : result;
}

/**
 * @returns The document that takes the place of another one, with its `_id`.
 * @throws DatabaseError if the new one has fields that only an update may have.
 */
export function replaceDocument({ _id }: StoredDocument, fields: Fields): StoredDocument {
  checkFieldNames(fields);
  return copy({ _id, ...without(fields, '_id') });
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

function stepsOf(operators: Fields): Step[] {
  return Object.entries(operators).flatMap(([operator, targets]) => {
    if (!isSupported(operator)) {
      const message = `The update operator ${operator} is not supported.`;
      throw new DatabaseError('DATABASE_INVALID_OPERRATOR', message);
    }
    if (!isFields(targets)) throw updateError(operator, '', 'needs an object of fields');
    return Object.entries(targets).map(([path, operand]) => ({ operator, path, operand }));
  });
}

function isSupported(operator: string): boolean {
  const others = ['$setOnInsert', '$unset', '$rename'];
  return fieldOperators.has(operator) || arrayOperators.has(operator) || others.includes(operator);
}

/** No two steps may touch one field, and none the `_id` (…/reference/method/db.collection.update). */
function refuseConflicts(steps: readonly Step[]): void {
  const touched: string[] = [];
  for (const { operator, path, operand } of steps) {
    const paths = operator === '$rename' ? [path, String(operand)] : [path];
    for (const each of paths) {
      const names = each.split('.');
      if (names.includes('') || names.includes('__proto__')) {
        throw updateError(operator, each, 'has a field name that is empty or not allowed');
      }
      const clash = touched.find((other) => isWithin(each, other) || isWithin(other, each));
      if (clash !== undefined) throw updateError(operator, each, `conflicts with ${clash}`);
      touched.push(each);
    }
  }
}

function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`);
}

function apply(document: StoredDocument, result: Fields, step: Step): void {
  const { operator, path, operand } = step;
  const before = valueAt(document, path);
  if (operator === '$unset') {
    if (isWithin(path, '_id')) throw immutable(step);
    removeAt(result, path);
  } else if (operator === '$rename') {
    rename(result, step, before);
  } else if (arrayOperators.has(operator)) {
    if (before !== undefined && !Array.isArray(before)) {
      throw updateError(operator, path, 'cannot be applied to a value that is no array');
    }
    assign(result, step, before, updatedArray(operator, path, before, operand));
  } else {
    assign(result, step, before, updatedField(operator, path, before, operand));
  }
}

function assign(result: Fields, step: Step, before: unknown, after: unknown): void {
  if (after === undefined || (before !== undefined && equal(before, after))) return;
  if (isWithin(step.path, '_id')) throw immutable(step);
  if (before === undefined && passesScalar(result, step.path)) {
    const why = 'cannot create a field inside a value that is no object';
    throw updateError(step.operator, step.path, why);
  }
  setAt(result, step.path, after);
}

function rename(result: Fields, step: Step, before: unknown): void {
  const { operator, path, operand } = step;
  if (typeof operand !== 'string') throw updateError(operator, path, 'needs a text');
  if (isWithin(path, '_id') || isWithin(operand, '_id')) throw immutable(step);
  if (before === undefined) return;
  if (passesArray(result, path) || passesArray(result, operand)) {
    throw updateError(operator, path, 'cannot reach into an array');
  }
  removeAt(result, path);
  assign(result, { ...step, path: operand }, undefined, before);
}

function immutable({ operator, path }: Step): DatabaseError {
  return updateError(operator, path, 'would modify the immutable field _id');
}

/** A field is made in an object; in an array only a position is. */
function passesScalar(document: Fields, path: string): boolean {
  return parentsOf(path).some(({ parent, name }) => {
    const value = valueAt(document, parent);
    if (Array.isArray(value)) return !/^\d{1,6}$/.test(name);
    return value !== undefined && !isFields(value);
  });
}

function passesArray(document: Fields, path: string): boolean {
  return parentsOf(path).some(({ parent }) => Array.isArray(valueAt(document, parent)));
}

function parentsOf(path: string): { parent: string; name: string }[] {
  const names = path.split('.');
  return names.slice(1).map((name, at) => ({ parent: names.slice(0, at + 1).join('.'), name }));
}

function applyPositional(result: Fields, { operator, path, operand }: Step, query: Fields): void {
  if (isWithin(path, '_id'))
    throw updateError(operator, path, 'would modify the immutable field _id');
  withEngine(() => {
    applyUpdate(result, { [operator]: { [path]: operand } }, query);
  });
}
