import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isFields } from '../database/document';
import { timeOfDay, type CallLog, type Logs } from './logs';
import { fillEnvironment } from '../project/cloudbaserc';
import type { ProjectFunction, ProjectFunctions } from '../project/project-functions';
import type { Fault } from '../project/fault';
import { statOf } from '../project/text-file';
import type { Settings } from '../data-folder/settings';
import { createAnswers, type Answers } from './local-answers';
import { createBuilds, type BuildsOptions } from './builds';
import { callContext, callerEnvironment, instanceEnvironment, type Caller } from './environment';
import { failureOf, notBuilt, notDeclared, notFound, notUsable, type CallFailure } from './failure';
import { createPool, type Pool } from './pool';
import { createTimers } from './timers';

export interface HostOptions extends BuildsOptions {
  readonly functions: ProjectFunctions;
  readonly settings: Settings;
  /** Laid over every function's environment last. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
  readonly cloudUrl: string;
  readonly logs: Logs;
  /** Milliseconds. */
  readonly clock: () => number;
}

type Called =
  { readonly json: string; readonly value: unknown } | { readonly failure: CallFailure };

export type CallAnswer = { readonly requestId: string } & Called;

/** Runs the functions, as they are declared and written at the moment of each call. */
export interface Host {
  /** @param event - Any JSON value. Failures of the function are answers, not exceptions. */
  call(name: string, event: unknown, caller: Caller): Promise<CallAnswer>;
  /**
   * Takes over which functions there are now.
   *
   * @throws ToolError PROJECT if the project's files are malformed.
   */
  refresh(): Promise<readonly ProjectFunction[]>;
  /** Asks `local/openapi.js` of the project, which answers for WeChat's own API. */
  readonly answers: Answers;
  /** What is wrong with the functions' sources as they are now, files from the project's folder. */
  faults(): Promise<readonly Fault[]>;
  /** Calls the listener each time what {@link faults} gives has changed. */
  onFaults(listener: () => void): void;
  close(): Promise<void>;
}

export function createHost(options: HostOptions): Host {
  const { functions: found, settings, logs, clock, log } = options;
  const builds = createBuilds(options);
  const timers = createTimers(call, clock, log);
  const pools = new Map<string, { config: string; pool: Pool }>();
  const running = new Map<string, CallLog>();
  let known: readonly ProjectFunction[] = [];

  async function refresh(): Promise<readonly ProjectFunction[]> {
    const functions = await found.current();
    if (functions === known) return functions;
    known = functions;
    const unchanged = new Set(functions.map((config) => JSON.stringify(config)));
    for (const [name, { config, pool }] of pools) {
      if (unchanged.has(config)) continue;
      pool.retire();
      pools.delete(name);
    }
    builds.update(functions);
    timers.update(functions);
    return functions;
  }

  function poolOf(config: ProjectFunction): Pool {
    const found = pools.get(config.name);
    if (found !== undefined) return found.pool;
    const pool = createPool(poolOptions(config));
    pools.set(config.name, { config: JSON.stringify(config), pool });
    return pool;
  }

  function poolOptions(config: ProjectFunction): Parameters<typeof createPool>[0] {
    const values = fillEnvironment(config, settings.get).filter(([, value]) => value !== '');
    const environment = {
      ...instanceEnvironment(config, Object.fromEntries(values), settings, options.cloudUrl),
      ...options.extraEnvironment,
    };
    return {
      file: builds.fileOf(config),
      moduleFile: config.file,
      exportName: config.exportName,
      memoryMegabytes: config.memoryMegabytes,
      timeLimit: config.timeoutSeconds * 1000,
      environment,
      output: (requestId, line) => {
        running.get(requestId)?.line(line);
      },
    };
  }

  async function run(
    config: ProjectFunction,
    event: unknown,
    caller: Caller,
    requestId: string,
  ): Promise<Called> {
    if (config.fault !== undefined) return { failure: notUsable(config.name, config.fault) };
    const built = await builds.current(config);
    if (!built.ok) return { failure: notBuilt(config, built.faults) };
    const environment = { ...callerEnvironment(caller, settings), SCF_REQUEST_ID: requestId };
    const outcome = await poolOf(config).call({
      id: requestId,
      event: JSON.stringify(withUserInfo(event, caller, settings)),
      context: callContext(config, { ...environment, TCB_ENV: settings.envId }, requestId),
      environment,
    });
    return outcome.kind === 'result'
      ? { json: outcome.json, value: outcome.value }
      : { failure: failureOf(config, outcome) };
  }

  async function find(name: string): Promise<ProjectFunction | CallFailure> {
    try {
      const functions = await refresh();
      const config = functions.find((each) => each.name === name);
      if (config !== undefined && existsSync(config.folder)) return config;
      return notFound(name, config?.folder ?? foldersOf(functions, options.root));
    } catch (error) {
      return notDeclared(error);
    }
  }

  async function call(name: string, event: unknown, caller: Caller): Promise<CallAnswer> {
    const requestId = randomUUID();
    const started = clock();
    const config = await find(name);
    const callLog = logs.begin('name' in config ? config.name : 'unknown', requestId);
    running.set(requestId, callLog);
    const called =
      'name' in config ? await run(config, event, caller, requestId) : { failure: config };
    running.delete(requestId);
    const origin = 'name' in config ? builtAt(builds.fileOf(config)) : '';
    callLog.end(`${summary(called)} in ${clock() - started} ms (${origin}request ${requestId})`);
    return { requestId, ...called };
  }

  const localAnswers = createAnswers(options);

  return {
    call,
    answers: localAnswers.ask,
    refresh,
    async faults() {
      // What is malformed there, every call says.
      await refresh().catch(() => undefined);
      return builds.faults();
    },
    onFaults: (listener) => {
      builds.onFaults(listener);
    },
    async close() {
      timers.close();
      localAnswers.close();
      for (const { pool } of pools.values()) pool.close();
      await builds.close();
    },
  };
}

/** Where the functions are. */
function foldersOf(functions: readonly ProjectFunction[], root: string): string {
  const [first] = functions;
  return first === undefined ? root : path.dirname(first.folder);
}

function summary(called: Called): string {
  if ('failure' in called) return `failed: ${called.failure.message.replace(/\.$/, '')},`;
  const { code, statusCode } = isFields(called.value) ? called.value : {};
  if (typeof code === 'number') return `code ${code}`;
  return typeof statusCode === 'number' ? `status ${statusCode}` : 'answered';
}

function builtAt(file: string): string {
  const found = statOf(file);
  return found === undefined ? '' : `built ${timeOfDay(found.mtimeMs)}, `;
}

/**
 * As the cloud does for a call from a mini program: the event also says who calls
 * (developers.weixin.qq.com/miniprogram/dev/wxcloud/guide/functions/userinfo.html).
 */
function withUserInfo(event: unknown, caller: Caller, settings: Settings): unknown {
  if (!isFields(event) || caller.openid === undefined) return event;
  return { ...event, userInfo: { appId: settings.appId, openId: caller.openid } };
}
