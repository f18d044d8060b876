import { isFields, type Fields } from '../document';
import { fieldPath } from './reach';

/** What two collections are joined by. */
export interface Join {
  readonly foreignField: string;
  /** @returns What the foreign field is to be equal to; undefined if a query cannot ask for it. */
  valuesOf(document: Fields, variables: Fields): readonly unknown[] | undefined;
}

/**
 * What the pipeline of a `$lookup` begins with narrows what has to be read for it. The pipeline then runs all the same,
 * so what is read may be too much, but never too little.
 *
 * @returns By what the pipeline joins: `$expr` with `$eq` of a field and a variable.
 */
export function equalityOf(pipeline: readonly Fields[]): Join | undefined {
  for (const part of firstConditions(pipeline)) {
    for (const equality of equalities(part['$expr'])) {
      const join = joinOf(equality) ?? joinOf([...equality].reverse());
      if (join !== undefined) return join;
    }
  }
  return undefined;
}

/** @returns The conditions that it begins with and that are on fields, so that they mention no variable. */
export function plainConditions(pipeline: readonly Fields[]): Fields[] {
  return firstConditions(pipeline).flatMap((part) => {
    const plain = Object.entries(part).filter(([name]) => !name.startsWith('$'));
    return plain.length === 0 ? [] : [Object.fromEntries(plain)];
  });
}

function firstConditions(pipeline: readonly Fields[]): Fields[] {
  const others = pipeline.findIndex((stage) => !('$match' in stage));
  const matches = others === -1 ? pipeline : pipeline.slice(0, others);
  return matches.flatMap(({ $match }) => partsOf($match));
}

function partsOf(match: unknown): Fields[] {
  if (!isFields(match)) return [];
  const inner = match['$and'];
  return [match, ...(Array.isArray(inner) ? inner.flatMap(partsOf) : [])];
}

function equalities(expression: unknown): (readonly unknown[])[] {
  if (!isFields(expression)) return [];
  const { $eq, $and } = expression;
  if (Array.isArray($and)) return $and.flatMap(equalities);
  return Array.isArray($eq) && $eq.length === 2 ? [$eq] : [];
}

function joinOf([field, variable]: readonly unknown[]): Join | undefined {
  if (typeof field !== 'string' || !/^\$[^$]/.test(field)) return undefined;
  if (typeof variable !== 'string' || !variable.startsWith('$$')) return undefined;
  const [name = '', ...names] = variable.slice(2).split('.');
  return {
    foreignField: field.slice(1),
    valuesOf: (_, variables) => {
      if (!Object.hasOwn(variables, name)) return undefined;
      const value = fieldPath(variables[name], names);
      // An expression compares an array as a whole, which a path into an array of documents gives too.
      return Array.isArray(value) ? undefined : [value ?? null];
    },
  };
}
