import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { findLacking } from './project/packages';
import { followFunctions } from './project/project-functions';

/** Nothing of the project but node_modules is written. */
const npmInstall = ['install', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Installs what the functions of a project declare and lack, with npm, each in its own folder. One that fails stops no
 * other: its function says at its call what it lacks.
 *
 * @param log - Takes a line for the developer.
 * @throws ToolError PROJECT if the project's files are malformed.
 */
export async function installPackages(root: string, log: (line: string) => void): Promise<void> {
  for (const { folder, packages } of await findLacking(await followFunctions(root).current())) {
    const where = path.relative(root, folder);
    log(`Installing ${packages.join(', ')} in ${where} ...`);
    const npm = spawn('npm', npmInstall, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    const ended = await once(npm, 'exit').catch((error: unknown) => [String(error)]);
    if (ended[0] !== 0) log(`npm could not install them (${String(ended[0])}).`);
  }
}
