import path from 'node:path';
import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import { readJsonFile, type FunctionConfig } from 'cloudbase-local/project';
import type { Api } from './api';

const schema = v.array(
  v.object({ function: v.string(), event: v.record(v.string(), v.unknown()), code: v.number() }),
);

/** A call that a deployed function must answer with a code, though WeChat names no user. */
export type SmokeCall = v.InferOutput<typeof schema>[number];

/**
 * Reads cloudfunctions/smoke.json; a project without it has no smoke calls.
 *
 * @param root - The project's folder.
 * @throws ToolError PROJECT if the file is malformed, or names a function that is not declared.
 */
export async function readSmokeCalls(
  root: string,
  functions: readonly FunctionConfig[],
): Promise<SmokeCall[]> {
  const file = path.join(root, 'cloudfunctions/smoke.json');
  const calls = await readJsonFile(file, schema, []);
  const names = functions.map(({ name }) => name);
  const unknown = calls.find((call) => !names.includes(call.function));
  if (unknown === undefined) return calls;
  const message = `${file} names ${unknown.function}, which cloudbaserc.json does not declare.`;
  throw new ToolError('PROJECT', message);
}

const invoked = v.object({ InvokeResult: v.number(), RetMsg: v.string() });
const coded = v.pipe(v.string(), v.parseJson(), v.object({ code: v.number() }));

/** @returns What the function answers to the environment's administrator: a code, or other words. */
export async function callFunction(
  { manager, ask }: Api,
  { function: name, event }: SmokeCall,
): Promise<string> {
  const { InvokeResult, RetMsg } = await ask(`Calling ${name}`, invoked, () =>
    manager.functions.invokeFunction(name, event),
  );
  if (InvokeResult !== 0) return 'with an error of its own';
  const parsed = v.safeParse(coded, RetMsg);
  return parsed.success ? String(parsed.output.code) : 'something without a code';
}
