import { Decimal128, Long } from 'bson';
import { rank, rankOf } from './compare';
import { failure } from './failure';

type ValueTest = (value: unknown) => boolean;

const ofRank =
  (wanted: number): ValueTest =>
  (value) =>
    rankOf(value) === wanted;

const isInt: ValueTest = (value) =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
const isLong: ValueTest = (value) =>
  value instanceof Long ||
  (typeof value === 'number' && Number.isSafeInteger(value) && !isInt(value));
const isDecimal: ValueTest = (value) => value instanceof Decimal128;

/** The BSON types by their aliases and numbers (mongodb.com/docs/manual/reference/operator/query/type). */
const types: readonly (readonly [alias: string, code: number, test: ValueTest])[] = [
  ['double', 1, (value) => typeof value === 'number' && !isInt(value) && !isLong(value)],
  ['string', 2, ofRank(rank.string)],
  ['object', 3, ofRank(rank.object)],
  ['array', 4, ofRank(rank.array)],
  ['binData', 5, ofRank(rank.binary)],
  ['undefined', 6, () => false],
  ['objectId', 7, ofRank(rank.objectId)],
  ['bool', 8, ofRank(rank.boolean)],
  ['date', 9, ofRank(rank.date)],
  ['null', 10, ofRank(rank.null)],
  ['regex', 11, ofRank(rank.regExp)],
  ['int', 16, isInt],
  ['timestamp', 17, ofRank(rank.timestamp)],
  ['long', 18, isLong],
  ['decimal', 19, isDecimal],
  ['minKey', -1, ofRank(rank.minKey)],
  ['maxKey', 127, ofRank(rank.maxKey)],
];

/** @returns The test of a value's BSON type, named by an alias, a number or a list of them. */
export function typeTest(wanted: unknown): ValueTest {
  const names: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  const tests = names.map((name) => {
    if (name === 'number') return ofRank(rank.number);
    const found = types.find(([alias, code]) => alias === name || code === name);
    if (found === undefined) throw failure('$type', `knows no type ${String(name)}`);
    return found[2];
  });
  return (value) => tests.some((test) => test(value));
}

/** @returns The alias of a value's BSON type, `missing` for none, as the expression `$type` gives it. */
export function typeOf(value: unknown): string {
  if (value === undefined) return 'missing';
  return types.find(([, , test]) => test(value))?.[0] ?? 'object';
}
