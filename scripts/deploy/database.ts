import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import { anyAnswer, cloudCode, type Api } from './api';
import type { Collection } from './declaration';
import { addIndexes } from './indexes';
import type { Report } from './report';

const tables = v.object({ Collections: v.array(v.object({ CollectionName: v.string() })) });
const acl = v.object({ AclTag: v.nullish(v.string()) });

/**
 * Makes the database what is declared: collections and indexes that are missing are added, permissions are
 * set. Nothing is removed: an index that is there and not as declared is an error.
 *
 * @param dryRun - Says what would be done, and does nothing.
 * @returns Whether there was nothing to do.
 * @throws ToolError CLOUD or DATABASE.
 */
export async function setUpDatabase(
  api: Api,
  declared: readonly Collection[],
  report: Report,
  dryRun: boolean,
): Promise<boolean> {
  const existing = await listCollections(api);
  let asDeclared = true;
  for (const collection of declared) {
    const isNew = !existing.has(collection.name);
    asDeclared &&= !isNew;
    if (isNew && dryRun) {
      report.begin(
        `${collection.name} would be created, ${collection.permission}, with its indexes`,
      );
      continue;
    }
    if (isNew) await createCollection(api, collection.name, report);
    // The permission first: whatever fails after it leaves nothing open to clients.
    const done = [
      await setPermission(api, collection, report, dryRun),
      await addIndexes(api, collection, report, dryRun),
    ];
    asDeclared &&= !done.includes(true);
    if (!isNew && !done.includes(true)) report.done(`${collection.name} is as declared`);
  }
  return asDeclared;
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
  try {
    await ask(`Creating the collection ${name}`, anyAnswer, () =>
      manager.database.createCollection(name),
    );
  } catch (error) {
    // Another deployment was faster.
    if (!cloudCode(error).startsWith('ResourceInUse')) throw error;
  }
  report.changed(`${name} created`);
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
    report.begin(
      `${name}: the permission would become ${permission}, it is ${before ?? 'not set'}`,
    );
    return true;
  }
  await ask(`Setting the permission of ${name}`, anyAnswer, () =>
    manager
      .commonService()
      .call({ Action: 'ModifyDatabaseACL', Param: { ...of, AclTag: permission } }),
  );
  const after = await read();
  if (after !== permission) {
    const is = after ?? 'not set';
    const message = `The permission of ${name} is ${is} after it was set to ${permission}.`;
    throw new ToolError('DATABASE', `${message} Set it in the console (数据库 → 权限设置).`);
  }
  report.changed(`${name}: permission ${permission}`);
  return true;
}
