import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile } from './json-file';

/** One function as cloudbaserc.json declares it. */
export const functionSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[A-Za-z][\w-]{0,59}$/)),
  handler: v.optional(v.pipe(v.string(), v.regex(/^\w+\.\w+$/)), 'index.main'),
  // What the CLI takes where these are left out.
  runtime: v.optional(v.string(), 'Nodejs18.15'),
  timeout: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(900)), 10),
  memorySize: v.optional(v.pipe(v.number(), v.minValue(64)), 256),
  envVariables: v.optional(v.record(v.string(), v.union([v.string(), v.number()])), {}),
  triggers: v.optional(
    // The CLI takes no other.
    v.array(v.object({ name: v.string(), type: v.literal('timer'), config: v.string() })),
    [],
  ),
});

/** What the CLI takes where cloudbaserc.json names no folder. */
export const defaultFunctionRoot = './cloudfunctions';

/** Reference: https://docs.cloudbase.net/cli-v1/http-gateway/gateway */
const gateway = v.optional(
  v.object({
    routes: v.array(
      v.object({
        path: v.pipe(v.string(), v.regex(/^\/(?:[\w.-]{1,50}(?:\/[\w.-]{1,50})*)?$/)),
        target: v.pipe(v.string(), v.regex(/^(?:function|hosting):.+$/)),
        enablePathTransmission: v.optional(v.boolean(), false),
        enableAuth: v.optional(v.boolean(), false),
        qpsPolicy: v.optional(
          v.object({
            qpsTotal: v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(100_000)),
            qpsPerClient: v.optional(
              v.object({
                limitBy: v.picklist(['ClientIP', 'UserID']),
                limitValue: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(30)),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
  { routes: [] },
);

const schema = v.object({
  functionRoot: v.optional(v.string(), defaultFunctionRoot),
  functions: v.array(functionSchema),
  gateway,
});
type Declared = v.InferOutput<typeof schema>;

export type DeclaredFunction = v.InferOutput<typeof functionSchema>;

/** A route of HTTP access to a function, as cloudbaserc.json declares it. */
export interface HttpRoute {
  /** Requests to this path and to those below it go to the function. */
  readonly path: string;
  readonly functionName: string;
  /** Whether the function sees the whole path, or what is left of it behind the route's. */
  readonly passesWholePath: boolean;
  /** Whether the gateway itself wants an access token of CloudBase. */
  readonly wantsAuth: boolean;
  /** Requests in a second: in all, and of one client address or user. */
  readonly limit:
    { total: number; perClient?: { by: 'ClientIP' | 'UserID'; value: number } } | undefined;
}

export interface Timer {
  readonly name: string;
  /** Seven fields, second to year, in UTC+8. */
  readonly pattern: string;
}

/** A cloud function as cloudbaserc.json declares it. */
export interface FunctionConfig {
  readonly name: string;
  /** Where it is deployed from. */
  readonly folder: string;
  /** The built file that the handler is in. */
  readonly file: string;
  /** The handler as declared: the name of the file without its ending, a dot, and the name in it. */
  readonly handler: string;
  /** The handler's name in that file. */
  readonly exportName: string;
  /** What runs it in the cloud; here it is the Node.js that runs everything. */
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Its settings; values may hold `{{env.NAME}}`, see {@link fillEnvironment}. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timers: readonly Timer[];
}

/**
 * Reads the cloud functions that a project declares in cloudbaserc.json.
 *
 * @param root - The project's folder.
 * @throws ToolError PROJECT if cloudbaserc.json is missing or malformed.
 */
export async function readFunctions(root: string): Promise<FunctionConfig[]> {
  const { functionRoot, functions } = await readDeclared(root);
  return functions.map((declared) => configOf(declared, path.resolve(root, functionRoot)));
}

/** @param functionRoot - The folder that the functions' folders are in. */
export function configOf(declared: DeclaredFunction, functionRoot: string): FunctionConfig {
  const folder = path.join(functionRoot, declared.name);
  const [module = 'index', exportName = 'main'] = declared.handler.split('.');
  return {
    name: declared.name,
    folder,
    file: path.join(folder, `${module}.js`),
    handler: declared.handler,
    exportName,
    runtime: declared.runtime,
    timeoutSeconds: declared.timeout,
    memoryMegabytes: declared.memorySize,
    environment: Object.fromEntries(
      Object.entries(declared.envVariables).map(([name, value]) => [name, String(value)]),
    ),
    timers: declared.triggers.map(({ name, config }) => ({ name, pattern: config })),
  };
}

/**
 * Reads the routes of HTTP access that a project declares in cloudbaserc.json. Routes to static hosting are left out.
 *
 * @param root - The project's folder.
 * @throws ToolError PROJECT if cloudbaserc.json is missing or malformed.
 */
export async function readRoutes(root: string): Promise<HttpRoute[]> {
  return routesOf((await readDeclared(root)).gateway);
}

/**
 * The routes of HTTP access as they are here: a project that declares none has the path `/<name>` for each function.
 *
 * @param root - The project's folder.
 * @param functionNames - Gives the functions that there are.
 * @throws ToolError PROJECT if cloudbaserc.json is malformed.
 */
export async function findRoutes(
  root: string,
  functionNames: () => Promise<readonly string[]>,
): Promise<HttpRoute[]> {
  const declared = await readJsonFile(path.join(root, 'cloudbaserc.json'), routesOnly, {});
  if (declared.gateway.routes.length > 0) return routesOf(declared.gateway);
  return (await functionNames()).map((functionName) => ({
    path: `/${functionName}`,
    functionName,
    passesWholePath: false,
    wantsAuth: false,
    limit: undefined,
  }));
}

const routesOnly = v.object({ gateway });

function routesOf({ routes }: Declared['gateway']): HttpRoute[] {
  const toFunctions = routes.filter(({ target }) => target.startsWith('function:'));
  return toFunctions.map((route) => ({
    path: route.path,
    functionName: route.target.slice('function:'.length),
    passesWholePath: route.enablePathTransmission,
    wantsAuth: route.enableAuth,
    limit: limitOf(route.qpsPolicy),
  }));
}

function limitOf(policy: Declared['gateway']['routes'][number]['qpsPolicy']): HttpRoute['limit'] {
  if (policy === undefined) return undefined;
  const { qpsTotal: total, qpsPerClient } = policy;
  if (qpsPerClient === undefined) return { total };
  return { total, perClient: { by: qpsPerClient.limitBy, value: qpsPerClient.limitValue } };
}

function readDeclared(root: string): Promise<Declared> {
  return readJsonFile(path.join(root, 'cloudbaserc.json'), schema);
}

const template = /\{\{\s*env\.(\w+)\s*\}\}/g;

/** @returns The names of the settings that the functions take: all that their `{{env.NAME}}` name. */
export function settingNames(functions: readonly FunctionConfig[]): string[] {
  const values = functions.flatMap(({ environment }) => Object.values(environment));
  const names = values.flatMap((value) => [...value.matchAll(template)].map(([, name]) => name));
  return [...new Set(names.filter((name) => name !== undefined))];
}

/**
 * Fills `{{env.NAME}}` as the CloudBase CLI does: a setting that nobody gave becomes an empty text.
 *
 * @param get - Gives the value of a setting.
 * @returns The function's variables, by name.
 */
export function fillEnvironment(
  { environment }: Pick<FunctionConfig, 'environment'>,
  get: (name: string) => string,
): [name: string, value: string][] {
  return Object.entries(environment).map(([name, value]) => [
    name,
    value.replace(template, (_, setting: string) => get(setting)),
  ]);
}
