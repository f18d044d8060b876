import type { DeclaredCollection, DeclaredIndex } from 'cloudbase-local/project';
import type { SeenCollection, SeenIndex } from './look-at-collections';

/** Something that must be done for a collection. */
export type CollectionChange = {
  readonly name: string;
  /** How the collection is not as declared: a sentence without its end. */
  readonly fault: string;
} & (
  | { readonly todo: 'create' }
  | { readonly todo: 'set permission'; readonly permission: string }
  | { readonly todo: 'create indexes'; readonly indexes: readonly DeclaredIndex[] }
);

/** @param seen - Undefined if there is no such collection. */
export function planCollection(
  { name, permission, indexes }: DeclaredCollection,
  seen: SeenCollection | undefined,
): CollectionChange[] {
  const changes: CollectionChange[] = [];
  const subject = `collection ${name}`;
  if (seen === undefined) {
    changes.push({ todo: 'create', name, fault: `${subject} is not there` });
  }
  // The permission before the indexes: whatever fails after it leaves nothing open to clients.
  if (seen?.permission !== permission) {
    const is = seen?.permission === undefined ? 'is not' : `is ${seen.permission} and not`;
    const fault = `${subject} ${is} ${permission}`;
    changes.push({ todo: 'set permission', name, permission, fault });
  }
  const missing = indexes.filter((index) => !seen?.indexes.has(index.name));
  if (missing.length > 0) {
    const fault = `${subject} has no index ${missing.map((index) => index.name).join(', ')}`;
    changes.push({ todo: 'create indexes', name, indexes: missing, fault });
  }
  return changes;
}

/** @returns A sentence for each index that is in the cloud and not as declared. */
export function findIndexConflicts(
  { name, indexes }: DeclaredCollection,
  seen: SeenCollection | undefined,
): string[] {
  return indexes.flatMap((index) => {
    const is = describe(seen?.indexes.get(index.name) ?? index);
    const must = describe(index);
    if (is === must) return [];
    return [
      `The index ${index.name} of ${name} is (${is}) in the cloud and (${must}) in database/collections.json. ` +
        'Remove it in the console (数据库 → 索引管理), and run this again.',
    ];
  });
}

function describe({ unique, keys }: DeclaredIndex | SeenIndex): string {
  const parts = keys.map(({ field, direction }) => `${field} ${direction}`);
  return [...parts, ...(unique ? ['unique'] : [])].join(', ');
}
