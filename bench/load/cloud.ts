import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(__dirname, '../..');

/** A local cloud in a process of its own that serves this project from its samples. */
export interface Cloud {
  readonly url: string;
  /** @returns Milliseconds that the process, and that its instances have computed so far; NaN where no /proc tells. */
  computed(): { cloud: number; instances: number };
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
    computed: () => ({
      cloud: computedBy(child.pid ?? 0),
      instances: childrenOf(child.pid ?? 0).reduce((sum, pid) => sum + computedBy(pid), 0),
    }),
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
      rmSync(data, { recursive: true });
    },
  };
}

/** The columns of /proc/<pid>/stat after the name (man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
function statOf(pid: number | string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function computedBy(pid: number | string): number {
  const [userTicks, systemTicks] = statOf(pid).slice(11, 13).map(Number);
  return ((userTicks ?? NaN) + (systemTicks ?? NaN)) * 10;
}

function childrenOf(parent: number): string[] {
  const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  return pids.filter((pid) => statOf(pid)[1] === String(parent));
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
