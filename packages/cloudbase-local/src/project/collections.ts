import { existsSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile } from './json-file';

/** Reference: https://docs.cloudbase.net/api-reference/manager/node/rule, for the names of the permissions. */
const schema = v.array(
  v.object({
    name: v.pipe(v.string(), v.regex(/^[\w.-]{1,128}$/)),
    permission: v.optional(
      v.picklist(['READONLY', 'PRIVATE', 'ADMINWRITE', 'ADMINONLY', 'CUSTOM']),
      'ADMINONLY',
    ),
    indexes: v.optional(
      v.array(
        v.object({
          name: v.string(),
          unique: v.optional(v.boolean(), false),
          keys: v.array(
            v.object({ field: v.string(), direction: v.optional(v.picklist([1, -1]), 1) }),
          ),
        }),
      ),
      [],
    ),
  }),
);

/** A collection that database/collections.json declares. */
export type DeclaredCollection = v.InferOutput<typeof schema>[number];
export type DeclaredIndex = DeclaredCollection['indexes'][number];

/** @returns Whether a project declares which collections it has. */
export function declaresCollections(root: string): boolean {
  return existsSync(fileOf(root));
}

function fileOf(root: string): string {
  return path.join(root, 'database/collections.json');
}

/**
 * Reads the collections that a project declares; without the file it declares none.
 *
 * @param root - The project's folder.
 * @throws ToolError PROJECT if database/collections.json is malformed.
 */
export function readCollections(root: string): Promise<DeclaredCollection[]> {
  return readJsonFile(fileOf(root), schema, []);
}
