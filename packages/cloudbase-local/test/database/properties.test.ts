import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { carryOut } from '../../src/database/actions';
import { openDatabase, type Database } from '../../src/database/database';
import { contentsOf } from './documents';
import { stringify } from '../../src/database/ejson';
import { DatabaseError } from '../../src/database/database-error';
import { openStore, type Store } from '../../src/database/store';
import { turn } from '../../src/database/turn';
import { updateDocument } from '../../src/database/update';
import { newFolder } from '../project';

function newFile(): string {
  return path.join(newFolder(), 'data.mdb');
}

async function openWith(store: Store): Promise<Database> {
  const database = openDatabase(store);
  await database.write((writer) => {
    if (!writer.has('c')) writer.addCollection('c');
  });
  return database;
}

function contents(database: Database): Record<string, unknown> {
  return Object.fromEntries(contentsOf(database, 'c').map(({ _id, n }) => [String(_id), n]));
}

type Write =
  | { kind: 'insert'; id: string; n: number }
  | { kind: 'increment'; id: string; n: number }
  | { kind: 'remove'; id: string };

const ids = fc.constantFrom('a', 'b', 'c', 'd');
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), id: ids, n: fc.integer() }),
  fc.record({ kind: fc.constant('increment' as const), id: ids, n: fc.nat(9) }),
  fc.record({ kind: fc.constant('remove' as const), id: ids }),
);

function request(database: Database, { kind, id, ...rest }: Write): Promise<unknown> {
  const n = 'n' in rest ? rest.n : 0;
  const collectionName = 'c';
  const query = stringify({ _id: id });
  if (kind === 'insert') {
    const data = [stringify({ _id: id, n })];
    return carryOut(database, 'database.insertDocument', { collectionName, data }, 0);
  }
  if (kind === 'remove') {
    return carryOut(database, 'database.removeDocument', { collectionName, query }, 0);
  }
  const data = stringify({ $inc: { n } });
  return carryOut(database, 'database.modifyDocument', { collectionName, query, data }, 0);
}

/** What the writes of one commit make of the documents; an insert of a known id fails alone. */
function expected(before: Map<string, number>, writes: Write[]): Map<string, number> {
  const after = new Map(before);
  for (const one of writes) {
    const n = after.get(one.id);
    if (one.kind === 'insert') after.set(one.id, n ?? one.n);
    else if (one.kind === 'remove') after.delete(one.id);
    else if (n !== undefined) after.set(one.id, n + one.n);
  }
  return after;
}

test('Memory, disk and answers agree, whichever commits the disk refuses', async () => {
  const batches = fc.array(
    fc.record({ refused: fc.boolean(), writes: fc.array(write, { maxLength: 6 }) }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const file = newFile();
      const store = openStore(file);
      let refused = false;
      const write = store.write.bind(store);
      store.write = (step) => {
        write(() => {
          step();
          if (refused) throw new Error('the disk is full');
        });
      };
      const database = await openWith(store);
      let model = new Map<string, number>();
      for (const batch of all) {
        refused = batch.refused;
        const answers = await Promise.allSettled(batch.writes.map((one) => request(database, one)));
        const after = expected(model, batch.writes);
        const changes = answers.some(({ status }) => status === 'fulfilled');
        if (!refused) model = after;
        else if (changes) expect(after).toEqual(model);
        expect(contents(database)).toEqual(Object.fromEntries(model));
      }
      await database.close();
      const reopened = await openWith(openStore(file));
      expect(contents(reopened)).toEqual(Object.fromEntries(model));
      await reopened.close();
    }),
    { numRuns: 60 },
  );
}, 60_000);

type Item = number | { x: number; in: { y: number } };

interface Push {
  $each: Item[];
  $position?: number;
  $sort?: 1 | -1 | Record<string, 1 | -1>;
  $slice?: number;
}

/** `$push` as the manual of MongoDB describes it: insert, then sort, then slice. */
function pushed(before: Item[], { $each, $position, $sort = {}, $slice }: Push): Item[] {
  const at = $position ?? before.length;
  const start = at < 0 ? Math.max(0, before.length + at) : at;
  const items = [...before.slice(0, start), ...$each, ...before.slice(start)];
  const fields = typeof $sort === 'number' ? [['', $sort] as const] : Object.entries($sort);
  const valueOf = (item: Item, field: string): number =>
    typeof item === 'number' ? item : field === 'x' ? item.x : item.in.y;
  items.sort((a, b) => {
    const differences = fields.map(([name, sign]) => sign * (valueOf(a, name) - valueOf(b, name)));
    return differences.find((difference) => difference !== 0) ?? 0;
  });
  if ($slice === undefined) return items;
  return $slice < 0 ? items.slice(Math.max(0, items.length + $slice)) : items.slice(0, $slice);
}

