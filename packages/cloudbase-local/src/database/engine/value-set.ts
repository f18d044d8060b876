import { ObjectId } from 'bson';
import { equal, rank, rankOf, toNumber } from './compare';

/**
 * Values among which one is found without a look at all of them; they are equal as MongoDB says. Arrays and objects are
 * compared one by one.
 */
export class ValueSet {
  private readonly named = new Set<unknown>();
  private readonly others: unknown[] = [];

  constructor(values: Iterable<unknown> = []) {
    for (const value of values) this.add(value);
  }

  /** @returns Whether the value is new. */
  add(value: unknown): boolean {
    if (this.has(value)) return false;
    const name = nameOf(value);
    if (name === undefined) this.others.push(value);
    else this.named.add(name);
    return true;
  }

  has(value: unknown): boolean {
    const name = nameOf(value);
    if (name === undefined) return this.others.some((other) => equal(other, value));
    return this.named.has(name);
  }
}

/** @returns What is the same for equal values and no others, in a Set; undefined if the value has no such name. */
function nameOf(value: unknown): unknown {
  if (typeof value === 'string') return `s${value}`;
  if (value === null || typeof value === 'boolean') return value;
  // A Set takes NaN for itself, and -0 for 0.
  if (rankOf(value) === rank.number) return toNumber(value);
  if (value instanceof Date) return `d${value.getTime()}`;
  return value instanceof ObjectId ? `o${value.toHexString()}` : undefined;
}
