import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface TextFile {
  /** Path from the mini program's root, without extension. */
  path: string;
  /** Its absolute path. */
  file: string;
  text: string;
}

/** Reads all files of one extension below a folder. */
export async function readAll(folder: string, extension: string): Promise<TextFile[]> {
  const names = await readdir(folder, { recursive: true });
  const found = names.filter((name) => name.endsWith(extension)).sort();
  return Promise.all(found.map((name) => readOne(folder, name, extension)));
}

async function readOne(folder: string, name: string, extension: string): Promise<TextFile> {
  const file = path.join(folder, name);
  return {
    path: name.slice(0, -extension.length).split(path.sep).join('/'),
    file,
    text: await readFile(file, 'utf8'),
  };
}
