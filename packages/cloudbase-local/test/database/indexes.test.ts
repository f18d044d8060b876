import path from 'node:path';
import { ObjectId } from 'bson';
import fc from 'fast-check';
import { unbuiltOf, type Collection, type IndexDeclaration } from '../../src/database/collection';
import { aggregate } from '../../src/database/aggregate';
import { openDatabase, type Database } from '../../src/database/database';
import { DatabaseError } from '../../src/database/database-error';
import type { Fields, StoredDocument } from '../../src/database/document';
import { compare } from '../../src/database/engine/compare';
import { matcher } from '../../src/database/engine/engine';
import { encodeKey, inverted } from '../../src/database/engine/key';
import { find, type Explanation } from '../../src/database/find';
import { modify, remove } from '../../src/database/modify';
import { prepare } from '../../src/database/prepare';
import { slowLine } from '../../src/database/slow';
import { wholeRange } from '../../src/database/entries';
import { openStore, type Store } from '../../src/database/store';
import { turn } from '../../src/database/turn';
import type { Writer } from '../../src/database/writer';
import { newFolder } from '../project';
import { contentsOf } from './documents';

let database: Database;
let collections = 0;

beforeAll(() => {
  database = openDatabase(openStore(path.join(newFolder(), 'data.mdb')));
});

afterAll(() => database.close());

/** Makes a collection that holds these documents. @returns Its name. */
async function collectionOf(
  documents: readonly StoredDocument[],
  indexes: readonly IndexDeclaration[] = [],
): Promise<string> {
  const name = `c${collections++}`;
  await database.write((writer) => {
    const collection = writer.addCollection(name);
    writer.declareIndexes(collection, indexes);
    for (const document of documents) writer.insert(collection, document);
  });
  return name;
}

function explained(name: string, request: Parameters<typeof find>[2]) {
  const explanations: Explanation[] = [];
  const found = find(database.view, database.collection(name), request, (each) =>
    explanations.push(each),
  );
  return { ids: found.map(({ document }) => document._id), explanation: explanations[0] };
}

const index = (name: string, ...fields: string[]): IndexDeclaration => ({
  name,
  unique: false,
  keys: fields.map((field) => ({
    field: field.replace('-', ''),
    direction: field.startsWith('-') ? -1 : 1,
  })),
});

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 2, '', 'a', 'b', 'a\0', '橙', '😀', NaN),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(new Date(0), new Date(5), new ObjectId('65f0000000000000000000aa')),
);

test('Keys are in the order of their values, and those of other directions the other way round', () => {
  const number = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.constantFrom(0, -0, NaN, Infinity, -Infinity),
  );
  const any = fc.oneof(scalar, number, fc.string({ unit: 'binary', maxLength: 4 }));
  fc.assert(
    fc.property(any, any, (a, b) => {
      const [first, second] = [encodeKey(a).bytes, encodeKey(b).bytes];
      const order = Math.sign(compare(a, b));
      const orders = [
        Math.sign(Buffer.compare(first, second)),
        -Math.sign(Buffer.compare(inverted(first), inverted(second))),
      ];
      // Without `expect`, which takes longer than all the rest.
      return orders.every((each) => each === order);
    }),
    { numRuns: 800 },
  );
});

test('Keys that are cut are still equal only for equal texts, and say where they can be trusted', () => {
  const long = fc.string({ unit: fc.constantFrom('a', '\0', '橙'), minLength: 3, maxLength: 9 });
  fc.assert(
    fc.property(long, long, (a, b) => {
      const [first, second] = [encodeKey(a, 4), encodeKey(b, 4)];
      expect(first.bytes.equals(second.bytes)).toBe(a === b);
      const shared = Math.min(first.exactUpTo ?? Infinity, second.exactUpTo ?? Infinity);
      const order = Buffer.compare(
        first.bytes.subarray(0, shared),
        second.bytes.subarray(0, shared),
      );
      if (shared < Infinity && order !== 0) expect(order).toBe(Math.sign(compare(a, b)));
    }),
    { numRuns: 800 },
  );
});

