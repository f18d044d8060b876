import * as v from 'valibot';
import type { Environment } from './environments';
import { action, ApiError, shanghaiTime, type Actions } from './protocol';

const path = v.pipe(
  v.string(),
  v.regex(/^\/(?:[\w.-]{1,50}(?:\/[\w.-]{1,50})*)?$/),
  v.check((text) => !/^\/(?:__auth|\.well-known)(?:\/|$)/.test(text)),
);
const count = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** The limits are those of docs.cloudbase.net/cli-v1/http-gateway/gateway. */
const routeParam = v.strictObject({
  Path: path,
  UpstreamResourceType: v.optional(v.picklist(['SCF', 'WEB_SCF', 'CBR', 'STATIC_STORE', 'LH'])),
  UpstreamResourceName: v.optional(v.string()),
  EnableSafeDomain: v.optional(v.boolean()),
  EnableAuth: v.optional(v.boolean()),
  EnablePathTransmission: v.optional(v.boolean()),
  Enable: v.optional(v.boolean()),
  QPSPolicy: v.optional(
    v.strictObject({
      QPSTotal: v.optional(count(100, 100_000)),
      QPSPerClient: v.optional(
        v.strictObject({ LimitBy: v.picklist(['UserID', 'ClientIP']), LimitValue: count(0, 30) }),
      ),
    }),
  ),
});
type RouteParam = v.InferOutput<typeof routeParam>;

const domainParam = v.strictObject({
  EnvId: v.string(),
  Domain: v.strictObject({ Domain: v.string(), Routes: v.optional(v.array(routeParam), []) }),
});

/** A route as DescribeHTTPServiceRoute tells of it. */
export interface Route extends RouteParam {
  readonly UpstreamResourceType: NonNullable<RouteParam['UpstreamResourceType']>;
  readonly UpstreamResourceName: string;
}

/** A domain of HTTP access. */
export interface Domain {
  readonly name: string;
  readonly type: 'HTTPSERVICE' | 'STATIC_STORE';
  readonly isDefault: boolean;
  enabled: boolean;
  readonly routes: Map<string, Route>;
  /** How many requests the gateway still answers as before the last change: it hears of changes later. */
  behind: number;
}

/** The HTTP access of an environment. */
export interface HttpAccess {
  /** The switch above all of its routes. */
  serving: boolean;
  /** By name. */
  readonly domains: Map<string, Domain>;
}

/** @param appId - Of the account; it is in the names of the domains that the cloud gives. */
export function createHttpAccess(envId: string, appId: string): HttpAccess {
  const own = createDomain(`${envId}-${appId}.ap-shanghai.app.tcloudbase.com`, 'HTTPSERVICE', true);
  // Static hosting has a default domain, too, and no function can be reached there.
  const hosting = createDomain(`${envId}-${appId}.tcloudbaseapp.com`, 'STATIC_STORE', true);
  return {
    serving: true,
    domains: new Map([hosting, own].map((domain) => [domain.name, domain])),
  };
}

export function createDomain(name: string, type: Domain['type'], isDefault: boolean): Domain {
  return { name, type, isDefault, enabled: true, routes: new Map(), behind: 0 };
}

const filter = v.strictObject({
  Name: v.picklist(['Domain', 'DomainType']),
  Values: v.array(v.string()),
});
const created = shanghaiTime(Date.UTC(2026, 0, 1));

