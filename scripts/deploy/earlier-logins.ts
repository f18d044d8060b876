import * as v from 'valibot';
import { isToolError } from 'cloudbase-local/command';
import type { Api } from './api';

/** What `logins` was called before. */
export const earlierName = 'users';

export const earlierNote =
  `The collection ${earlierName} holds the logins of an earlier version, which are in logins now: ` +
  'delete it in the console (数据库) once every phone has logged in again; nothing but logins is lost.';

const found = v.object({ Data: v.array(v.pipe(v.string(), v.parseJson(), v.array(v.unknown()))) });

/**
 * Looks whether a collection of that name holds logins: many a project has one that holds something else.
 * Reference: https://cloud.tencent.com/document/api/876/129012
 */
export async function holdsEarlierLogins({ manager, ask }: Api): Promise<boolean> {
  const command = {
    find: earlierName,
    filter: { live: { $exists: true }, recent: { $exists: true } },
    projection: { _id: 1 },
    limit: 1,
  };
  try {
    const { Data } = await ask(`Looking for earlier logins in ${earlierName}`, found, () =>
      manager.database.runCommands({
        MgoCommands: [
          { TableName: earlierName, CommandType: 'QUERY', Command: JSON.stringify(command) },
        ],
      }),
    );
    return Data.some((documents) => documents.length > 0);
  } catch (error) {
    // A hint may not stop a deployment: an account may be allowed all but to read documents.
    if (isToolError(error) && error.code === 'CLOUD') return false;
    throw error;
  }
}
