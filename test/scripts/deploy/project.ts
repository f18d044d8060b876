import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  inheritedVariables,
  startCommandProcess,
  tsx,
  type CommandProcess,
} from '../command-process/command-process';
import type { Run } from '../command-process/protocol';
import { cloneParts, removeClone } from '../project';

const parts = [
  'cloudbaserc.json',
  'cloudfunctions',
  'contract',
  'database',
  'miniprogram',
  'package.json',
  'project.config.json',
  'scripts',
  'server',
  'tsconfig.base.json',
];

type Environment = Readonly<Record<string, string>>;

/** A copy of the project, with commands run in it. */
export interface Project {
  readonly root: string;
  /** Does what `npm run deploy` does with these arguments, from another folder. */
  deploy(args: readonly string[], environment: Environment): Promise<Run>;
  /**
   * Runs what `npm run deploy` runs, in a process of its own.
   *
   * @param started - Gets the process.
   */
  spawnDeploy(
    args: readonly string[],
    environment: Environment,
    started?: (child: ChildProcess) => void,
  ): Promise<Run>;
  remove(): Promise<void>;
}

/** Copies what is committed and built; the packages are shared. */
export async function copyProject(): Promise<Project> {
  const root = await cloneParts(parts);
  let commands: CommandProcess | undefined;
  return {
    root,
    deploy(args, given) {
      const environment = { ...inheritedVariables(), ...given };
      commands ??= startCommandProcess(environment);
      return commands.run({ command: 'deploy', root, args: [...args], cwd: tmpdir(), environment });
    },
    spawnDeploy: (args, environment, started) =>
      run([path.join(root, 'scripts/deploy.ts'), ...args], environment, started),
    async remove() {
      commands?.stop();
      await removeClone(root);
    },
  };
}

function run(
  args: readonly string[],
  environment: Environment,
  started: (child: ChildProcess) => void = () => undefined,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', tsx, ...args], {
      cwd: tmpdir(),
      env: { ...inheritedVariables(), ...environment },
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
