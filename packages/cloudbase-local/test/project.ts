import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startLocalCloud, type LocalCloud, type LocalCloudOptions } from 'cloudbase-local';

export const repository = path.resolve(__dirname, '../../..');

/** A function of a project made for a test. */
export interface TestFunction {
  /** The whole of its index.js. */
  code: string;
  timeout?: number;
  memorySize?: number;
  envVariables?: Record<string, string>;
  triggers?: { name: string; type: string; config: string }[];
}

export interface TestProject {
  functions: Record<string, TestFunction>;
  /** Routes of HTTP access. */
  routes?: { path: string; target: string; enablePathTransmission?: boolean }[];
  collections?: { name: string; permission?: string; indexes?: object[] }[];
  users?: { openid: string; nickname?: string }[];
  /** By collection. */
  samples?: Record<string, object[]>;
}

/** Runs the script that the event brings with the real SDK at hand, and answers what it returns. */
export const sdkFunction: TestFunction = {
  code: `
    const cloud = require('wx-server-sdk');
    cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
    const db = cloud.database();
    exports.main = (event) => {
      const run = new Function('cloud', 'db', '_', '$', 'input', 'require',
        'return (async () => {' + event.script + '})()');
      return run(cloud, db, db.command, db.command.aggregate, event.input, require);
    };
  `,
};

const folders: string[] = [];
const clouds: LocalCloud[] = [];

afterAll(async () => {
  for (const cloud of clouds.splice(0)) await cloud.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** @returns An empty folder, which is gone after the tests of the file. */
export function newFolder(): string {
  const parent = path.join(repository, '.cache', 'test-local');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'project-'));
  folders.push(folder);
  return folder;
}

/** @returns The folder of a project that holds these functions; inside the repository, so that they find the SDK. */
export function makeProject(project: TestProject): string {
  const root = newFolder();
  const functions = Object.entries(project.functions);
  for (const [name, { code }] of functions) writeFunction(root, name, code);
  writeJson(root, 'cloudbaserc.json', {
    functionRoot: './cloudfunctions',
    functions: functions.map(([name, config]) => ({ ...config, name, code: undefined })),
    gateway: { routes: project.routes ?? [] },
  });
  writeJson(root, 'database/collections.json', project.collections ?? []);
  if (project.users !== undefined) writeJson(root, 'database/sample-users.json', project.users);
  for (const [collection, documents] of Object.entries(project.samples ?? {})) {
    const lines = documents.map((document) => `${JSON.stringify(document)}\n`);
    writeFileSync(path.join(root, `database/sample-${collection}.jsonl`), lines.join(''));
  }
  return root;
}

export function writeFunction(root: string, name: string, code: string): void {
  const folder = path.join(root, 'cloudfunctions', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'index.js'), code);
}

function writeJson(root: string, file: string, content: unknown): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), JSON.stringify(content));
}

/** A cloud for a test: silent, on any port, with settings of nobody. */
export async function startTestCloud(
  root: string,
  options: Partial<LocalCloudOptions> = {},
): Promise<LocalCloud> {
  const cloud = await startLocalCloud({
    root,
    dataDir: path.join(root, '.local-cloud'),
    port: 0,
    env: {},
    log: () => undefined,
    ...options,
  });
  clouds.push(cloud);
  return cloud;
}

/** What `/invoke` answers. */
export interface Answer {
  status: number;
  result?: unknown;
  errCode?: number;
  errMsg?: string;
  requestId: string;
}

/** Calls a function as the phone does. */
export async function invoke(
  cloud: Pick<LocalCloud, 'url'>,
  name: string,
  event: unknown = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${cloud.url}/invoke/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof event === 'string' ? event : JSON.stringify(event),
  });
  const body = (await response.json()) as Omit<Answer, 'status'>;
  return { status: response.status, ...body };
}

/** Runs a script in the `sdk` function and gives what it returns; throws what the script throws. */
export async function runScript(
  cloud: Pick<LocalCloud, 'url'>,
  script: string,
  input: unknown = null,
): Promise<unknown> {
  const answer = await invoke(cloud, 'sdk', { script, input });
  if (answer.errMsg !== undefined) throw new Error(answer.errMsg);
  return answer.result;
}

/** As expect.stringContaining and expect.stringMatching, which claim to be of any type. */
export function textWith(part: string | RegExp): unknown {
  return typeof part === 'string' ? expect.stringContaining(part) : expect.stringMatching(part);
}

/** Waits until there is no such process. */
export async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
