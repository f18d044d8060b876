import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { withinTime } from './time-limit';
import { readOutput } from './output';
import { endOfOutput, parseReport, type Call, type Report } from './protocol';

/** The program of one instance. */
const program = path.join(__dirname, 'instance.js');

/** As in the cloud, where a function has this long to load, besides the time for its calls. */
const loadTimeLimit = 60_000;

/** A process that the function started may hold the output open; nobody waits for that. */
const outputTimeLimit = 1000;

export interface InstanceOptions {
  readonly file: string;
  readonly exportName: string;
  readonly memoryMegabytes: number;
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes each line that the process prints. */
  readonly output: (line: string) => void;
  /** Ends the process, whatever it does. */
  readonly ending: AbortSignal;
}

/** How a call ended. */
export type Outcome =
  | { readonly kind: 'result'; readonly json: string }
  | { readonly kind: 'failure'; readonly message: string }
  | { readonly kind: 'unloadable'; readonly message: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'exit'; readonly message: string };

export interface Instance {
  /** Whether the process still runs; a function can end it between two calls. */
  readonly alive: boolean;
  /** Does one call; the instance must not have another one. After `timeout` and `exit` it is gone. */
  call(call: Call, timeLimit: number): Promise<Outcome>;
  close(): void;
}

type Loaded =
  { readonly type: 'ready' } | { readonly type: 'unloadable'; readonly message: string };

/** The function cannot be loaded. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly code = 'UNLOADABLE';
}

/**
 * Starts a process that has loaded the function.
 *
 * @throws LoadError
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const child = fork(program, [options.file, options.exportName], {
    env: { ...options.environment },
    cwd: path.dirname(options.file),
    execArgv: [`--max-old-space-size=${options.memoryMegabytes}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    signal: options.ending,
    killSignal: 'SIGKILL',
  });
  const ended = endOf(child);
  const outputs = [child.stdout, child.stderr].flatMap((stream) =>
    stream === null ? [] : [readOutput(stream, options.output)],
  );
  const close = (): void => {
    child.kill('SIGKILL');
  };

  const loaded = await withinTime<Loaded>(
    Promise.race([
      nextReport(child, isLoaded),
      ended.then((how) => ({ type: 'unloadable', message: `the process ended: ${how}` }) as const),
    ]),
    loadTimeLimit,
    { type: 'unloadable', message: 'it takes too long to load' },
  );
  if (loaded.type === 'unloadable') {
    close();
    throw new LoadError(loaded.message);
  }

  return {
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    close,
    async call(call, timeLimit) {
      const printed = Promise.all(outputs.map((output) => output.until(endOfOutput(call.id))));
      const answered = nextReport(child, (report) => isAnswerTo(report, call));
      child.send(call, () => undefined);
      const outcome = await withinTime<Outcome>(
        Promise.race([
          answered.then(toOutcome),
          ended.then((how) => ({ kind: 'exit', message: how }) as const),
        ]),
        timeLimit,
        { kind: 'timeout' },
      );
      if (outcome.kind === 'timeout') close();
      await withinTime<unknown>(printed, outputTimeLimit, undefined);
      return outcome;
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`);
    });
  });
}

function isLoaded(report: Report): report is Extract<Report, Loaded> {
  return report.type === 'ready' || report.type === 'unloadable';
}

function isAnswerTo(report: Report, call: Call): report is Extract<Report, { id: string }> {
  return 'id' in report && report.id === call.id;
}

function toOutcome(report: Extract<Report, { id: string }>): Outcome {
  return report.type === 'result'
    ? { kind: 'result', json: report.json }
    : { kind: 'failure', message: report.message };
}

function nextReport<Wanted extends Report>(
  child: ChildProcess,
  wanted: (report: Report) => report is Wanted,
): Promise<Wanted> {
  return new Promise((resolve) => {
    const listen = (message: unknown): void => {
      const report = parseReport(message);
      if (report === undefined || !wanted(report)) return;
      child.off('message', listen);
      resolve(report);
    };
    child.on('message', listen);
  });
}
