import path from 'node:path';
import { parseEnv } from 'node:util';
import { reason, ToolError } from '../command/tool-error';
import { settingNames, type FunctionConfig } from './cloudbaserc';
import { readText } from './text-file';

/** Settings by name; one that is absent or empty was given by nobody. */
export type GivenSettings = Readonly<Record<string, string | undefined>>;

/** The settings that a project was given. */
export interface EnvFiles {
  readonly values: GivenSettings;
  /** The names that something reads. */
  readonly known: readonly string[];
  /** What the files name and nothing reads, each as the beginning of a sentence. */
  readonly unknown: readonly string[];
}

/** The settings that a project has besides those of its functions. */
const projectSettings = ['ENV_ID', 'WX_APPID'];

/**
 * Reads settings as the CloudBase CLI does: from files of variables, a later one before an earlier one, and from
 * the environment of the process before all of them.
 *
 * @param root - The project's folder.
 * @param others - The names of settings that neither a function nor the local cloud reads, but something else does.
 * @param files - From that folder.
 * @throws ToolError SETTINGS if a file cannot be read.
 */
export async function readEnvFiles(
  root: string,
  functions: readonly FunctionConfig[],
  others: readonly string[] = [],
  files: readonly string[] = ['.env', '.env.local'],
): Promise<EnvFiles> {
  const known = [...projectSettings, ...others, ...settingNames(functions)];
  const read = await Promise.all(files.map((file) => readEnvFile(path.join(root, file))));
  const unknown = read.flatMap((values, index) =>
    Object.keys(values)
      .filter((name) => !known.includes(name))
      .map((name) => `${files[index] ?? ''}: ${describeName(name)} is not a setting`),
  );
  const fromFiles = read.reduce((all, values) => ({ ...all, ...values }), {});
  return { values: { ...fromFiles, ...process.env }, known, unknown };
}

async function readEnvFile(file: string): Promise<GivenSettings> {
  try {
    return parseEnv((await readText(file)) ?? '');
  } catch (error) {
    throw new ToolError('SETTINGS', `${file} cannot be read: ${reason(error)}.`, error);
  }
}

/**
 * What Node.js takes for a name in a malformed line may be a part of a secret: a name is told only if it looks like
 * one, in words of up to 12 letters.
 */
function describeName(name: string): string {
  return /^[A-Z][A-Z0-9]{0,11}(?:_[A-Z0-9]{1,12})*$/.test(name)
    ? name
    : 'a line that is not NAME=value';
}