const value = fc.oneof(
  { arbitrary: scalar, weight: 8 },
  { arbitrary: fc.array(scalar, { maxLength: 3 }), weight: 2 },
  {
    arbitrary: fc.constantFrom<unknown>({ x: 1 }, { x: 2 }, { y: 1 }, { x: [1, 2] }, [
      { x: 1, y: 2 },
      { x: 'a', y: 1 },
    ]),
    weight: 2,
  },
);
const documents = fc
  .array(fc.record({ a: value, b: scalar, c: value }, { requiredKeys: [] }), { maxLength: 12 })
  .map((all) =>
    all.map((fields, n): StoredDocument => ({ _id: n % 3 === 0 ? n : `id${n}`, ...fields })),
  );
const field = fc.constantFrom('a', 'b', 'c', 'a.x', 'a.y', 'a.1', 'c.x', '_id');
const condition = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }).map(($in) => ({ $in })),
  fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne'), scalar)
    .map(([name, operand]) => ({ [name]: operand })),
  fc.tuple(scalar, scalar).map(([$gte, $lt]) => ({ $gte, $lt })),
);
const simple = fc
  .array(fc.tuple(field, condition), { maxLength: 2 })
  .map((all) => Object.fromEntries<unknown>(all));
const query: fc.Arbitrary<Fields> = fc.oneof(
  simple,
  fc
    .tuple(simple, fc.array(simple, { minLength: 1, maxLength: 3 }))
    .map(([base, $or]) => ({ ...base, $or })),
  fc.array(simple, { minLength: 1, maxLength: 2 }).map(($and) => ({ $and })),
);
const sign = fc.constantFrom<1 | -1>(1, -1);
/** With the id in the end every order is a total one; most indexes have it, so that they give such an order. */
const keys = fc
  .tuple(
    fc.uniqueArray(fc.tuple(field, sign), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 2,
    }),
    sign,
  )
  .map(([all, last]) => [...all.filter(([name]) => name !== '_id'), ['_id', last] as const]);
const orders = fc.option(keys, { nil: undefined });
const declarations = fc
  .uniqueArray(fc.tuple(keys, fc.boolean()), { selector: (all) => all.join(), maxLength: 4 })
  .map((all) =>
    all.map(([parts, withId], n): IndexDeclaration => ({
      name: `i${n}`,
      unique: false,
      keys: parts
        .slice(0, withId || parts.length === 1 ? undefined : -1)
        .map(([name, direction]) => ({ field: name, direction })),
    })),
  );

test('A query finds the same with indexes and without, also after updates and removals', async () => {
  const change = fc.record({
    query: fc.oneof(fc.constant({}), simple),
    set: value,
    gone: fc.boolean(),
  });
  let used = 0;
  const property = fc.asyncProperty(
    documents,
    declarations,
    fc.array(change, { maxLength: 2 }),
    fc.array(fc.tuple(query, orders, fc.nat(3), fc.integer({ min: 1, max: 6 })), {
      minLength: 1,
      maxLength: 8,
    }),
    async (all, indexes, changes, queries) => {
      const names: string[] = [];
      try {
        names.push(await collectionOf(all, indexes), await collectionOf(all));
      } catch (error) {
        // Parallel arrays are refused where there is an index, as in MongoDB.
        expect(error).toBeInstanceOf(DatabaseError);
        return;
      }
      for (const { query: filter, set, gone } of changes) {
        const request = {
          query: filter,
          multi: true,
          data: { $set: { b: set } },
          merge: true,
          upsert: false,
        };
        const outcomes = names.map((collectionName) =>
          database
            .write((writer) =>
              gone
                ? remove(writer, { ...request, collectionName }, () => undefined)
                : modify(writer, { ...request, collectionName }, () => undefined).updated,
            )
            .catch(() => 'refused'),
        );
        const [first, second] = await Promise.all(outcomes);
        if (first === 'refused') return;
        expect(first).toBe(second);
      }
      const [indexed = '', plain = ''] = names;
      for (const [filter, sort, offset, limit] of queries) {
        if (sort === undefined) {
          const { ids, explanation } = explained(indexed, { query: filter });
          used += Number(explanation?.plan.branches !== undefined);
          expect(new Set(ids)).toEqual(new Set(explained(plain, { query: filter }).ids));
          expect(new Set(ids).size).toBe(ids.length);
        } else {
          const order = Object.fromEntries(sort);
          const request = { query: filter, order, offset, limit };
          const { ids, explanation } = explained(indexed, request);
          used += Number(explanation?.plan.sorted);
          expect(ids).toEqual(explained(plain, request).ids);
        }
      }
    },
  );
  await fc.assert(property, { numRuns: 150 });
  expect(used).toBeGreaterThan(20);
}, 60_000);

