import { isFields, type Fields } from './document';
import { compare } from './engine/compare';
import { updateError } from './update-error';

/** The operators that give a field a value (mongodb.com/docs/manual/reference/operator/update-field). */
export const fieldOperators: ReadonlySet<string> = new Set([
  '$set',
  '$inc',
  '$mul',
  '$min',
  '$max',
  '$currentDate',
  '$bit',
]);

/**
 * @param before - The value at the path, or undefined where there is none.
 * @returns The new value.
 * @throws DatabaseError if the operand does not fit.
 */
export function updatedField(
  operator: string,
  path: string,
  before: unknown,
  operand: unknown,
): unknown {
  switch (operator) {
    case '$inc':
      return numeric(operator, path, before ?? 0) + numeric(operator, path, operand);
    case '$mul':
      return numeric(operator, path, before ?? 0) * numeric(operator, path, operand);
    case '$min':
      return before === undefined || compare(operand, before) < 0 ? operand : before;
    case '$max':
      return before === undefined || compare(operand, before) > 0 ? operand : before;
    case '$currentDate':
      if (operand === true || (isFields(operand) && operand['$type'] === 'date')) return new Date();
      throw updateError(operator, path, 'needs true, or a $type that is date');
    case '$bit':
      return withBits(path, numeric(operator, path, before ?? 0), operand);
    default:
      return operand;
  }
}

function numeric(operator: string, path: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw updateError(operator, path, 'cannot be applied to a value of non-numeric type');
}

function withBits(path: string, before: number, operand: unknown): number {
  const steps = isFields(operand) ? Object.entries(operand) : [];
  return steps.reduce((value, [name, bits]) => {
    const operand = numeric('$bit', path, bits);
    if (name === 'and') return value & operand;
    if (name === 'or') return value | operand;
    if (name === 'xor') return value ^ operand;
    throw updateError('$bit', path, 'knows and, or and xor');
  }, before);
}

/** Sets the value at a path; objects on the way are made where they are missing, as are positions of an array. */
export function setAt(document: Fields, path: string, value: unknown): void {
  const names = path.split('.');
  let parent: object = document;
  for (const name of names.slice(0, -1)) {
    const inner: unknown = own(parent, name);
    if (typeof inner === 'object' && inner !== null) parent = inner;
    else {
      const made = {};
      define(parent, name, made);
      parent = made;
    }
  }
  define(parent, names.at(-1) ?? '', value);
}

/** Takes the field at a path away; a position of an array becomes null. */
export function removeAt(document: Fields, path: string): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let parent: unknown = document;
  for (const name of names) parent = own(parent, name);
  if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, last)) return;
  if (Array.isArray(parent)) define(parent, last, null);
  else Reflect.deleteProperty(parent, last);
}

function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** As an assignment, but never of what the prototype has. */
function define(parent: object, name: string, value: unknown): void {
  if (Array.isArray(parent)) {
    const missing: null[] = Array.from(
      { length: Math.max(0, Number(name) - parent.length) },
      () => null,
    );
    parent.push(...missing);
  }
  Object.defineProperty(parent, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
