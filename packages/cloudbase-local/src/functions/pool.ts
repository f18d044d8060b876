import { availableParallelism } from 'node:os';
import path from 'node:path';
import { LoadError, startInstance, type Instance, type Outcome } from './instance-process';
import type { Call } from './protocol';
import { reason } from '../command/tool-error';
import { versionOf } from './version';

/** More calls at once than this wait in line. */
const mostInstances = 10;

/** Starting is what costs; more at once than the machine has cores only slows each of them. */
const mostStarting = availableParallelism();

export interface PoolOptions {
  /** What is loaded: an instance that loaded another version of it is replaced. */
  readonly file: string;
  /** What the function takes itself for, see `load.ts`. */
  readonly moduleFile: string;
  readonly exportName: string;
  readonly memoryMegabytes: number;
  readonly timeLimit: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes each line that an instance prints, with the id of its call. */
  readonly output: (callId: string, line: string) => void;
}

/** The instances of one function. */
export interface Pool {
  call(call: Call): Promise<Outcome>;
  /** Lets the calls come to their end, and then its instances. */
  retire(): void;
  close(): void;
}

interface Job {
  readonly call: Call;
  settle(outcome: Outcome): void;
}

interface Member {
  readonly instance: Instance;
  readonly version: string;
  /** The call whose output this is. */
  readonly current: { callId: string };
}

export function createPool(options: PoolOptions): Pool {
  const waiting: Job[] = [];
  const idle: Member[] = [];
  const members = new Set<Member>();
  const ending = new AbortController();
  let starting = 0;
  let retired = false;

  function drain(): void {
    if (waiting.length === 0) return;
    if (ending.signal.aborted) {
      refuseAll('The local cloud is closing.');
      return;
    }
    const version = versionOf(options.file, path.dirname(options.moduleFile));
    if (version === undefined) {
      refuseAll(`there is no ${options.file}`);
      return;
    }
    while (waiting.length > 0 && idle.length > 0) {
      const member = idle.pop();
      if (member === undefined) break;
      if (member.version === version && member.instance.alive) take(member);
      else drop(member);
    }
    while (
      waiting.length > starting &&
      starting < mostStarting &&
      members.size + starting < mostInstances
    ) {
      void grow(version, waiting[0]?.call.id ?? '');
    }
  }

  function take(member: Member): void {
    const job = waiting.shift();
    if (job === undefined) return;
    member.current.callId = job.call.id;
    void member.instance.call(job.call, options.timeLimit).then((outcome) => {
      const ended = outcome.kind === 'timeout' || outcome.kind === 'exit';
      if (ended || (retired && waiting.length === 0)) drop(member);
      else idle.push(member);
      job.settle(outcome);
      drain();
    });
  }

  async function grow(version: string, callId: string): Promise<void> {
    starting += 1;
    const current = { callId };
    const { file, moduleFile, exportName, memoryMegabytes, environment } = options;
    try {
      const instance = await startInstance({
        file,
        moduleFile,
        exportName,
        memoryMegabytes,
        environment,
        output: (line) => {
          options.output(current.callId, line);
        },
        ending: ending.signal,
      });
      const member = { instance, version, current };
      members.add(member);
      idle.push(member);
    } catch (error) {
      // Whoever waits would load the same file.
      refuseAll(error instanceof LoadError ? error.message : reason(error));
    } finally {
      starting -= 1;
      drain();
    }
  }

  function drop(member: Member): void {
    members.delete(member);
    member.instance.close();
  }

  function refuseAll(message: string): void {
    for (const job of waiting.splice(0)) job.settle({ kind: 'unloadable', message });
  }

  return {
    call: (call) =>
      new Promise((resolve) => {
        waiting.push({ call, settle: resolve });
        drain();
      }),
    retire() {
      retired = true;
      for (const member of idle.splice(0)) drop(member);
    },
    close() {
      ending.abort();
      drain();
    },
  };
}
