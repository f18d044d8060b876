import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(__dirname, '../..');

/** A local cloud in a process of its own that serves this project from its samples. */
export interface Cloud {
  readonly url: string;
  /** Seconds that the process and its children have computed so far; Linux only, else undefined. */
  stop(): Promise<void>;
}

/**
 * @param program - The command `cloudbase-local` that is measured.
 * @param profiles - Where the process leaves a profile of its time; undefined for none.
 */
export async function startCloud(program: string, profiles?: string): Promise<Cloud> {
  const data = mkdtempSync(path.join(tmpdir(), 'bench-load-'));
  const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const flags = ['--data', data, '--secret', 'TOKEN_SALT', '--secret', 'ACCOUNTS_KEY'];
  const child = spawn(process.execPath, [...profiling, program, root, ...flags], {
    cwd: root,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await addressOf(child);
  return {
    url,
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
      rmSync(data, { recursive: true });
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The local cloud has no output.');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const found = /running: (\S+)/.exec(line)?.[1];
    if (found === undefined) continue;
    child.stdout.resume();
    return found;
  }
  throw new Error('The local cloud has ended.');
}
