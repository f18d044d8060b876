import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

export const repository = path.resolve(__dirname, '../../../..');
/** Whether a process can have those it starts ended with it. */
const ownGroup = process.platform !== 'win32';
const tcbProgram = path.join(repository, 'node_modules/@cloudbase/cli/bin/tcb');

/** What a developer's own shell may hold is nobody's business here. */
const foreign = /^(?:TOKEN_|WX_|TCB_|TENCENTCLOUD_|SCF_|ENV_ID$|NODE_OPTIONS$)/;

export interface Options {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A file of variables for Node.js. */
  readonly envFile?: string;
}

/** Starts the real CLI. */
export function startTcb(
  args: readonly string[],
  { cwd, environment, envFile }: Options,
): ChildProcessByStdio<null, Readable, Readable> {
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const nodeOptions = envFile === undefined ? [] : [`--env-file=${envFile}`];
  return spawn(process.execPath, [...nodeOptions, tcbProgram, ...args], {
    cwd,
    env: { ...Object.fromEntries(own), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
  });
}

/** Ends it, if it has not ended, with the function that it runs. */
export function endTcb(child: ChildProcess): void {
  if (child.exitCode !== null || child.pid === undefined) return;
  if (ownGroup) process.kill(-child.pid, 'SIGKILL');
  else child.kill();
}

/** Runs the real CLI to its end. */
export async function tcb(
  args: readonly string[],
  options: Options,
): Promise<{ status: number | null; output: string }> {
  const child = startTcb(args, options);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, output: stripVTControlCharacters(output) };
}
