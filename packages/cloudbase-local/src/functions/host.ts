import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isFields } from '../database/document';
import type { Logs } from './logs';
import { fillEnvironment, type FunctionConfig } from '../project/cloudbaserc';
import type { Settings } from '../data-folder/settings';
import { callContext, callerEnvironment, instanceEnvironment, type Caller } from './environment';
import { failureOf, notFound, type CallFailure } from './failure';
import { createPool, type Pool } from './pool';

export interface HostOptions {
  readonly root: string;
  readonly functions: readonly FunctionConfig[];
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

/** Runs the functions. */
export interface Host {
  /** @param event - Any JSON value. Failures of the function are answers, not exceptions. */
  call(name: string, event: unknown, caller: Caller): Promise<CallAnswer>;
  close(): void;
}

export function createHost(options: HostOptions): Host {
  const { functions, settings, logs, clock } = options;
  const pools = new Map<string, { config: FunctionConfig; pool: Pool }>();
  for (const config of functions) {
    pools.set(config.name, { config, pool: createPool(poolOptions(config)) });
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
        logs.write({ functionName: config.name, requestId }, line);
      },
    };
  }

  async function run(
    name: string,
    event: unknown,
    caller: Caller,
    requestId: string,
  ): Promise<Called> {
    const found = pools.get(name);
    if (found === undefined || !existsSync(found.config.folder)) {
      const where = found?.config.folder ?? path.join(options.root, 'cloudfunctions');
      return { failure: notFound(name, where) };
    }
    const { config, pool } = found;
    const environment = { ...callerEnvironment(caller, settings), SCF_REQUEST_ID: requestId };
    const outcome = await pool.call({
      id: requestId,
      event: JSON.stringify(withUserInfo(event, caller, settings)),
      context: callContext(config, { ...environment, TCB_ENV: settings.envId }, requestId),
      environment,
    });
    return outcome.kind === 'result'
      ? { json: outcome.json }
      : { failure: failureOf(config, outcome) };
  }

  return {
    async call(name, event, caller) {
      const requestId = randomUUID();
      const started = clock();
      const called = await run(name, event, caller, requestId);
      const source = { functionName: pools.has(name) ? name : 'unknown', requestId };
      logs.write(source, `${summary(called)}, ${clock() - started} ms`);
      return { requestId, ...called };
    },
    close() {
      for (const { pool } of pools.values()) pool.close();
    },
  };
}

function summary(called: Called): string {
  if ('failure' in called) return `failed: ${called.failure.message}`;
  const result: unknown = JSON.parse(called.json);
  const code = isFields(result) ? result['code'] : undefined;
  return typeof code === 'number' ? `answered code ${code}` : 'answered';
}

/**
 * As the cloud does for a call from a mini program: the event also says who calls
 * (developers.weixin.qq.com/miniprogram/dev/wxcloud/guide/functions/userinfo.html).
 */
function withUserInfo(event: unknown, caller: Caller, settings: Settings): unknown {
  if (!isFields(event) || caller.openid === undefined) return event;
  return { ...event, userInfo: { appId: settings.appId, openId: caller.openid } };
}
