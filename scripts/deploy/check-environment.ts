import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import type { Api } from './api';

const environment = v.object({
  EnvId: v.string(),
  Status: v.nullish(v.string(), 'NORMAL'),
  Databases: v.nullish(v.array(v.unknown()), []),
});
const environments = v.object({ EnvList: v.nullish(v.array(environment), []) });

/** @throws ToolError SETTINGS, CLOUD or DATABASE if the environment cannot be deployed to. */
export async function checkEnvironment({ envId, manager, ask }: Api): Promise<void> {
  const { EnvList } = await ask('Reading the environments of this account', environments, () =>
    manager.env.listEnvs(),
  );
  const found = EnvList.find(({ EnvId }) => EnvId === envId);
  if (found === undefined) {
    const others = EnvList.map(({ EnvId }) => EnvId).join(', ') || 'none';
    const message = `This account has no environment ${envId}; it has: ${others}`;
    const wayOn = 'Check ENV_ID, or log in with the account that owns it.';
    throw new ToolError('SETTINGS', `${message}. ${wayOn}`);
  }
  if (found.Status !== 'NORMAL') {
    const message = `The environment ${envId} is ${found.Status}: see to it in the console`;
    throw new ToolError('CLOUD', `${message}, and run this again.`);
  }
  if (found.Databases.length === 0) {
    const message = `The environment ${envId} has no document database yet: open 数据库 in the console once`;
    throw new ToolError('DATABASE', `${message}, and run this again.`);
  }
}
