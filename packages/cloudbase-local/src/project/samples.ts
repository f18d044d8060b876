import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { reason, systemCode, ToolError } from '../command/tool-error';
import type { DeclaredCollection } from './collections';
import { readText } from './text-file';

/** Documents that a collection begins with. */
export interface Samples {
  readonly collection: string;
  /** Where they come from, `database/sample-<collection>.jsonl`. */
  readonly file: string;
  /** One document in EJSON a line. */
  readonly lines: readonly string[];
}

/**
 * Reads `database/sample-<collection>.jsonl` for each collection that has one.
 *
 * @param root - The project's folder.
 * @throws ToolError PROJECT if a file cannot be read, or belongs to a collection that is not declared.
 */
export async function readSamples(
  root: string,
  declared: readonly DeclaredCollection[],
): Promise<Samples[]> {
  const folder = path.join(root, 'database');
  const found = (await list(folder)).flatMap((name) => {
    const collection = /^sample-(.+)\.jsonl$/.exec(name)?.[1];
    return collection === undefined ? [] : [{ collection, file: path.join(folder, name) }];
  });
  const stray = found.find(({ collection }) => !declared.some(({ name }) => name === collection));
  if (stray !== undefined) {
    throw new ToolError(
      'PROJECT',
      `${stray.file} cannot be used: database/collections.json declares no ${stray.collection}.`,
    );
  }
  return Promise.all(found.map(async (each) => ({ ...each, lines: await readLines(each.file) })));
}

async function list(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new ToolError('PROJECT', `${folder} cannot be read: ${reason(error)}.`, error);
  }
}

async function readLines(file: string): Promise<string[]> {
  try {
    return ((await readText(file)) ?? '').split('\n');
  } catch (error) {
    throw new ToolError('PROJECT', `${file} cannot be read: ${reason(error)}.`, error);
  }
}
