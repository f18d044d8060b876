import { randomBytes } from 'node:crypto';
import type { Database } from './database';
import { copy, isFields, type Fields, type StoredDocument } from './document';
import { stringify } from './ejson';
import { DatabaseError } from './database-error';
import { aggregate, find, project } from './find';
import { pageLimit, requests, type Body } from './requests';
import { checkFieldNames, replaceDocument, updateDocument } from './update';

type Action = (database: Database, body: Body, now: number) => Promise<Fields>;

/** An action: how its request is parsed, and what it does. */
function action<Request>(
  parse: (body: Body, now: number) => Request,
  run: (database: Database, request: Request) => Fields | Promise<Fields>,
): Action {
  return async (database, body, now) => run(database, parse(body, now));
}

/** What the SDK can ask of the database; the answers are shaped as in @cloudbase/database 1.4. */
const actions: Readonly<Record<string, Action>> = {
  'database.getDocument': action(
    requests.get,
    (database, { collectionName, limit, ...request }) => {
      const found = find(database.collection(collectionName), {
        ...request,
        limit: Math.min(limit === 0 ? pageLimit.standard : limit, pageLimit.most),
      });
      const { query, projection, offset } = request;
      const list = projection === undefined ? found : project(found, projection, query);
      return { data: { list: list.map(stringify) }, offset, limit };
    },
  ),

  'database.calculateDocument': action(
    requests.calculate,
    (database, { collectionName, query }) => ({
      data: { total: find(database.collection(collectionName), { query }).length },
    }),
  ),

  'database.aggregateDocuments': action(
    requests.aggregate,
    (database, { collectionName, stages }) => {
      const list = aggregate(collectionName, stages, (name) => database.collection(name));
      return { data: { list: list.map(stringify) } };
    },
  ),

  'database.insertDocument': action(requests.insert, async (database, { collectionName, data }) => {
    const documents = data.map(newDocument);
    await database.write((transaction) => {
      const collection = transaction.collection(collectionName);
      for (const document of documents) transaction.insert(collection, document);
    });
    return { data: { insertedIds: documents.map(({ _id }) => _id) } };
  }),

  'database.modifyDocument': action(requests.modify, async (database, request) => {
    const { collectionName, query, data, multi, merge, upsert } = request;
    const result = await database.write((transaction) => {
      const collection = transaction.collection(collectionName);
      const found = find(collection, { query, limit: multi ? Infinity : 1 });
      if (found.length === 0 && upsert) {
        const document = upsertedDocument(query, data, merge);
        transaction.insert(collection, document);
        return { updated: 0, upsert_id: document._id };
      }
      let updated = 0;
      for (const before of found) {
        const after = merge ? updateDocument(before, data, query) : replaceDocument(before, data);
        if (after === undefined) continue;
        transaction.replace(collection, before, after);
        updated += 1;
      }
      return { updated, upsert_id: null };
    });
    return { data: result };
  }),

  'database.modifyAndReturnDoc': action(
    requests.modifyAndReturn,
    async (database, { collectionName, query, data }) => {
      const result = await database.write((transaction) => {
        const collection = transaction.collection(collectionName);
        const [before] = find(collection, { query, limit: 1 });
        if (before === undefined) return { updated: 0, doc: null };
        const after = updateDocument(before, data, query);
        if (after !== undefined) transaction.replace(collection, before, after);
        return { updated: after === undefined ? 0 : 1, doc: stringify(after ?? before) };
      });
      return { data: result };
    },
  ),

  'database.removeDocument': action(
    requests.remove,
    async (database, { collectionName, query, multi }) => {
      const deleted = await database.write((transaction) => {
        const collection = transaction.collection(collectionName);
        const found = find(collection, { query, limit: multi ? Infinity : 1 });
        for (const document of found) transaction.remove(collection, document);
        return found.length;
      });
      return { data: { deleted } };
    },
  ),

  'database.addCollection': action(requests.addCollection, async (database, { collectionName }) => {
    await database.write((transaction) => {
      transaction.addCollection(collectionName);
    });
    return {};
  }),
};

/**
 * Carries out one database request of the SDK.
 *
 * @param action - Such as `database.getDocument`.
 * @param body - The rest of the request, unparsed.
 * @param now - The server's time in milliseconds, for server dates.
 * @returns The answer without its `requestId`.
 * @throws DatabaseError if the request is malformed, unsupported or fails; then it has changed nothing.
 */
export async function carryOut(
  database: Database,
  action: string,
  body: Body,
  now: number,
): Promise<Fields> {
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (run === undefined || body['transactionId'] !== undefined) {
    const what = run === undefined ? `the action ${action}` : `${action} in a transaction`;
    throw new DatabaseError('INVALID_ACTION', `The local cloud does not support ${what}.`);
  }
  return run(database, body, now);
}

function newDocument(fields: Fields): StoredDocument {
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
  const plain = Object.entries(query).filter(
    ([name, value]) => !name.startsWith('$') && !isFields(value) && !(value instanceof RegExp),
  );
  const base = newDocument(Object.fromEntries(plain));
  return merge ? (updateDocument(base, data, query) ?? base) : replaceDocument(base, data);
}
