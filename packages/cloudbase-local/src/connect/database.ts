import { Db } from '@cloudbase/database';
import * as v from 'valibot';
import { settle, type Callbacks } from './callback';
import { cloudError, failed, failureOf } from './error';
import { post, readAnswer, type Connection } from './local-cloud';
import { readOptions } from './options';

/** How the library is told where to send its requests: by its configuration. */
interface Configuration {
  readonly send: (action: string, data: object) => Promise<unknown>;
}

class Request {
  constructor(private readonly configuration: Configuration) {}

  send(action: string, data: object): Promise<unknown> {
    return this.configuration.send(action, data);
  }
}

export interface DatabaseConfig {
  /** Whether `doc.get` fails if there is no such document. Default: true. */
  readonly throwOnNotFound?: boolean;
}

interface DataOptions extends Callbacks {
  data: object;
}

type LibraryCollection = ReturnType<Db['collection']>;
type LibraryDocument = ReturnType<LibraryCollection['doc']>;
type LibraryQuery = ReturnType<LibraryCollection['where']>;
type LibraryAggregate = ReturnType<LibraryCollection['aggregate']>;

const dataOptions = v.object({ data: v.looseObject({}) });
const found = v.object({ data: v.array(v.unknown()) });
const total = v.object({ total: v.number() });
const updated = v.object({ updated: v.number() });
const deleted = v.object({ deleted: v.number() });
const added = v.object({ id: v.union([v.string(), v.number()]) });
const replaced = v.object({
  updated: v.number(),
  upsertedId: v.nullish(v.union([v.string(), v.number()])),
});

/**
 * `wx.cloud.database()`: queries are made by `@cloudbase/database`, as the SDK of the functions has it; this gives its
 * answers the shape that they have on a phone.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/wxcloud/reference-sdk-api/Cloud.database.html
 */
export function createDatabase(cloud: Connection, config: DatabaseConfig = {}): object {
  Db.reqClass = Request;
  const send: Configuration['send'] = (action, data) =>
    post(cloud, '/wx/cloud', Object.assign({ action }, data));
  const library = new Db({ send });
  const { throwOnNotFound = true } = config;
  return {
    command: library.command,
    serverDate: (options?: object): unknown => call(library.serverDate, options),
    RegExp: (options: object): unknown => call(library.RegExp, options),
    Geo: callable(library.Geo),
    collection: (name: string) => new Collection(library.collection(name), throwOnNotFound),
    startTransaction: forFunctions('startTransaction'),
    runTransaction: forFunctions('runTransaction'),
    createCollection: forFunctions('createCollection'),
  };
}

/** A query on a collection; each step gives a new one. */
class Query {
  constructor(private readonly query: LibraryQuery) {}

  where(condition: object): Query {
    return new Query(this.query.where(condition));
  }

  orderBy(fieldPath: string, order: 'asc' | 'desc'): Query {
    return new Query(this.query.orderBy(fieldPath, order));
  }

  limit(max: number): Query {
    return new Query(this.query.limit(max));
  }

  skip(offset: number): Query {
    return new Query(this.query.skip(offset));
  }

  field(projection: object): Query {
    return new Query(this.query.field(projection));
  }

  get(options?: Callbacks): unknown {
    return settle('collection.get', options, async () => {
      const { data } = await read(found, () => this.query.get());
      return { data };
    });
  }

  count(options?: Callbacks): unknown {
    return settle('collection.count', options, () => read(total, () => this.query.count()));
  }

  update(options: DataOptions): unknown {
    return settle('collection.update', options, async () => {
      const data = dataOf(options);
      return { stats: await read(updated, () => this.query.update(data)) };
    });
  }

  remove(options?: Callbacks): unknown {
    return settle('collection.remove', options, async () => {
      const answer = await read(deleted, () => this.query.remove());
      return { stats: { removed: answer.deleted } };
    });
  }

  watch(): never {
    throw noWatch('collection');
  }
}

class Collection extends Query {
  constructor(
    private readonly collection: LibraryCollection,
    private readonly throwOnNotFound: boolean,
  ) {
    super(collection);
  }

  doc(id: string | number): Document {
    return new Document(this.collection.doc(id), id, this.throwOnNotFound);
  }