/** What a query means for scalars, in JavaScript's own words. */
const model: Record<string, (a: number | undefined, b: number) => boolean> = {
  $eq: (a, b) => a === b,
  $ne: (a, b) => a !== b,
  $gt: (a, b) => a !== undefined && a > b,
  $gte: (a, b) => a !== undefined && a >= b,
  $lt: (a, b) => a !== undefined && a < b,
  $lte: (a, b) => a !== undefined && a <= b,
};

test('Queries, sorts, updates and groups do what a model in JavaScript does', async () => {
  const small = fc.integer({ min: 0, max: 4 });
  const rows = fc.array(fc.record({ a: small, b: small }, { requiredKeys: ['b'] }), {
    maxLength: 15,
  });
  const test = fc.tuple(
    fc.constantFrom<'a' | 'b'>('a', 'b'),
    fc.constantFrom(...Object.keys(model)),
    small,
  );
  const property = fc.asyncProperty(
    rows,
    fc.array(test, { maxLength: 3 }),
    sign,
    fc.nat(5),
    async (all, tests, direction, limit) => {
      const before = all.map((row, _id) => ({ _id, ...row }));
      const name = await collectionOf(before, [index('ab', 'a', '-b'), index('b', 'b')]);
      const holds = (row: { a?: number; b: number }): boolean =>
        tests.every(([key, operator, operand]) => model[operator]?.(row[key], operand) ?? false);
      const filter = {
        $and: [
          {},
          ...tests.map(([key, operator, operand]) => ({ [key]: { [operator]: operand } })),
        ],
      };
      const rank = (row: { a?: number; b: number }): number => row.a ?? -1;
      const inOrder = before
        .filter(holds)
        .sort((x, y) => direction * (rank(x) - rank(y)) || y.b - x.b || x._id - y._id);
      const request = { query: filter, order: { a: direction, b: -1, _id: 1 }, limit: limit + 1 };
      expect(explained(name, request).ids).toEqual(
        inOrder.slice(0, limit + 1).map(({ _id }) => _id),
      );

      const change = {
        collectionName: name,
        query: filter,
        data: { $inc: { b: 10 } },
        multi: true,
        merge: true,
        upsert: false,
      };
      const { updated } = await database.write((writer) => modify(writer, change, () => undefined));
      const after = before.map((row) => (holds(row) ? { ...row, b: row.b + 10 } : row));
      expect(updated).toBe(before.filter(holds).length);
      expect(contentsOf(database, name)).toEqual(after);

      const { carryOut } = await import('../../src/database/actions');
      const stages = [
        { stageKey: '$match', stageValue: '{"b":{"$gte":10}}' },
        { stageKey: '$group', stageValue: '{"_id":"$a","sum":{"$sum":"$b"}}' },
      ];
      const answer = await carryOut(
        database,
        'database.aggregateDocuments',
        { collectionName: name, stages },
        0,
      );
      const sums = new Map<number | null, number>();
      for (const { a = null, b } of after) if (b >= 10) sums.set(a, (sums.get(a) ?? 0) + b);
      const { list } = answer['data'] as { list: string[] };
      const { EJSON } = await import('bson');
      const groups = list.map((text) => EJSON.parse(text) as { _id: number | null; sum: number });
      expect(new Map(groups.map(({ _id, sum }) => [_id, sum]))).toEqual(sums);
    },
  );
  await fc.assert(property, { numRuns: 60 });
}, 60_000);

