import { existsSync } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execute, type Command } from './command/run';
import { isToolError, reason, ToolError } from './command/tool-error';
import { accessData } from './data-access';
import { toCsv } from './database/export-csv';
import { readImportFile } from './database/import-file';
import { collectionNames } from './database/requests';
import { declaresCollections, readCollections } from './project/collections';

const usageOfFolders = `  --project <folder>  the project. Default: this folder.
  --data <folder>     where the data is kept. Default: .local-cloud in the project.
  -h, --help          print this
`;

const folderOptions = { project: { type: 'string' }, data: { type: 'string' } } as const;

const importOptions = { ...folderOptions, upsert: { type: 'boolean' } } as const;

const importCommand: Command<typeof importOptions> = {
  usage: `Usage: cloudbase-local import <file> <collection> [--upsert] [--project <folder>] [--data <folder>]

Puts the documents of a file into a collection, all or none: JSON Lines, as the console of CloudBase exports them, a
JSON array, or CSV (*.csv, with the fields' names in the first line). The local cloud may run meanwhile.

  --upsert            a document takes the place of one with the same _id. Default: that is an error.
${usageOfFolders}`,
  options: importOptions,
  allowPositionals: true,
  async run({ values, positionals: [file, collection, ...more] }) {
    if (file === undefined || collection === undefined || more.length > 0) {
      throw new ToolError('USAGE', 'It needs a file and a collection. See --help.');
    }
    const dataDir = await dataOf(values, collection);
    const documents = await readImportFile(path.resolve(file), (count) => {
      tell(`${count} documents read ...`);
    });
    tell(`${documents.length} documents read, writing them ...`);
    await accessData(dataDir, (access) =>
      access.import(collection, documents, values.upsert ?? false),
    ).catch((error: unknown) => {
      if (!isToolError(error) || error.code !== 'TRANSFER') throw error;
      throw new ToolError('TRANSFER', `${file}: ${error.message}`, error);
    });
    tell(`${documents.length} documents imported into ${collection}.`);
  },
};

const exportCommand: Command<typeof folderOptions> = {
  usage: `Usage: cloudbase-local export <collection> [<file>] [--project <folder>] [--data <folder>]

Writes the documents of a collection: as JSON Lines, which the console of CloudBase imports, or as CSV into a file
*.csv. Without a file it prints them. The local cloud may run meanwhile.

${usageOfFolders}`,
  options: folderOptions,
  allowPositionals: true,
  async run({ values, positionals: [collection, file, ...more] }) {
    if (collection === undefined || more.length > 0) {
      throw new ToolError('USAGE', 'It needs a collection, and may have a file. See --help.');
    }
    const dataDir = await dataOf(values, collection);
    if (!existsSync(dataDir)) throw new ToolError('TRANSFER', `There is no data in ${dataDir}.`);
    const exportTo = (write: Write): Promise<void> =>
      accessData(dataDir, (access) => access.export(collection, write));
    if (file === undefined) await exportTo(print);
    else await replaceBy(path.resolve(file), exportTo);
  },
};

/** The commands beside that which starts the cloud, by name; each takes its arguments. */
export const transferCommands = {
  import: (args: readonly string[]): Promise<void> => execute(importCommand, args),
  export: (args: readonly string[]): Promise<void> => execute(exportCommand, args),
};

/**
 * @returns The data folder.
 * @throws ToolError if the project cannot have the collection.
 */
async function dataOf(
  values: { project?: string | undefined; data?: string | undefined },
  collection: string,
): Promise<string> {
  const root = path.resolve(values.project ?? '.');
  if (!collectionNames.test(collection)) {
    throw new ToolError('USAGE', `${collection} is no name of a collection.`);
  }
  const declared = await readCollections(root);
  if (declaresCollections(root) && !declared.some(({ name }) => name === collection)) {
    throw new ToolError('PROJECT', `database/collections.json declares no ${collection}.`);
  }
  return path.resolve(values.data ?? path.join(root, '.local-cloud'));
}

/** stdout is for documents. */
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

type Write = (piece: string | Uint8Array) => Promise<void>;

function print(piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    // Whoever reads may have read enough.
    process.stdout.once('error', reject);
    process.stdout.write(piece, () => {
      process.stdout.off('error', reject);
      resolve();
    });
  });
}

/** The file is there once it is whole. */
async function replaceBy(file: string, exportTo: (write: Write) => Promise<void>): Promise<void> {
  const unfinished = `${file}.${process.pid}.new`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      await exportTo((piece) => handle.appendFile(piece));
    } finally {
      await handle.close();
    }
    if (path.extname(file).toLowerCase() === '.csv') {
      await writeFile(unfinished, toCsv(await readImportFile(unfinished, () => undefined)));
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (isToolError(error)) throw error;
    throw new ToolError('TRANSFER', `${file} cannot be written: ${reason(error)}.`, error);
  }
}
