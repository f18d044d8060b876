import { aggregate } from './aggregate';
import { isLarge } from './collection';
import type { Database } from './database';
import { DatabaseError } from './database-error';
import type { Fields } from './document';
import { stringify } from './ejson';
import { find, findKindly, visitKindly, type Explain, type Explanation } from './find';
import { change, changed, changeMany, insertAll, modify, modifyOne, remove } from './modify';
import { project } from './project';
import { isCollectionName, pageLimit, requests, type Body } from './requests';
import { slowLine, slowMilliseconds } from './slow';

interface Call {
  readonly database: Database;
  readonly explain: Explain;
}

type Action = (call: Call, body: Body, now: number) => Promise<Fields>;

/** An action: how its request is parsed, and what it does. */
function action<Request>(
  parse: (body: Body, now: number) => Request,
  run: (call: Call, request: Request) => Fields | Promise<Fields>,
): Action {
  return async (call, body, now) => run(call, parse(body, now));
}

/** What the SDK can ask of the database; the answers are shaped as in @cloudbase/database 1.4. */
const actions: Readonly<Record<string, Action>> = {
  'database.getDocument': action(
    requests.get,
    async ({ database, explain }, { collectionName, limit, transactionId, ...request }) => {
      const { query, projection, offset } = request;
      const most = Math.min(limit === 0 ? pageLimit.standard : limit, pageLimit.most);
      const page = { ...request, limit: most };
      const found =
        transactionId === undefined
          ? await database.read((view) =>
              findKindly(view, database.collection(collectionName), page, explain),
            )
          : database.transactions.run(transactionId, (writer) =>
              find(writer.view, writer.collection(collectionName), page, explain),
            );
      const documents = found.map(({ document }) => document);
      const list = projection === undefined ? documents : project(documents, projection, query);
      return { data: { list: list.map(stringify) }, offset, limit };
    },
  ),

  'database.calculateDocument': action(
    requests.calculate,
    async ({ database, explain }, { collectionName, query }) => {
      const collection = database.collection(collectionName);
      let total = 0;
      await database.read(async (view) => {
        if (Object.keys(query).length === 0) total = view.count(collection);
        else await visitKindly(view, collection, query, () => (total += 1), explain);
      });
      return { data: { total } };
    },
  ),

  'database.aggregateDocuments': action(
    requests.aggregate,
    async ({ database, explain }, { collectionName, stages }) => {
      database.collection(collectionName);
      const list = await database.read((view) =>
        aggregate(view, collectionName, stages, (name) => database.has(name), explain),
      );
      return { data: { list: list.map(stringify) } };
    },
  ),

  'database.insertDocument': action(
    requests.insert,
    async ({ database }, { collectionName, data, transactionId }) => {
      const insertedIds = await change(database, transactionId, (writer) =>
        insertAll(writer, collectionName, data),
      );
      return { data: { insertedIds } };
    },
  ),

  'database.modifyDocument': action(
    requests.modify,
    async ({ database, explain }, { transactionId, ...request }) => {
      const many = transactionId === undefined && request.multi && !request.upsert;
      if (!many || !isLarge(database.collection(request.collectionName))) {
        const data = await change(database, transactionId, (writer) =>
          modify(writer, request, explain),
        );
        return { data };
      }
      const updated = await changeMany(database, request, explain, (document) =>
        changed(document, request),
      );
      return { data: { updated, upsert_id: null } };
    },
  ),

  'database.modifyAndReturnDoc': action(
    requests.modifyAndReturn,
    async ({ database, explain }, { transactionId, ...request }) => {
      const document = await change(database, transactionId, (writer) =>
        modifyOne(writer, request, explain),
      );
      return document === undefined
        ? { data: { updated: 0, doc: null } }
        : { data: { updated: 1, doc: stringify(document) } };
    },
  ),

  'database.removeDocument': action(
    requests.remove,
    async ({ database, explain }, { transactionId, ...request }) => {
      const many = transactionId === undefined && request.multi;
      const deleted =
        many && isLarge(database.collection(request.collectionName))
          ? await changeMany(database, request, explain, () => 'remove')
          : await change(database, transactionId, (writer) => remove(writer, request, explain));
      return { data: { deleted } };
    },
  ),

  'database.addCollection': action(
    requests.addCollection,
    async ({ database }, { collectionName }) => {
      await database.write((writer) => writer.addCollection(collectionName));
      return {};
    },
  ),

  'database.startTransaction': action(requests.startTransaction, ({ database }) => ({
    transactionId: database.transactions.start(),
  })),

  'database.commitTransaction': action(
    requests.endTransaction,
    async ({ database }, { transactionId }) => {
      await database.transactions.commit(transactionId);
      return {};
    },
  ),

  'database.abortTransaction': action(requests.endTransaction, ({ database }, request) => {
    database.transactions.abort(request.transactionId);
    return {};
  }),
};

/** These the cloud does not do in a transaction (docs.cloudbase.net/database/transaction). */
const outsideOnly = new Set([
  'database.calculateDocument',
  'database.aggregateDocuments',
  'database.addCollection',
]);

/**
 * Carries out one database request of the SDK.
 *
 * @param action - Such as `database.getDocument`.
 * @param body - The rest of the request, unparsed.
 * @param now - The server's time in milliseconds, for server dates.
 * @param log - Takes a line about each request that is slow.
 * @returns The answer without its `requestId`.
 * @throws DatabaseError if the request is malformed, unsupported or fails; then it has changed nothing.
 */
export async function carryOut(
  database: Database,
  action: string,
  body: Body,
  now: number,
  log?: (line: string) => void,
): Promise<Fields> {
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (run === undefined || (body['transactionId'] !== undefined && outsideOnly.has(action))) {
    const what = run === undefined ? `the action ${action}` : `${action} in a transaction`;
    throw new DatabaseError('INVALID_ACTION', `The local cloud does not support ${what}.`);
  }
  const { collectionName } = body;
  if (isCollectionName(collectionName) && action !== 'database.addCollection') {
    await database.admit(collectionName);
  }
  const explanations: Explanation[] = [];
  const started = performance.now();
  const explain: Explain = (explanation) => {
    explanations.push(explanation);
  };
  try {
    return await run({ database, explain }, body, now);
  } finally {
    const milliseconds = performance.now() - started;
    if (milliseconds > slowMilliseconds) log?.(slowLine(action, milliseconds, explanations));
  }
}
