import * as v from 'valibot';
import { DatabaseError } from './database-error';
import { parseFields, parseValue } from './ejson';

/** The most documents that one query gives, and how many if it does not say (CloudBase, in functions). */
export const pageLimit = { most: 1000, standard: 100 };

/** The body of one request of the SDK, after its action. */
export type Body = Readonly<Record<string, unknown>>;

const transactionId = v.optional(v.string());
/** What a collection can be called. */
export const collectionNames = /^[\w.-]{1,128}$/;

const collectionName = v.pipe(v.string(), v.regex(collectionNames));
/** @returns Whether a collection can have this name. */
export function isCollectionName(name: unknown): name is string {
  return v.is(collectionName, name);
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const flag = (standard: boolean) => v.optional(v.boolean(), standard);

/** What the SDK sends as EJSON texts; they become values. */
function texts(now: number) {
  const fields = (name: string) =>
    v.pipe(
      v.string(),
      v.transform((text) => parseFields(text, name, now)),
    );
  const stage = v.pipe(
    v.object({ stageKey: v.string(), stageValue: v.string() }),
    v.transform(({ stageKey, stageValue }) => ({
      [stageKey]: parseValue(stageValue, `stage ${stageKey}`, now),
    })),
  );
  return { fields, stage, data: fields('data'), query: v.optional(fields('query'), '') };
}

/**
 * @returns A function that parses a request, with the server's time in milliseconds for server dates. It throws a
 *   DatabaseError INVALID_PARAM that names the field if the request is malformed.
 */
function request<Entries extends v.ObjectEntries>(
  entries: (schemas: ReturnType<typeof texts>) => Entries,
) {
  return (body: Body, now: number) => parse(v.object(entries(texts(now))), body);
}

/** What each request brings, as @cloudbase/database 1.4 sends it. */
export const requests = {
  get: request(({ fields, query }) => ({
    collectionName,
    query,
    order: v.optional(fields('order')),
    projection: v.optional(fields('projection')),
    offset: v.optional(count, 0),
    limit: v.optional(count, pageLimit.standard),
    transactionId,
  })),
  calculate: request(({ query }) => ({ collectionName, query })),
  aggregate: request(({ stage }) => ({ collectionName, stages: v.array(stage) })),
  insert: request(({ data }) => ({
    collectionName,
    data: v.pipe(v.array(data), v.minLength(1)),
    transactionId,
  })),
  modify: request(({ query, data }) => ({
    collectionName,
    query,
    data,
    multi: flag(false),
    merge: flag(true),
    upsert: flag(false),
    transactionId,
  })),
  modifyAndReturn: request(({ query, data }) => ({
    collectionName,
    query,
    data,
    transactionId,
  })),
  remove: request(({ query }) => ({ collectionName, query, multi: flag(true), transactionId })),
  addCollection: request(() => ({ collectionName })),
  startTransaction: request(() => ({})),
  endTransaction: request(() => ({ transactionId: v.string() })),
};

function parse<Schema extends v.GenericSchema>(schema: Schema, body: Body): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? 'request';
  throw new DatabaseError('INVALID_PARAM', `${field}: ${issue.message}`);
}
