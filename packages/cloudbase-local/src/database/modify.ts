import { randomBytes } from 'node:crypto';
import type { Database } from './database';
import { DatabaseError, withEngine } from './database-error';
import { copy, isFields, type Fields, type StoredDocument } from './document';
import { matcher } from './engine/engine';
import { withValue } from './engine/reach';
import { find, visitKindly, type Explain } from './find';
import { turn } from './turn';
import { checkFieldNames, replaceDocument, updateDocument } from './update';
import type { Writer } from './writer';

/** Runs a change in a transaction, or alone and durable. */
export async function change<T>(
  database: Database,
  transactionId: string | undefined,
  operation: (writer: Writer) => T,
): Promise<T> {
  return transactionId === undefined
    ? database.write(operation)
    : database.transactions.run(transactionId, operation);
}

/** @returns The ids of the new documents. */
export function insertAll(writer: Writer, name: string, data: readonly Fields[]): unknown[] {
  const collection = writer.collection(name);
  return data.map((fields) => {
    const document = newDocument(fields);
    writer.insert(collection, document);
    return document._id;
  });
}

interface Modification {
  readonly collectionName: string;
  readonly query: Fields;
  readonly data: Fields;
  readonly multi: boolean;
  readonly merge: boolean;
  readonly upsert: boolean;
}

/** @returns How many documents have changed, or the id of the one that was made. */
export function modify(
  writer: Writer,
  { collectionName, query, data, multi, merge, upsert }: Modification,
  explain: Explain,
): { updated: number; upsert_id: unknown } {
  const collection = writer.collection(collectionName);
  const limit = multi ? Infinity : 1;
  const found = find(writer.view, collection, { query, limit }, explain);
  if (found.length === 0 && upsert) {
    const document = upsertedDocument(query, data, merge);
    writer.insert(collection, document);
    return { updated: 0, upsert_id: document._id };
  }
  let updated = 0;
  for (const before of found) {
    const { document } = before;
    const after = changed(document, { data, merge, query });
    if (after === undefined) continue;
    writer.replace(collection, before, after);
    updated += 1;
  }
  return { updated, upsert_id: null };
}

/**
 * As {@link modify} and {@link remove}, for large collections: in parts, so that others have their turn. Each document is
 * changed by itself, as in MongoDB (…/reference/method/db.collection.updateMany/#behavior); one that matches no more when
 * its part comes stays as it is.
 *
 * @param change - What becomes of a document; undefined if it stays.
 * @returns How many documents have changed.
 * @throws DatabaseError if one cannot be changed; those of the parts before it are.
 */
export async function changeMany(
  database: Database,
  { collectionName, query }: Pick<Modification, 'collectionName' | 'query'>,
  explain: Explain,
  change: (document: StoredDocument) => StoredDocument | 'remove' | undefined,
): Promise<number> {
  const collection = database.collection(collectionName);
  const records: number[] = [];
  await database.read((view) =>
    visitKindly(view, collection, query, ({ record }) => records.push(record), explain),
  );
  const test = withEngine(() => matcher(query));
  /** Changes documents until the turn is over. @returns How many, and which record is next. */
  const changePart = (writer: Writer, from: number): { count: number; next: number } => {
    let count = 0;
    let next = from;
    do {
      const record = records[next] ?? 0;
      next += 1;
      const document = writer.view.get(collection, record);
      if (document === undefined || !withEngine(() => test(document))) continue;
      const after = change(document);
      if (after === undefined) continue;
      if (after === 'remove') writer.remove(collection, { record, document });
      else writer.replace(collection, { record, document }, after);
      count += 1;
    } while (next < records.length && !turn.isOver);
    return { count, next };
  };
  let total = 0;
  for (let from = 0; from < records.length;) {
    const start = from;
    const part = await database
      .write((writer) => changePart(writer, start))
      .catch((error: unknown) => {
        throw total > 0 ? withCount(error, total) : error;
      });
    total += part.count;
    from = part.next;
  }
  return total;
}

function withCount(error: unknown, count: number): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const message = `${error.message} Before that, ${count} documents were changed.`;
  return new DatabaseError(error.code, message, error);
}

/** @returns The document as it is after the change; undefined if it stays as it was. */
export function changed(
  document: StoredDocument,
  { data, merge, query }: Pick<Modification, 'data' | 'merge' | 'query'>,
): StoredDocument | undefined {
  return merge ? updateDocument(document, data, query) : replaceDocument(document, data);
}

/** @returns The first document that matches, as it is after the change. */
export function modifyOne(
  writer: Writer,
  { collectionName, query, data }: Pick<Modification, 'collectionName' | 'query' | 'data'>,
  explain: Explain,
): StoredDocument | undefined {
  const collection = writer.collection(collectionName);
  const [before] = find(writer.view, collection, { query, limit: 1 }, explain);
  if (before === undefined) return undefined;
  const after = updateDocument(before.document, data, query);
  if (after !== undefined) writer.replace(collection, before, after);
  return after ?? before.document;
}

/** @returns How many documents are gone. */
export function remove(
  writer: Writer,
  { collectionName, query, multi }: Pick<Modification, 'collectionName' | 'query' | 'multi'>,
  explain: Explain,
): number {
  const collection = writer.collection(collectionName);
  const limit = multi ? Infinity : 1;
  const found = find(writer.view, collection, { query, limit }, explain);
  for (const each of found) writer.remove(collection, each);
  return found.length;
}

/** @returns The document as it is stored, with an `_id` if it brings none. @throws DatabaseError */
export function newDocument(fields: Fields): StoredDocument {
  checkFieldNames(fields);
  const { _id = randomBytes(16).toString('hex'), ...rest } = fields;
  if (_id === null || Array.isArray(_id) || _id instanceof RegExp) {
    throw new DatabaseError(
      'DATABASE_REQUEST_FAILED',
      'The _id cannot be null, an array or a regular expression.',
    );
  }
  return copy({ _id, ...rest });
}

/** @returns What an upsert inserts if nothing matches: the query's plain values, then the change. */
function upsertedDocument(query: Fields, data: Fields, merge: boolean): StoredDocument {
  const base = newDocument(plainValues(query));
  return merge ? (updateDocument(base, data, query, true) ?? base) : replaceDocument(base, data);
}

/** What a query says a field is equal to (mongodb.com/docs/manual/reference/method/db.collection.update/#upsert). */
function plainValues(query: Fields): Fields {
  return Object.entries(query).reduce<Fields>((document, [path, condition]) => {
    if (path === '$and' && Array.isArray(condition)) {
      return condition
        .filter(isFields)
        .reduce((all, part) => ({ ...all, ...plainValues(part) }), document);
    }
    const operators = isFields(condition) ? Object.keys(condition) : [];
    const value = isFields(condition) && '$eq' in condition ? condition['$eq'] : condition;
    const isPlain = value !== condition || !operators.some((name) => name.startsWith('$'));
    if (path.startsWith('$') || !isPlain || value instanceof RegExp) return document;
    return withValue(document, path.split('.'), value);
  }, {});
}
