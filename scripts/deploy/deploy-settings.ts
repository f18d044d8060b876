import { existsSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import {
  fillEnvironment,
  readEnvFiles,
  settingNames,
  type FunctionConfig,
} from 'cloudbase-local/project';
import { readSettings, secretNames, SettingsError } from '../../server/settings';

/** What a deployment is told by its options, `.env` files and environment. */
export interface DeploySettings {
  readonly envId: string;
  /** Whether the functions are to be reached over HTTP, too. */
  readonly httpAccess: boolean;
  /** Every setting that cloudbaserc.json hands to a function, by name; empty if nobody gave it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Those of their values that nobody may see. */
  readonly secrets: readonly string[];
}

export interface Options {
  /** Instead of ENV_ID. */
  readonly env?: string | undefined;
  /** Reads `.env.<mode>` too. */
  readonly mode?: string | undefined;
}

/** The settings that no function is given. */
export const deploymentSettings = ['HTTP_ACCESS'];

/** Reference: https://docs.cloudbase.net/cli-v1/env (the console and `tcb env list` show it as 环境 ID). */
export const envIdSchema = v.pipe(
  v.string(),
  v.regex(
    /^[a-z][a-z0-9-]{2,62}$/,
    'must be the id of a cloud environment, such as cloud1-0gabc123: lower-case letters, digits and hyphens',
  ),
);

/**
 * Reads the settings as the CloudBase CLI does (`.env`, `.env.local`, `.env.<mode>`, the environment; the later
 * win), and checks them.
 *
 * @throws ToolError SETTINGS naming the setting, or the file that names what is no setting.
 */
export async function readDeploySettings(
  root: string,
  functions: readonly FunctionConfig[],
  options: Options,
): Promise<DeploySettings> {
  const files = await readEnvFiles(
    root,
    functions,
    deploymentSettings,
    listFiles(root, options.mode),
  );
  const [unknown] = files.unknown;
  if (unknown !== undefined) {
    throw refused(`${unknown}. The settings are ${files.known.join(', ')}.`);
  }
  const envId = checkEnvId(options.env ?? files.values['ENV_ID'] ?? '');
  const httpAccess = readHttpAccess(files.values['HTTP_ACCESS'] ?? '');
  const variables = Object.fromEntries(
    settingNames(functions).map((name) => [name, files.values[name] ?? '']),
  );
  const received = functions.flatMap((config) =>
    fillEnvironment(config, (name) => variables[name] ?? ''),
  );
  for (const [name, value] of received) checkText(name, value);
  checkValues(Object.fromEntries(received));
  const secrets = secretNames.flatMap((name) => variables[name] ?? []);
  return { envId, httpAccess, variables, secrets };
}

/** @returns A sentence for each setting without which HTTP access is of less use than it seems. */
export function describeLacks({ httpAccess, variables }: DeploySettings): string[] {
  const lacks = ['WX_APP_ID', 'WX_APP_SECRET'].filter((name) => (variables[name] ?? '') === '');
  if (!httpAccess || lacks.length === 0) return [];
  return [
    `HTTP_ACCESS is on without ${lacks.join(' and ')}: nobody can log in over HTTP until it is in .env (mp.weixin.qq.com, 开发管理 → 开发设置).`,
  ];
}

function readHttpAccess(value: string): boolean {
  if (value === 'on') return true;
  if (value === '' || value === 'off') return false;
  throw refused('HTTP_ACCESS must be on or off; empty is off.');
}

function listFiles(root: string, mode: string | undefined): string[] {
  const files = ['.env', '.env.local'];
  if (mode === undefined) return files;
  if (!/^[\w-]+$/.test(mode)) {
    throw refused(`--mode must be made of letters, digits, _ and -; ${mode} is not.`);
  }
  const file = `.env.${mode}`;
  if (!existsSync(path.join(root, file))) {
    throw refused(`--mode ${mode} asks for ${file}, which is missing.`);
  }
  return [...files, file];
}

function checkEnvId(envId: string): string {
  if (envId === '') {
    throw refused('ENV_ID is not set: put it into .env (`npm run init`), or give --env <id>.');
  }
  const parsed = v.safeParse(envIdSchema, envId);
  if (parsed.success) return envId;
  throw refused(`The environment id ${parsed.issues[0].message}.`);
}

/** The CLI pastes values into the text of cloudbaserc.json as they are, and parses what looks like JSON. */
function checkText(name: string, value: string): void {
  if (/["\\\p{Cc}]|\{\{|\}\}/u.test(value)) {
    throw refused(
      `${name} holds a character that the CloudBase CLI would garble: no quotation mark, backslash, line end or double brace.`,
    );
  }
  if (/^\s*(?:[[{]|null\s*$)/.test(value)) {
    throw refused(
      `${name} must not begin with a bracket, nor be null: the CloudBase CLI would take it for JSON.`,
    );
  }
}

/** The functions check their settings by the same rules. A salt must not only be long enough. */
function checkValues(variables: Readonly<Record<string, string>>): void {
  try {
    const { salts } = readSettings(variables);
    if (new Set(salts[0]).size >= 8) return;
  } catch (error) {
    if (error instanceof SettingsError) throw refused(`${error.message}.`, error);
    throw error;
  }
  throw refused(
    'TOKEN_SALT is weak: it has fewer than 8 different characters. Empty TOKEN_SALT= in .env: `npm run init` then makes a good one.',
  );
}

function refused(message: string, cause?: unknown): ToolError {
  return new ToolError('SETTINGS', message, cause);
}
