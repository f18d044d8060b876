import * as v from 'valibot';
import type { Collection } from './database';
import { createFunctions, type Functions } from './functions';
import { listed } from './described';
import { action, ApiError, shanghaiTime, type Actions } from './protocol';
import { createHttpAccess, type HttpAccess } from './routes';

/** An environment of CloudBase; its functions' namespace has the same name. */
export interface Environment {
  readonly envId: string;
  readonly functions: Functions;
  readonly collections: Map<string, Collection>;
  readonly http: HttpAccess;
  /** `NORMAL`, or `UNAVAILABLE` where it is not set up yet or no longer usable. */
  status: string;
  hasDatabase: boolean;
}

const appId = '1300000001';

export function createEnvironment(envId: string, clock: () => number): Environment {
  return {
    envId,
    functions: createFunctions(clock),
    collections: new Map(),
    http: createHttpAccess(envId, appId),
    status: 'NORMAL',
    hasDatabase: true,
  };
}

const uin = '100000000001';
const created = Date.UTC(2026, 0, 1);

/** The actions of `tcb` on environments and accounts (cloud.tencent.com/document/api/876/34809). */
export function environmentActions(
  environments: ReadonlyMap<string, Environment>,
  environmentOf: (envId: string) => Environment,
): Actions {
  return {
    DescribeEnvs: action(v.object({ EnvId: v.optional(v.string()) }), ({ EnvId }) => {
      const found = [...environments.values()].filter(({ envId }) => envId === (EnvId ?? envId));
      return { EnvList: found.map(baseInfo), Total: found.length };
    }),
    DescribeEnvInfo: action(v.object({ EnvId: v.string() }), ({ EnvId }) => {
      const info = baseInfo(environmentOf(EnvId));
      return { EnvInfo: { EnvBaseInfo: info, UserInfo: { AppId: appId, Uin: uin } } };
    }),
    CheckTcbService: action(v.object({}), () => ({ Initialized: true })),
    ListFunctions: action(
      v.object({
        EnvId: v.string(),
        Limit: v.optional(v.number(), 20),
        Offset: v.optional(v.number(), 0),
      }),
      ({ EnvId, Limit, Offset }) => listed(environmentOf(EnvId).functions, EnvId, Limit, Offset),
    ),
    // What deleting a function asks first: whether HTTP access leads to it.
    DescribeCloudBaseGWAPI: action(v.object({ ServiceId: v.string() }), ({ ServiceId }) => {
      environmentOf(ServiceId);
      return { APISet: [], Total: 0, Offset: 0, Limit: 20 };
    }),
  };
}

/** @throws ApiError in the words of the service that was asked. */
export function find(
  environments: ReadonlyMap<string, Environment>,
  name: string,
  code: 'ResourceNotFound' | 'ResourceNotFound.Namespace',
): Environment {
  const found = environments.get(name);
  if (found !== undefined) return found;
  throw new ApiError(
    code,
    code === 'ResourceNotFound' ? `Environment ${name} not found` : `Namespace ${name} 不存在。`,
  );
}

function baseInfo({ envId, status, hasDatabase }: Environment): object {
  const database = { InstanceId: `tnt-${envId}`, Status: 'RUNNING', Region: 'ap-shanghai' };
  return {
    EnvId: envId,
    Alias: envId,
    Source: 'miniapp',
    Status: status,
    EnvStatus: status,
    Region: 'ap-shanghai',
    CreateTime: shanghaiTime(created),
    UpdateTime: shanghaiTime(created),
    PackageId: 'baas_personal',
    PackageName: '个人版',
    PayMode: 'prepayment',
    IsDefault: false,
    Databases: hasDatabase ? [database] : [],
    Functions: [{ Namespace: envId, Region: 'ap-shanghai' }],
    Storages: [
      {
        Region: 'ap-shanghai',
        Bucket: `${envId}-${appId}`,
        CdnDomain: `${envId}.tcb.qcloud.la`,
        AppId: appId,
      },
    ],
    LogServices: [],
    StaticStorages: [],
    CustomLogServices: [],
    Tags: [],
  };
}
