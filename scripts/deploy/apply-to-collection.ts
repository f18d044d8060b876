import { ToolError } from 'cloudbase-local/command';
import type { DeclaredIndex } from 'cloudbase-local/project';
import { anyAnswer, cloudCode, type Api } from './api';
import { readPermission } from './look-at-collections';
import type { CollectionChange } from './plan-collection';

/** @returns What was done. Nothing is ever removed. */
export async function applyToCollection(api: Api, change: CollectionChange): Promise<string> {
  const { name } = change;
  switch (change.todo) {
    case 'create':
      await create(api, name);
      return `collection ${name} created`;
    case 'set permission':
      await setPermission(api, name, change.permission);
      return `collection ${name}: permission ${change.permission}`;
    case 'create indexes': {
      const names = change.indexes.map((index) => index.name).join(', ');
      const CreateIndexes = change.indexes.map(toCreate);
      await api.ask(`Creating the index ${names} of ${name}`, anyAnswer, () =>
        api.manager.database.updateCollection(name, { CreateIndexes }),
      );
      return `collection ${name}: index ${names} created`;
    }
  }
}

async function create({ manager, ask }: Api, name: string): Promise<void> {
  try {
    await ask(`Creating the collection ${name}`, anyAnswer, () =>
      manager.database.createCollection(name),
    );
  } catch (error) {
    // Another deployment was faster.
    if (!cloudCode(error).startsWith('ResourceInUse')) throw error;
  }
}

/** Reference: https://docs.cloudbase.net/en/api-reference/manager/node/rule */
async function setPermission(api: Api, name: string, permission: string): Promise<void> {
  const Param = { EnvId: api.envId, CollectionName: name, AclTag: permission };
  await api.ask(`Setting the permission of ${name}`, anyAnswer, () =>
    api.manager.commonService().call({ Action: 'ModifyDatabaseACL', Param }),
  );
  const is = await readPermission(api, name);
  if (is === permission) return;
  const message = `The permission of ${name} is ${is ?? 'not set'} after it was set to ${permission}.`;
  throw new ToolError('DATABASE', `${message} Set it in the console (数据库 → 权限设置).`);
}

/** Reference: https://cloud.tencent.com/document/api/876/127964 */
function toCreate({ name, unique, keys }: DeclaredIndex) {
  const MgoIndexKeys = keys.map((key) => ({ Name: key.field, Direction: String(key.direction) }));
  return { IndexName: name, MgoKeySchema: { MgoIsUnique: unique, MgoIndexKeys } };
}