test.each<[rule: string, documents: StoredDocument[], query: Fields, ids: unknown[]]>([
  [
    'each condition on an array may meet another element',
    [
      { _id: 1, a: [5, -5] },
      { _id: 2, a: 3 },
    ],
    { a: { $gte: 1, $lt: 0 } },
    [1],
  ],
  [
    'objects are in the order of their fields',
    [3, 1, 2].map((x) => ({ _id: x, a: { x } })),
    {},
    [1, 2, 3],
  ],
  [
    'texts that are cut in the index are in order all the same',
    ['c', 'a', 'b'].map((end) => ({ _id: end, a: 'x'.repeat(400) + end })),
    {},
    ['a', 'b', 'c'],
  ],
])('With an index: %s', async (_, all, query, ids) => {
  const request = { query, order: { a: 1 }, limit: 5 };
  for (const indexes of [[], [index('a', 'a')], [index('a', '-a')]]) {
    expect(explained(await collectionOf(all, indexes), request).ids).toEqual(ids);
  }
});

test('With an index: a range of texts that are cut has the right ones', async () => {
  const ends = ['c', 'a', 'f', 'b', 'e', 'd'];
  const text = (end: string): string => 'x'.repeat(400) + end;
  const all = ends.map((_id) => ({ _id, a: text(_id) }));
  for (const indexes of [[index('a', 'a')], [index('a', '-a')]]) {
    const name = await collectionOf(all, indexes);
    for (const from of ends) {
      for (const to of ends) {
        const { ids } = explained(name, { query: { a: { $gt: text(from), $lte: text(to) } } });
        expect([...ids].sort()).toEqual(ends.filter((end) => end > from && end <= to).sort());
      }
    }
  }
});

test('With an index: a document that has changed is in its new place, and not in its old one', async () => {
  const name = await collectionOf(
    [1, 2, 3].map((a) => ({ _id: a, a })),
    [index('a', 'a')],
  );
  const change = { collectionName: name, query: { a: 1 }, data: { $set: { a: 9 } } };
  const flags = { multi: false, merge: true, upsert: false };
  await database.write((writer) => modify(writer, { ...change, ...flags }, () => undefined));
  const { ids, explanation } = explained(name, { query: {}, order: { a: 1 }, limit: 9 });
  expect(ids).toEqual([2, 3, 1]);
  expect(explanation?.keysExamined).toBe(3);
});

