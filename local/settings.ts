import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import * as v from 'valibot';
import { damaged } from './database/folder';
import { LocalCloudError, reason, systemCode } from './errors';
import { writePrivately } from './private-file';
import { templateNames, type FunctionConfig } from './project';

/** Settings by name; one that is absent or empty was given by nobody. */
export type Given = Readonly<Record<string, string | undefined>>;

/** What the local cloud needs to know about the environment that it plays. */
export interface Settings {
  readonly envId: string;
  readonly appId: string;
  /** What the functions' SDK signs its requests with; the database takes no other. */
  readonly secretId: string;
  readonly secretKey: string;
  /** What nobody gave, by name. */
  readonly made: Readonly<Record<string, string>>;
  /** @returns The value of a setting, empty where there is none. */
  readonly get: (name: string) => string;
}

/**
 * Reads what was given: the process' environment, then `.env.local`, then `.env`, as the CloudBase CLI does.
 *
 * @throws LocalCloudError SETTINGS where one of the files cannot be read.
 */
export async function readGiven(root: string): Promise<Given> {
  const files = await Promise.all(
    ['.env', '.env.local'].map((name) => readEnvFile(path.join(root, name))),
  );
  return Object.assign({}, ...files, process.env) as Given;
}

/**
 * Completes the settings: what is needed and nobody gave is made once and kept in `settings.json` in the
 * data folder, so that tokens survive a restart.
 *
 * @throws LocalCloudError DATA_DAMAGED or DATA_UNWRITABLE.
 */
export async function completeSettings(
  dataDir: string,
  given: Given,
  functions: readonly FunctionConfig[],
): Promise<Settings> {
  const file = path.join(dataDir, 'settings.json');
  const kept = await readKept(file, dataDir);
  const made: Record<string, string> = {};
  const need = (name: string, make: () => string): string =>
    (given[name] ?? '') || (made[name] = kept[name] ?? make());

  const settings = {
    envId: need('ENV_ID', () => `local-${randomBytes(8).toString('hex')}`),
    appId: need('WX_APPID', () => `wx${randomBytes(8).toString('hex')}`),
    secretId: need('LOCAL_SECRET_ID', () => randomBytes(18).toString('hex')),
    secretKey: need('LOCAL_SECRET_KEY', () => randomBytes(16).toString('hex')),
  };
  for (const name of saltNames(functions)) {
    need(name, () => randomBytes(32).toString('base64url'));
  }
  if (Object.keys(made).some((name) => made[name] !== kept[name])) {
    await writePrivately(file, `${JSON.stringify({ ...kept, ...made }, null, 2)}\n`);
  }
  return { ...settings, made, get: (name) => (given[name] ?? '') || (made[name] ?? '') };
}

/** A salt is a secret that only has to stay the same, so one can be made for whoever has none. */
function saltNames(functions: readonly FunctionConfig[]): string[] {
  return functions
    .flatMap(({ environment }) => Object.values(environment).flatMap(templateNames))
    .filter((name) => name.endsWith('_SALT'));
}

/**
 * Reads a `.env` file; one that is not there gives nothing.
 *
 * @throws LocalCloudError SETTINGS where it cannot be read.
 */
export async function readEnvFile(file: string): Promise<Given> {
  try {
    return parseEnv(await readFile(file, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {};
    throw new LocalCloudError('SETTINGS', `${file} cannot be read: ${reason(error)}.`, error);
  }
}

async function readKept(file: string, dataDir: string): Promise<Given> {
  try {
    return v.parse(v.record(v.string(), v.string()), JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {};
    throw damaged(dataDir, new Error(`settings.json: ${reason(error)}`, { cause: error }));
  }
}
