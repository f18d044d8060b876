import path from 'node:path';
import { Hono } from 'hono';
import * as v from 'valibot';
import { openDatabase, type Database } from './database/database';
import { prepare, readDeclared, readProjectFile } from './project/collections';
import { takeDataFolder, type DataFolder } from './data-folder/folder';
import { writeEnvFile } from './functions/env-file';
import { createHost } from './functions/host';
import { adminRoutes } from './http/admin';
import { invokeRoutes } from './http/invoke';
import { listen } from './http/listen';
import { loopbackOnly } from './http/loopback';
import { createLogs } from './functions/logs';
import { createPreview } from './phone/routes';
import { checkBuilt } from './programs';
import { readFunctions, type FunctionConfig } from './project/cloudbaserc';
import { completeSettings, describeUnknown, readGiven, type Given } from './data-folder/settings';
import { startTimers } from './functions/timers';

export interface LocalCloudOptions {
  /** The project's folder: cloudbaserc.json, cloudfunctions/, miniprogram/, database/. */
  readonly root: string;
  /** Where data and made settings are kept, such as `<root>/.local-cloud`. */
  readonly dataDir: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Settings given by whoever starts it. Default: process.env, laid over `.env.local` and `.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
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
  stop(): Promise<void>;
}

/** What must be undone in the end, the last first. */
type Closing = (() => Promise<void> | void)[];

const users = v.array(v.object({ openid: v.string() }));

/**
 * Starts a cloud on this machine: the built functions, a database for wx-server-sdk, and the preview.
 *
 * @throws LocalCloudError where it cannot start for a reason that the person can do something about;
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
  const { root, dataDir, functionEnv = {}, clock = Date.now, log = print } = options;
  const functions = await readFunctions(root);
  checkBuilt(functions.map(({ file }) => file));
  const listener = await listen(options.port);
  closing.push(() => listener.close());
  const folder = await takeDataFolder(dataDir);
  closing.push(() => folder.release());

  const given = options.env ?? (await readFromProject(root, functions, log));
  const settings = await completeSettings(dataDir, given, functions);
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
    host.stop();
  });
  const preview = createPreview({ root, log });
  closing.push(() => preview.close());
  const timers = startTimers(functions, host, clock);
  closing.push(() => {
    timers.stop();
  });

  const user = await firstUser(root);
  const envFile = await writeEnvFile(dataDir, settings, functions, url, user);
  closing.push(() => envFile.remove());

  const app = new Hono();
  app.use(loopbackOnly);
  app.route('/', invokeRoutes(host, logs, user));
  app.route('/', adminRoutes({ database, host, settings, clock, log }));
  app.route('/', preview.routes);
  listener.serve(app);
  return { url, port: listener.port, stop: () => close(closing) };
}

async function readFromProject(
  root: string,
  functions: readonly FunctionConfig[],
  log: (line: string) => void,
): Promise<Given> {
  const { values, unknown, known } = await readGiven(root, functions);
  for (const each of unknown) {
    log(`${describeUnknown(each)}, and has no effect. The settings are ${known.join(', ')}.`);
  }
  return values;
}

async function openData(root: string, folder: DataFolder): Promise<Database> {
  const declared = await readDeclared(root);
  const store = await folder.openStore();
  try {
    const database = openDatabase(store, declared.uniqueIndexes);
    await prepare(database, declared);
    return database;
  } catch (error) {
    await store.close();
    throw folder.unusable(error);
  }
}

async function firstUser(root: string): Promise<string | undefined> {
  const file = path.join(root, 'database', 'sample-users.json');
  const [first] = await readProjectFile(file, [], (text) => v.parse(users, JSON.parse(text)));
  return first?.openid;
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

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
