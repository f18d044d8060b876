import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { Hono } from 'hono';
import { reason } from './command/tool-error';
import { openDatabase, type Database, type FirstUse } from './database/database';
import { prepare } from './database/prepare';
import { takeDataFolder, type DataFolder } from './data-folder/folder';
import { completeSettings, type Settings } from './data-folder/settings';
import { writeEnvFile } from './functions/env-file';
import { createHost, type Host } from './functions/host';
import { createLogs, timeOfDay } from './functions/logs';
import { typescriptBuild } from './functions/typescript';
import { adminRoutes } from './http/admin';
import { clientRoutes } from './http/client';
import { connectRoutes } from './http/connect';
import { gatewayRoutes } from './http/gateway';
import { invokeRoutes } from './http/invoke';
import { listen } from './http/listen';
import { loopbackOnly } from './http/loopback';
import { storageRoutes } from './http/storage';
import { transferRoutes } from './http/transfer';
import { wechatRoutes } from './http/wechat';
import { openPanel } from './phone/panel';
import { createPhone } from './phone/routes';
import { fillEnvironment, findRoutes, type FunctionConfig } from './project/cloudbaserc';
import { declaresCollections, readCollections } from './project/collections';
import { readEnvFiles, type GivenSettings } from './project/env-files';
import { refuseNoFolder, refuseNoProject } from './project/function-root';
import { findLacking } from './project/packages';
import { readProjectConfig } from './project/project-config';
import { followFunctions, type ProjectFunction } from './project/project-functions';
import { readSamples } from './project/samples';
import { readUsers } from './project/users';
import { watchFolder } from './project/watch';
import { openStorage } from './storage/storage';

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
  /** The names of settings that the project has besides those of its functions, such as what a deployment reads. */
  readonly otherSettings?: readonly string[];
  /** Settings for whom nobody gave any, such as where WeChat's server API is that this cloud plays. */
  readonly localSettings?: (local: LocalWeChat, given: GivenSettings) => GivenSettings;
  /** The folder of the panel beside the phone (see `cloudbase-local/panel`). Default: the phone alone. */
  readonly panel?: string;
  /** How esbuild builds a function before it is called. Default, and for undefined: TypeScript is built, JavaScript runs as it is. */
  readonly buildOptions?: (config: FunctionConfig) => BuildOptions | undefined;
  /** Refuses settings that the functions cannot use. @throws ToolError SETTINGS */
  readonly checkSettings?: (variables: Readonly<Record<string, string>>) => void;
  /** Whether the database begins with the samples alone, whatever it held. Default: false. */
  readonly reset?: boolean;
  /** Laid over every function's environment last. */
  readonly functionEnv?: Readonly<Record<string, string>>;
  /** The time in milliseconds, for server dates and logs. Default: Date.now. */
  readonly clock?: () => number;
  /** Takes each line of the log. Default: stdout. */
  readonly log?: (line: string) => void;
}

/** What reaches the WeChat that this cloud plays: `GET <url>/sns/jscode2session` takes codes of `POST <url>/wx/login`. */
export interface LocalWeChat {
  readonly url: string;
  readonly appId: string;
  readonly appSecret: string;
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
 * Starts a cloud on this machine: a project's functions, a database for their SDKs, and the mini program in a browser.
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
  const { root, dataDir, secrets = [], functionEnv = {}, clock = Date.now } = options;
  const { log: print = printLine } = options;
  const log = (line: string): void => {
    print(`${timeOfDay(clock())} ${line}`);
  };
  refuseNoFolder(root);
  const config = await readProjectConfig(root);
  const projectFunctions = followFunctions(root);
  const functions = await projectFunctions.current();
  if (functions.length === 0) refuseNoProject(root, config.miniProgram);
  await tellFaults(functions, log);
  const panel = options.panel === undefined ? undefined : openPanel(options.panel);
  const folder = await takeDataFolder(dataDir);
  closing.push(() => folder.close());
  if (folder.isOpenToOthers) {
    log(`Other users of this machine can read ${dataDir}: \`chmod 700 ${dataDir}\` ends that.`);
  }
  const listener = await listen(options.port);
  closing.push(() => listener.close());
  const url = `http://127.0.0.1:${listener.port}`;
  folder.tell(url);

  const { otherSettings = [] } = options;
  const given = options.env ?? (await readGiven(root, functions, otherSettings, log));
  const settings = await completeSettings(
    dataDir,
    given,
    secrets,
    (made) => options.localSettings?.({ ...made, url }, given) ?? {},
  );
  options.checkSettings?.(variablesOf(functions, settings));
  const database = await openData(root, folder, options.reset ?? false, log);
  closing.push(() => database.close());
  const { envId, secretKey } = settings;
  const storage = await openStorage({ dataDir, database, envId, secretKey, clock });
  closing.push(() => storage.close());

