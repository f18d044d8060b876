import type { Measured } from './measures';
import type { Job, Outcome } from './workers';

const rows: readonly (readonly [string, (measured: Measured) => string])[] = [
  ['calls of pages', ({ totals }) => String(totals.pageCalls)],
  ['… failed', ({ totals }) => String(totals.failed)],
  ['users who gave up', ({ totals }) => String(totals.givenUp)],
  ['wait p50, ms', ({ waiting }) => String(waiting.p50)],
  ['wait p99, ms', ({ waiting }) => String(waiting.p99)],
  ['wait worst, ms', ({ waiting }) => String(waiting.worst)],
  ['orders, in all', ({ totals }) => String(totals.orders)],
  ['orders, most a second', ({ peaks }) => String(peaks.orders)],
  ['gettoken, in all', ({ totals }) => String(totals.gettoken)],
  ['gettoken, most a second', ({ peaks }) => String(peaks.gettoken)],
  ['turned away', ({ totals }) => String(totals.turnedAway)],
  ['903', ({ totals }) => String(totals.refused)],
  ['429', ({ totals }) => String(totals.tooMany)],
  ['500', ({ totals }) => String(totals.cloudFailures)],
  ['database reads', ({ totals }) => String(totals.reads)],
  ['database writes', ({ totals }) => String(totals.writes)],
  ['requests, most a second', ({ peaks }) => String(peaks.reads + peaks.writes)],
  ['no connection', ({ totals }) => String(totals.noConnection)],
  ['live tokens, most', ({ most }) => String(most.liveTokens)],
  ['kept tokens, most', ({ most }) => String(most.storedTokens)],
  ['cold starts', ({ totals }) => String(totals.coldStarts)],
  ['instances, most', ({ most }) => String(most.instances)],
  ['GB-seconds', ({ runSeconds }) => (runSeconds / 4).toFixed(0)],
];

/** A table for each five storms: only what is the same for the same seed goes to the standard output. */
export function printStorms(names: readonly string[], outcomes: readonly Outcome[]): void {
  const atOnce = 5;
  for (let from = 0; from < names.length; from += atOnce) {
    const part = outcomes.slice(from, from + atOnce);
    print(columns('', names.slice(from, from + atOnce)));
    for (const [title, cell] of rows) {
      print(
        columns(
          title,
          part.map(({ measured }) => cell(measured)),
        ),
      );
    }
    print('');
  }
}

function columns(first: string, rest: readonly string[]): string {
  return first.padEnd(24) + rest.map((text) => text.padStart(23)).join('');
}

/** Shows on a terminal, or in a few lines of a log, how far everything is. */
export function showProgress(jobs: number): (job: Job, part: number) => void {
  const parts = new Map<Job, number>();
  let told = 0;
  return (job, part) => {
    parts.set(job, part);
    const all = [...parts.values()].reduce((sum, each) => sum + each, 0) / jobs;
    const running = [...parts].filter(([, each]) => each < 1).map(([{ storm }]) => storm);
    const line = `${Math.floor(all * 100)} %  ${running.join(', ')}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
    else if (all >= told + 0.1) {
      told = all;
      process.stderr.write(`${line}\n`);
    }
  };
}

/** What the runs took: another each time, so no part of what can be compared. */
export function tellCost(outcomes: readonly Outcome[], ms: number): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const cpu = outcomes.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const memory = Math.max(...outcomes.map(({ memoryMB }) => memoryMB));
  process.stderr.write(
    `${(ms / 1000).toFixed(1)} s, ${cpu.toFixed(1)} s of CPU, at most ${memory} MB in one process\n`,
  );
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