test('A push inserts, sorts and slices as MongoDB does, and counts only if the list changes', () => {
  const small = fc.integer({ min: -5, max: 5 });
  const sign = fc.constantFrom<1 | -1>(1, -1);
  const pushOf = (item: fc.Arbitrary<Item>, sort: fc.Arbitrary<Push['$sort'] & {}>) =>
    fc.tuple(
      fc.option(fc.array(item, { maxLength: 4 }), { nil: undefined }),
      fc.record(
        { $each: fc.array(item, { maxLength: 3 }), $position: small, $sort: sort, $slice: small },
        { requiredKeys: ['$each'] },
      ),
    );
  const documents = fc.tuple(fc.nat(2), fc.nat(2)).map(([x, y]) => ({ x, in: { y } }));
  const sorts = fc.uniqueArray(fc.tuple(fc.constantFrom('x', 'in.y'), sign), {
    selector: ([field]) => field,
    minLength: 1,
  });
  const pushes = fc.oneof(
    pushOf(fc.nat(3), sign),
    pushOf(documents, sorts.map(Object.fromEntries<1 | -1>)),
  );
  fc.assert(
    fc.property(pushes, ([list, push]) => {
      const before = { _id: 'a', ...(list === undefined ? {} : { list }) };
      const after = { _id: 'a', list: pushed(list ?? [], push) };
      const result = updateDocument(before, { $push: { list: push } }, {});
      expect(result ?? 'unchanged').toEqual(isDeepStrictEqual(before, after) ? 'unchanged' : after);
    }),
    { numRuns: 2000 },
  );
});

test('A query gives 1000 documents at most, however it is asked, and 100 if it does not say', async () => {
  const database = await openWith(openStore(newFile()));
  const data = Array.from({ length: 600 }, (_, n) => stringify({ n }));
  await carryOut(database, 'database.insertDocument', { collectionName: 'c', data }, 0);
  await carryOut(database, 'database.insertDocument', { collectionName: 'c', data }, 0);
  const sizes = [{ limit: 5000 }, {}, { limit: 7 }].map(async (limit) => {
    const body = { collectionName: 'c', ...limit };
    const answer = await carryOut(database, 'database.getDocument', body, 0);
    return (answer['data'] as { list: string[] }).list.length;
  });
  expect(await Promise.all(sizes)).toEqual([1000, 100, 7]);
  await database.close();
});

describe('A write that touches many documents', () => {
  let database: Database;
  /** How many are touched, of a collection that is large. */
  const n = 30;
  const all = { collectionName: 'c', query: `{"n":{"$lt":${n}}}`, multi: true };
  const carry = (action: string, body: object) =>
    carryOut(database, `database.${action}`, { collectionName: 'c', ...body }, 0);
  const count = async (query: string): Promise<unknown> =>
    (await carry('calculateDocument', { query }))['data'];

  beforeAll(async () => {
    database = await openWith(openStore(newFile()));
    const data = Array.from({ length: 10_001 }, (_, at) => JSON.stringify({ n: at }));
    await carry('insertDocument', { data });
    // Every turn is over at once: each document is a part of its own.
    let time = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => (time += 20));
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await database.close();
  });

  test('lets others have their answers meanwhile, and changes each document', async () => {
    const order: unknown[] = [];
    const update = carry('modifyDocument', { ...all, data: '{"$set":{"m":1}}' });
    const others = async (): Promise<void> => {
      for (let call = 0; call < 5; call += 1) {
        await carry('getDocument', { query: '{"m":1}', limit: 1 });
        order.push(call);
      }
    };
    await Promise.all([update.then(({ data }) => order.push(data)), others()]);
    expect(order).toContainEqual({ updated: n, upsert_id: null });
    expect(order[0]).toBe(0);
    expect(await count('{"m":1}')).toEqual({ total: n });
  });

  test('reaches what another write changes meanwhile, unless that takes it out', async () => {
    const data = '{"$inc":{"m":1}}';
    const [many, one] = await Promise.all([
      carry('modifyDocument', { ...all, query: '{"m":{"$lt":5}}', data }),
      carry('modifyDocument', { query: '{"n":7}', data }),
      carry('modifyDocument', { query: `{"n":${n - 2}}`, data: '{"$set":{"m":5}}' }),
    ]);
    expect([many, one]).toEqual([
      { data: { updated: n - 1, upsert_id: null } },
      { data: { updated: 1, upsert_id: null } },
    ]);
    expect(await count('{"m":3}')).toEqual({ total: 1 });
    expect(await count('{"m":5}')).toEqual({ total: 1 });
  });

  test('waits for a transaction that holds one of them, and takes what that leaves', async () => {
    const { transactionId } = await carry('startTransaction', {});
    await carry('modifyDocument', { query: '{"n":20}', data: '{"$set":{"w":1}}', transactionId });
    const write = carry('modifyDocument', { ...all, data: '{"$inc":{"w":1}}' });
    const before = carry('modifyDocument', { query: '{"n":5}', data: '{"$set":{"x":1}}' });
    expect(await before).toEqual({ data: { updated: 1, upsert_id: null } });
    expect(await count('{"n":20,"w":{"$exists":true}}')).toEqual({ total: 0 });
    await carry('commitTransaction', { transactionId });
    expect(await write).toEqual({ data: { updated: n, upsert_id: null } });
    expect(await count('{"n":20,"w":2}')).toEqual({ total: 1 });
  });

  test('that fails leaves what it has changed before, and says how much', async () => {
    await carry('modifyDocument', { query: `{"n":${n - 1}}`, data: '{"$set":{"y":"text"}}' });
    const write = carry('modifyDocument', { ...all, data: '{"$inc":{"y":1}}' });
    const { message } = await write.then(
      () => new Error('no error'),
      (error: unknown) => (error instanceof Error ? error : new Error('no error')),
    );
    const [, changed] = /^\[.*non-numeric type\. Before that, (\d+) documents/.exec(message) ?? [];
    expect(Number(changed)).toBe(n - 1);
    expect(await count('{"y":1}')).toEqual({ total: Number(changed) });
  });

  test('removes them', async () => {
    expect(await carry('removeDocument', all)).toEqual({ data: { deleted: n } });
    expect(await count('{}')).toEqual({ total: 10_001 - n });
  });
});

