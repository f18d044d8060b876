import { existsSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { ToolError } from '../command/tool-error';
import { readJsonFile } from './json-file';
import { statOf } from './text-file';

const projectConfig = v.object({ cloudfunctionRoot: v.optional(v.string(), '') });

/** Where projects keep their functions that say nothing of it. */
const usual = ['cloudfunctions', 'functions'];

/**
 * The folder that the functions' folders are in: `cloudfunctionRoot` of project.config.json, else `functionRoot` of
 * cloudbaserc.json, else `cloudfunctions/` or `functions/`; the first of them that is there.
 *
 * @param root - The project's folder.
 * @param declared - `functionRoot` of cloudbaserc.json.
 * @returns undefined if the project names none and has none of the usual.
 * @throws ToolError PROJECT if project.config.json is malformed.
 */
export async function findFunctionRoot(
  root: string,
  declared: string | undefined,
): Promise<string | undefined> {
  const file = path.join(root, 'project.config.json');
  const { cloudfunctionRoot } = await readJsonFile(file, projectConfig, {});
  const named = [cloudfunctionRoot, declared ?? ''].filter((name) => name !== '');
  const folders = [...named, ...usual].map((name) => path.resolve(root, name));
  return folders.find(isFolder) ?? (named.length > 0 ? folders[0] : undefined);
}

/** @throws ToolError PROJECT for a folder without functions in which nothing else says that it is a project. */
export function refuseNoProject(root: string, miniProgram: string): void {
  const files = ['project.config.json', 'cloudbaserc.json'].map((name) => path.join(root, name));
  if (files.some((file) => existsSync(file)) || isFolder(miniProgram)) return;
  throw new ToolError(
    'PROJECT',
    `${root} is no CloudBase project: it has no project.config.json, no cloudbaserc.json, and no functions in cloudfunctions/ or functions/.`,
  );
}

/** @throws ToolError PROJECT if this is no folder. */
export function refuseNoFolder(root: string): void {
  if (!isFolder(root)) throw new ToolError('PROJECT', `${root} is no folder.`);
}

export function isFolder(name: string): boolean {
  return statOf(name)?.isDirectory() ?? false;
}
