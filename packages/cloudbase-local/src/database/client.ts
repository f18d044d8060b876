import * as v from 'valibot';
import { DatabaseError } from './database-error';
import { isFields, type Fields } from './document';

/**
 * Who may do what with a collection (docs.cloudbase.net/api-reference/manager/node/rule): READONLY, everybody reads and
 * the creator writes; PRIVATE, the creator reads and writes; ADMINWRITE, everybody reads; ADMINONLY, nobody does
 * anything; CUSTOM, rules of the project's own. Functions may do everything.
 */
export type Permission = 'READONLY' | 'PRIVATE' | 'ADMINWRITE' | 'ADMINONLY' | 'CUSTOM';

/** Whoever asks from a phone. */
export interface Client {
  readonly openid: string;
  /** @returns The permission of a collection. */
  permissionOf(collection: string): Permission;
}

/** The most documents that a query of a phone gives, and how many if it does not say (…/Collection.limit.html). */
const clientLimit = 20;

type Right = 'read' | 'write';

/** The request of one action as a phone may make it. */
type Restriction = (body: Fields, client: Client) => Fields;

/** What a phone may ask of the database. The rest is for functions. */
const restrictions: Readonly<Record<string, Restriction>> = {
  'database.getDocument': (body, client) => {
    const wanted = body['limit'];
    const limit =
      typeof wanted === 'number' && wanted > 0 ? Math.min(wanted, clientLimit) : clientLimit;
    return { ...restricted(body, client, 'read'), limit };
  },

  'database.calculateDocument': (body, client) => restricted(body, client, 'read'),

  'database.aggregateDocuments': (body, client) => {
    const texts = parse(stagesSchema, body['stages'], 'stages');
    const stages = texts.map(({ stageKey, stageValue }) => ({
      stageKey,
      stageValue: jsonOf(stageValue, `stage ${stageKey}`, filledFor(client)),
    }));
    for (const { stageKey, stageValue } of stages) checkJoins({ [stageKey]: stageValue }, client);
    const own = ownOnly(body, client, 'read') ? beginningWith(client, stages) : stages;
    return {
      ...body,
      stages: own.map(({ stageKey, stageValue }) => ({
        stageKey,
        stageValue: JSON.stringify(stageValue),
      })),
    };
  },

  'database.insertDocument': (body, client) => {
    ownOnly(body, client, 'write');
    const texts = parse(v.array(v.string()), body['data'], 'data');
    const data = texts.map((text) => {
      const fields = fieldsOf(text, 'data');
      refuseOpenid(Object.keys(fields));
      return JSON.stringify({ ...fields, _openid: client.openid });
    });
    return { ...body, data };
  },

  'database.modifyDocument': (body, client) => {
    const data = fieldsOf(body['data'], 'data');
    const replaces = body['merge'] === false;
    refuseOpenid(replaces ? Object.keys(data) : changedPaths(data));
    return {
      ...restricted(body, client, 'write'),
      data: JSON.stringify(replaces ? { ...data, _openid: client.openid } : data),
    };
  },

  'database.removeDocument': (body, client) => restricted(body, client, 'write'),
};

/**
 * What a phone asks, as it may ask it: only documents of its user's where the collection says so, and not too many. The
 * user's openid becomes the `_openid` of what is added (developers.weixin.qq.com/…/guide/database/permission.html).
 *
 * @param action - Such as `database.getDocument`.
 * @param body - The rest of the request, unparsed.
 * @returns The request to be carried out.
 * @throws DatabaseError DATABASE_PERMISSION_DENIED or INVALID_PARAM
 */
export function asClient(action: string, body: Fields, client: Client): Fields {
  const restrict = Object.hasOwn(restrictions, action) ? restrictions[action] : undefined;
  if (restrict === undefined || body['transactionId'] !== undefined) {
    throw denied(`${action} is for cloud functions.`);
  }
  return restrict(body, client);
}

/** @returns The request, limited to the client's documents if it may have no others. */
function restricted(body: Fields, client: Client, right: Right): Fields {
  const query = fieldsOf(body['query'] ?? '', 'query', filledFor(client));
  const own = ownOnly(body, client, right) ? ownOf(query, client) : query;
  return { ...body, query: JSON.stringify(own) };
}

/** Conditions at the top stay there: an upsert takes the `_id` of its document from them. */
function ownOf(query: Fields, { openid }: Client): Fields {
  return '_openid' in query
    ? { $and: [query, { _openid: openid }] }
    : { ...query, _openid: openid };
}

