import type { HttpRoute } from 'cloudbase-local/project';
import { anyAnswer, cloudCode, type Api } from './api';
import type { HttpChange } from './plan-http';

/** @returns What was done. */
export async function applyToHttp(api: Api, change: HttpChange): Promise<string> {
  const { envId, manager, ask } = api;
  switch (change.todo) {
    case 'switch on':
      await ask('Switching HTTP access on', anyAnswer, () => manager.access.switchAuth(true));
      return 'HTTP access switched on';
    case 'create':
      await create(api, change.domain, change.route);
      return `route ${change.route.path} created`;
    case 'repair':
      await modify(api, change.domain, change.route);
      return `route ${change.route.path} repaired`;
    case 'remove':
      // Without paths the call would remove the domain.
      await ask(`Removing the route ${change.path}`, anyAnswer, () =>
        manager.env.deleteHttpServiceRoute({
          EnvId: envId,
          Domain: change.domain,
          Paths: [change.path],
        }),
      );
      return `route ${change.path} removed`;
  }
}

async function create(api: Api, domain: string, route: HttpRoute): Promise<void> {
  const { envId, manager, ask } = api;
  const Domain = { Domain: domain, Routes: [toParam(route)] };
  try {
    await ask(`Creating the route ${route.path}`, anyAnswer, () =>
      manager.env.createHttpServiceRoute({ EnvId: envId, Domain }),
    );
  } catch (error) {
    // Another deployment was faster.
    if (!cloudCode(error).startsWith('ResourceInUse')) throw error;
    await modify(api, domain, route);
  }
}

async function modify(
  { envId, manager, ask }: Api,
  domain: string,
  route: HttpRoute,
): Promise<void> {
  const Domain = { Domain: domain, Routes: [toParam(route)] };
  await ask(`Repairing the route ${route.path}`, anyAnswer, () =>
    manager.env.modifyHttpServiceRoute({ EnvId: envId, Domain }),
  );
}

/** Reference: https://cloud.tencent.com/document/api/876/129800 */
function toParam({ path, functionName, passesWholePath, wantsAuth, limit }: HttpRoute) {
  return {
    Path: path,
    UpstreamResourceType: 'SCF' as const,
    UpstreamResourceName: functionName,
    Enable: true,
    EnableAuth: wantsAuth,
    EnablePathTransmission: passesWholePath,
    ...(limit === undefined ? {} : { QPSPolicy: toPolicy(limit) }),
  };
}

function toPolicy({ total, perClient }: NonNullable<HttpRoute['limit']>) {
  if (perClient === undefined) return { QPSTotal: total };
  return {
    QPSTotal: total,
    QPSPerClient: { LimitBy: perClient.by, LimitValue: perClient.value },
  };
}
