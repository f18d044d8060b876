import type { ChildProcess } from 'node:child_process';

/** Ends a process that leads a group, and all that it started. Where there are no groups it ends the process alone. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}
