import path from 'node:path';
import type { FunctionConfig } from '../project/cloudbaserc';
import type { Settings } from '../data-folder/settings';

const region = 'ap-shanghai';

/** The SDKs of a function that brings none. Node.js looks there last (nodejs.org/api/modules.html). */
const sdks = path.join(__dirname, 'sdks');

/** What a process needs of its machine; nothing else of the developer's environment is given to functions. */
const machineVariables = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'LANG', 'SystemRoot'];

/** Who calls a function, as getWXContext() tells it. */
export interface Caller {
  /** Absent where WeChat names nobody: HTTP access, another function, a timer. */
  readonly openid?: string;
  /** What triggered the call, in the cloud's words: wx_client, scf, wx_trigger... */
  readonly source: string;
}

/** The environment of a function's instances: what the cloud gives, and the function's own settings. */
export function instanceEnvironment(
  config: FunctionConfig,
  values: Readonly<Record<string, string>>,
  settings: Settings,
  cloudUrl: string,
): Record<string, string> {
  const machine = machineVariables.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(machine),
    // A function may sign with a key of its own, which means nothing here: so the URL holds ours.
    ...cloudEnvironment(settings, `${cloudUrl}/admin?secretId=${settings.secretId}&`),
    SCF_FUNCTIONNAME: config.name,
    ...values,
  };
}

/**
 * The variables that tell the SDK that it runs in this cloud, and where its database is.
 *
 * @param adminUrl - Ends so that the SDK can append parameters to it.
 */
export function cloudEnvironment(settings: Settings, adminUrl: string): Record<string, string> {
  return {
    NODE_PATH: sdks,
    TZ: 'UTC',
    TENCENTCLOUD_RUNENV: 'SCF',
    TENCENTCLOUD_REGION: region,
    TENCENTCLOUD_SECRETID: settings.secretId,
    TENCENTCLOUD_SECRETKEY: settings.secretKey,
    SCF_NAMESPACE: settings.envId,
    TCB_ENV: settings.envId,
    TCB_CONTEXT_KEYS: 'TCB_CONTEXT_CNFG,TCB_ENV,TCB_SOURCE',
    TCB_CONTEXT_CNFG: JSON.stringify({ URL: adminUrl }),
  };
}

/** Who calls, as variables that exist during one call; `WX_CONTEXT_KEYS` names those that getWXContext() reads. */
export function callerEnvironment(caller: Caller, settings: Settings): Record<string, string> {
  const client = { WX_CLIENTIP: '127.0.0.1' };
  const known =
    caller.openid === undefined
      ? client
      : { ...client, WX_APPID: settings.appId, WX_OPENID: caller.openid };
  return {
    ...known,
    WX_CONTEXT_KEYS: Object.keys(known).join(','),
    TCB_SOURCE: caller.source,
  };
}

/** The second argument of a handler (cloud.tencent.com/document/product/583/11060). */
export function callContext(
  config: FunctionConfig,
  environment: Readonly<Record<string, string>>,
  requestId: string,
): Record<string, unknown> {
  return {
    callbackWaitsForEmptyEventLoop: false,
    request_id: requestId,
    function_name: config.name,
    function_version: '$LATEST',
    memory_limit_in_mb: config.memoryMegabytes,
    time_limit_in_ms: config.timeoutSeconds * 1000,
    namespace: environment['TCB_ENV'] ?? '',
    tencentcloud_region: region,
    environment: JSON.stringify(environment),
  };
}
