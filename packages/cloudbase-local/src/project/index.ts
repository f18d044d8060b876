/** The files of a CloudBase project, each with one schema and one reader. */
export { fillEnvironment, readFunctions, readRoutes, settingNames } from './cloudbaserc';
export type { FunctionConfig, HttpRoute, Timer } from './cloudbaserc';
export { readCollections } from './collections';
export type { DeclaredCollection, DeclaredIndex } from './collections';
export { readEnvFiles } from './env-files';
export { readJsonFile } from './json-file';
export { readProjectConfig } from './project-config';
export type { PackRule } from './project-config';
export { modeOf, readText, replaceFile } from './text-file';
