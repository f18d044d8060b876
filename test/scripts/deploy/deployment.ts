import type { ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { zipSync } from 'fflate';
import {
  fillEnvironment,
  readCollections,
  readFunctions,
  type FunctionConfig,
} from 'cloudbase-local/project';
import type { CloudApi } from './cloud-api/cloud-api';
import type { Index } from './cloud-api/database';
import type { Environment } from './cloud-api/environments';
import type { Trigger } from './cloud-api/functions';
import type { Run } from '../command-process/protocol';
import type { Project } from './project';

export const settings = {
  ENV_ID: 'test-1',
  TOKEN_SALT: 'salt-Of-The-Deployment-Tests-0123',
  WX_APP_SECRET: 'appSecretOfTheDeploymentTests0123',
} as const;

type Values = Readonly<Record<string, string>>;

export async function writeSettings(project: Project, file: string, values: Values): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(path.join(project.root, file), lines.join(''));
}

export interface DeployOptions {
  /** Laid over what the stand-in asks for. */
  readonly environment?: Values;
  /** What nobody may see beside the secrets of {@link settings}. */
  readonly secrets?: readonly string[];
  /** Runs it in a process of its own, and gets that. */
  readonly started?: (child: ChildProcess) => void;
}

/** Deploys, and holds what must hold of every deployment. */
export async function runDeploy(
  project: Project,
  api: CloudApi,
  args: readonly string[],
  { environment = {}, secrets = [], started }: DeployOptions = {},
): Promise<Run> {
  const temporary = path.join(api.home, 'tmp');
  await mkdir(temporary, { recursive: true });
  const given = { ...api.environment, TMPDIR: temporary, ...environment };
  const run = await (started === undefined
    ? project.deploy(args, given)
    : project.spawnDeploy(args, given, started));
  const elsewhere = JSON.stringify(api.refused);
  const seen = `${run.stdout}${run.stderr}${elsewhere}${await contentsOf(api.home)}`;
  const hidden = [settings.TOKEN_SALT, settings.WX_APP_SECRET, ...secrets];
  expect(hidden.filter((secret) => seen.includes(secret))).toEqual([]);
  expect(run.stdout + run.stderr).not.toContain(api.secretKey);
  expect(run.stderr).not.toMatch(/^\s+at /m);
  return run;
}

async function contentsOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map((file) => readFile(path.join(file.parentPath, file.name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}

/** What was changed in the cloud after the first so many changes. */
export function since(api: CloudApi, before: number): string[] {
  const changes = api.changes().slice(before);
  return changes.map(({ action, functionName = '' }) => `${action} ${functionName}`.trim());
}

/** Brings the stand-in's environment to where a deployment of the built project leaves it. */
export async function seed(project: Project, api: CloudApi): Promise<Environment> {
  const environment = api.environments.get(settings.ENV_ID);
  if (environment === undefined) throw new Error(`There is no environment ${settings.ENV_ID}.`);
  for (const { name, permission, indexes } of await readCollections(project.root)) {
    const made = indexes.map((index): [string, Index] => [
      index.name,
      indexOn(index.name, index.unique, index.keys),
    ]);
    environment.collections.set(name, { permission, indexes: new Map(made) });
  }
  for (const config of await readFunctions(project.root)) await seedFunction(environment, config);
  return environment;
}

export function indexOn(
  name: string,
  unique: boolean,
  keys: readonly { readonly field: string; readonly direction: 1 | -1 }[],
): Index {
  const MgoIndexKeys = keys.map(({ field, direction }) => ({
    Name: field,
    Direction: direction === 1 ? ('1' as const) : ('-1' as const),
  }));
  return { IndexName: name, MgoKeySchema: { MgoIsUnique: unique, MgoIndexKeys } };
}

async function seedFunction({ functions }: Environment, config: FunctionConfig): Promise<void> {
  const { name, runtime, handler, timeoutSeconds, memoryMegabytes } = config;
  const given: Values = settings;
  const variables = fillEnvironment(config, (setting) => given[setting] ?? '').map(
    ([Key, Value]) => ({ Key, Value }),
  );
  const deployed = {
    code: await packed(config.folder),
    settings: {
      description: '',
      handler,
      timeout: timeoutSeconds,
      memory: memoryMegabytes,
      role: '',
      installDependency: 'FALSE',
      variables,
    },
  };
  functions.create({ name, runtime, type: 'Event', deployed }, undefined);
  while (functions.look(name).status !== 'Active');
  for (const timer of config.timers) {
    functions.get(name).triggers.set(timer.name, timerAt(timer.name, timer.pattern));
  }
}

export function timerAt(name: string, description: string): Trigger {
  return { name, type: 'timer', description };
}

async function packed(folder: string): Promise<Uint8Array> {
  const files = ['config.json', 'index.js', 'package.json'].map(
    async (file) => [file, new Uint8Array(await readFile(path.join(folder, file)))] as const,
  );
  return zipSync(Object.fromEntries(await Promise.all(files)), { level: 0 });
}
