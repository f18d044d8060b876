import type { HttpRoute } from 'cloudbase-local/project';
import * as v from 'valibot';
import type { Api } from './api';

/** The HTTP access that an environment has. */
export interface SeenHttp {
  /** The switch above all routes; undefined where nobody looked. */
  readonly isServing: boolean | undefined;
  readonly domains: readonly SeenDomain[];
}

export interface SeenDomain {
  readonly name: string;
  /** Whether the cloud gave it; it is for testing only. */
  readonly isDefault: boolean;
  readonly isEnabled: boolean;
  readonly routes: readonly SeenRoute[];
}

export interface SeenRoute extends Omit<HttpRoute, 'functionName'> {
  /** `SCF` for a function, `CBR` for a container... */
  readonly upstreamType: string;
  readonly upstreamName: string;
  readonly isEnabled: boolean;
}

const flag = (fallback: boolean) => v.nullish(v.boolean(), fallback);
const perClient = v.object({
  LimitBy: v.picklist(['ClientIP', 'UserID']),
  LimitValue: v.number(),
});
/** Reference: https://docs.cloudbase.net/api-reference/manager/node/domain */
const route = v.object({
  Path: v.string(),
  UpstreamResourceType: v.string(),
  UpstreamResourceName: v.string(),
  EnableAuth: flag(false),
  EnablePathTransmission: flag(false),
  Enable: flag(true),
  // A policy without limits may come as null, or with nulls in it.
  QPSPolicy: v.fallback(
    v.optional(
      v.object({
        QPSTotal: v.number(),
        QPSPerClient: v.fallback(v.optional(perClient), undefined),
      }),
    ),
    undefined,
  ),
});
type Route = v.InferOutput<typeof route>;

const domain = v.object({
  Domain: v.string(),
  DomainType: v.string(),
  IsDefault: flag(false),
  Enable: flag(true),
  Routes: v.nullish(v.array(route), []),
});
const domains = v.object({ Domains: v.nullish(v.array(domain), []) });
const service = v.object({ EnableService: flag(false) });

/** The most that one call gives. */
const pageSize = 1000;

/** @param isOn - Whether it is to be on; only then its switch is looked at. */
export async function lookAtHttp(api: Api, isOn: boolean): Promise<SeenHttp> {
  const { envId, manager, ask } = api;
  const { Domains } = await ask('Reading the routes of HTTP access', domains, () =>
    manager.env.describeHttpServiceRoute({
      EnvId: envId,
      Filters: [{ Name: 'DomainType', Values: ['HTTPSERVICE'] }],
      Limit: pageSize,
    }),
  );
  return {
    isServing: isOn ? await readSwitch(api) : undefined,
    // Static hosting has a default domain of its own.
    domains: Domains.filter(({ DomainType }) => DomainType === 'HTTPSERVICE').map((found) => ({
      name: found.Domain,
      isDefault: found.IsDefault,
      isEnabled: found.Enable,
      routes: found.Routes.map(describe),
    })),
  };
}

/** Reference: https://cloud.tencent.com/document/api/876/128120 */
async function readSwitch({ manager, ask }: Api): Promise<boolean> {
  const { EnableService } = await ask('Reading whether HTTP access is on', service, () =>
    manager.access.getDomainList(),
  );
  return EnableService;
}

function describe(found: Route): SeenRoute {
  return {
    path: found.Path,
    upstreamType: found.UpstreamResourceType,
    upstreamName: found.UpstreamResourceName,
    isEnabled: found.Enable,
    passesWholePath: found.EnablePathTransmission,
    wantsAuth: found.EnableAuth,
    limit: limitOf(found.QPSPolicy),
  };
}

function limitOf(policy: Route['QPSPolicy']): SeenRoute['limit'] {
  if (policy === undefined) return undefined;
  const { QPSTotal: total, QPSPerClient: client } = policy;
  if (client === undefined) return { total };
  return { total, perClient: { by: client.LimitBy, value: client.LimitValue } };
}
