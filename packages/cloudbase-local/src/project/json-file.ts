import * as v from 'valibot';
import { reason, ToolError } from '../command/tool-error';
import { readText } from './text-file';

/**
 * Reads a JSON file of the project.
 *
 * @param missing - What a missing file means; without it a missing file is an error.
 * @throws ToolError PROJECT naming the file, and the place in it that is not as the schema says.
 */
export async function readJsonFile<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
  missing?: v.InferInput<Schema>,
): Promise<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, await readJson(file, missing));
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue) ?? 'the whole';
  throw new ToolError('PROJECT', `${file} is malformed at ${where}: ${issue.message}.`);
}

async function readJson(file: string, missing: unknown): Promise<unknown> {
  try {
    const text = await readText(file);
    if (text !== undefined) return JSON.parse(text);
    if (missing !== undefined) return missing;
    throw new Error('there is no such file');
  } catch (error) {
    throw new ToolError('PROJECT', `${file} cannot be read: ${reason(error)}.`, error);
  }
}
