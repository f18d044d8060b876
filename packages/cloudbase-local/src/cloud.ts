import { existsSync } from 'node:fs';
import { Hono } from 'hono';
import { ToolError } from './command/tool-error';
import { openDatabase, type Database } from './database/database';
import type { UniqueIndex } from './database/collection';
import { prepare } from './database/prepare';
import { takeDataFolder, type DataFolder } from './data-folder/folder';
import { completeSettings } from './data-folder/settings';
import { writeEnvFile } from './functions/env-file';
import { createHost } from './functions/host';
import { createLogs } from './functions/logs';
import { startTimers } from './functions/timers';
import { adminRoutes } from './http/admin';
import { invokeRoutes } from './http/invoke';
import { listen } from './http/listen';
import { loopbackOnly } from './http/loopback';
import { openPanel } from './phone/panel';
import { createPhone } from './phone/routes';
import { readFunctions, type FunctionConfig } from './project/cloudbaserc';
import { readCollections, type DeclaredCollection } from './project/collections';
import { readEnvFiles, type GivenSettings } from './project/env-files';
import { readProjectConfig } from './project/project-config';
import { readSamples } from './project/samples';
import { readUsers } from './project/users';

export interface LocalCloudOptions {
  /** The project's folder. */
  readonly root: string;
  /** Where data and made settings are kept, such as `<root>/.local-cloud`. */
  readonly dataDir: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Settings given by whoever starts it. Default: process.env, laid over `.env.local` and `.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The settings that are secrets of the project's own: those that nobody gave are made once and kept. */
  readonly secrets?: readonly string[];
  /** The folder of the panel beside the phone (see `cloudbase-local/panel`). Default: the phone alone. */
  readonly panel?: string;
  /** Laid over every function's environment last. */
  readonly functionEnv?: Readonly<Record<string, string>>;
  /** The time in milliseconds, for server dates and logs. Default: Date.now. */
  readonly clock?: () => number;
  /** Takes each line of the log. Default: stdout. */
  readonly log?: (line: string) => void;
}

export interface LocalCloud {
  readonly url: string;
  readonly port: number;
  /** Ends it: what was acknowledged is on disk, no process is left. */
  close(): Promise<void>;
}

/** What must be undone in the end, the last first. */
type Closing = (() => Promise<void> | void)[];

/**
 * Starts a cloud on this machine: the built functions, a database for wx-server-sdk, and the mini program in a browser.
 *
 * @throws ToolError if it cannot start for a reason that the person can do something about;
 * nothing is left running and no data is lost.
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const closing: Closing = [];
  try {
    return await start(options, closing);
  } catch (error) {
    await close(closing);
    throw error;
  }
}

async function start(options: LocalCloudOptions, closing: Closing): Promise<LocalCloud> {
  const { root, dataDir, secrets = [], functionEnv = {}, clock = Date.now, log = print } = options;
  const functions = await readFunctions(root);
  refuseUnbuilt(functions);
  const config = await readProjectConfig(root);
  const panel = options.panel === undefined ? undefined : openPanel(options.panel);
  const listener = await listen(options.port);
  closing.push(() => listener.close());
  const folder = await takeDataFolder(dataDir);
  closing.push(() => folder.close());

  const given = options.env ?? (await readGiven(root, functions, log));
  const settings = await completeSettings(dataDir, given, secrets);
  const database = await openData(root, folder);
  closing.push(() => database.close());

  const url = `http://127.0.0.1:${listener.port}`;
  const logs = createLogs(log);
  const host = createHost({
    root,
    functions,
    settings,
    logs,
    clock,
    cloudUrl: url,
    extraEnvironment: functionEnv,
  });
  closing.push(() => {
    host.close();
  });
  const phone = createPhone({ root, config, panel, log });
  closing.push(() => {
    phone.close();
  });
  const timers = startTimers(functions, host, clock);
  closing.push(() => {
    timers.close();
  });

  const [firstUser] = await readUsers(root);
  const openid = firstUser?.openid;
  const envFile = await writeEnvFile(dataDir, settings, functions, url, openid);
  closing.push(() => envFile.close());

  const app = new Hono();
  app.use(loopbackOnly);
  app.route('/', invokeRoutes(host, logs, openid));
  app.route('/', adminRoutes({ database, host, settings, clock, log }));
  app.route('/', phone.routes);
  listener.serve(app);
  return { url, port: listener.port, close: () => close(closing) };
}

function refuseUnbuilt(functions: readonly FunctionConfig[]): void {
  const missing = functions.find(({ file }) => !existsSync(file));
  if (missing === undefined) return;
  throw new ToolError('NOT_BUILT', `${missing.file} is missing; run \`npm run build\`.`);
}

async function readGiven(
  root: string,
  functions: readonly FunctionConfig[],
  log: (line: string) => void,
): Promise<GivenSettings> {
  const { values, known, unknown } = await readEnvFiles(root, functions);
  for (const each of unknown) {
    log(`${each}, and has no effect. The settings are ${known.join(', ')}.`);
  }
  return values;
}

async function openData(root: string, folder: DataFolder): Promise<Database> {
  const declared = await readCollections(root);
  const samples = await readSamples(root, declared);
  const store = await folder.openStore();
  try {
    const database = openDatabase(store, (collection) =>
      uniqueIndexes(declared.find(({ name }) => name === collection)),
    );
    await prepare(database, declared, samples);
    return database;
  } catch (error) {
    await store.close();
    throw folder.unusable(error);
  }
}

async function close(closing: Closing): Promise<void> {
  const failures: unknown[] = [];
  for (const step of closing.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, 'The local cloud did not end cleanly.');
}

function uniqueIndexes(declared: DeclaredCollection | undefined): UniqueIndex[] {
  const unique = (declared?.indexes ?? []).filter((index) => index.unique);
  return unique.map(({ name, keys }) => ({ name, fields: keys.map(({ field }) => field) }));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
