import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { repository } from './project';

export interface Served {
  process: ChildProcess;
  url: string;
}

const processes: ChildProcess[] = [];

afterAll(() => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
});

/**
 * Starts a local cloud in a process of its own, without waiting for it.
 *
 * @param limit - Kilobytes that any of its files may have.
 */
export function spawnServe(
  root: string,
  limit: string,
): ChildProcessByStdio<null, Readable, Readable> {
  const program = path.join(repository, 'packages/cloudbase-local/test/serve.ts');
  const script = `ulimit -f ${limit} && exec "${process.execPath}" --import tsx "${program}" "${root}"`;
  const child = spawn('bash', ['-c', script], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.push(child);
  return child;
}

/** @returns A local cloud in a process of its own, which serves. */
export async function serve(root: string, limit = 'unlimited'): Promise<Served> {
  const child = spawnServe(root, limit);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout });
  const [url] = (await once(lines, 'line')) as [string];
  return { process: child, url };
}

export async function kill(served: Served): Promise<void> {
  const ended = once(served.process, 'exit');
  served.process.kill('SIGKILL');
  await ended;
}
