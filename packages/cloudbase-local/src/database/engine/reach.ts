import { isFields, type Fields } from '../document';

const index = /^\d+$/;

/**
 * The values that a dotted path of a query reaches: arrays on the way are entered, by a position or each of their
 * documents; an array at the end is one value. Nothing there is one `undefined`, and nothing at all if an array on the
 * way has no document. Rule: mongodb.com/docs/manual/tutorial/query-array-of-documents.
 */
export function reach(value: unknown, path: string): unknown[] {
  if (!path.includes('.') && isFields(value)) return [member(value, path)];
  const found: unknown[] = [];
  walk(value, path.split('.'), 0, found);
  return found;
}

function walk(value: unknown, names: readonly string[], at: number, found: unknown[]): void {
  const name = names[at];
  if (name === undefined) {
    found.push(value);
  } else if (Array.isArray(value)) {
    if (index.test(name) && Number(name) < value.length) {
      walk(value[Number(name)], names, at + 1, found);
    }
    for (const item of value) if (isFields(item)) walk(item, names, at, found);
  } else {
    walk(isFields(value) ? member(value, name) : undefined, names, at + 1, found);
  }
}

function member(value: Fields, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** @returns The values, and those within each array among them: what a condition on one value is tried on. */
export function withElements(values: readonly unknown[]): unknown[] {
  return values.some(Array.isArray)
    ? values.flatMap((value) => (Array.isArray(value) ? [value, ...(value as unknown[])] : [value]))
    : [...values];
}

/** @returns What an expression's field path gives: an array in between gives an array, and no name is a position. */
export function fieldPath(value: unknown, names: readonly string[]): unknown {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item) => fieldPath(item, names)).filter((item) => item !== undefined);
  }
  return isFields(value) ? fieldPath(member(value, name), rest) : undefined;
}

/** @returns The document with a value at a path, made where it is missing. */
export function withValue(document: Fields, names: readonly string[], value: unknown): Fields {
  const [name = '', ...rest] = names;
  if (rest.length === 0) return { ...document, [name]: value };
  const inner = document[name];
  return { ...document, [name]: withValue(isFields(inner) ? inner : {}, rest, value) };
}
