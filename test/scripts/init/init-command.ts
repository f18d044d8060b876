import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inheritedVariables, startCommandProcess, tsx } from '../command-process/command-process';

export interface Outcome {
  status: number | null;
  /** What the command wrote, to both outputs, with line ends as `\n`. */
  output: string;
}

const command = (root: string) => [
  process.execPath,
  '--import',
  tsx,
  path.join(root, 'scripts/init.ts'),
];
const environment = () => ({ ...inheritedVariables(), TMPDIR: tmpdir(), NODE_NO_WARNINGS: '1' });
const folderOf = (root: string) => path.join(root, 'miniprogram');

const commands = startCommandProcess(environment());
afterAll(() => {
  commands.stop();
});

/** Does what `npm run init` does in CI: with nobody at a terminal, and from another folder. */
export async function runInit(root: string, args: readonly string[]): Promise<Outcome> {
  const { status, stdout, stderr } = await commands.run({
    command: 'init',
    root,
    args: [...args],
    cwd: folderOf(root),
    environment: environment(),
  });
  return { status, output: stdout + stderr };
}

/** Runs `npm run init` in a process of its own, in the same way. */
export function spawnInit(root: string, args: readonly string[]): Promise<Outcome> {
  return run(root, [...command(root), ...args], []);
}

/** An answer to the question that holds a text. `\x04` is Ctrl+D, `\x03` Ctrl+C. */
export type Reply = readonly [question: string, answer: string];

/**
 * Runs it in a terminal, which `script` of the operating system plays, and answers its questions in turn.
 */
export function runInitInTerminal(
  root: string,
  args: readonly string[],
  replies: readonly Reply[],
): Promise<Outcome> {
  const words = [...command(root), ...args];
  const played =
    process.platform === 'darwin'
      ? ['script', '-q', '/dev/null', ...words]
      : ['script', '-qec', words.map((word) => `'${word}'`).join(' '), '/dev/null'];
  return run(root, played, replies);
}

function run(
  root: string,
  [program = '', ...args]: readonly string[],
  replies: readonly Reply[],
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folderOf(root),
      env: environment(),
      // Where a question is not the expected one, the command would wait for ever.
      timeout: 30_000,
    });
    let output = '';
    let seen = 0;
    const left = [...replies];
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      for (let next = left[0]; next !== undefined; next = left[0]) {
        const at = output.indexOf(next[0], seen);
        if (at === -1) return;
        left.shift();
        seen = at + next[0].length;
        child.stdin.write(next[1]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, output: output.replaceAll('\r\n', '\n') });
    });
    if (replies.length === 0) child.stdin.end();
  });
}