describe('An index is used', () => {
  const events = Array.from({ length: 400 }, (_, n) => ({
    _id: `e${String(n).padStart(3, '0')}`,
    owner: `o${n % 4}`,
    at: new Date(n - (n % 8)),
    tags: n === 3 ? ['x', 'y'] : 'x',
  }));
  const newest = { order: { at: -1, _id: -1 }, limit: 11 };
  const expected = (holds: (event: (typeof events)[number]) => boolean): string[] =>
    events
      .filter(holds)
      .sort((a, b) => b.at.getTime() - a.at.getTime() || (a._id < b._id ? 1 : -1))
      .slice(0, 11)
      .map(({ _id }) => _id);
  let name: string;

  beforeAll(async () => {
    name = await collectionOf(events, [
      index('owner_at_id', 'owner', '-at', '-_id'),
      index('tags', 'tags'),
    ]);
  });

  test('for the newest of one owner: no more is read than is given', () => {
    const { ids, explanation } = explained(name, { query: { owner: 'o1' }, ...newest });
    expect(ids).toEqual(expected(({ owner }) => owner === 'o1'));
    expect(explanation).toMatchObject({
      keysExamined: 11,
      documentsExamined: 11,
      plan: { sorted: true },
    });
  });

  test('for the next page, which an `or` of ranges asks for', () => {
    const at = new Date(200);
    const last = 'e205';
    const $or = [
      { owner: 'o1', at: { $lt: at } },
      { owner: 'o1', at, _id: { $lt: last } },
    ];
    const { ids, explanation } = explained(name, { query: { $or }, ...newest });
    expect(ids).toEqual(
      expected(
        (event) =>
          event.owner === 'o1' &&
          (event.at < at || (event.at.getTime() === 200 && event._id < last)),
      ),
    );
    expect(explanation?.plan.sorted).toBe(true);
    expect(explanation?.documentsExamined).toBeLessThanOrEqual(13);
  });

  test('for several owners at once, in order', () => {
    const { ids, explanation } = explained(name, {
      query: { owner: { $in: ['o1', 'o2'] } },
      ...newest,
    });
    expect(ids).toEqual(expected(({ owner }) => owner === 'o1' || owner === 'o2'));
    expect(explanation?.documentsExamined).toBeLessThanOrEqual(13);
  });

  test('for a thousand ids at once', () => {
    const $in = Array.from({ length: 1000 }, (_, n) => `e${String(n * 3).padStart(3, '0')}`);
    const request = { query: { _id: { $in } }, order: { at: 1, _id: 1 } };
    const { ids, explanation } = explained(name, request);
    expect(ids).toHaveLength(134);
    expect(explanation?.documentsExamined).toBe(134);
  });

  test('by its first field alone, for a range, and for elements of arrays without their order', () => {
    const first = explained(name, { query: { owner: 'o2' } });
    expect(first.explanation).toMatchObject({ documentsExamined: 100, found: 100 });
    const range = explained(name, { query: { owner: 'o2', at: { $gte: new Date(392) } } });
    expect(range.explanation?.documentsExamined).toBe(range.ids.length);
    const tags = explained(name, { query: { tags: 'y' }, order: { tags: 1 } });
    expect(tags).toMatchObject({
      ids: ['e003'],
      explanation: { documentsExamined: 1, plan: { sorted: false } },
    });
  });

  test.each<[string, Fields]>([
    ['by the id', { localField: 'order', foreignField: '_id' }],
    ['by each id of an array', { localField: 'orders', foreignField: '_id' }],
    [
      'by a pipeline that says which',
      {
        let: { order: '$order' },
        pipeline: [
          { $match: { owner: 'o2' } },
          { $match: { $and: [{ $expr: { $and: [{ $eq: ['$$order', '$_id'] }] } }] } },
          { $project: { tags: 0 } },
        ],
      },
    ],
  ])('for a $lookup %s', async (_, how) => {
    const lines = await collectionOf([
      { _id: 1, order: 'e002', orders: ['e002', 'e006', { x: 1 }] },
      { _id: 2, order: 'e006' },
    ]);
    const stages = [{ $match: { _id: 1 } }, { $lookup: { from: name, ...how, as: 'found' } }];
    const explanations: Explanation[] = [];
    const [line] = await aggregate(
      database.view,
      lines,
      stages,
      (each) => database.has(each),
      (each) => explanations.push(each),
    );
    const found = line?.['found'] as StoredDocument[];
    expect(found.map(({ _id }) => _id)).toEqual(
      how['localField'] === 'orders' ? ['e002', 'e006'] : ['e002'],
    );
    // Objects among the values take a scan of their own; the others do not wait for it.
    expect(explanations[1]?.plan.branches).toHaveLength(found.length);
    expect(explanations[1]?.documentsExamined).toBe(found.length);
  });

  test('and a slow query says which in the log', () => {
    const { explanation } = explained(name, { query: { owner: 'o1' }, ...newest });
    const { explanation: scan } = explained(name, { query: { x: 1 } });
    const line = slowLine(
      'database.getDocument',
      120.4,
      [explanation, scan].filter((each) => each !== undefined),
    );
    expect(line).toBe(
      `database: slow (120 ms) database.getDocument; ${name}: IXSCAN owner_at_id, 11 keys and 11 documents examined, 11 found; ${name}: COLLSCAN, 0 keys and 400 documents examined, 0 found, not in the order of an index`,
    );
  });
});

