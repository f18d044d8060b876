import * as v from 'valibot';
import { described, invokeResult, listed } from './described';
import type { Environment } from './environments';
import { codeHash, notReady, type Settings } from './functions';
import { action, type Actions } from './protocol';
import type { Runner } from './run';
import { named, triggerActions } from './triggers';

export interface ScfOptions {
  /** @throws ApiError where there is no such environment. */
  readonly environmentOf: (namespace: string) => Environment;
  readonly runnerOf: (environment: Environment) => Runner;
  /** Where the code of a function can be downloaded. */
  readonly downloadUrl: (environment: Environment, name: string) => string;
}

const code = v.object({ ZipFile: v.string() });
const variables = v.object({
  Variables: v.array(v.object({ Key: v.string(), Value: v.string() })),
});
const configuration = {
  Description: v.optional(v.string()),
  MemorySize: v.optional(v.number()),
  Timeout: v.optional(v.number()),
  Role: v.optional(v.string()),
  InstallDependency: v.optional(v.string()),
  Environment: v.optional(variables),
};
/** The runtimes that CloudBase offers (docs.cloudbase.net/cloud-function/runtime-support). */
const runtimes = ['Nodejs16.13', 'Nodejs18.15', 'Nodejs20.19', 'Nodejs22.21', 'Nodejs24.11'];

const newSettings: Settings = {
  description: '',
  handler: 'index.main',
  timeout: 3,
  memory: 128,
  role: '',
  installDependency: 'FALSE',
  variables: [],
};

/** The actions of `scf`, Serverless Cloud Function, which CloudBase keeps its functions in. */
export function scfActions({ environmentOf, runnerOf, downloadUrl }: ScfOptions): Actions {
  return {
    CreateFunction: action(
      v.object({
        ...named,
        ...configuration,
        Code: code,
        Handler: v.string(),
        Runtime: v.picklist(runtimes),
        Type: v.optional(v.string(), 'Event'),
      }),
      (request, end) => {
        environmentOf(request.Namespace).functions.create(
          {
            name: request.FunctionName,
            runtime: request.Runtime,
            type: request.Type,
            deployed: {
              settings: settingsOf(newSettings, request),
              code: bytesOf(request.Code.ZipFile),
            },
          },
          end,
        );
        return {};
      },
    ),
    UpdateFunctionCode: action(
      v.object({
        ...named,
        Handler: v.optional(v.string()),
        InstallDependency: v.optional(v.string()),
        Code: code,
      }),
      (request, end) => {
        const { functions } = environmentOf(request.Namespace);
        const deployed = functions.ready(request.FunctionName, 'UpdateFunctionCode');
        const settings = settingsOf(deployed.settings, request);
        functions.update(
          request.FunctionName,
          { code: bytesOf(request.Code.ZipFile), settings },
          end,
        );
        return {};
      },
    ),
    UpdateFunctionConfiguration: action(
      v.object({ ...named, ...configuration }),
      (request, end) => {
        const { functions } = environmentOf(request.Namespace);
        const deployed = functions.ready(request.FunctionName, 'UpdateFunctionConfiguration');
        const settings = settingsOf(deployed.settings, request);
        functions.update(request.FunctionName, { ...deployed, settings }, end);
        return {};
      },
    ),
    GetFunction: action(v.object(named), (request) =>
      described(
        environmentOf(request.Namespace).functions.look(request.FunctionName),
        request.Namespace,
      ),
    ),
    ListFunctions: action(
      v.object({
        Namespace: named.Namespace,
        Limit: v.optional(v.number(), 20),
        Offset: v.optional(v.number(), 0),
      }),
      ({ Namespace, Limit, Offset }) =>
        listed(environmentOf(Namespace).functions, Namespace, Limit, Offset),
    ),
    DeleteFunction: action(v.object(named), (request) => {
      environmentOf(request.Namespace).functions.delete(request.FunctionName);
      return {};
    }),
    GetFunctionAddress: action(v.object(named), (request) => {
      const environment = environmentOf(request.Namespace);
      const found = environment.functions.get(request.FunctionName);
      return {
        Url: downloadUrl(environment, found.name),
        CodeSha256: codeHash(found.deployed.code),
      };
    }),
    Invoke: action(
      v.object({ ...named, ClientContext: v.optional(v.string(), '{}') }),
      async (request) => {
        const environment = environmentOf(request.Namespace);
        const { live, status } = environment.functions.get(request.FunctionName);
        if (live === undefined) throw notReady('InvokeFunction', status);
        const runner = runnerOf(environment);
        const answer = await runner.call(request.FunctionName, request.ClientContext, null);
        return { Result: invokeResult(answer, await runner.logOf(answer.requestId)) };
      },
    ),
    ...triggerActions(environmentOf),
  };
}

interface Configured {
  readonly Handler?: string | undefined;
  readonly Description?: string | undefined;
  readonly MemorySize?: number | undefined;
  readonly Timeout?: number | undefined;
  readonly Role?: string | undefined;
  readonly InstallDependency?: string | undefined;
  readonly Environment?: v.InferOutput<typeof variables> | undefined;
}

/** The variables come as a whole: where any are given, those before are gone. */
function settingsOf(before: Settings, request: Configured): Settings {
  return {
    ...before,
    handler: request.Handler ?? before.handler,
    description: request.Description ?? before.description,
    timeout: request.Timeout ?? before.timeout,
    memory: request.MemorySize ?? before.memory,
    role: request.Role ?? before.role,
    installDependency: request.InstallDependency ?? before.installDependency,
    variables: request.Environment?.Variables ?? before.variables,
  };
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
