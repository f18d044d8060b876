import { build } from 'esbuild';
import { reason, ToolError } from 'cloudbase-local/command';
import { readFunctions } from 'cloudbase-local/project';
import { functionBuild } from './bundle';
import { describeSize, packMiniProgram } from './mini-program';

/**
 * Bundles each cloud function that cloudbaserc.json declares, and weighs the mini program. What esbuild has to say
 * goes to the terminal.
 *
 * @param root - The project's folder.
 * @returns What the mini program weighs, in a sentence.
 * @throws ToolError BUILD, or SIZE if the mini program weighs more than WeChat takes.
 */
export async function buildProject(root: string): Promise<string> {
  const functions = await readFunctions(root);
  const builds = functions.flatMap(({ folder, file }) => functionBuild(root, folder, file) ?? []);
  try {
    await Promise.all(builds.map((options) => build(options)));
  } catch (error) {
    throw new ToolError('BUILD', reason(error), error);
  }
  return describeSize(await packMiniProgram(root));
}