test('However many take long, others wait for one turn of theirs', async () => {
  let resumed = 0;
  let left = 30;
  const long = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns += 1) {
      await turn.next();
      resumed += 1;
    }
    left -= 1;
  };
  const all = Array.from({ length: left }, long);
  while (left > 0) {
    const before = resumed;
    await new Promise((resolve) => setImmediate(resolve));
    expect(resumed - before).toBeLessThanOrEqual(1);
  }
  await Promise.all(all);
  expect(resumed).toBe(150);
});

test('No request makes the database fail but by an error of its own, or differ from its disk', async () => {
  const file = newFile();
  const database = await openWith(openStore(file));
  const { query, operators, junk } = oddRequests();
  const text = (of: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ arbitrary: of.map((value) => JSON.stringify(value)), weight: 20 }, junk);
  const stage = fc.constantFrom(
    '$match',
    '$group',
    '$project',
    '$sort',
    '$unwind',
    '$lookup',
    '$x',
  );
  const fields: Record<string, Record<string, fc.Arbitrary<unknown>>> = {
    get: { query: text(query), order: text(query), projection: text(query), limit: fc.nat(3) },
    modify: {
      query: text(query),
      data: text(operators),
      multi: fc.boolean(),
      upsert: fc.boolean(),
    },
    calculate: { query: text(query) },
    remove: { query: text(query), multi: fc.constant(false) },
    insert: { data: fc.array(text(query), { minLength: 1, maxLength: 2 }) },
    aggregate: {
      stages: fc.array(fc.record({ stageKey: stage, stageValue: text(query) }), { maxLength: 2 }),
    },
  };
  const requests = fc.constantFrom(...Object.keys(fields), 'insert', 'insert').chain((action) =>
    fc.record({
      name: fc.constant(action === 'aggregate' ? 'aggregateDocuments' : `${action}Document`),
      body: fc.record({
        collectionName: fc.oneof({ arbitrary: fc.constant('c'), weight: 20 }, junk),
        ...fields[action],
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(requests, async ({ name, body }) => {
      await carryOut(database, `database.${name}`, body, 0).catch((error: unknown) => {
        if (!(error instanceof DatabaseError)) throw error;
      });
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 800 },
  );
  const documents = (of: Database): string[] => contentsOf(of, 'c').map(stringify).sort();
  const inMemory = documents(database);
  await database.close();
  const reopened = await openWith(openStore(file));
  expect(documents(reopened)).toEqual(inMemory);
  expect(inMemory).not.toEqual([]);
  await reopened.close();
}, 60_000);

/** Queries and updates that make no sense, made of words that have a meaning. */
function oddRequests() {
  const junk = fc.constantFrom(null, 0, 'c', '{', '[]', '"x"', '__proto__', {}, '');
  const names = ['n', 'n', 'n.x', 'n.0', '_id', '', 'list', 'list.$', 'constructor.prototype'];
  const tests = ['$eq', '$in', '$not', '$or', '$and', '$regex', '$expr', '$elemMatch', '$size'];
  const types = ['$date', '$oid', '$numberLong', '$binary', '$regularExpression', '__proto__'];
  const key = fc.oneof(
    { arbitrary: fc.constantFrom(...names), weight: 20 },
    { arbitrary: fc.constantFrom(...tests), weight: 4 },
    { arbitrary: fc.constantFrom(...types), weight: 1 },
    { arbitrary: fc.string({ maxLength: 3 }), weight: 1 },
  );
  const operator = fc.constantFrom(
    ...['$set', '$inc', '$mul', '$push', '$pull', '$pullAll', '$pop', '$addToSet', '$rename'],
    ...['$unset', '$min', '$max', '$currentDate', '$bit', '$odd', 'n'],
  );
  const objectOf = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<unknown>) =>
    fc.array(fc.tuple(keys, values), { maxLength: 3 }).map(Object.fromEntries<unknown>);
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, 0, 1, -1, 1.5, 'a', '', '$n', true),
      fc.array(tie('value'), { maxLength: 3 }),
      objectOf(key, tie('value')),
      objectOf(fc.constantFrom('$each', '$sort', '$slice', '$position'), tie('value')),
    ),
  }));
  return {
    junk,
    query: objectOf(key, value),
    operators: objectOf(operator, fc.oneof(objectOf(key, value), value)),
  };
}
