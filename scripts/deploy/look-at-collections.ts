import * as v from 'valibot';
import type { Api } from './api';

/** A collection as it is in the cloud. */
export interface SeenCollection {
  /** Undefined if none was ever set. */
  readonly permission: string | undefined;
  /** By name. */
  readonly indexes: ReadonlyMap<string, SeenIndex>;
}

export interface SeenIndex {
  readonly unique: boolean;
  readonly keys: readonly { readonly field: string; readonly direction: string | number }[];
}

/** @returns Those of the collections that are in the cloud, by name. */
export async function lookAtCollections(
  api: Api,
  names: readonly string[],
  existing: ReadonlySet<string>,
): Promise<Map<string, SeenCollection>> {
  const seen = new Map<string, SeenCollection>();
  for (const name of names.filter((each) => existing.has(each))) {
    const permission = await readPermission(api, name);
    seen.set(name, { permission, indexes: await readIndexes(api, name) });
  }
  return seen;
}

const tables = v.object({ Collections: v.array(v.object({ CollectionName: v.string() })) });
const pageSize = 100;

/** @returns The names of all collections that are in the cloud. */
export async function listCollections({ manager, ask }: Api): Promise<Set<string>> {
  const names = new Set<string>();
  for (let offset = 0, more = true; more; offset += pageSize) {
    const page = { MgoLimit: pageSize, MgoOffset: offset };
    const { Collections } = await ask('Reading the collections', tables, () =>
      manager.database.listCollections(page),
    );
    for (const { CollectionName } of Collections) names.add(CollectionName);
    more = Collections.length === pageSize;
  }
  return names;
}

const acl = v.object({ AclTag: v.nullish(v.string()) });

/**
 * Reference: https://docs.cloudbase.net/en/api-reference/manager/node/rule
 *
 * @returns undefined if none was ever set.
 */
export async function readPermission(
  { envId, manager, ask }: Api,
  name: string,
): Promise<string | undefined> {
  const Param = { EnvId: envId, CollectionName: name };
  const { AclTag } = await ask(`Reading the permission of ${name}`, acl, () =>
    manager.commonService().call({ Action: 'DescribeDatabaseACL', Param }),
  );
  return AclTag ?? undefined;
}

const key = v.object({ Name: v.string(), Direction: v.union([v.string(), v.number()]) });
const index = v.object({
  Name: v.string(),
  Unique: v.optional(v.boolean(), false),
  Keys: v.array(key),
});
const table = v.object({ Indexes: v.nullish(v.array(index), []) });

async function readIndexes({ manager, ask }: Api, name: string): Promise<Map<string, SeenIndex>> {
  const { Indexes } = await ask(`Reading the indexes of ${name}`, table, () =>
    manager.database.describeCollection(name),
  );
  return new Map(
    Indexes.map(({ Name, Unique, Keys }) => [
      Name,
      { unique: Unique, keys: Keys.map((key) => ({ field: key.Name, direction: key.Direction })) },
    ]),
  );
}
