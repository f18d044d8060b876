import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cloneParts, removeClone } from '../project';

const parts = [
  'cloudbaserc.json',
  'cloudfunctions',
  'contract',
  'database',
  'packages',
  'miniprogram',
  'package.json',
  'project.config.json',
  'scripts',
  'server',
  'tsconfig.base.json',
];

/** How a command ended. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of the project, with commands run in it. */
export interface Project {
  readonly root: string;
  /**
   * Runs what `npm run deploy` runs with these arguments, from another folder.
   *
   * @param started - Gets the process.
   */
  deploy(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    started?: (child: ChildProcess) => void,
  ): Promise<Run>;
  remove(): Promise<void>;
}

/** Copies what is committed and built; the packages are shared. */
export async function copyProject(): Promise<Project> {
  const root = await cloneParts(parts);
  return {
    root,
    deploy: (args, environment, started) =>
      run([path.join(root, 'scripts/deploy.ts'), ...args], tmpdir(), environment, started),
    remove: () => removeClone(root),
  };
}

const tsx = pathToFileURL(require.resolve('tsx')).href;

/** Settings that a developer's own shell may hold are nobody's business here. */
const settings = /^(?:TOKEN_|WX_|ENV_ID$|npm_)/;

function run(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
  started: (child: ChildProcess) => void = () => undefined,
): Promise<Run> {
  const inherited = Object.entries(process.env).filter(([name]) => !settings.test(name));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', tsx, ...args], {
      cwd,
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, stdout, stderr });
    });
  });
}
