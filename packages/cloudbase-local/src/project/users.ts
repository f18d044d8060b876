import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile } from './json-file';

const schema = v.array(
  v.pipe(
    v.object({ openid: v.pipe(v.string(), v.nonEmpty()), nickname: v.optional(v.string()) }),
    v.transform(({ openid, nickname = openid }) => ({ openid, nickname })),
  ),
);

/** Somebody who can hold the phone. */
export type SampleUser = v.InferOutput<typeof schema>[number];

const madeUp: SampleUser[] = [
  { openid: 'local-user-000000000000000a', nickname: '用户甲' },
  { openid: 'local-user-000000000000000b', nickname: '用户乙' },
];

/**
 * Reads the users of database/sample-users.json; without that file there are two made-up ones.
 *
 * @param root - The project's folder.
 * @throws ToolError PROJECT if the file is malformed.
 */
export function readUsers(root: string): Promise<SampleUser[]> {
  return readJsonFile(path.join(root, 'database/sample-users.json'), schema, madeUp);
}
