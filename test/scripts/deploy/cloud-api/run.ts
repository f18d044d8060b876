import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { startLocalCloud, type LocalCloud } from 'cloudbase-local';
import type { Environment } from './environments';
import { codeHash, filesOf, type CloudFunction } from './functions';

/** What a call of a function comes to. */
const answerSchema = v.union([
  v.object({ result: v.unknown(), requestId: v.string() }),
  v.object({ errCode: v.number(), errMsg: v.string(), requestId: v.string() }),
]);
export type Answer = v.InferOutput<typeof answerSchema>;

export interface PassedRequest {
  readonly method: string;
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Runs the uploaded code of one environment's functions, in a local cloud of their own. */
export interface Runner {
  /** @param openid - Who calls; `null` for a call that WeChat names nobody for. */
  call(name: string, event: string, openid: string | null): Promise<Answer>;
  /** Passes an HTTP request to a function as HTTP access does. */
  request(name: string, request: PassedRequest): Promise<Response>;
  /** What the function logged during a call. */
  logOf(requestId: string): Promise<string>;
  stop(): Promise<void>;
}

/** @param folder - Kept for this runner; its data outlive each deployment. */
export function createRunner(environment: Environment, folder: string): Runner {
  let running: { readonly of: string; readonly cloud: Promise<LocalCloud> } | undefined;

  function current(): Promise<LocalCloud> {
    const of = fingerprint(environment);
    if (running?.of !== of) {
      const before = running?.cloud;
      running = { of, cloud: restart(before) };
    }
    return running.cloud;
  }

  async function restart(before: Promise<LocalCloud> | undefined): Promise<LocalCloud> {
    await (await before)?.close();
    const root = path.join(folder, 'project');
    await rm(root, { recursive: true, force: true });
    await writeProject(environment, root);
    return startLocalCloud({
      root,
      dataDir: path.join(folder, 'data'),
      port: 0,
      env: { ENV_ID: environment.envId },
      log: () => undefined,
    });
  }

  return {
    async call(name, event, openid) {
      const { url } = await current();
      const response = await fetch(`${url}/invoke/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-wx-openid': openid ?? '' },
        body: event,
      });
      return v.parse(answerSchema, await response.json());
    },
    async request(name, { method, contentType, body }) {
      const { url } = await current();
      const headers = contentType === '' ? undefined : { 'content-type': contentType };
      const carriesBody = method !== 'GET' && method !== 'HEAD';
      return fetch(`${url}${routeTo(name)}`, {
        method,
        ...(headers === undefined ? {} : { headers }),
        ...(carriesBody ? { body } : {}),
      });
    },
    async logOf(requestId) {
      const { url } = await current();
      const response = await fetch(`${url}/logs/${requestId}`);
      const { lines } = v.parse(v.object({ lines: v.array(v.string()) }), await response.json());
      return lines.join('\n');
    },
    async stop() {
      await (await running?.cloud)?.close();
      running = undefined;
    },
  };
}

/** Which route leads to it the gateway of the stand-in decides. */
function routeTo(name: string): string {
  return `/http/${name}`;
}

function fingerprint({ functions, collections }: Environment): string {
  const deployments = functions
    .list()
    .map(({ name, live }) => live && [name, codeHash(live.code), live.settings]);
  const declared = [...collections].map(([name, { indexes }]) => [name, [...indexes.values()]]);
  return JSON.stringify([deployments, declared]);
}

async function writeProject({ functions, collections }: Environment, root: string): Promise<void> {
  const declared = await Promise.all(functions.list().map((found) => writeFunction(found, root)));
  await mkdir(path.join(root, 'database'), { recursive: true });
  await writeFile(
    path.join(root, 'cloudbaserc.json'),
    JSON.stringify({
      functionRoot: 'cloudfunctions',
      functions: declared.flat(),
      gateway: {
        routes: functions
          .list()
          .map(({ name }) => ({ path: routeTo(name), target: `function:${name}` })),
      },
    }),
  );
  await writeFile(
    path.join(root, 'database/collections.json'),
    JSON.stringify(
      [...collections].map(([name, { indexes }]) => ({
        name,
        indexes: [...indexes.values()].map(({ IndexName, MgoKeySchema }) => ({
          name: IndexName,
          unique: MgoKeySchema.MgoIsUnique,
          keys: MgoKeySchema.MgoIndexKeys.map(({ Name }) => ({ field: Name })),
        })),
      })),
    ),
  );
}

/** @returns What cloudbaserc.json is to say of it; nothing where no call can reach it. */
async function writeFunction({ name, live }: CloudFunction, root: string): Promise<object[]> {
  const files = live && filesOf(live.code);
  if (live === undefined || files === undefined) return [];
  for (const [file, content] of Object.entries(files)) {
    if (file.endsWith('/')) continue;
    const target = path.join(root, 'cloudfunctions', name, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  const { handler, timeout, memory, variables } = live.settings;
  return [
    {
      name,
      handler,
      timeout,
      memorySize: memory,
      envVariables: Object.fromEntries(variables.map(({ Key, Value }) => [Key, Value])),
    },
  ];
}
