import { ToolError } from '../command/tool-error';
import type { Database } from './database';
import { DatabaseError } from './database-error';
import { stringifyForPeople } from './ejson';
import { find } from './find';
import type { Imported } from './import-file';
import { newDocument } from './modify';
import { turn } from './turn';

/** Texts are written in pieces of about so many characters. */
const pieceLength = 64 * 1024;

/**
 * Puts documents into a collection, all or none; a collection that is not there is made.
 *
 * @param upsert - Whether one takes the place of a document with the same `_id`; else that is an error.
 * @throws ToolError TRANSFER that says which document cannot be taken.
 * @throws DatabaseError if the disk refuses.
 */
export async function importDocuments(
  database: Database,
  name: string,
  documents: readonly Imported[],
  upsert: boolean,
): Promise<void> {
  await database.write((writer) => {
    const collection = writer.has(name) ? writer.collection(name) : writer.addCollection(name);
    for (const { where, fields } of documents) {
      try {
        const document = newDocument(fields);
        const query = { _id: document._id };
        const [before] = upsert ? find(writer.view, collection, { query, limit: 1 }) : [];
        if (before === undefined) writer.insert(collection, document);
        else writer.replace(collection, before, document);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        const message = error.message.replace(/\.$/, '');
        throw new ToolError('TRANSFER', `${where}: ${message}. Nothing was imported.`, error);
      }
    }
  });
}

/**
 * Writes all documents of a collection, one JSON in a line, as they are at this moment.
 *
 * @throws DatabaseError DATABASE_COLLECTION_NOT_EXIST
 */
export async function exportDocuments(
  database: Database,
  name: string,
  write: (text: string) => Promise<unknown>,
): Promise<void> {
  const collection = database.collection(name);
  await database.read(async (view) => {
    let piece = '';
    for (const { document } of view.scan(collection)) {
      piece += `${stringifyForPeople(document)}\n`;
      if (piece.length < pieceLength && !turn.isOver) continue;
      await write(piece);
      await turn.next();
      piece = '';
    }
    await write(piece);
  });
}
