import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import type { Api } from './api';

const environments = v.object({
  EnvList: v.nullish(
    v.array(
      v.object({
        EnvId: v.string(),
        Status: v.nullish(v.string(), 'NORMAL'),
        Databases: v.nullish(v.array(v.unknown()), []),
      }),
    ),
    [],
  ),
});

/**
 * Looks whether the environment is there and can be deployed to.
 *
 * @throws ToolError CLOUD, or SETTINGS where the account has no such environment.
 */
export async function findEnvironment({ envId, manager, ask }: Api): Promise<void> {
  const { EnvList } = await ask('Reading the environments of this account', environments, () =>
    manager.env.listEnvs(),
  );
  const found = EnvList.find(({ EnvId }) => EnvId === envId);
  if (found === undefined) {
    const others = EnvList.map(({ EnvId }) => EnvId).join(', ') || 'none';
    throw new ToolError(
      'SETTINGS',
      `This account has no environment ${envId}; it has: ${others}. Check ENV_ID, or log in with the account that owns it.`,
    );
  }
  if (found.Status !== 'NORMAL') {
    throw new ToolError(
      'CLOUD',
      `The environment ${envId} is ${found.Status}: see to it in the console, and run this again.`,
    );
  }
  if (found.Databases.length === 0) {
    throw new ToolError(
      'DATABASE',
      `The environment ${envId} has no document database yet: open 数据库 in the console once, and run this again.`,
    );
  }
}
