import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { withoutSecrets } from './report';

/**
 * Runs the CloudBase CLI of this project.
 *
 * @returns All it wrote, without colours, spinners and secrets. Its status says nothing: it is 0 when a deployment failed.
 */
export type Tcb = (args: readonly string[]) => Promise<string>;

/** The CLI waits up to five minutes for a function to become Active, several times. */
const limit = 15 * 60_000;

/**
 * @param root - The project's folder, where cloudbaserc.json is.
 * @param environment - What the CLI fills into cloudbaserc.json. It takes these before what `.env` says.
 * @param secrets - What must not be seen in the output.
 * @param interrupted - Ends it when it is aborted.
 */
export function tcbIn(
  root: string,
  environment: Readonly<Record<string, string>>,
  secrets: readonly string[],
  interrupted: AbortSignal,
): Tcb {
  const program = path.join(
    path.dirname(require.resolve('@cloudbase/cli/package.json')),
    'bin/tcb',
  );
  return async (args) => {
    interrupted.throwIfAborted();
    // The CLI packs into a folder that it names after the function: two deployments would meet there.
    const temporary = await mkdtemp(path.join(tmpdir(), 'tcb-'));
    const folders = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    try {
      const output = await runNode(
        [program, ...args],
        root,
        { ...environment, ...folders },
        interrupted,
      );
      interrupted.throwIfAborted();
      return withoutSecrets(readable(output), secrets);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  };
}

function runNode(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
  interrupted: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limit,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    }
    child.once('error', reject);
    const end = () => child.kill();
    interrupted.addEventListener('abort', end);
    child.once('close', () => {
      interrupted.removeEventListener('abort', end);
      resolve(stripVTControlCharacters(Buffer.concat(chunks).toString()));
    });
  });
}

/** A spinner writes its line again and again, without an end or with one: what counts is the last. */
function readable(text: string): string {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s*[⠀-⣿]/.test(line))
    .join('\n');
}
