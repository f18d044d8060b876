import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { LocalCloudError, reason } from '../command/errors';

const cloudbaserc = v.object({
  functionRoot: v.optional(v.string(), './cloudfunctions'),
  functions: v.array(
    v.object({
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
    }),
  ),
});

export interface Timer {
  readonly name: string;
  /** Seven fields, second to year, in UTC+8. */
  readonly pattern: string;
}

/** A function as cloudbaserc.json declares it. */
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
 * Reads the functions that a project declares.
 *
 * @throws LocalCloudError PROJECT where cloudbaserc.json is missing or malformed.
 */
export async function readFunctions(root: string): Promise<FunctionConfig[]> {
  const file = path.join(root, 'cloudbaserc.json');
  const { functionRoot, functions } = await parseFile(file);
  return functions.map((declared) => {
    const folder = path.resolve(root, functionRoot, declared.name);
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
  });
}

async function parseFile(file: string): Promise<v.InferOutput<typeof cloudbaserc>> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new LocalCloudError('PROJECT', `${file} cannot be read: ${reason(error)}.`, error);
  }
  const result = v.safeParse(cloudbaserc, content);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'the whole';
  throw new LocalCloudError('PROJECT', `${file} is malformed at ${where}: ${issue.message}.`);
}

const template = /\{\{\s*env\.(\w+)\s*\}\}/g;

/** @returns The names of the settings that a value refers to. */
export function templateNames(value: string): string[] {
  return [...value.matchAll(template)].flatMap(([, name]) => name ?? []);
}

/** Fills `{{env.NAME}}` as the CloudBase CLI does: what nobody gave becomes an empty text. */
function fillTemplate(value: string, get: (name: string) => string): string {
  return value.replace(template, (_, name: string) => get(name));
}

/** @returns A function's variables, each with its value filled in. */
export function fillEnvironment(
  { environment }: Pick<FunctionConfig, 'environment'>,
  get: (name: string) => string,
): [name: string, value: string][] {
  return Object.entries(environment).map(([name, template]) => [name, fillTemplate(template, get)]);
}
