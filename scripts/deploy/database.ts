import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { reason } from '../../local/errors';
import type { Api } from './api';
import { DeployError } from './errors';
import type { Report } from './report';

const declaration = v.array(
  v.object({
    name: v.string(),
    permission: v.picklist(['READONLY', 'PRIVATE', 'ADMINWRITE', 'ADMINONLY']),
    indexes: v.array(
      v.object({
        name: v.string(),
        unique: v.boolean(),
        keys: v.array(v.object({ field: v.string(), direction: v.picklist([1, -1]) })),
      }),
    ),
  }),
);

type Collection = v.InferOutput<typeof declaration>[number];
type Index = Collection['indexes'][number];

/** What database/collections.json declares. */
export type Declaration = readonly Collection[];

const nothing = v.unknown();
const tables = v.object({
  Collections: v.array(v.object({ CollectionName: v.string() })),
  Pager: v.optional(v.object({ Total: v.number() })),
});
const table = v.object({
  Indexes: v.nullish(
    v.array(
      v.object({
        Name: v.string(),
        Unique: v.optional(v.boolean(), false),
        Keys: v.array(v.object({ Name: v.string(), Direction: v.union([v.string(), v.number()]) })),
      }),
    ),
  ),
});
const acl = v.object({ AclTag: v.nullish(v.string()) });

/** @throws DeployError PROJECT where database/collections.json cannot be used. */
export async function readDeclaration(root: string): Promise<Declaration> {
  const file = path.join(root, 'database/collections.json');
  try {
    return v.parse(declaration, JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new DeployError('PROJECT', `${file} cannot be used: ${reason(error)}.`, error);
  }
}

/**
 * Makes the database what is declared: collections and indexes that are missing are added, permissions are
 * set. Nothing is removed: an index that is there and not as declared is an error.
 *
 * @param dryRun - Says what would be done, and does nothing.
 * @throws DeployError CLOUD or DATABASE.
 */
export async function setUpDatabase(
  api: Api,
  declared: Declaration,
  report: Report,
  dryRun: boolean,
): Promise<void> {
  const existing = await listCollections(api);
  for (const collection of declared) {
    const isNew = !existing.has(collection.name);
    if (isNew && dryRun) {
      report.done(
        `${collection.name} would be created, ${collection.permission}, with its indexes`,
      );
      continue;
    }
    if (isNew) await createCollection(api, collection.name, report);
    const done = [
      await addIndexes(api, collection, report, dryRun),
      await setPermission(api, collection, report, dryRun),
    ];
    if (!isNew && !done.includes(true)) report.done(`${collection.name} is as declared`);
  }
}

const pageSize = 100;

async function listCollections({ manager, ask }: Api): Promise<Set<string>> {
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

async function createCollection(
  { manager, ask }: Api,
  name: string,
  report: Report,
): Promise<void> {
  await ask(`Creating the collection ${name}`, nothing, () =>
    manager.database.createCollection(name),
  );
  report.changed(`${name} created`);
}

/** @returns Whether there was something to do. */
async function addIndexes(
  { manager, ask }: Api,
  { name, indexes }: Collection,
  report: Report,
  dryRun: boolean,
): Promise<boolean> {
  if (indexes.length === 0) return false;
  const { Indexes } = await ask(`Reading the indexes of ${name}`, table, () =>
    manager.database.describeCollection(name),
  );
  const inCloud = new Map(
    (Indexes ?? []).map(({ Name, Unique, Keys }) => [
      Name,
      describe(
        Unique,
        Keys.map((key) => `${key.Name} ${key.Direction}`),
      ),
    ]),
  );
  const missing = indexes.filter((index) => !inCloud.has(index.name));
  for (const index of indexes) {
    const found = inCloud.get(index.name) ?? wanted(index);
    if (found === wanted(index)) continue;
    throw new DeployError(
      'DATABASE',
      `The index ${index.name} of ${name} is (${found}) in the cloud and (${wanted(index)}) in database/collections.json. ` +
        'Remove it in the console (数据库 → 索引管理), and run this again.',
    );
  }
  if (missing.length === 0) return false;
  const names = missing.map((index) => index.name).join(', ');
  if (dryRun) {
    report.done(`${name}: the index ${names} would be created`);
    return true;
  }
  await ask(`Creating the index ${names} of ${name}`, nothing, () =>
    manager.database.updateCollection(name, { CreateIndexes: missing.map(toCreate) }),
  );
  report.changed(`${name}: index ${names} created`);
  return true;
}

function describe(unique: boolean, keys: readonly string[]): string {
  return [...keys, ...(unique ? ['unique'] : [])].join(', ');
}

function wanted({ unique, keys }: Index): string {
  return describe(
    unique,
    keys.map(({ field, direction }) => `${field} ${direction}`),
  );
}

/** Reference: https://cloud.tencent.com/document/api/876/127964 */
function toCreate({ name, unique, keys }: Index) {
  return {
    IndexName: name,
    MgoKeySchema: {
      MgoIsUnique: unique,
      MgoIndexKeys: keys.map(({ field, direction }) => ({
        Name: field,
        Direction: String(direction),
      })),
    },
  };
}

/**
 * Reference: https://docs.cloudbase.net/en/api-reference/manager/node/rule
 *
 * @returns Whether there was something to do.
 */
async function setPermission(
  { envId, manager, ask }: Api,
  { name, permission }: Collection,
  report: Report,
  dryRun: boolean,
): Promise<boolean> {
  const of = { EnvId: envId, CollectionName: name };
  const read = async () => {
    const { AclTag } = await ask(`Reading the permission of ${name}`, acl, () =>
      manager.commonService().call({ Action: 'DescribeDatabaseACL', Param: of }),
    );
    return AclTag;
  };
  const before = await read();
  if (before === permission) return false;
  if (dryRun) {
    report.done(`${name}: the permission would become ${permission}, it is ${before ?? 'not set'}`);
    return true;
  }
  await ask(`Setting the permission of ${name}`, nothing, () =>
    manager
      .commonService()
      .call({ Action: 'ModifyDatabaseACL', Param: { ...of, AclTag: permission } }),
  );
  const after = await read();
  if (after !== permission) {
    const is = after ?? 'not set';
    const message = `The permission of ${name} is ${is} after it was set to ${permission}.`;
    throw new DeployError('DATABASE', `${message} Set it in the console (数据库 → 权限设置).`);
  }
  report.changed(`${name}: permission ${permission}`);
  return true;
}
