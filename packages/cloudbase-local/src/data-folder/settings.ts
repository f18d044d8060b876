import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import * as v from 'valibot';
import { damaged } from './folder';
import { LocalCloudError, reason, systemCode } from '../command/errors';
import { writePrivately } from './private-file';
import { templateNames, type FunctionConfig } from '../project/cloudbaserc';
import { readText } from '../project/text-file';

/** Settings by name; one that is absent or empty was given by nobody. */
export type Given = Readonly<Record<string, string | undefined>>;

/** What the local cloud needs to know about the environment that it plays. */
export interface Settings {
  readonly envId: string;
  readonly appId: string;
  /** What the functions' SDK signs its requests with; the database takes no other. */
  readonly secretId: string;
  readonly secretKey: string;
  /** @returns The value of a setting, empty where there is none. */
  readonly get: (name: string) => string;
}

/** What a file names and nothing here reads. */
export interface Unknown {
  readonly file: string;
  readonly name: string;
}

/** What somebody gave. */
export interface GivenSettings {
  readonly values: Given;
  /** What the files name and nothing here reads. */
  readonly unknown: readonly Unknown[];
  /** All names that something reads. */
  readonly known: readonly string[];
}

/** What a project is told beside the settings of its functions. */
const ofTheProject = ['ENV_ID', 'WX_APPID'];

/**
 * Reads what was given: files of variables, the later before the earlier, and before them all the process'
 * environment, as the CloudBase CLI does.
 *
 * @param functions - What they take is what their `{{env.NAME}}` name.
 * @throws LocalCloudError SETTINGS where one of the files cannot be read.
 */
export async function readGiven(
  root: string,
  functions: readonly FunctionConfig[],
  files: readonly string[] = ['.env', '.env.local'],
): Promise<GivenSettings> {
  const contents = await Promise.all(files.map((file) => readEnvFile(path.join(root, file))));
  const known = [...new Set([...ofTheProject, ...namesFor(functions)])];
  const named = contents.flatMap((content, index) =>
    Object.keys(content).map((name) => ({ file: files[index] ?? '', name })),
  );
  return {
    values: { ...contents.reduce((all, each) => ({ ...all, ...each }), {}), ...process.env },
    unknown: named.filter(({ name }) => !known.includes(name)),
    known,
  };
}

/**
 * Where a line is malformed, what Node.js takes for a name may be a part of a secret: only what looks like the
 * name of a setting, in words of up to 12 letters, is told.
 */
export function describeUnknown({ file, name }: Unknown): string {
  if (/^[A-Z][A-Z0-9]{0,11}(?:_[A-Z0-9]{1,12})*$/.test(name))
    return `${file}: ${name} is not a setting`;
  return `${file}: a line that is not NAME=value is not a setting`;
}

/** @returns The names of the settings that functions take. */
export function namesFor(functions: readonly FunctionConfig[]): string[] {
  return functions.flatMap(({ environment }) => Object.values(environment).flatMap(templateNames));
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
  // A salt is a secret that only has to stay the same, so one can be made for whoever has none.
  for (const name of namesFor(functions).filter((each) => each.endsWith('_SALT'))) {
    need(name, () => randomBytes(32).toString('base64url'));
  }
  if (Object.keys(made).some((name) => made[name] !== kept[name])) {
    await writePrivately(file, `${JSON.stringify({ ...kept, ...made }, null, 2)}\n`);
  }
  return { ...settings, get: (name) => (given[name] ?? '') || (made[name] ?? '') };
}

async function readEnvFile(file: string): Promise<Given> {
  try {
    return parseEnv((await readText(file)) ?? '');
  } catch (error) {
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
