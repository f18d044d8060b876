import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { fillEnvironment, type FunctionConfig, type Timer } from 'cloudbase-local/project';
import { cloudCode, type Api } from './api';
import { codeHash, downloadCode, type Code } from './code';

/** A function as it is in the cloud. */
export interface CloudFunction {
  /** `Active`, `Creating`, `Updating`, `CreateFailed`... */
  readonly status: string;
  /** Why it is in that state, where the cloud says. */
  readonly reason: string;
  readonly runtime: string;
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly settings: ReadonlyMap<string, string>;
  readonly timers: readonly Timer[];
  /** Nothing where it is not Active. */
  readonly code: Code;
}

/** A function as it is to be. */
export interface WantedFunction {
  readonly config: FunctionConfig;
  readonly settings: ReadonlyMap<string, string>;
  readonly code: Code;
}

/** How a function in the cloud is not as it is to be. */
export interface Difference {
  readonly field: 'code' | 'configuration' | 'runtime' | 'status' | 'timers';
  /** Ends a sentence that begins with the function's name. Never holds the value of a setting. */
  readonly text: string;
}

const texts = v.nullish(v.string(), '');

/** Reference: https://cloud.tencent.com/document/api/583/18584 */
const detail = v.object({
  Status: v.string(),
  StatusDesc: texts,
  StatusReasons: v.nullish(v.array(v.object({ ErrorCode: texts, ErrorMessage: texts })), []),
  Runtime: texts,
  Handler: texts,
  Timeout: v.number(),
  MemorySize: v.number(),
  Environment: v.nullish(
    v.object({ Variables: v.nullish(v.array(v.object({ Key: v.string(), Value: texts })), []) }),
  ),
  Triggers: v.nullish(
    v.array(
      v.object({
        Type: v.string(),
        TriggerName: v.string(),
        TriggerDesc: texts,
        Enable: v.nullish(v.number(), 1),
      }),
    ),
    [],
  ),
});

/** Reference: https://cloud.tencent.com/document/api/583/34409 */
const address = v.object({ Url: v.string() });

/** @returns Nothing where there is no such function. */
async function readCloudFunction(api: Api, name: string): Promise<CloudFunction | undefined> {
  const { manager, ask } = api;
  let found: v.InferOutput<typeof detail>;
  try {
    found = await ask(`Reading the function ${name}`, detail, () =>
      manager.functions.getFunctionDetail(name),
    );
  } catch (error) {
    if (cloudCode(error).startsWith('ResourceNotFound.Function')) return undefined;
    throw error;
  }
  const reasons = found.StatusReasons.map((why) => `${why.ErrorCode} ${why.ErrorMessage}`.trim());
  return {
    status: found.Status,
    reason: [found.StatusDesc, ...reasons].filter((text) => text !== '').join('; '),
    runtime: found.Runtime,
    handler: found.Handler,
    timeoutSeconds: found.Timeout,
    memoryMegabytes: found.MemorySize,
    settings: new Map(found.Environment?.Variables.map(({ Key, Value }) => [Key, Value])),
    timers: found.Triggers.filter(({ Type }) => Type === 'timer').map((trigger) => ({
      name: trigger.TriggerName,
      pattern: `${cron(trigger.TriggerDesc)}${trigger.Enable === 0 ? ', disabled' : ''}`,
    })),
    code: found.Status === 'Active' ? await readCode(api, name) : new Map(),
  };
}

async function readCode({ manager, ask }: Api, name: string): Promise<Code> {
  const { Url } = await ask(`Asking for the code of ${name}`, address, () =>
    manager.functions.getFunctionDownloadUrl(name),
  );
  return downloadCode(name, Url);
}

const patience = { every: 1000, times: 120 };

/** Reads a function once it is no longer Creating, Updating or Deleting, or after two minutes. */
export async function readSettled(api: Api, name: string): Promise<CloudFunction | undefined> {
  for (let turn = 1; ; turn += 1) {
    const found = await readCloudFunction(api, name);
    const settled = found === undefined || !/ing$/.test(found.status);
    if (settled || turn === patience.times) return found;
    await wait(patience.every);
  }
}

/** The cloud gives a timer's pattern as it was set, or within JSON. */
function cron(description: string): string {
  try {
    const parsed = v.safeParse(v.object({ cron: v.string() }), JSON.parse(description));
    return parsed.success ? parsed.output.cron : description;
  } catch {
    return description;
  }
}

/** @param variables - The settings that were given, by name. */
export function wantFunction(
  config: FunctionConfig,
  code: Code,
  variables: Readonly<Record<string, string>>,
): WantedFunction {
  const settings = new Map(fillEnvironment(config, (name) => variables[name] ?? ''));
  return { config, code, settings };
}

/**
 * Compares. Variables that the cloud has beside the declared ones are no difference, see {@link undeclared};
 * a declared one that is empty must be empty or absent.
 *
 * @param found - Nothing where there is no such function.
 */
export function compare(wanted: WantedFunction, found: CloudFunction | undefined): Difference[] {
  if (found === undefined) return [{ field: 'status', text: 'is not there' }];
  if (found.status !== 'Active') {
    const why = found.reason === '' ? '' : ` (${found.reason})`;
    return [{ field: 'status', text: `is ${found.status}${why} and not Active` }];
  }
  return [
    ...compareCode(wanted.code, found.code),
    ...compareRuntime(wanted.config, found),
    ...compareConfiguration(wanted, found),
    ...compareTimers(wanted.config.timers, found.timers),
  ];
}

/** @returns The variables that the cloud has beside the declared ones. An upload removes them, except where none is declared. */
export function undeclared(wanted: WantedFunction, found: CloudFunction): string[] {
  return [...found.settings.keys()].filter((name) => !wanted.settings.has(name));
}

function compareCode(wanted: Code, found: Code): Difference[] {
  if (codeHash(wanted) === codeHash(found)) return [];
  const extra = [...found.keys()].filter((file) => !wanted.has(file));
  const holds = extra.length === 0 ? '' : ` and holds ${extra.slice(0, 5).join(', ')} beside`;
  const text = `has the code ${codeHash(found)} and not ${codeHash(wanted)}${holds}`;
  return [{ field: 'code', text }];
}

function compareRuntime({ runtime }: FunctionConfig, found: CloudFunction): Difference[] {
  if (found.runtime === runtime) return [];
  return [{ field: 'runtime', text: `runs on ${found.runtime} and not ${runtime}` }];
}

function compareConfiguration(wanted: WantedFunction, found: CloudFunction): Difference[] {
  const { config, settings } = wanted;
  const names = [...settings.keys()].filter(
    (name) => (found.settings.get(name) ?? '') !== settings.get(name),
  );
  const facts: [unknown, unknown, string][] = [
    [found.handler, config.handler, 'handler'],
    [found.timeoutSeconds, config.timeoutSeconds, 'timeout'],
    [found.memoryMegabytes, config.memoryMegabytes, 'memory'],
  ];
  return [
    ...facts
      .filter(([is, should]) => is !== should)
      .map(([is, should, what]) => `has the ${what} ${String(is)} and not ${String(should)}`),
    ...names.map((name) => `has another ${name}`),
  ].map((text) => ({ field: 'configuration', text }));
}

function compareTimers(wanted: readonly Timer[], found: readonly Timer[]): Difference[] {
  const name = (timers: readonly Timer[]) =>
    timers
      .map((timer) => `${timer.name} (${timer.pattern})`)
      .sort()
      .join(', ') || 'none';
  if (name(wanted) === name(found)) return [];
  return [{ field: 'timers', text: `has the timer ${name(found)} and not ${name(wanted)}` }];
}
