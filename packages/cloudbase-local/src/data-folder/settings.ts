import { randomBytes } from 'node:crypto';
import path from 'node:path';
import * as v from 'valibot';
import { reason } from '../command/tool-error';
import type { GivenSettings } from '../project/env-files';
import { readText } from '../project/text-file';
import { damaged } from './folder';
import { writePrivately } from './private-file';

/** What the local cloud knows of the environment that it plays. */
export interface Settings {
  readonly envId: string;
  readonly appId: string;
  /** The AppSecret for the WeChat that the local cloud plays. */
  readonly appSecret: string;
  /** The key that the functions' SDK signs its requests with; the database takes no other. */
  readonly secretId: string;
  readonly secretKey: string;
  /** @returns The value of a setting, empty if there is none. */
  readonly get: (name: string) => string;
}

const kept = v.record(v.string(), v.string());

/**
 * Completes the settings: what is needed and nobody gave is made once and kept in `settings.json` in the data
 * folder, so that what was made with it stays good.
 *
 * @param secrets - The settings that are made if nobody gives them, beside those of the environment itself.
 * @param fallback - What settings are if nobody gave them, and are not kept.
 * @throws ToolError DATA_DAMAGED or DATA_UNWRITABLE.
 */
export async function completeSettings(
  dataDir: string,
  given: GivenSettings,
  secrets: readonly string[],
  fallback: (made: Pick<Settings, 'appId' | 'appSecret'>) => GivenSettings,
): Promise<Settings> {
  const file = path.join(dataDir, 'settings.json');
  const before = await readKept(file, dataDir);
  const made: Record<string, string> = {};
  const need = (name: string, make: () => string): string =>
    (given[name] ?? '') || (made[name] = before[name] ?? make());

  const settings = {
    envId: need('ENV_ID', () => `local-${randomBytes(8).toString('hex')}`),
    appId: need('WX_APPID', () => `wx${randomBytes(8).toString('hex')}`),
    appSecret: need('LOCAL_APP_SECRET', () => randomBytes(16).toString('hex')),
    secretId: need('LOCAL_SECRET_ID', () => randomBytes(18).toString('hex')),
    secretKey: need('LOCAL_SECRET_KEY', () => randomBytes(16).toString('hex')),
  };
  for (const name of secrets) need(name, () => randomBytes(32).toString('base64url'));
  if (Object.keys(made).some((name) => made[name] !== before[name])) {
    await writePrivately(file, `${JSON.stringify({ ...before, ...made }, null, 2)}\n`);
  }
  const local = fallback(settings);
  const get = (name: string): string => (given[name] ?? '') || (made[name] ?? local[name] ?? '');
  return { ...settings, get };
}

/**
 * @returns The key of a cloud that runs on a data folder, for whoever may read that folder.
 * @throws ToolError DATA_DAMAGED
 */
export async function keptKey(dataDir: string): Promise<string> {
  return (await readKept(path.join(dataDir, 'settings.json'), dataDir))['LOCAL_SECRET_ID'] ?? '';
}

async function readKept(file: string, dataDir: string): Promise<GivenSettings> {
  try {
    const text = await readText(file);
    return text === undefined ? {} : v.parse(kept, JSON.parse(text));
  } catch (error) {
    throw damaged(dataDir, new Error(`settings.json: ${reason(error)}`, { cause: error }));
  }
}
