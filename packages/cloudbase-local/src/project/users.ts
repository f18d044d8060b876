import path from 'node:path';
import * as v from 'valibot';
import { readConfig } from '../phone/compile/config';

const usersSchema = v.array(v.object({ openid: v.string(), nickname: v.string() }));

export type SampleUser = v.InferOutput<typeof usersSchema>[number];

/** The people who can hold the phone: database/sample-users.json. */
export function readUsers(root: string): Promise<SampleUser[]> {
  return readConfig(root, path.join(root, 'database/sample-users.json'), usersSchema);
}
