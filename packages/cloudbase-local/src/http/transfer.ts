import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { isToolError, reason } from '../command/tool-error';
import type { Settings } from '../data-folder/settings';
import type { Database } from '../database/database';
import { DatabaseError } from '../database/database-error';
import { parseFields } from '../database/ejson';
import { exportDocuments, importDocuments } from '../database/transfer';
import { signedOnly } from './signed';

export interface TransferOptions {
  readonly database: Database;
  readonly settings: Settings;
}

/** Where each document of an import was, sent beside it. */
const separator = '\t';

/**
 * `POST /data/<collection>` and `GET /data/<collection>`: what `cloudbase-local import` and `export` talk to while the
 * cloud runs. Documents are one JSON in a line; those of an import come behind where they were found, and a tab.
 */
export function transferRoutes({ database, settings }: TransferOptions): Hono {
  const routes = new Hono();
  routes.use('/data/*', signedOnly(settings, 403));

  routes.post('/data/:collection', async (context) => {
    const lines = (await context.req.text()).split('\n').filter((line) => line !== '');
    const documents = lines.map((line) => {
      const end = line.indexOf(separator);
      const where = line.slice(0, end);
      return { where, fields: parseFields(line.slice(end + 1), where, 0) };
    });
    const upsert = context.req.query('upsert') === 'true';
    await importDocuments(database, context.req.param('collection'), documents, upsert);
    return context.json({ imported: documents.length });
  });

  routes.get('/data/:collection', (context) => {
    const name = context.req.param('collection');
    database.collection(name);
    return stream(context, (text) => exportDocuments(database, name, (piece) => text.write(piece)));
  });

  routes.onError((error, context) => {
    const expected = isToolError(error) || error instanceof DatabaseError;
    return context.json({ message: reason(error) }, expected ? 400 : 500);
  });
  return routes;
}

/** @returns The body of an import. */
export function importBody(documents: readonly { where: string; text: string }[]): string {
  return documents.map(({ where, text }) => `${where}${separator}${text}\n`).join('');
}
