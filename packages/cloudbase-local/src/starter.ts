import { readFileSync } from 'node:fs';

const interval = 200;

/** Who started this process. */
export interface Starter {
  /** @param ended - Called once, when npm was the starter and is gone. */
  whenGone(ended: () => void): void;
}

/**
 * npm does not pass on how it ends: killed or told to end, it leaves what it started running, on a port and
 * a folder that the next start asks for. So what npm started looks whether npm is still there.
 */
export function findStarter(): Starter {
  const before = starters();
  return {
    whenGone(ended) {
      if (process.env['npm_lifecycle_event'] === undefined) return;
      const timer = setInterval(() => {
        if (starters() === before) return;
        clearInterval(timer);
        ended();
      }, interval);
      timer.unref();
    },
  };
}

/** The parent, and where that is the shell which npm puts between on Linux, the shell's parent. */
function starters(): string {
  const parent = process.ppid;
  const [, option] = read(`/proc/${parent}/cmdline`).split('\0');
  const grandparent = /^PPid:\s*(\d+)$/m.exec(read(`/proc/${parent}/status`))?.[1] ?? '';
  return option === '-c' ? `${parent} ${grandparent}` : String(parent);
}

/** @returns An empty text if the process is gone, or the system is not Linux. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
