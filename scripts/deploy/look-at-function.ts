import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import type { FunctionConfig } from 'cloudbase-local/project';
import { cloudCode, type Api } from './api';
import { downloadPackage, type PackageFiles } from './package-files';

type Configured = 'runtime' | 'handler' | 'timeoutSeconds' | 'memoryMegabytes' | 'timers';

/** A function as it is in the cloud. */
export interface SeenFunction extends Pick<FunctionConfig, Configured> {
  /** `Active`, `Creating`, `Updating`, `CreateFailed`... */
  readonly status: string;
  /** Why it is in that state; empty if the cloud does not tell. */
  readonly reason: string;
  readonly settings: ReadonlyMap<string, string>;
  /** Empty if it is not Active. */
  readonly files: PackageFiles;
}

const texts = v.nullish(v.string(), '');
const reasons = v.array(v.object({ ErrorCode: texts, ErrorMessage: texts }));
const variables = v.array(v.object({ Key: v.string(), Value: texts }));
const json = v.pipe(v.string(), v.parseJson(), v.object({ cron: v.string() }));
const trigger = v.object({
  Type: v.string(),
  TriggerName: v.string(),
  // The cloud gives a timer's pattern as it was set, or within JSON.
  TriggerDesc: v.union([json, texts]),
  Enable: v.nullish(v.number(), 1),
});

/** Reference: https://cloud.tencent.com/document/api/583/18584 */
const detail = v.object({
  Status: v.string(),
  StatusDesc: texts,
  StatusReasons: v.nullish(reasons, []),
  Runtime: texts,
  Handler: texts,
  Timeout: v.number(),
  MemorySize: v.number(),
  Environment: v.nullish(v.object({ Variables: v.nullish(variables, []) })),
  Triggers: v.nullish(v.array(trigger), []),
});
type Detail = v.InferOutput<typeof detail>;

const patience = { every: 1000, times: 120 };

/**
 * Reads a function once it is no longer Creating, Updating or Deleting, or after two minutes.
 *
 * @param known - Its package, if it cannot have changed since it was downloaded.
 * @returns undefined if there is no such function.
 */
export async function lookAtFunction(
  api: Api,
  name: string,
  known?: PackageFiles,
): Promise<SeenFunction | undefined> {
  let found = await readDetail(api, name);
  for (let turn = 1; turn < patience.times && isBusy(found); turn += 1) {
    await wait(patience.every);
    found = await readDetail(api, name);
  }
  if (found === undefined) return undefined;
  const isActive = found.Status === 'Active';
  return describe(found, isActive ? (known ?? (await readPackage(api, name))) : new Map());
}

function isBusy(found: Detail | undefined): boolean {
  return found?.Status.endsWith('ing') ?? false;
}

async function readDetail({ manager, ask }: Api, name: string): Promise<Detail | undefined> {
  try {
    return await ask(`Reading the function ${name}`, detail, () =>
      manager.functions.getFunctionDetail(name),
    );
  } catch (error) {
    if (cloudCode(error).startsWith('ResourceNotFound.Function')) return undefined;
    throw error;
  }
}

/** Reference: https://cloud.tencent.com/document/api/583/34409 */
const address = v.object({ Url: v.string() });

async function readPackage({ manager, ask }: Api, name: string): Promise<PackageFiles> {
  const { Url } = await ask(`Asking for the code of ${name}`, address, () =>
    manager.functions.getFunctionDownloadUrl(name),
  );
  return downloadPackage(name, Url);
}

function describe(found: Detail, files: PackageFiles): SeenFunction {
  const reasons = found.StatusReasons.map((why) => `${why.ErrorCode} ${why.ErrorMessage}`.trim());
  const timers = found.Triggers.filter(({ Type }) => Type === 'timer');
  return {
    status: found.Status,
    reason: [found.StatusDesc, ...reasons].filter((text) => text !== '').join('; '),
    runtime: found.Runtime,
    handler: found.Handler,
    timeoutSeconds: found.Timeout,
    memoryMegabytes: found.MemorySize,
    settings: new Map(found.Environment?.Variables.map(({ Key, Value }) => [Key, Value])),
    timers: timers.map(({ TriggerName, TriggerDesc, Enable }) => {
      const pattern = typeof TriggerDesc === 'string' ? TriggerDesc : TriggerDesc.cron;
      return { name: TriggerName, pattern: Enable === 0 ? `${pattern}, disabled` : pattern };
    }),
    files,
  };
}