describe('Indexes that are declared', () => {
  const unique: IndexDeclaration = { ...index('u', 'u'), unique: true };

  test('are built for documents that are there, and go where they are declared no more', async () => {
    const name = await collectionOf([
      { _id: 1, u: 1 },
      { _id: 2, u: 2 },
    ]);
    const declare = (indexes: readonly IndexDeclaration[]) =>
      prepare(
        database,
        [
          {
            name,
            permission: 'ADMINONLY',
            indexes: indexes.map(({ keys, ...rest }) => ({ ...rest, keys: [...keys] })),
          },
        ],
        [],
      );
    await declare([unique]);
    expect(explained(name, { query: { u: 2 } }).explanation?.keysExamined).toBe(1);
    const twice = database.write((writer) => {
      writer.insert(writer.collection(name), { _id: 3, u: 2 });
    });
    await expect(twice).rejects.toThrow('E11000');
    await declare([]);
    expect(explained(name, { query: { u: 2 } }).explanation?.plan.branches).toBeUndefined();
    await database.write((writer) => {
      writer.insert(writer.collection(name), { _id: 3, u: 2 });
    });
    await expect(declare([unique])).rejects.toMatchObject({
      code: 'PROJECT',
      message: expect.stringMatching(
        /^database\/collections.json cannot be used: .*E11000.* index: u\.$/,
      ) as unknown,
    });
    expect(explained(name, { query: { u: 2 } }).ids).toEqual([2, 3]);
  });

  test('of a large collection are built while it is read and written', async () => {
    const n = 10_001;
    const all = Array.from({ length: n }, (_, _id) => ({ _id, u: _id, v: _id % 3 }));
    const name = await collectionOf(all);
    const declare = async (...indexes: IndexDeclaration[]) => {
      const declared = indexes.map(({ keys, ...rest }) => ({ ...rest, keys: [...keys] }));
      const collections = [{ name, permission: 'ADMINONLY' as const, indexes: declared }];
      return prepare(database, collections, []);
    };
    const plan = (query: Fields) => explained(name, { query }).explanation?.plan.branches;
    const write = (step: (writer: Writer, collection: Collection) => void) =>
      database.write((writer) => {
        step(writer, writer.collection(name));
      });
    const first = await declare(unique);
    const old = database.read(async (view) => {
      await first.built;
      const found = find(view, database.collection(name), { query: { u: n - 1 } });
      return found.map(({ document }) => document._id);
    });
    old.catch(() => undefined);
    expect(plan({ u: 5 })).toBeUndefined();
    const second = await declare(unique, index('v', 'v'));
    for (let at = 0; at < 8; at += 1) {
      await write((writer, collection) => {
        const place = at * 500;
        const found = find(writer.view, collection, { query: { _id: place } });
        for (const each of found) writer.replace(collection, each, { _id: place, u: -place - 1 });
        writer.insert(collection, { _id: n + at, u: n + at, v: 7 });
      });
    }
    await write((writer, collection) => {
      for (const each of find(writer.view, collection, { query: { _id: 1 } })) {
        writer.remove(collection, each);
      }
    });
    expect(await old).toEqual([n - 1]);
    await second.built;
    expect(plan({ u: 5 })).toHaveLength(1);
    const documents = contentsOf(database, name);
    for (const query of [{ u: -501 }, { u: 500 }, { u: 1 }, { v: 7 }, { v: 0 }, { u: n + 3 }]) {
      expect(plan(query)).toHaveLength(1);
      const ids = documents.filter(matcher(query)).map(({ _id }) => _id);
      expect(new Set(explained(name, { query }).ids)).toEqual(new Set(ids));
    }
    const twice = write((writer, collection) => {
      writer.insert(collection, { _id: 'twice', u: 7 });
    });
    await expect(twice).rejects.toThrow('E11000');
    const bad = await declare(unique, index('v', 'v'), { ...index('w', 'v'), unique: true });
    await expect(bad.built).rejects.toMatchObject({ code: 'PROJECT' });
    expect(database.collection(name).indexes.map((each) => each.name)).toEqual(['_id_', 'u', 'v']);
  }, 60_000);

  test('of a large collection are built and removed whole, when the cloud ends in the middle', async () => {
    const file = path.join(newFolder(), 'data.mdb');
    const n = 10_001;
    const restart = async (
      declared: IndexDeclaration[],
      look: (store: Store, restarted: Database) => Promise<void> | void,
    ) => {
      const store = openStore(file);
      const restarted = openDatabase(store);
      const indexes = declared.map(({ keys, ...rest }) => ({ ...rest, keys: [...keys] }));
      const collections = [{ name: 'c', permission: 'ADMINONLY' as const, indexes }];
      const { built } = await prepare(restarted, collections, []);
      await Promise.all([built, look(store, restarted)]);
      if (!restarted.isClosed) await restarted.close();
    };
    const end = (_: Store, restarted: Database) => restarted.close();
    await restart([], (_, restarted) =>
      restarted.write((writer) => {
        for (let v = 0; v < n; v += 1) writer.insert(writer.collection('c'), { _id: v, v });
      }),
    );
    await restart([index('v', 'v')], end);
    let id = 0;
    await restart([index('v', 'v')], async (store, restarted) => {
      while (unbuiltOf(restarted.collection('c')).length > 0) await turn.next();
      id = restarted.collection('c').indexes[1]?.id ?? 0;
      expect([...store.search(wholeRange({ id }), false)]).toHaveLength(n);
    });
    await restart([], async (store, restarted) => {
      expect([...store.search(wholeRange({ id }), false)]).not.toHaveLength(0);
      await restarted.close();
    });
    await restart([], async (store, restarted) => {
      expect([...store.search(wholeRange({ id }), false)]).not.toHaveLength(0);
      while (restarted.collection('c').leftovers.length > 0) await turn.next();
      expect([...store.search(wholeRange({ id }), false)]).toEqual([]);
    });
  });

  test('a unique one holds for each element of an array, and lets one document have none', async () => {
    const name = await collectionOf([{ _id: 1, u: [1, 2, 2] }, { _id: 2 }], [unique]);
    const add = (u: unknown) =>
      database.write((writer) => {
        writer.insert(writer.collection(name), { _id: 'new', ...(u === undefined ? {} : { u }) });
      });
    await expect(add([3, 2])).rejects.toThrow('E11000');
    await expect(add(undefined)).rejects.toThrow('E11000');
    await add([3, 4]);
  });

  test('fields within one array go together, element by element', async () => {
    const lines = { ...index('lines', 'lines.sku', 'lines.size'), unique: true };
    const order = (_id: number, ...all: [string, number][]) => {
      return { _id, lines: all.map(([sku, size]) => ({ sku, size })) };
    };
    const name = await collectionOf([order(1, ['a', 1], ['b', 2])], [lines]);
    const add = (document: StoredDocument) =>
      database.write((writer) => {
        writer.insert(writer.collection(name), document);
      });
    await add(order(2, ['a', 2], ['b', 1]));
    await expect(add(order(3, ['c', 1], ['b', 2]))).rejects.toThrow('E11000');
    const crossed = { 'lines.sku': 'a', 'lines.size': 2 };
    expect(explained(name, { query: crossed }).ids).toEqual([1, 2]);
    const ranged = { 'lines.sku': 'b', 'lines.size': { $lt: 2 } };
    expect(explained(name, { query: ranged }).ids).toEqual([2, 1]);
    const many = Array.from({ length: 2000 }, (_, n): [string, number] => [`s${n}`, n]);
    await add(order(4, ...many));
    const { ids, explanation } = explained(name, { query: { 'lines.sku': 's7' } });
    expect([ids, explanation?.keysExamined]).toEqual([[4], 1]);
  });

  test('parallel arrays are refused', async () => {
    const both = index('ab', 'a', 'b');
    await expect(collectionOf([{ _id: 1, a: [1], b: [2] }], [both])).rejects.toThrow(
      'parallel arrays',
    );
    const within = [{ _id: 1, a: [{ x: [1], y: [2] }] }];
    await expect(collectionOf(within, [index('axy', 'a.x', 'a.y')])).rejects.toThrow('parallel');
    await collectionOf([{ _id: 1, a: [{ x: 1, y: 2 }], b: 1 }], [index('axy', 'a.x', 'a.y', 'b')]);
  });
});
