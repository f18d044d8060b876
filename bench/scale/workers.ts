import { fork } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import type { Measured } from './measures';
import type { Numbers } from './model';

/** A simulation for a process of its own. */
export interface Job {
  readonly storm: string;
  readonly phones: number;
  readonly seed: number;
  readonly numbers?: Partial<Numbers>;
  readonly settings?: Readonly<Record<string, string>>;
  /** In place of the storm's own, in minutes. */
  readonly warmUp?: number;
  readonly minutes?: number;
}

/** What a worker tells: how far it is, and in the end what came of it. */
export type Report = { readonly part: number } | Outcome;

export interface Outcome {
  readonly measured: Measured;
  readonly cpuSeconds: number;
  /** The most that the process had so far. */
  readonly memoryMB: number;
}

const root = path.resolve(__dirname, '../..');
/** Two workers stay below 8 GB. */
const heapMB = 3600;

/**
 * Runs the jobs, so many at a time.
 *
 * @param watch - hears how far a job is, from 0 to 1
 * @returns what came of each, in the order of the jobs
 */
export async function runJobs(
  jobs: readonly Job[],
  workers: number,
  watch: (job: Job, part: number) => void,
): Promise<Outcome[]> {
  const program = await bundle();
  const outcomes: Outcome[] = [];
  let next = 0;
  async function work(): Promise<void> {
    const child = fork(program, { execArgv: [`--max-old-space-size=${heapMB}`] });
    try {
      for (let index = next++; index < jobs.length; index = next++) {
        const job = jobs[index];
        if (job === undefined) return;
        outcomes[index] = await new Promise<Outcome>((resolve, reject) => {
          child.removeAllListeners();
          child.once('exit', () => {
            reject(new Error(`The simulation of ${job.storm} has ended early.`));
          });
          child.on('message', (report: Report) => {
            if ('part' in report) watch(job, report.part);
            else resolve(report);
          });
          child.send(job);
        });
      }
    } finally {
      child.removeAllListeners();
      child.kill();
    }
  }
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, work));
  return outcomes;
}

/** In one file, as functions are deployed: what tsx adds to keep names would cost a fifth of the time. */
async function bundle(): Promise<string> {
  const outfile = path.join(root, '.cache/bench-scale/worker.cjs');
  await build({
    entryPoints: [path.join(__dirname, 'worker.ts')],
    ...{ outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'error' },
  });
  return outfile;
}
