import { randomBytes } from 'node:crypto';
import cloud from 'wx-server-sdk';
import { databaseLimit } from './meter';
import type { Cloud } from './serve';

/** The cloud this function runs in, through the SDK. */
export function openCloud(): Cloud {
  const sdk = cloud.createNewInstance({ env: cloud.DYNAMIC_CURRENT_ENV, timeout: databaseLimit });
  return {
    database: sdk.database(),
    context: () => sdk.getWXContext(),
    env: process.env,
    now: () => Date.now(),
    random: randomBytes,
    log: (line) => {
      console.log(line);
    },
  };
}
