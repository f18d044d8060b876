import { existsSync } from 'node:fs';
import { reason, ToolError } from './command/tool-error';
import { takeDataFolder } from './data-folder/folder';
import { cloudAt } from './data-folder/lock';
import { keptKey } from './data-folder/settings';
import { openDatabase, type Database } from './database/database';
import { isFields } from './database/document';
import { stringify } from './database/ejson';
import type { Imported } from './database/import-file';
import { exportDocuments, importDocuments } from './database/transfer';
import { importBody } from './http/transfer';

/** Documents of a data folder, whether a local cloud runs on it or not. */
export interface DataAccess {
  import(collection: string, documents: readonly Imported[], upsert: boolean): Promise<void>;
  export(collection: string, write: (piece: string | Uint8Array) => Promise<void>): Promise<void>;
}

/** While so many are written, a cloud that runs answers nobody: about four seconds. */
const mostWhileRunning = 200_000;

/**
 * Opens a data folder for as long as the work takes.
 *
 * @throws ToolError if it cannot be used, or the work fails for a reason that somebody can do something about.
 */
export async function accessData(
  dataDir: string,
  work: (access: DataAccess) => Promise<void>,
): Promise<void> {
  const url = existsSync(dataDir) ? await cloudAt(dataDir) : undefined;
  if (url === '') {
    throw new ToolError('DATA_IN_USE', `A local cloud is just starting on ${dataDir}: try again.`);
  }
  if (url !== undefined) {
    await work(accessCloud(url, await keptKey(dataDir)));
    return;
  }
  const folder = await takeDataFolder(dataDir);
  try {
    const database = openDatabase(await folder.openStore());
    try {
      await work(accessFolder(database));
    } finally {
      await database.close();
    }
  } finally {
    await folder.close();
  }
}

function accessFolder(database: Database): DataAccess {
  const failed = (error: unknown): never => {
    throw new ToolError('TRANSFER', reason(error), error);
  };
  return {
    import: (collection, documents, upsert) =>
      importDocuments(database, collection, documents, upsert).catch(failed),
    export: (collection, write) => exportDocuments(database, collection, write).catch(failed),
  };
}

function accessCloud(url: string, key: string): DataAccess {
  const addressOf = (collection: string, more: string): URL =>
    new URL(`/data/${collection}?secretId=${key}${more}`, url);
  return {
    async import(collection, documents, upsert) {
      if (documents.length > mostWhileRunning) {
        throw new ToolError(
          'TRANSFER',
          `${documents.length} documents are more than ${mostWhileRunning}: stop the local cloud at ${url} first, or import parts. Nothing was imported.`,
        );
      }
      const lines = documents.map(({ where, fields }) => ({ where, text: stringify(fields) }));
      const body = importBody(lines);
      await ask(addressOf(collection, `&upsert=${String(upsert)}`), { method: 'POST', body });
    },
    async export(collection, write) {
      const { body } = await ask(addressOf(collection, ''));
      if (body !== null) for await (const piece of piecesOf(body, url)) await write(piece);
    },
  };
}

/** @throws ToolError with what the cloud says, or that it says nothing. */
async function ask(address: URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(address, init).catch((error: unknown) => {
    throw ended(address.origin, error);
  });
  if (response.ok) return response;
  const answer: unknown = await response.json();
  const message = isFields(answer) ? answer['message'] : undefined;
  throw new ToolError(
    'TRANSFER',
    typeof message === 'string' ? message : 'The local cloud failed.',
  );
}

/** @throws ToolError if the cloud ends on the way. */
async function* piecesOf(
  body: ReadableStream<Uint8Array>,
  url: string,
): AsyncGenerator<Uint8Array> {
  const pieces = body.values();
  for (;;) {
    const piece = await pieces.next().catch((error: unknown) => {
      throw ended(url, error);
    });
    if (piece.done === true) return;
    yield piece.value;
  }
}

function ended(url: string, error: unknown): ToolError {
  const message = `The local cloud at ${url} ended before it answered: look what it has before you try again.`;
  return new ToolError('TRANSFER', message, error);
}
