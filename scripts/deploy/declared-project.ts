import {
  fillEnvironment,
  type DeclaredCollection,
  type FunctionConfig,
} from 'cloudbase-local/project';
import { readBuiltPackage, type PackageFiles } from './package-files';

/** What a deployment brings into the cloud: a project, or a part of it. */
export interface DeclaredProject {
  readonly collections: readonly DeclaredCollection[];
  readonly functions: readonly DeclaredFunction[];
}

/** A function as it must be in the cloud. */
export interface DeclaredFunction {
  readonly config: FunctionConfig;
  readonly settings: ReadonlyMap<string, string>;
  readonly files: PackageFiles;
}

/** @throws ToolError BUILD if the folder of a function is not complete. */
export function readBuiltFunctions(
  configs: readonly FunctionConfig[],
  variables: Readonly<Record<string, string>>,
): Promise<DeclaredFunction[]> {
  const functions = configs.map(async (config) => ({
    config,
    settings: new Map(fillEnvironment(config, (name) => variables[name] ?? '')),
    files: await readBuiltPackage(config.folder),
  }));
  return Promise.all(functions);
}