  const logs = createLogs(log);
  const host = createHost({
    root,
    functions: projectFunctions,
    buildOf: (config) => {
      const given = options.buildOptions?.(config);
      return given === undefined
        ? typescriptBuild(root, dataDir, config)
        : { file: config.file, options: given };
    },
    settings,
    logs,
    log,
    clock,
    cloudUrl: url,
    extraEnvironment: functionEnv,
  });
  closing.push(() => host.close());
  const phone = createPhone({ root, config, panel, log, functionFaults: () => host.faults() });
  closing.push(() => {
    phone.close();
  });
  host.onFaults(() => {
    phone.refresh();
  });
  await host.refresh();
  closing.push(followProject(root, host, database, log));

  const [firstUser] = await readUsers(root);
  const openid = firstUser?.openid;
  const envFile = await writeEnvFile(dataDir, settings, functions, url, openid);
  closing.push(() => envFile.close());

  const functionNames = async (): Promise<string[]> =>
    (await projectFunctions.current()).map(({ name }) => name);
  const { appId, appSecret } = settings;
  const app = new Hono();
  app.use(loopbackOnly);
  app.route('/', invokeRoutes(host, logs, openid));
  app.route('/', adminRoutes({ database, storage, host, settings, clock, log }));
  app.route('/', transferRoutes({ database, settings }));
  app.route('/', storageRoutes(storage, log));
  const collections = (): ReturnType<typeof readCollections> => readCollections(root);
  app.route(
    '/',
    clientRoutes({ database, storage, collections, defaultOpenid: openid, clock, log }),
  );
  app.route('/', connectRoutes());
  app.route('/', wechatRoutes({ appId, secret: appSecret, clock, defaultOpenid: openid }));
  app.route('/', phone.routes);
  app.route(
    '/',
    gatewayRoutes(host, () => findRoutes(root, functionNames), settings.envId),
  );
  listener.serve(app);
  return { url, port: listener.port, close: () => close(closing) };
}

/** Milliseconds between two looks at which functions there are: what a timer calls must be known before any call. */
const lookInterval = 500;

/** Takes over changes of the functions' declarations and of database/ as they are saved. */
function followProject(
  root: string,
  host: Host,
  database: Database,
  log: (line: string) => void,
): () => void {
  let told = '';
  const tell = (error: unknown): void => {
    if (reason(error) !== told) log(reason(error));
    told = reason(error);
  };
  // The folders of many functions would be many watches; a look at their stamps is nothing.
  const looking = setInterval(() => void host.refresh().catch(tell), lookInterval).unref();

  const fill = async (): Promise<void> => {
    const collections = await readCollections(root);
    const { built } = await prepare(database, collections, await readSamples(root, collections));
    await built;
  };
  const changed = (): void =>
    void fill().catch((error: unknown) => {
      log(reason(error));
    });
  const folder = path.join(root, 'database');
  const stopWatching = existsSync(folder)
    ? watchFolder(folder, { recursive: false }, changed, (why) => {
        log(`A change in ${folder} needs a new start (${why}).`);
      })
    : undefined;
  return () => {
    clearInterval(looking);
    stopWatching?.();
  };
}

/** Says what will not run, and why: others do. */
async function tellFaults(
  functions: readonly ProjectFunction[],
  log: (line: string) => void,
): Promise<void> {
  for (const { name, fault } of functions) {
    if (fault !== undefined) log(`${name} cannot run: ${fault}`);
  }
  for (const { name, folder, packages } of await findLacking(functions)) {
    log(
      `${name} needs ${packages.join(', ')}: run \`npm install\` in ${folder}, or start with --install.`,
    );
  }
}

function variablesOf(
  functions: readonly FunctionConfig[],
  settings: Settings,
): Readonly<Record<string, string>> {
  return Object.fromEntries(functions.flatMap((config) => fillEnvironment(config, settings.get)));
}

async function readGiven(
  root: string,
  functions: readonly FunctionConfig[],
  others: readonly string[],
  log: (line: string) => void,
): Promise<GivenSettings> {
  const { values, known, unknown } = await readEnvFiles(root, functions, others);
  for (const each of unknown) {
    log(`${each}, and has no effect. The settings are ${known.join(', ')}.`);
  }
  return values;
}

async function openData(
  root: string,
  folder: DataFolder,
  reset: boolean,
  log: (line: string) => void,
): Promise<Database> {
  const declared = await readCollections(root);
  const samples = await readSamples(root, declared);
  const store = await folder.openStore();
  const firstUse: FirstUse = {
    makes: () => !declaresCollections(root),
    made: (name) => {
      log(`The collection ${name} was made at its first use.`);
    },
  };
  try {
    const database = openDatabase(store, undefined, firstUse);
    const { unbuilt, built } = await prepare(database, declared, samples, reset);
    for (const name of unbuilt) {
      log(`The indexes of ${name} are being built; until then it is read whole.`);
    }
    const whenBuilt = (): void => {
      if (unbuilt.length > 0 && !database.isClosed) log('The indexes are built.');
    };
    built.then(whenBuilt, (error: unknown) => {
      log(reason(error));
    });
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

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
