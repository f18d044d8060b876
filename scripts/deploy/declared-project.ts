import { ToolError } from 'cloudbase-local/command';
import {
  fillEnvironment,
  readRoutes,
  type DeclaredCollection,
  type FunctionConfig,
  type HttpRoute,
} from 'cloudbase-local/project';
import { readBuiltPackage, type PackageFiles } from './package-files';

/** What a deployment brings into the cloud: a project, or a part of it. */
export interface DeclaredProject {
  readonly collections: readonly DeclaredCollection[];
  readonly functions: readonly DeclaredFunction[];
  /** Undefined where it is no part of it. */
  readonly http?: DeclaredHttp | undefined;
}

/** How the functions can be reached over HTTP. */
export interface DeclaredHttp {
  /** Whether the routes are to be there. */
  readonly isOn: boolean;
  readonly routes: readonly HttpRoute[];
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

/**
 * @returns undefined for a project without routes.
 * @throws ToolError PROJECT if HTTP access is on without routes, or if one leads to a function that is not declared.
 */
export async function declareHttp(
  root: string,
  functions: readonly FunctionConfig[],
  isOn: boolean,
): Promise<DeclaredHttp | undefined> {
  const routes = await readRoutes(root);
  if (routes.length === 0 && !isOn) return undefined;
  if (routes.length === 0) {
    const message = 'HTTP_ACCESS is on, and cloudbaserc.json has no gateway.routes';
    throw new ToolError('PROJECT', `${message}: declare them, or turn it off.`);
  }
  const stray = routes.find((route) => !functions.some(({ name }) => name === route.functionName));
  if (stray === undefined) return { isOn, routes };
  const message = `The route ${stray.path} of cloudbaserc.json leads to ${stray.functionName}`;
  throw new ToolError('PROJECT', `${message}, which is not one of its functions.`);
}