/** The actions of `tcb` on HTTP access (cloud.tencent.com/document/api/876/129800 and its neighbours). */
export function routeActions(environmentOf: (envId: string) => Environment): Actions {
  function domainOf(envId: string, name: string): Domain {
    const found = environmentOf(envId).http.domains.get(name);
    if (found !== undefined) return found;
    throw new ApiError('ResourceNotFound.HTTPServiceDomain', `域名 ${name} 不存在`);
  }

  /** @throws ApiError as the cloud does where a route leads to a function that it does not have. */
  function checkUpstream(envId: string, { UpstreamResourceType: type, ...route }: RouteParam) {
    if (type !== 'SCF') return;
    const functions = environmentOf(envId).functions.list();
    if (functions.some(({ name }) => name === route.UpstreamResourceName)) return;
    throw new ApiError('InternalError', 'An error has occurred');
  }

  return {
    DescribeHTTPServiceRoute: action(
      v.strictObject({
        EnvId: v.string(),
        Filters: v.optional(v.array(filter), []),
        Offset: v.optional(v.number(), 0),
        Limit: v.optional(count(1, 1000), 20),
      }),
      ({ EnvId, Filters, Offset, Limit }) => {
        const all = [...environmentOf(EnvId).http.domains.values()].filter((domain) =>
          Filters.every(({ Name, Values }) =>
            Values.includes(Name === 'Domain' ? domain.name : domain.type),
          ),
        );
        return {
          Domains: all.slice(Offset, Offset + Limit).map(describe),
          // Where a CDN of one's own has to fetch from: no route is made there.
          OriginDomain: `${EnvId}.app-in.tencentcloudbase.com`,
          TotalCount: all.length,
        };
      },
    ),
    CreateHTTPServiceRoute: action(domainParam, ({ EnvId, Domain: { Domain, Routes } }) => {
      const domain = domainOf(EnvId, Domain);
      for (const route of Routes) {
        if (domain.routes.has(route.Path)) {
          throw new ApiError('ResourceInUse.HTTPServiceRoute', `路径 ${route.Path} 已存在`);
        }
        checkUpstream(EnvId, route);
      }
      for (const route of Routes) domain.routes.set(route.Path, newRoute(route));
      domain.behind = 1;
      return {};
    }),
    ModifyHTTPServiceRoute: action(domainParam, ({ EnvId, Domain: { Domain, Routes } }) => {
      const domain = domainOf(EnvId, Domain);
      for (const change of Routes) {
        const before = domain.routes.get(change.Path);
        if (before === undefined) {
          throw new ApiError('ResourceNotFound.HTTPServiceRoute', `路径 ${change.Path} 不存在`);
        }
        checkUpstream(EnvId, change);
        domain.routes.set(change.Path, changed(before, change));
      }
      domain.behind = 1;
      return {};
    }),
    DeleteHTTPServiceRoute: action(
      v.strictObject({
        EnvId: v.string(),
        Domain: v.string(),
        Paths: v.optional(v.array(path), []),
      }),
      ({ EnvId, Domain, Paths }) => {
        const domain = domainOf(EnvId, Domain);
        for (const each of Paths) domain.routes.delete(each);
        // Without paths the domain itself goes, with all that is on it.
        if (Paths.length === 0) environmentOf(EnvId).http.domains.delete(Domain);
        return {};
      },
    ),
    DescribeCloudBaseGWService: action(
      v.strictObject({ ServiceId: v.string() }),
      ({ ServiceId }) => ({
        ServiceSet: [],
        EnableService: environmentOf(ServiceId).http.serving,
        DefaultDomain: null,
      }),
    ),
    ModifyCloudBaseGWPrivilege: action(
      v.strictObject({
        ServiceId: v.string(),
        EnableService: v.boolean(),
        Options: v.array(
          v.strictObject({
            Key: v.literal('serviceswitch'),
            Value: v.picklist(['true', 'false']),
          }),
        ),
      }),
      ({ ServiceId, EnableService }) => {
        environmentOf(ServiceId).http.serving = EnableService;
        return {};
      },
    ),
  };
}

/** What a call leaves out stays as it is. */
function changed(before: Route, change: RouteParam): Route {
  return {
    ...before,
    ...change,
    UpstreamResourceType: change.UpstreamResourceType ?? before.UpstreamResourceType,
    UpstreamResourceName: change.UpstreamResourceName ?? before.UpstreamResourceName,
  };
}

function newRoute(param: RouteParam): Route {
  const { UpstreamResourceType, UpstreamResourceName } = param;
  if (UpstreamResourceType === undefined || UpstreamResourceName === undefined) {
    throw new ApiError('InvalidParameter', '创建路由需要上游服务类型和上游服务名');
  }
  return {
    EnableSafeDomain: true,
    EnableAuth: false,
    EnablePathTransmission: false,
    Enable: true,
    ...param,
    UpstreamResourceType,
    UpstreamResourceName,
  };
}

function describe({ name, type, isDefault, enabled, routes }: Domain): object {
  const times = { CreateTime: created, UpdateTime: created };
  return {
    Domain: name,
    DomainType: type,
    AccessType: 'DIRECT',
    CertId: '',
    Protocol: 'HTTP_AND_HTTPS',
    Cname: '',
    IsDefault: isDefault,
    Enable: enabled,
    Status: 'SUCCESS',
    DNSStatus: 'OK',
    Routes: [...routes.values()].map((route) => ({ PathRewrite: null, ...route, ...times })),
    ...times,
  };
}
