import { randomBytes } from 'node:crypto';
import type { Collection } from './collection';
import type { Database, Transaction } from './database';
import { copy, isFields, type Fields, type StoredDocument } from './document';
import { parseFields, parseValue, stringify } from './ejson';
import { DatabaseError } from './database-error';
import { aggregate, find, firstMatch, matches } from './find';
import { pageLimit, parse, requests, type Body } from './requests';
import { checkFieldNames, replaced, updated } from './update';

type Action = (database: Database, body: Body, now: number) => Promise<Fields>;

/** What the SDK can ask of the database; shapes as in @cloudbase/database 1.4. */
const actions: Readonly<Record<string, Action>> = {
  'database.getDocument': (database, body, now) => {
    const { collectionName: name, limit, offset, ...texts } = parse(requests.get, body);
    const collection = database.collection(name);
    const list = find(collection, {
      query: parseFields(texts.query, 'query', now),
      ...(texts.order === undefined ? {} : { order: parseFields(texts.order, 'order', now) }),
      ...(texts.projection === undefined
        ? {}
        : { projection: parseFields(texts.projection, 'projection', now) }),
      offset,
      limit: Math.min(limit === 0 ? pageLimit.standard : limit, pageLimit.most),
    });
    return answer({ list: list.map(stringify) }, { offset, limit });
  },

  'database.calculateDocument': (database, body, now) => {
    const { collectionName: name, query } = parse(requests.calculate, body);
    const found = matches(database.collection(name), parseFields(query, 'query', now));
    return answer({ total: found.length });
  },

  'database.aggregateDocuments': (database, body, now) => {
    const request = parse(requests.aggregate, body);
    const pipeline = request.stages.map(({ stageKey, stageValue }) => {
      if (['$out', '$merge'].includes(stageKey)) {
        throw new DatabaseError(
          'DATABASE_INVALID_OPERRATOR',
          `The aggregation stage ${stageKey} is not supported.`,
        );
      }
      return { [stageKey]: parseValue(stageValue, `stage ${stageKey}`, now) };
    });
    const list = aggregate(database.collection(request.collectionName), pipeline, (name) => [
      ...database.collection(name).candidates({}),
    ]);
    return answer({ list: list.map(stringify) });
  },

  'database.insertDocument': async (database, body, now) => {
    const request = parse(requests.insert, body);
    const documents = request.data.map((text) => toInsert(parseFields(text, 'data', now)));
    await database.write((transaction) => {
      const collection = transaction.collection(request.collectionName);
      for (const document of documents) transaction.insert(collection, document);
    });
    return answer({ insertedIds: documents.map(({ _id }) => _id) });
  },

  'database.modifyDocument': async (database, body, now) => {
    const request = parse(requests.modify, body);
    const query = parseFields(request.query, 'query', now);
    const data = parseFields(request.data, 'data', now);
    return answer(
      await database.write((transaction) => {
        const collection = transaction.collection(request.collectionName);
        const change = (document: StoredDocument): StoredDocument | undefined =>
          request.merge ? updated(document, data, query) : replaced(document._id, data);
        const found = request.multi ? matches(collection, query) : firstOf(collection, query);
        if (found.length > 0 || !request.upsert) {
          return { updated: modifyAll(transaction, collection, found, change), upsert_id: null };
        }
        const document = toUpsert(query, data, request.merge);
        transaction.insert(collection, document);
        return { updated: 0, upsert_id: document._id };
      }),
    );
  },

  'database.modifyAndReturnDoc': async (database, body, now) => {
    const request = parse(requests.modifyAndReturn, body);
    const query = parseFields(request.query, 'query', now);
    const data = parseFields(request.data, 'data', now);
    return answer(
      await database.write((transaction) => {
        const collection = transaction.collection(request.collectionName);
        const before = firstMatch(collection, query);
        if (before === undefined) return { updated: 0, doc: null };
        const after = updated(before, data, query);
        if (after !== undefined) transaction.replace(collection, before, after);
        return { updated: after === undefined ? 0 : 1, doc: stringify(after ?? before) };
      }),
    );
  },

  'database.removeDocument': async (database, body, now) => {
    const request = parse(requests.remove, body);
    const query = parseFields(request.query, 'query', now);
    return answer(
      await database.write((transaction) => {
        const collection = transaction.collection(request.collectionName);
        const found = request.multi ? matches(collection, query) : firstOf(collection, query);
        for (const document of found) transaction.remove(collection, document);
        return { deleted: found.length };
      }),
    );
  },

  'database.addCollection': async (database, body) => {
    const request = parse(requests.addCollection, body);
    await database.write((transaction) => {
      transaction.addCollection(request.collectionName);
    });
    return {};
  },
};

/**
 * Carries out one database request of the SDK.
 *
 * @param action - Such as `database.getDocument`.
 * @param body - The rest of the request, unparsed.
 * @param now - The server's time in milliseconds, for server dates.
 * @returns The answer without its `requestId`.
 * @throws DatabaseError where the request is malformed, unsupported or fails; nothing of it has happened.
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

function answer(data: Fields, rest: Fields = {}): Promise<Fields> {
  return Promise.resolve({ data, ...rest });
}

function firstOf(collection: Collection, query: Fields): StoredDocument[] {
  const document = firstMatch(collection, query);
  return document === undefined ? [] : [document];
}

function modifyAll(
  transaction: Transaction,
  collection: Collection,
  documents: readonly StoredDocument[],
  change: (document: StoredDocument) => StoredDocument | undefined,
): number {
  let modified = 0;
  for (const before of documents) {
    const after = change(before);
    if (after === undefined) continue;
    transaction.replace(collection, before, after);
    modified += 1;
  }
  return modified;
}

function toInsert(fields: Fields): StoredDocument {
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

/** What an upsert adds when nothing matched: the query's plain values, then the change. */
function toUpsert(query: Fields, data: Fields, merge: boolean): StoredDocument {
  const plain = Object.entries(query).filter(
    ([name, value]) => !name.startsWith('$') && !isFields(value) && !(value instanceof RegExp),
  );
  const base = toInsert(Object.fromEntries(plain));
  return merge ? (updated(base, data, query) ?? base) : replaced(base._id, data);
}
