import { ObjectId } from 'bson';
import { isFields, type Fields } from './document';

/** What a query says about one field, as far as an index can tell. */
export interface Condition {
  readonly points?: readonly unknown[];
  readonly low?: Bound;
  readonly high?: Bound;
}

export interface Bound {
  readonly value: unknown;
  readonly inclusive: boolean;
}

export type Conditions = ReadonlyMap<string, readonly Condition[]>;

/** What an index can make use of in a query; each alternative of an `or` is a query of its own. */
export interface Readable {
  readonly conditions: Conditions;
  readonly alternatives: readonly Fields[] | undefined;
}

export function readConditions(query: Fields): Readable {
  const conditions = new Map<string, Condition[]>();
  let alternatives: readonly Fields[] | undefined;
  const visit = (part: Fields): void => {
    for (const [name, value] of Object.entries(part)) {
      if (name === '$and' && Array.isArray(value)) value.filter(isFields).forEach(visit);
      else if (name === '$or' && Array.isArray(value)) alternatives ??= value.filter(isFields);
      else if (!name.startsWith('$')) {
        conditions.set(name, [...(conditions.get(name) ?? []), ...conditionsOf(value)]);
      }
    }
  };
  visit(query);
  return { conditions, alternatives };
}

/** @returns What both say, the second first. */
export function merged(a: Conditions, b: Conditions): Conditions {
  const result = new Map(a);
  for (const [name, conditions] of b) {
    result.set(name, [...conditions, ...(result.get(name) ?? [])]);
  }
  return result;
}

function conditionsOf(value: unknown): Condition[] {
  const operators = isFields(value) ? Object.entries(value) : [];
  if (!operators.some(([name]) => name.startsWith('$')))
    return isPoint(value) ? [{ points: [value] }] : [];
  return operators.flatMap(([operator, operand]): Condition[] => {
    if (operator === '$in') {
      const members: readonly unknown[] = Array.isArray(operand) ? operand : [undefined];
      return members.every(isPoint) ? [{ points: members }] : [];
    }
    if (!isPoint(operand)) return [];
    if (operator === '$eq') return [{ points: [operand] }];
    if (operand === null) return [];
    if (operator === '$gt' || operator === '$gte') {
      return [{ low: { value: operand, inclusive: operator === '$gte' } }];
    }
    if (operator === '$lt' || operator === '$lte') {
      return [{ high: { value: operand, inclusive: operator === '$lte' } }];
    }
    return [];
  });
}

/** Values that are equal only to themselves, not to what an array or a pattern has in it. */
function isPoint(value: unknown): boolean {
  if (value === null || value instanceof Date || value instanceof ObjectId) return true;
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** @returns The values one of which a field must have; undefined if it may have others. */
export function pointsOf(conditions: readonly Condition[] = []): readonly unknown[] | undefined {
  return conditions.find(({ points }) => points !== undefined)?.points;
}
