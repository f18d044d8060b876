import {
  filesOf,
  handlerFile,
  type CloudFunction,
  type Deployment,
  type Functions,
} from './functions';
import { shanghaiTime } from './protocol';
import type { Answer } from './run';

/** A page of the functions, as ListFunctions of both services answers it. */
export function listed(
  functions: Functions,
  namespace: string,
  limit: number,
  offset: number,
): object {
  const all = functions.list();
  return {
    TotalCount: all.length,
    Functions: all.slice(offset, offset + limit).map((found) => ({
      FunctionId: found.id,
      FunctionName: found.name,
      Namespace: namespace,
      Runtime: found.runtime,
      Type: found.type,
      Status: found.status,
      StatusDesc: '',
      Description: found.deployed.settings.description,
      AddTime: shanghaiTime(found.added),
      ModTime: shanghaiTime(found.modified),
    })),
  };
}

/** A function as GetFunction answers it (cloud.tencent.com/document/api/583/18584). */
export function described(found: CloudFunction, namespace: string): object {
  const { deployed } = found;
  const { settings } = deployed;
  return {
    FunctionName: found.name,
    FunctionId: found.id,
    Namespace: namespace,
    Runtime: found.runtime,
    Handler: settings.handler,
    Type: found.type,
    Description: settings.description,
    MemorySize: settings.memory,
    Timeout: settings.timeout,
    Role: settings.role,
    InstallDependency: settings.installDependency,
    Environment: { Variables: settings.variables },
    FunctionVersion: '$LATEST',
    CodeSize: deployed.code.length,
    CodeInfo: entryFile(deployed),
    CodeResult: 'success',
    CodeError: '',
    ErrNo: 0,
    UseGpu: 'FALSE',
    Status: found.status,
    StatusDesc: '',
    StatusReasons: found.reasons,
    AddTime: shanghaiTime(found.added),
    ModTime: shanghaiTime(found.modified),
    Triggers: [...found.triggers.values()].map(({ name, type, description, enabled = true }) => ({
      TriggerName: name,
      Type: type,
      TriggerDesc: JSON.stringify({ cron: description }),
      Enable: enabled ? 1 : 0,
      AvailableStatus: 'Available',
      BindStatus: 'on',
      CustomArgument: '',
      Qualifier: '$DEFAULT',
      ResourceId: `lam/namespace/${namespace}/function/${found.name}/timer/${name}`,
      AddTime: shanghaiTime(found.added),
      ModTime: shanghaiTime(found.modified),
    })),
    VpcConfig: { VpcId: '', SubnetId: '' },
    Layers: [],
    Tags: [],
  };
}

/** `Result` of Invoke (cloud.tencent.com/document/api/583/17244#Result). */
export function invokeResult(answer: Answer, log: string): object {
  const failed = 'errMsg' in answer;
  return {
    FunctionRequestId: answer.requestId,
    RetMsg: failed
      ? JSON.stringify({ errorCode: 1, errorMessage: answer.errMsg })
      : JSON.stringify(answer.result),
    InvokeResult: failed ? 1 : 0,
    ErrMsg: failed ? answer.errMsg : '',
    Duration: 1,
    BillDuration: 1,
    MemUsage: 0,
    Log: log,
  };
}

/** The text of the file that the handler is in, empty where there is none. */
function entryFile({ code, settings }: Deployment): string {
  return Buffer.from(filesOf(code)?.[handlerFile(settings)] ?? []).toString();
}
