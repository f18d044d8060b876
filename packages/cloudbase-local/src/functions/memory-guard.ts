import { readFileSync } from 'node:fs';

/** Milliseconds between two looks. */
const interval = 200;

/** Megabytes that Node.js itself takes; the cloud's limit is for the function. */
const ofNode = 64;

/**
 * Calls `exceeded` once a process has more memory than it may have, buffers and native code included; V8's own limit
 * is for objects alone. Systems without /proc have that one only.
 *
 * @param megabytes - The function's limit.
 */
export function memoryGuard(
  pid: number | undefined,
  megabytes: number,
  exceeded: () => void,
): { stop(): void } {
  const timer = setInterval(() => {
    if (residentMegabytes(pid) > megabytes + ofNode) exceeded();
  }, interval);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

function residentMegabytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 'none'}/status`, 'utf8');
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
