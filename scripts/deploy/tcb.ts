import { execFile, type ExecFileOptions } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { withoutSecrets } from './secrets';

/**
 * Runs the CloudBase CLI that this project pins.
 *
 * @returns All that it wrote, without colours, spinners and secrets. Its status tells nothing: it is 0 if a deployment failed.
 */
export type Tcb = (args: readonly string[]) => Promise<string>;

/** The CLI waits up to five minutes for a function to become Active, several times. */
const limit = 15 * 60_000;

/**
 * @param root - The project's folder, where cloudbaserc.json is.
 * @param environment - The CLI fills these into cloudbaserc.json, before those of `.env`.
 * @param secrets - The output must not hold them.
 * @param interrupted - Once it is aborted, the CLI is ended.
 */
export function tcbIn(
  root: string,
  environment: Readonly<Record<string, string>>,
  secrets: readonly string[],
  interrupted: AbortSignal,
): Tcb {
  const program = require.resolve('@cloudbase/cli/bin/tcb');
  return async (args) => {
    interrupted.throwIfAborted();
    // The CLI packs into a folder that it names after the function: two deployments would meet there.
    const temporary = await mkdtemp(path.join(tmpdir(), 'tcb-'));
    const folders = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    const env = { ...process.env, ...environment, ...folders };
    try {
      const output = await runNode([program, ...args], { cwd: root, env }, interrupted);
      interrupted.throwIfAborted();
      return withoutSecrets(readable(output), secrets);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  };
}

function runNode(
  args: readonly string[],
  options: ExecFileOptions,
  interrupted: AbortSignal,
): Promise<string> {
  return new Promise((resolve) => {
    const limits = { timeout: limit, maxBuffer: Infinity };
    const child = execFile(process.execPath, args, { ...options, ...limits }, (_, out, err) => {
      interrupted.removeEventListener('abort', end);
      resolve(stripVTControlCharacters([out, err].join('\n')));
    });
    const end = () => child.kill();
    interrupted.addEventListener('abort', end);
    // Nobody can answer what the CLI asks.
    child.stdin?.end();
  });
}

/** A spinner writes its line again and again: the last one counts. */
function readable(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trimEnd());
  return lines.filter((line) => line !== '' && !/^\s*[⠀-⣿]/.test(line)).join('\n');
}
