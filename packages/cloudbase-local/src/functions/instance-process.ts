import { fork } from 'node:child_process';
import path from 'node:path';
import { withinTime } from './time-limit';
import { endGroup } from './end-group';
import { listenTo, type Event } from './instance-events';
import { memoryGuard } from './memory-guard';
import { readOutput } from './output';
import { endOfOutput, type Call, type Report } from './protocol';

/** The program of one instance. */
const program = path.join(__dirname, 'instance.js');

/** As in the cloud, where a function has this long to load, besides the time for its calls. */
const loadTimeLimit = 60_000;

/** A process that the function started may hold the output open; nobody waits for that. */
const outputTimeLimit = 1000;

export interface InstanceOptions {
  /** What is loaded. */
  readonly file: string;
  /** What the function takes itself for: from there it finds its packages. */
  readonly moduleFile: string;
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
  | { readonly kind: 'result'; readonly json: string; readonly value: unknown }
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
  const { file, moduleFile, exportName, memoryMegabytes, ending } = options;
  const child = fork(program, [file, exportName, moduleFile], {
    env: { ...options.environment },
    cwd: path.dirname(moduleFile),
    execArgv: [`--max-old-space-size=${memoryMegabytes}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own, so that what it starts can be ended with it.
    detached: true,
  });
  const close = (): void => {
    endGroup(child);
  };
  ending.addEventListener('abort', close);
  child.once('exit', () => {
    ending.removeEventListener('abort', close);
    // What it started ends with it.
    close();
  });
  const events = listenTo(child);
  const outputs = [child.stdout, child.stderr].flatMap((stream) =>
    stream === null ? [] : [readOutput(stream, options.output)],
  );

  const loaded = await events.next<Loaded>(toLoaded, loadTimeLimit, {
    type: 'unloadable',
    message: 'it takes too long to load',
  });
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
      const memory = memoryGuard(child.pid, memoryMegabytes, close);
      child.send(call, () => undefined);
      const outcome = await events.next<Outcome>((event) => toOutcome(event, call), timeLimit, {
        kind: 'timeout',
      });
      memory.stop();
      if (outcome.kind === 'timeout') close();
      await withinTime<unknown>(printed, outputTimeLimit, undefined);
      return outcome;
    },
  };
}

function toLoaded({ report, ended }: Event): Loaded | undefined {
  if (ended !== undefined) return { type: 'unloadable', message: `the process ended: ${ended}` };
  return report.type === 'ready' || report.type === 'unloadable' ? report : undefined;
}

function toOutcome({ report, ended }: Event, call: Call): Outcome | undefined {
  if (ended !== undefined) return { kind: 'exit', message: ended };
  if (!('id' in report) || report.id !== call.id) return undefined;
  return report.type === 'result' ? toResult(report) : { kind: 'failure', message: report.message };
}

/** A function can send what looks like our report. */
function toResult({ json }: Extract<Report, { type: 'result' }>): Outcome {
  try {
    return { kind: 'result', json, value: JSON.parse(json) as unknown };
  } catch {
    return { kind: 'failure', message: 'the function reported a result that is not JSON' };
  }
}
