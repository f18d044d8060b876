import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import { anyAnswer, type Api } from './api';
import type { Collection, Index } from './declaration';
import type { Report } from './report';

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

/**
 * Adds the indexes that are missing; one that is there and not as declared is an error.
 *
 * @returns Whether there was something to do.
 */
export async function addIndexes(
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
    throw new ToolError(
      'DATABASE',
      `The index ${index.name} of ${name} is (${found}) in the cloud and (${wanted(index)}) in database/collections.json. ` +
        'Remove it in the console (数据库 → 索引管理), and run this again.',
    );
  }
  if (missing.length === 0) return false;
  const names = missing.map((index) => index.name).join(', ');
  if (dryRun) {
    report.begin(`${name}: the index ${names} would be created`);
    return true;
  }
  await ask(`Creating the index ${names} of ${name}`, anyAnswer, () =>
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