  add(options: DataOptions): unknown {
    return settle('collection.add', options, async () => {
      const data = dataOf(options);
      const { id } = await read(added, () => this.collection.add(data));
      return { _id: id };
    });
  }

  aggregate(): object {
    return aggregateOf(this.collection.aggregate());
  }
}

class Document {
  constructor(
    private readonly document: LibraryDocument,
    private readonly id: string | number,
    private readonly throwOnNotFound: boolean,
  ) {}

  field(projection: object): Document {
    return new Document(this.document.field(projection), this.id, this.throwOnNotFound);
  }

  get(options?: Callbacks): unknown {
    return settle('document.get', options, async () => {
      const { data } = await read(found, () => this.document.get());
      if (data.length === 0 && this.throwOnNotFound) {
        throw cloudError(
          -1,
          `document.get:fail cannot find document with _id ${this.id}, please make sure that the document exists and you have the corresponding access permission`,
        );
      }
      return { data: data[0] ?? null };
    });
  }

  set(options: DataOptions): unknown {
    return settle('document.set', options, async () => {
      const data = dataOf(options);
      const answer = await read(replaced, () => this.document.set(data));
      const created = answer.upsertedId === undefined || answer.upsertedId === null ? 0 : 1;
      return { _id: this.id, stats: { updated: answer.updated, created } };
    });
  }

  update(options: DataOptions): unknown {
    return settle('document.update', options, async () => {
      const data = dataOf(options);
      return { stats: await read(updated, () => this.document.update(data)) };
    });
  }

  remove(options?: Callbacks): unknown {
    return settle('document.remove', options, async () => {
      const answer = await read(deleted, () => this.document.remove());
      return { stats: { removed: answer.deleted } };
    });
  }

  watch(): never {
    throw noWatch('document');
  }
}

const stages = [
  'addFields',
  'bucket',
  'bucketAuto',
  'count',
  'geoNear',
  'group',
  'limit',
  'lookup',
  'match',
  'project',
  'replaceRoot',
  'sample',
  'skip',
  'sort',
  'sortByCount',
  'unwind',
] as const;

/** The library's aggregation, whose end answers as on a phone. */
function aggregateOf(library: LibraryAggregate): object {
  const aggregate: Record<string, unknown> = {
    end: (options?: Callbacks) =>
      settle('collection.aggregate', options, async () => {
        const { data } = await read(found, () => library.end());
        return { list: data };
      }),
  };
  for (const stage of stages) {
    aggregate[stage] = (value: unknown): object => {
      const step: unknown = Reflect.get(library, stage);
      if (typeof step === 'function') Reflect.apply(step, library, [value]);
      return aggregate;
    };
  }
  return aggregate;
}

/** @returns What the library answers. It refuses by what it throws, or by an answer with a code. */
async function read<Schema extends v.GenericSchema>(
  schema: Schema,
  ask: () => Promise<unknown>,
): Promise<v.InferOutput<Schema>> {
  let answer: unknown;
  try {
    answer = await ask();
  } catch (error) {
    const refused = v.safeParse(v.object({ code: v.string(), message: v.string() }), error);
    throw refused.success ? failed(failureOf(refused.output.code, refused.output.message)) : error;
  }
  return readAnswer(answer, schema);
}

function dataOf(options: unknown): object {
  return readOptions(dataOptions, options).data;
}

function forFunctions(name: string): () => never {
  return () => {
    throw cloudError(-401001, `database.${name}:fail it is for cloud functions`);
  };
}

function noWatch(what: string): Error {
  return cloudError(-1, `${what}.watch:fail the local cloud has no watch`);
}

function call(value: unknown, ...parameters: unknown[]): unknown {
  return typeof value === 'function' ? Reflect.apply(value, undefined, parameters) : undefined;
}

/** WeChat has functions where the library has classes. */
function callable(classes: object): Record<string, unknown> {
  const functions: Record<string, unknown> = {};
  for (const name of Object.keys(classes)) {
    const value: unknown = Reflect.get(classes, name);
    functions[name] =
      typeof value === 'function'
        ? (...parameters: unknown[]): unknown => Reflect.construct(value, parameters)
        : value;
  }
  return functions;
}
