import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const repository = path.resolve(__dirname, '../..');
const started = Date.UTC(2026, 0, 1);

/** Every user has so many documents, however many there are in all. */
const perUser = 100;

/** A project of its own with one collection, whose data folder can be filled. */
export interface Project {
  readonly root: string;
  readonly size: number;
  remove(): void;
}

export const declared = {
  name: 'openid_createdAt_id',
  unique: false,
  keys: [
    { field: 'openid', direction: 1 },
    { field: 'createdAt', direction: -1 },
    { field: '_id', direction: -1 },
  ],
} as const;

/** @returns A project with so many documents, without an index. */
export async function makeProject(size: number): Promise<Project> {
  const root = path.join(repository, '.cache/bench-database', String(size));
  rmSync(root, { recursive: true, force: true });
  mkdirSync(path.join(root, 'database'), { recursive: true });
  mkdirSync(path.join(root, 'miniprogram'));
  const write = (file: string, content: object): void => {
    writeFileSync(path.join(root, file), JSON.stringify(content));
  };
  write('cloudbaserc.json', { functionRoot: './cloudfunctions', functions: [] });
  write('project.config.json', { miniprogramRoot: 'miniprogram/', appid: 'wx0000000000000000' });
  write('miniprogram/app.json', { pages: [] });
  const project = {
    ...{ root, size },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
  const cloud = await startCloud(project, false);
  for (let from = 0; from < size; from += 10_000) {
    const count = Math.min(10_000, size - from);
    const data = Array.from({ length: count }, (_, n) =>
      JSON.stringify(documentOf(from + n, size)),
    );
    await cloud.request('insertDocument', { data });
  }
  await cloud.stop();
  return project;
}

function documentOf(n: number, size: number) {
  return {
    _id: `order-${n.toString(36).padStart(6, '0')}`,
    openid: userOf(n, size),
    title: `第 ${n} 单`,
    createdAt: { $date: { $numberLong: String(started + Math.floor(n / 3) * 1000) } },
  };
}

/** @returns The user of a document; also a user for a call. */
export function userOf(n: number, size: number): string {
  return `oBench_User_${n % Math.max(1, size / perUser)}`;
}

/** A local cloud in a process of its own. */
export interface Cloud {
  readonly url: string;
  /** From the start of the process to its first line, in milliseconds. */
  readonly startMilliseconds: number;
  /** @returns From the start of the process until all indexes are built, in milliseconds. */
  buildMilliseconds(): Promise<number>;
  /** @returns What the process has in memory, in MB: its own, and with it the pages of the file that it has mapped. */
  memory(): { own: number; mapped: number };
  /** @param seconds - After which the call has failed. Default: 20. */
  request(action: string, body: object, seconds?: number): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** @param indexed - Whether the project declares the index. */
export async function startCloud({ root }: Project, indexed: boolean): Promise<Cloud> {
  const collections = [{ name: 'orders', indexes: indexed ? [declared] : [] }];
  writeFileSync(path.join(root, 'database/collections.json'), JSON.stringify(collections));
  const program = path.join(repository, 'packages/cloudbase-local/bin/cloudbase-local.js');
  const before = performance.now();
  const child = spawn(process.execPath, [program, root], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { url, built } = await follow(child);
  const startMilliseconds = performance.now() - before;
  const settings: unknown = JSON.parse(
    readFileSync(path.join(root, '.local-cloud/settings.json'), 'utf8'),
  );
  const { LOCAL_SECRET_ID: secret } = settings as Record<string, string>;
  return {
    url,
    startMilliseconds,
    async buildMilliseconds() {
      await built;
      return performance.now() - before;
    },
    memory: () => memoryOf(child),
    request: (action, body, seconds = 20) =>
      request(`${url}/admin?secretId=${secret ?? ''}`, action, body, seconds),
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/** @returns The address; and what waits for the indexes that are being built when the cloud tells it. */
async function follow(child: ChildProcess): Promise<{ url: string; built: Promise<void> }> {
  if (child.stdout === null) throw new Error('The local cloud has no output.');
  const lines = createInterface({ input: child.stdout });
  const seen = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        const found = pattern.exec(line);
        if (found !== null) resolve(found[0]);
      });
      lines.once('close', () => {
        reject(new Error('The local cloud has ended.'));
      });
    });
  const building = seen(/are being built/).then(() => true);
  const built = seen(/The indexes are built/).then(() => undefined);
  // Most clouds build nothing, and all end.
  for (const each of [building, built]) each.catch(() => undefined);
  const url = await seen(/http:\/\/127\.0\.0\.1:\d+/);
  const isBuilding = await Promise.race([building, Promise.resolve(false)]);
  return { url, built: isBuilding ? built : Promise.resolve() };
}

function memoryOf({ pid }: ChildProcess): { own: number; mapped: number } {
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1024);
  return { own: megabytes('RssAnon'), mapped: megabytes('RssFile') };
}

async function request(
  url: string,
  action: string,
  body: object,
  seconds: number,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ action: `database.${action}`, collectionName: 'orders', ...body }),
    signal: AbortSignal.timeout(seconds * 1000),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (typeof answer['code'] === 'string') throw new Error(String(answer['message']));
  return answer;
}
