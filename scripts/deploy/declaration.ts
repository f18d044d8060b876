import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { reason, ToolError } from 'cloudbase-local/command';

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

/** A collection as database/collections.json declares it. */
export type Collection = v.InferOutput<typeof declaration>[number];
export type Index = Collection['indexes'][number];

/** @throws ToolError PROJECT where database/collections.json cannot be used. */
export async function readDeclaration(root: string): Promise<Collection[]> {
  const file = path.join(root, 'database/collections.json');
  try {
    return v.parse(declaration, JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new ToolError('PROJECT', `${file} cannot be used: ${reason(error)}.`, error);
  }
}
