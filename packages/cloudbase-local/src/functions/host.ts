import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { isFields } from '../database/document';
import { timeOfDay, type CallLog, type Logs } from './logs';
import { fillEnvironment, type FunctionConfig } from '../project/cloudbaserc';
import type { DeclaredFunctions } from '../project/declared-functions';
import type { Fault } from '../project/fault';
import type { Settings } from '../data-folder/settings';
import { createBuilds, type BuildsOptions } from './builds';
import { callContext, callerEnvironment, instanceEnvironment, type Caller } from './environment';
import { failureOf, notBuilt, notDeclared, notFound, type CallFailure } from './failure';
import { createPool, type Pool } from './pool';
import { createTimers } from './timers';

export interface HostOptions extends BuildsOptions {
  readonly declared: DeclaredFunctions;
  readonly settings: Settings;
  /** Laid over every function's environment last. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
  readonly cloudUrl: string;
  readonly logs: Logs;
  /** Milliseconds. */
  readonly clock: () => number;
}

type Called = { readonly json: string } | { readonly failure: CallFailure };

export type CallAnswer = { readonly requestId: string } & Called;

/** Runs the functions, as they are declared and written at the moment of each call. */
export interface Host {
  /** @param event - Any JSON value. Failures of the function are answers, not exceptions. */
  call(name: string, event: unknown, caller: Caller): Promise<CallAnswer>;
  /**
   * Takes over which functions are declared now.
   *
   * @throws ToolError PROJECT if that is malformed.
   */
  refresh(): Promise<readonly FunctionConfig[]>;
  /** What is wrong with the functions' sources as they are now, files from the project's folder. */
  faults(): Promise<readonly Fault[]>;
  /** Calls the listener each time what {@link faults} gives has changed. */
  onFaults(listener: () => void): void;
  close(): Promise<void>;
}

export function createHost(options: HostOptions): Host {
  const { declared, settings, logs, clock } = options;
  const builds = createBuilds(options);
  const timers = createTimers(call, clock);
  const pools = new Map<string, { config: string; pool: Pool }>();
  const running = new Map<string, CallLog>();
  let known: readonly FunctionConfig[] = [];

  async function refresh(): Promise<readonly FunctionConfig[]> {
    const functions = await declared.current();
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

  function poolOf(config: FunctionConfig): Pool {
    const found = pools.get(config.name);
    if (found !== undefined) return found.pool;
    const pool = createPool(poolOptions(config));
    pools.set(config.name, { config: JSON.stringify(config), pool });
    return pool;
  }

  function poolOptions(config: FunctionConfig): Parameters<typeof createPool>[0] {
    const values = fillEnvironment(config, settings.get).filter(([, value]) => value !== '');
    const environment = {
      ...instanceEnvironment(config, Object.fromEntries(values), settings, options.cloudUrl),
      ...options.extraEnvironment,
    };
    return {
      file: config.file,
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
    config: FunctionConfig,
    event: unknown,
    caller: Caller,
    requestId: string,
  ): Promise<Called> {
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
      ? { json: outcome.json }
      : { failure: failureOf(config, outcome) };
  }

  async function find(name: string): Promise<FunctionConfig | CallFailure> {
    try {
      const found = (await refresh()).find((config) => config.name === name);
      if (found !== undefined && existsSync(found.folder)) return found;
      return notFound(name, found?.folder ?? path.join(options.root, 'cloudfunctions'));
    } catch (error) {
      return notDeclared(error);
    }
  }

  async function call(name: string, event: unknown, caller: Caller): Promise<CallAnswer> {
    const requestId = randomUUID();
    const started = clock();
    const found = await find(name);
    const log = logs.begin('name' in found ? found.name : 'unknown', requestId);
    running.set(requestId, log);
    const called =
      'name' in found ? await run(found, event, caller, requestId) : { failure: found };
    running.delete(requestId);
    const origin = 'name' in found ? builtAt(found.file) : '';
    log.end(`${summary(called)} in ${clock() - started} ms (${origin}request ${requestId})`);
    return { requestId, ...called };
  }

  return {
    call,
    refresh,
    faults: () => builds.faults(),
    onFaults: (listener) => {
      builds.onFaults(listener);
    },
    async close() {
      timers.close();
      for (const { pool } of pools.values()) pool.close();
      await builds.close();
    },
  };
}

function summary(called: Called): string {
  if ('failure' in called) return `failed: ${called.failure.message.replace(/\.$/, '')},`;
  const result: unknown = JSON.parse(called.json);
  const { code, statusCode } = isFields(result) ? result : {};
  if (typeof code === 'number') return `code ${code}`;
  return typeof statusCode === 'number' ? `status ${statusCode}` : 'answered';
}

function builtAt(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
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