/** @returns Whether only the client's documents may be touched. @throws DatabaseError if none may. */
function ownOnly(body: Fields, client: Client, right: Right): boolean {
  const name = parse(v.string(), body['collectionName'], 'collectionName');
  const permission = client.permissionOf(name);
  if (permission === 'CUSTOM') {
    throw denied(
      `The collection ${name} has rules of its own (CUSTOM), which the local cloud does not carry out: declare READONLY, PRIVATE, ADMINWRITE or ADMINONLY for it.`,
    );
  }
  const refused: readonly Permission[] =
    right === 'read' ? ['ADMINONLY'] : ['ADMINONLY', 'ADMINWRITE'];
  if (refused.includes(permission)) {
    throw denied(`The collection ${name} is ${permission}: a phone cannot ${right} it.`);
  }
  return right === 'write' || permission === 'PRIVATE';
}

interface Stage {
  readonly stageKey: string;
  readonly stageValue: unknown;
}

const stagesSchema = v.array(v.object({ stageKey: v.string(), stageValue: v.string() }));

/** `$geoNear` must be the first stage: its query takes the condition. */
function beginningWith({ openid }: Client, stages: readonly Stage[]): readonly Stage[] {
  const [first, ...rest] = stages;
  if (first?.stageKey !== '$geoNear' || !isFields(first.stageValue)) {
    return [{ stageKey: '$match', stageValue: { _openid: openid } }, ...stages];
  }
  const { query } = first.stageValue;
  const own = isFields(query) ? { $and: [query, { _openid: openid }] } : { _openid: openid };
  return [{ stageKey: '$geoNear', stageValue: { ...first.stageValue, query: own } }, ...rest];
}

/** Other collections may be looked into where everybody may read them, wherever in the pipeline that is. */
function checkJoins(value: unknown, client: Client): void {
  if (Array.isArray(value)) for (const each of value) checkJoins(each, client);
  if (!isFields(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (['$lookup', '$graphLookup', '$unionWith'].includes(name)) {
      for (const joined of namesJoined(inner)) {
        if (!ownOnly({ collectionName: joined }, client, 'read')) continue;
        throw denied(`${name} cannot look into ${String(joined)}, which is PRIVATE.`);
      }
    }
    checkJoins(inner, client);
  }
}

/** All that a stage could take for the name of its collection: which one counts depends on the stage. */
function namesJoined(stage: unknown): unknown[] {
  if (!isFields(stage)) return [stage];
  const { from, coll } = stage;
  return from === undefined ? [coll] : coll === undefined ? [from] : [from, coll];
}

type Fill = (text: string) => string;

const asItIs: Fill = (text) => text;

/** The text `{openid}` stands for the user's (developers.weixin.qq.com/…/guide/database/security-rules.html). */
function filledFor({ openid }: Client): Fill {
  return (text) => (text === '{openid}' ? openid : text);
}

/** The fields that an update changes. */
function changedPaths(update: Fields): string[] {
  return Object.entries(update).flatMap(([operator, targets]) => {
    if (!isFields(targets)) return [];
    const renamed = operator === '$rename' ? Object.values(targets).map(String) : [];
    return [...Object.keys(targets), ...renamed];
  });
}

function refuseOpenid(paths: readonly string[]): void {
  if (!paths.some((path) => path.split('.')[0] === '_openid')) return;
  throw new DatabaseError('INVALID_PARAM', 'Invalid Key Name: _openid. The cloud alone writes it.');
}

function fieldsOf(text: unknown, field: string, fill = asItIs): Fields {
  const given = parse(v.string(), text, field);
  const value = given === '' ? {} : jsonOf(given, field, fill);
  if (isFields(value)) return value;
  throw new DatabaseError('INVALID_PARAM', `${field} must be an object.`);
}

/** EJSON is JSON: what its parts mean does not matter here. */
function jsonOf(text: string, field: string, fill: Fill): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) =>
      typeof value === 'string' ? fill(value) : value,
    );
  } catch (error) {
    throw new DatabaseError('INVALID_PARAM', `${field} is not valid EJSON.`, error);
  }
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  field: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new DatabaseError('INVALID_PARAM', `${field}: ${result.issues[0].message}`);
}

function denied(why: string): DatabaseError {
  return new DatabaseError('DATABASE_PERMISSION_DENIED', why);
}
