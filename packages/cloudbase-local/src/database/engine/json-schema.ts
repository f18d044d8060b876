import { isFields, type Fields } from '../document';
import { equal, rank, rankOf, toNumber } from './compare';
import { failure } from './failure';
import { typeTest } from './types';
import { ValueSet } from './value-set';

/**
 * `$jsonSchema`: draft 4 of JSON Schema with `bsonType`
 * (mongodb.com/docs/manual/reference/operator/query/jsonSchema/#available-keywords).
 */
type Check = (value: unknown) => boolean;
type Keyword = (operand: unknown, schema: Fields) => Check;

/** @returns The check of a value. @throws DatabaseError if a keyword is unknown or malformed. */
export function schemaCheck(schema: unknown): Check {
  if (!isFields(schema)) throw failure('$jsonSchema', 'needs objects as schemas');
  const checks = Object.entries(schema).map(([name, operand]) => {
    const keyword = Object.hasOwn(keywords, name) ? keywords[name] : undefined;
    if (keyword === undefined) throw failure('$jsonSchema', `knows no keyword ${name}`);
    return keyword(operand, schema);
  });
  return (value) => checks.every((check) => check(value));
}

/** A keyword about values of one kind says nothing about others. */
const only =
  <T>(is: (value: unknown) => value is T, check: (value: T) => boolean): Check =>
  (value) =>
    !is(value) || check(value);

const isText = (value: unknown): value is string => typeof value === 'string';
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isNumeric = (value: unknown): value is number => rankOf(value) === rank.number;

function codePoints(text: string): number {
  return Array.from(text).length;
}

function count(operand: unknown): number {
  if (typeof operand === 'number' && operand >= 0) return operand;
  throw failure('$jsonSchema', 'needs lengths that are numbers of at least 0');
}

function number(operand: unknown): number {
  if (isNumeric(operand)) return toNumber(operand);
  throw failure('$jsonSchema', 'needs a number there');
}

function list(operand: unknown): readonly unknown[] {
  if (isList(operand)) return operand;
  throw failure('$jsonSchema', 'needs an array there');
}

function fields(operand: unknown): Fields {
  if (isFields(operand)) return operand;
  throw failure('$jsonSchema', 'needs an object there');
}

/** JSON Schema's names for types. */
const jsonTypes: Readonly<Record<string, unknown>> = { boolean: 'bool', integer: ['int', 'long'] };

const none: Keyword = () => () => true;

const keywords: Readonly<Record<string, Keyword>> = {
  title: none,
  description: none,
  bsonType: (operand) => typeTest(operand),
  type: (operand) =>
    typeTest(
      (isList(operand) ? operand : [operand]).flatMap((name) => jsonTypes[String(name)] ?? name),
    ),
  enum: (operand) => {
    const members = list(operand);
    return (value) => members.some((member) => equal(member, value));
  },
  allOf: (operand) => {
    const checks = list(operand).map(schemaCheck);
    return (value) => checks.every((check) => check(value));
  },
  anyOf: (operand) => {
    const checks = list(operand).map(schemaCheck);
    return (value) => checks.some((check) => check(value));
  },
  oneOf: (operand) => {
    const checks = list(operand).map(schemaCheck);
    return (value) => checks.filter((check) => check(value)).length === 1;
  },
  not: (operand) => {
    const check = schemaCheck(operand);
    return (value) => !check(value);
  },
  minimum: (operand, { exclusiveMinimum }) => {
    const least = number(operand);
    return only(isNumeric, (value) =>
      exclusiveMinimum === true ? toNumber(value) > least : toNumber(value) >= least,
    );
  },
  maximum: (operand, { exclusiveMaximum }) => {
    const most = number(operand);
    return only(isNumeric, (value) =>
      exclusiveMaximum === true ? toNumber(value) < most : toNumber(value) <= most,
    );
  },
  exclusiveMinimum: none,
  exclusiveMaximum: none,
  multipleOf: (operand) => {
    const factor = number(operand);
    return only(isNumeric, (value) => toNumber(value) % factor === 0);
  },
  minLength: (operand) => {
    const least = count(operand);
    return only(isText, (value) => codePoints(value) >= least);
  },
  maxLength: (operand) => {
    const most = count(operand);
    return only(isText, (value) => codePoints(value) <= most);
  },
  pattern: (operand) => {
    const pattern = new RegExp(String(operand));
    return only(isText, (value) => pattern.test(value));
  },
  minItems: (operand) => {
    const least = count(operand);
    return only(isList, (value) => value.length >= least);
  },
  maxItems: (operand) => {
    const most = count(operand);
    return only(isList, (value) => value.length <= most);
  },
  uniqueItems: (operand) =>
    only(isList, (value) => {
      const seen = new ValueSet();
      return operand !== true || value.every((item) => seen.add(item));
    }),
  items: (operand, { additionalItems = true }) => {
    if (!isList(operand)) {
      const check = schemaCheck(operand);
      return only(isList, (value) => value.every(check));
    }
    const checks = operand.map(schemaCheck);
    const rest = orSchema(additionalItems);
    return only(isList, (value) => value.every((item, at) => (checks[at] ?? rest)(item)));
  },
  additionalItems: none,
  required: (operand) => {
    const names = list(operand).map(String);
    return only(isFields, (value) => names.every((name) => value[name] !== undefined));
  },
  minProperties: (operand) => {
    const least = count(operand);
    return only(isFields, (value) => Object.keys(value).length >= least);
  },
  maxProperties: (operand) => {
    const most = count(operand);
    return only(isFields, (value) => Object.keys(value).length <= most);
  },
  properties: (operand) => {
    const checks = Object.entries(fields(operand)).map(([name, schema]) => ({
      name,
      check: schemaCheck(schema),
    }));
    return only(isFields, (value) =>
      checks.every(({ name, check }) => value[name] === undefined || check(value[name])),
    );
  },
  patternProperties: (operand) => {
    const checks = patterns(operand);
    return only(isFields, (value) =>
      Object.entries(value).every(([name, item]) =>
        checks.every(({ pattern, check }) => !pattern.test(name) || check(item)),
      ),
    );
  },
  additionalProperties: (operand, { properties = {}, patternProperties = {} }) => {
    const check = orSchema(operand);
    const named = new Set(Object.keys(fields(properties)));
    const known = patterns(patternProperties);
    return only(isFields, (value) =>
      Object.entries(value).every(
        ([name, item]) =>
          named.has(name) || known.some(({ pattern }) => pattern.test(name)) || check(item),
      ),
    );
  },
  dependencies: (operand) => {
    const checks = Object.entries(fields(operand)).map(([name, needs]) => ({
      name,
      check: schemaCheck(isList(needs) ? { required: needs } : needs),
    }));
    return only(isFields, (value) =>
      checks.every(({ name, check }) => value[name] === undefined || check(value)),
    );
  },
};

function orSchema(operand: unknown): Check {
  return typeof operand === 'boolean' ? () => operand : schemaCheck(operand);
}

function patterns(operand: unknown): { pattern: RegExp; check: Check }[] {
  return Object.entries(fields(operand)).map(([pattern, schema]) => ({
    pattern: new RegExp(pattern),
    check: schemaCheck(schema),
  }));
}
