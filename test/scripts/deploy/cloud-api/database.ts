import * as v from 'valibot';
import type { Environment } from './environments';
import { action, ApiError, type Actions } from './protocol';

const createIndex = v.object({
  IndexName: v.string(),
  MgoKeySchema: v.object({
    MgoIsUnique: v.boolean(),
    MgoIndexKeys: v.array(
      v.object({ Name: v.string(), Direction: v.picklist(['1', '-1', '2dsphere']) }),
    ),
  }),
});

export type Index = v.InferOutput<typeof createIndex>;

/** Who may do what from a client (docs.cloudbase.net/database/data-permission). */
const permissions = ['READONLY', 'PRIVATE', 'ADMINWRITE', 'ADMINONLY', 'CUSTOM'] as const;

/** A collection; the API calls it a table. */
export interface Collection {
  readonly indexes: Map<string, Index>;
  permission: (typeof permissions)[number];
  /** What RunCommands finds in it; what functions keep is elsewhere. */
  readonly documents?: readonly Readonly<Record<string, unknown>>[];
}

/** Of MongoDB's `find`, what is asked here. */
const find = v.strictObject({
  find: v.string(),
  filter: v.record(v.string(), v.strictObject({ $exists: v.boolean() })),
  projection: v.strictObject({ _id: v.literal(1) }),
  limit: v.number(),
});
const query = v.strictObject({
  TableName: v.string(),
  CommandType: v.literal('QUERY'),
  Command: v.pipe(v.string(), v.parseJson(), find),
});

const inDatabase = {
  EnvId: v.string(),
  Tag: v.optional(v.string()),
  MongoConnector: v.optional(v.object({ InstanceId: v.string(), DatabaseName: v.string() })),
};
const ofTable = { ...inDatabase, TableName: v.string() };
const ofPermission = { EnvId: v.string(), CollectionName: v.string() };

/** The actions of `tcb` on the document database (cloud.tencent.com/document/api/876/127964 and its neighbours). */
export function databaseActions(environmentOf: (envId: string) => Environment): Actions {
  function collectionOf(envId: string, name: string): Collection {
    const collection = environmentOf(envId).collections.get(name);
    if (collection !== undefined) return collection;
    throw new ApiError(
      'ResourceNotFound',
      `Db or Table not exist: ${name}. Please check your request.`,
    );
  }

  return {
    CreateTable: action(v.strictObject(ofTable), ({ EnvId, TableName }) => {
      const { collections } = environmentOf(EnvId);
      if (collections.has(TableName)) {
        throw new ApiError('ResourceInUse', `Table exist: ${TableName}.`);
      }
      collections.set(TableName, { indexes: new Map(), permission: 'PRIVATE' });
      return {};
    }),
    DescribeTable: action(v.strictObject(ofTable), ({ EnvId, TableName }) => {
      const { indexes } = collectionOf(EnvId, TableName);
      return {
        Indexes: [
          ...[...indexes.values()].map(({ IndexName, MgoKeySchema }) =>
            indexInfo(IndexName, MgoKeySchema.MgoIsUnique, MgoKeySchema.MgoIndexKeys),
          ),
          indexInfo('_id_', true, [{ Name: '_id', Direction: '1' }]),
        ],
        IndexNum: indexes.size + 1,
      };
    }),
    ListTables: action(
      v.strictObject({
        ...inDatabase,
        MgoLimit: v.number(),
        MgoOffset: v.optional(v.number(), 0),
      }),
      ({ EnvId, MgoLimit, MgoOffset }) => {
        const all = [...environmentOf(EnvId).collections];
        const page = all.slice(MgoOffset, MgoOffset + MgoLimit);
        return {
          Tables: page.map(([TableName, { indexes }]) => ({
            TableName,
            Count: 0,
            Size: 0,
            IndexCount: indexes.size + 1,
            IndexSize: 0,
          })),
          Pager: { Offset: MgoOffset, Limit: MgoLimit, Total: all.length },
        };
      },
    ),
    UpdateTable: action(
      v.strictObject({
        ...ofTable,
        CreateIndexes: v.optional(v.array(createIndex), []),
        DropIndexes: v.optional(v.array(v.object({ IndexName: v.string() })), []),
      }),
      ({ EnvId, TableName, CreateIndexes, DropIndexes }) => {
        const { indexes } = collectionOf(EnvId, TableName);
        for (const { IndexName } of DropIndexes) {
          if (!indexes.has(IndexName)) {
            throw new ApiError('FailedOperation', `index not found with name [${IndexName}]`);
          }
        }
        for (const index of CreateIndexes) checkNew(indexes, index);
        for (const { IndexName } of DropIndexes) indexes.delete(IndexName);
        for (const index of CreateIndexes) indexes.set(index.IndexName, index);
        return {};
      },
    ),
    DeleteTable: action(v.strictObject(ofTable), ({ EnvId, TableName }) => {
      collectionOf(EnvId, TableName);
      environmentOf(EnvId).collections.delete(TableName);
      return {};
    }),
    RunCommands: action(
      v.strictObject({ ...inDatabase, MgoCommands: v.array(query) }),
      ({ EnvId, MgoCommands }) => ({
        Data: MgoCommands.map(({ TableName, Command: { filter, limit } }) => {
          const { documents = [] } = collectionOf(EnvId, TableName);
          const fields = Object.entries(filter);
          const found = documents.filter((document) =>
            fields.every(([field, { $exists }]) => field in document === $exists),
          );
          const ids = found.slice(0, limit).map(({ _id }) => JSON.stringify({ _id }));
          return JSON.stringify(ids);
        }),
      }),
    ),
    DescribeDatabaseACL: action(v.strictObject(ofPermission), ({ EnvId, CollectionName }) => ({
      AclTag: collectionOf(EnvId, CollectionName).permission,
    })),
    ModifyDatabaseACL: action(
      v.strictObject({ ...ofPermission, AclTag: v.picklist(permissions) }),
      ({ EnvId, CollectionName, AclTag }) => {
        collectionOf(EnvId, CollectionName).permission = AclTag;
        return {};
      },
    ),
  };
}

/** As MongoDB: the same index again is nothing to do, another one of that name or on those keys is an error. */
function checkNew(indexes: ReadonlyMap<string, Index>, index: Index): void {
  for (const before of indexes.values()) {
    const sameName = before.IndexName === index.IndexName;
    const sameKeys = keysOf(before) === keysOf(index);
    const same =
      sameName && sameKeys && before.MgoKeySchema.MgoIsUnique === index.MgoKeySchema.MgoIsUnique;
    if (same || !(sameName || sameKeys)) continue;
    throw new ApiError(
      'FailedOperation',
      sameName
        ? `Index with name: ${index.IndexName} already exists with different options`
        : `Index with pattern already exists with different name: ${before.IndexName}`,
    );
  }
}

function keysOf({ MgoKeySchema }: Index): string {
  return MgoKeySchema.MgoIndexKeys.map(({ Name, Direction }) => `${Name} ${Direction}`).join();
}

function indexInfo(
  Name: string,
  Unique: boolean,
  keys: readonly { readonly Name: string; readonly Direction: string }[],
): object {
  return {
    Name,
    Unique,
    Size: 4096,
    Keys: keys,
    Accesses: { Ops: 0, Since: '2026-01-01T08:00:00.000+08:00' },
  };
}
