import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { reason } from '../command/tool-error';
import { configOf, defaultFunctionRoot, functionSchema, type FunctionConfig } from './cloudbaserc';
import { findFunctionRoot, isFolder } from './function-root';
import { readJsonFile } from './json-file';
import { stampOf } from './text-file';

/** A cloud function of a project, as it stands on the disk. */
export interface ProjectFunction extends FunctionConfig {
  /** Its TypeScript, if there is no `file`: what a project has built itself is what it uploads. */
  readonly source?: string;
  /** Why it cannot run as it is declared. */
  readonly fault?: string;
}

/** The functions of a project, as they are now. */
export interface ProjectFunctions {
  /**
   * @returns The functions; the same list as long as nothing that declares them changed.
   * @throws ToolError PROJECT while cloudbaserc.json or project.config.json is malformed.
   */
  current(): Promise<readonly ProjectFunction[]>;
}

/** What cloudbaserc.json says, each function of it unchecked: a wrong one must not stop the others. */
const declarations = v.object({
  functionRoot: v.optional(v.string()),
  functions: v.optional(v.array(v.looseObject({ name: v.string() }))),
});

type Declarations = v.InferOutput<typeof declarations>;

/**
 * What DevTools reads of a function's config.json, and what templates keep there beside it.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/wxcloud/guide/functions/triggers.html
 */
const ownConfig = v.looseObject({});
const takenOfOwn = ['timeout', 'memorySize', 'envVariables', 'triggers'];

/** Seconds: what a function has that DevTools made and nobody configured. */
const devToolsTimeout = 3;

/** @param root - The project's folder. */
export function followFunctions(root: string): ProjectFunctions {
  let functions: Promise<readonly ProjectFunction[]> | undefined;
  let looked: readonly string[] = [];
  let stamp = '';
  const stampNow = (): string => looked.map(textStamp).join();

  async function read(): Promise<readonly ProjectFunction[]> {
    looked = ['cloudbaserc.json', 'project.config.json', '.'].map((name) => path.join(root, name));
    stamp = stampNow();
    const declared = await readDeclarations(root);
    const folder = await findFunctionRoot(root, rootOf(declared));
    if (folder === undefined) return [];
    // Each is stamped before it is read, so that what changes meanwhile is read again.
    const folderStamp = textStamp(folder);
    const more = foldersIn(folder).flatMap((each) => [each, `${each}/config.json`, `${each}/src`]);
    stamp = [stamp, folderStamp, ...more.map(textStamp)].join();
    looked = [...looked, folder, ...more];
    return describeAll(folder, declared);
  }

  return {
    current() {
      if (functions === undefined || stamp !== stampNow()) functions = read();
      return functions;
    },
  };
}

function textStamp(file: string): string {
  return stampOf(file) ?? '';
}

function readDeclarations(root: string): Promise<Declarations> {
  return readJsonFile(path.join(root, 'cloudbaserc.json'), declarations, {});
}

function rootOf({ functionRoot, functions }: Declarations): string | undefined {
  return functionRoot ?? (functions === undefined ? undefined : defaultFunctionRoot);
}

async function describeAll(
  folder: string,
  { functions = [] }: Declarations,
): Promise<ProjectFunction[]> {
  const here = foldersIn(folder).filter(isFunction);
  const names = [...functions.map(({ name }) => name), ...here.map((each) => path.basename(each))];
  return Promise.all(
    [...new Set(names)].map((name) =>
      describe(
        name,
        folder,
        functions.find((each) => each.name === name),
      ),
    ),
  );
}

/** The folders that can be functions. */
function foldersIn(folder: string | undefined): string[] {
  if (folder === undefined || !isFolder(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name !== 'node_modules' && !name.startsWith('.'))
    .sort()
    .map((name) => path.join(folder, name))
    .filter(isFolder);
}

function isFunction(folder: string): boolean {
  const signs = ['package.json', 'index.js', ...sources('index')];
  return signs.some((name) => existsSync(path.join(folder, name)));
}

/** Where the TypeScript of a module can be, from the function's folder. */
function sources(module: string): string[] {
  return [`${module}.ts`, `src/${module}.ts`];
}

/** cloudbaserc.json counts first, then the function's own config.json. */
async function describe(
  name: string,
  root: string,
  declared: object | undefined,
): Promise<ProjectFunction> {
  const standard = declared === undefined ? { timeout: devToolsTimeout } : {};
  try {
    const own = await readOwnConfig(path.join(root, name));
    const config = configOf(parse({ ...standard, ...own, ...declared, name }), root);
    if (existsSync(config.file)) return config;
    const source = sources(path.parse(config.file).name)
      .map((file) => path.join(config.folder, file))
      .find((file) => existsSync(file));
    return source === undefined ? config : { ...config, source };
  } catch (error) {
    return { ...configOf({ ...parse({ name: 'unnamed' }), name }, root), fault: reason(error) };
  }
}

async function readOwnConfig(folder: string): Promise<object> {
  const config = await readJsonFile(path.join(folder, 'config.json'), ownConfig, {});
  return Object.fromEntries(Object.entries(config).filter(([name]) => takenOfOwn.includes(name)));
}

function parse(settings: object): v.InferOutput<typeof functionSchema> {
  const result = v.safeParse(functionSchema, settings);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(`its setting ${v.getDotPath(issue) ?? ''} is malformed: ${issue.message}`);
}
