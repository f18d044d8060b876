import * as v from 'valibot';
import { DatabaseError } from './database-error';

/** The most documents that one query gives, and how many where it does not say (CloudBase, in functions). */
export const pageLimit = { most: 1000, standard: 100 };

/** The body of one request of the SDK, after its action. */
export type Body = Readonly<Record<string, unknown>>;

const collectionName = v.pipe(v.string(), v.regex(/^[\w.-]{1,128}$/));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const ejson = v.optional(v.string());
const target = { collectionName, query: ejson };

const get = v.object({
  ...target,
  order: ejson,
  projection: ejson,
  offset: v.optional(count, 0),
  limit: v.optional(count, pageLimit.standard),
});
const insert = v.object({
  collectionName,
  data: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(1000)),
});
const modify = v.object({
  ...target,
  data: v.string(),
  multi: v.optional(v.boolean(), false),
  merge: v.optional(v.boolean(), true),
  upsert: v.optional(v.boolean(), false),
});
const modifyAndReturn = v.object({ ...target, data: v.string() });
const remove = v.object({ ...target, multi: v.optional(v.boolean(), true) });
const aggregate = v.object({
  collectionName,
  stages: v.array(v.object({ stageKey: v.string(), stageValue: v.string() })),
});

/** What each request brings, as @cloudbase/database 1.4 sends it. */
export const requests = {
  get,
  insert,
  modify,
  modifyAndReturn,
  remove,
  aggregate,
  calculate: v.object(target),
  addCollection: v.object({ collectionName }),
};

/**
 * @returns The body as the schema says it is.
 * @throws DatabaseError INVALID_PARAM naming the field.
 */
export function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  body: Body,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? 'request';
  throw new DatabaseError('INVALID_PARAM', `${field}: ${issue.message}`);
}
