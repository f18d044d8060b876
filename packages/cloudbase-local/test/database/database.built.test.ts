import type { LocalCloud } from 'cloudbase-local';
import { makeProject, runScript, sdkFunction, startTestCloud, textWith } from '../project';

const now = Date.UTC(2026, 9, 1);
let cloud: LocalCloud;
let collections = 0;

/** Runs a script with the SDK; `c` in it is a new collection, `collectionName`, that holds these documents. */
async function withDocuments(documents: object[], script: string) {
  const prepare = `
    const collectionName = 'c${String(collections++)}';
    await db.createCollection(collectionName);
    const c = db.collection(collectionName);
    for (const data of input) await c.add({ data });
  `;
  return runScript(cloud, prepare + script, documents);
}

beforeAll(async () => {
  const root = makeProject({
    functions: { sdk: sdkFunction },
    collections: [
      { name: 'declared' },
      {
        name: 'people',
        indexes: [{ name: 'by_phone', unique: true, keys: [{ field: 'contact.phone' }] }],
      },
    ],
  });
  cloud = await startTestCloud(root, { clock: () => now });
});

afterAll(() => cloud.close());

const numbers = [1, 2, 3, 4, 5].map((n) => ({ _id: `n${String(n)}`, n }));

describe('Reading through the SDK', () => {
  test('a document that was added comes back with its numbers, texts, lists and dates', async () => {
    const script = `
      const { _id } = await c.add({ data: { n: 1, f: 1.5, big: 2 ** 40, text: '橙', list: [1, [2]],
        nothing: null, yes: true, at: new Date(5), in: { at: new Date(6) } } });
      const { data } = await c.doc(_id).get();
      return { same: data._id === _id, dates: [data.at instanceof Date, data.in.at.getTime()], data };`;
    expect(await withDocuments([], script)).toMatchObject({
      same: true,
      dates: [true, 6],
      data: { n: 1, f: 1.5, big: 2 ** 40, text: '橙', list: [1, [2]], nothing: null, yes: true },
    });
  });

  test('a missing document rejects by doc, and is an empty list by where', async () => {
    const script = `
      const byDoc = await c.doc('nobody').get().then(() => 'found', () => 'rejected');
      const byWhere = await c.where({ _id: 'nobody' }).get();
      return [byDoc, byWhere.data];`;
    expect(await withDocuments([], script)).toEqual(['rejected', []]);
  });

  test('a projection gives the element of a list that the query found', async () => {
    const script = `return (await c.where({ list: _.gt(1) }).field({ 'list.$': true }).get()).data`;
    expect(await withDocuments([{ _id: 'a', list: [1, 2, 3] }], script)).toEqual([
      { _id: 'a', list: [2] },
    ]);
  });

  test('conditions, order, skip, limit and projection work together', async () => {
    const script = `
      const { data } = await c.where({ n: _.gte(2).and(_.neq(4)) })
        .orderBy('n', 'desc').skip(1).limit(1).field({ n: true, _id: false }).get();
      return data;`;
    expect(await withDocuments(numbers, script)).toEqual([{ n: 3 }]);
  });

  test.each([
    ['c.where({ n: _.in([1, 5]) })', ['n1', 'n5']],
    ["c.where({ _id: _.in(['n2', 'n9', 'n2']) })", ['n2']],
    ["c.where({ _id: _.eq('n3') })", ['n3']],
    ["c.where({ _id: 'n3', n: 4 })", []],
    ['c.where(_.or({ n: 1 }, { n: _.gt(4) }))', ['n1', 'n5']],
    ['c.where({ n: _.exists(false) })', []],
    ["c.where({ _id: db.RegExp({ regexp: '^N[12]$', options: 'i' }) })", ['n1', 'n2']],
    ['c.where({ _id: /3$/ })', ['n3']],
    ['c.where({ n: _.nin([1, 2, 3]) })', ['n4', 'n5']],
    ['c', ['n1', 'n2', 'n3', 'n4', 'n5']],
  ])('%s finds %j', async (query, ids) => {
    const script = `return (await ${query}.get()).data.map(({ _id }) => _id)`;
    expect(await withDocuments(numbers, script)).toEqual(ids);
  });

  test('a query gives 100 documents unless it says more, and 1000 at most', async () => {
    const script = `
      const data = (from) => Array.from({ length: 600 }, (_, i) => ({ n: from + i }));
      await c.add({ data: data(0) });
      await c.add({ data: data(600) });
      const pages = [c, c.limit(1000), c.limit(3000), c.limit(7)].map((q) => q.get());
      return (await Promise.all(pages)).map(({ data }) => data.length);`;
    expect(await withDocuments([], script)).toEqual([100, 1000, 1000, 7]);
  });

  test('count counts what matches', async () => {
    const script = 'return (await c.where({ n: _.lt(4) }).count()).total';
    expect(await withDocuments(numbers, script)).toBe(3);
  });

  test('an aggregation groups, sorts and looks up in another collection', async () => {
    const script = `
      await db.collection('declared').add({ data: { _id: 'odd', label: '奇数' } });
      const { list } = await c.aggregate()
        .match({ n: _.gt(1) })
        .group({ _id: $.cond({ if: $.eq([$.mod(['$n', 2]), 1]), then: 'odd', else: 'even' }), sum: $.sum('$n') })
        .lookup({ from: 'declared', localField: '_id', foreignField: '_id', as: 'labels' })
        .sort({ _id: 1 }).end();
      return list;`;
    expect(await withDocuments(numbers, script)).toEqual([
      { _id: 'even', sum: 6, labels: [] },
      { _id: 'odd', sum: 8, labels: [{ _id: 'odd', label: '奇数' }] },
    ]);
  });

  test('a projection and an aggregation leave the documents as they were', async () => {
    const script = `
      await c.field({ 'deep.y': false, 'list.z': false }).get();
      await c.aggregate().addFields({ n: 0, 'deep.x': 9 }).project({ list: 0, 'deep.y': 0 }).end();
      await c.aggregate()
        .lookup({ from: collectionName, localField: '_id', foreignField: '_id', as: 'same' })
        .addFields({ 'same.n': 7 }).project({ 'same.deep.x': 0 }).end();
      await c.aggregate().unwind('$list').group({ _id: null, all: $.push('$$ROOT') }).end();
      await c.aggregate().replaceRoot({ newRoot: '$deep' }).addFields({ x: 8 }).end();
      return (await c.get()).data;`;
    const documents = [{ _id: 'a', n: 1, deep: { x: 1, y: 2 }, list: [1, { z: 3 }] }];
    expect(await withDocuments(documents, script)).toEqual(documents);
  });
});

describe('Writing through the SDK', () => {
  test.each([
    ['{ n: _.inc(2) }', { n: 3 }],
    ['{ n: _.mul(10) }', { n: 10 }],
    ['{ n: _.min(0), m: _.max(4) }', { n: 0, m: 4 }],
    ['{ n: _.remove() }', {}],
    ["{ n: _.rename('o') }", { o: 1 }],
    ["{ 'deep.er': 1, list: { a: 2 } }", { n: 1, deep: { er: 1 }, list: { a: 2 } }],
    ['{ list: _.push(1, 2) }', { n: 1, list: [1, 2] }],
    ['{ at: db.serverDate({ offset: 1000 }) }', { n: 1, at: new Date(now + 1000).toISOString() }],
  ])('update %s gives %j', async (data, expected) => {
    const script = `
      const { stats } = await c.doc('a').update({ data: ${data} });
      return [stats.updated, (await c.doc('a').get()).data];`;
    const result = await withDocuments([{ _id: 'a', n: 1 }], script);
    expect(result).toEqual([1, { _id: 'a', ...expected }]);
  });

  test.each([
    ['_.push(9, 8)', [3, 1, 2, 9, 8]],
    ['_.push({ each: [9], position: 1, slice: 2 })', [3, 9]],
    ['_.push({ each: [9, 8], position: -1 })', [3, 1, 9, 8, 2]],
    ['_.push({ each: [9], position: -7 })', [9, 3, 1, 2]],
    ['_.push({ each: [5], sort: 1, slice: -2 })', [3, 5]],
    ['_.push({ each: [9], slice: 0 })', []],
    ['_.push({ each: [], sort: -1 })', [3, 2, 1]],
    ['_.unshift(0)', [0, 3, 1, 2]],
    ['_.pop()', [3, 1]],
    ['_.shift()', [1, 2]],
    ['_.pull(1)', [3, 2]],
    ['_.pull(_.gte(2))', [1]],
    ['_.pullAll([1, 3])', [2]],
    ['_.addToSet(3)', [3, 1, 2]],
    ['_.addToSet({ $each: [3, 4] })', [3, 1, 2, 4]],
  ])('update of a list by %s gives %j', async (command, expected) => {
    const script = `
      await c.doc('a').update({ data: { list: ${command} } });
      return (await c.doc('a').get()).data.list;`;
    expect(await withDocuments([{ _id: 'a', list: [3, 1, 2] }], script)).toEqual(expected);
  });

  test.each([
    ['{ each: [3, 1, 2], sort: 1, slice: 2 }', undefined, [1, 2]],
    ['{ each: [] }', undefined, []],
    [
      '{ each: [{ x: 1 }], sort: { x: -1 } }',
      [{ x: 0 }, 7, { x: 2 }],
      [{ x: 2 }, { x: 1 }, { x: 0 }, 7],
    ],
    [
      '{ each: [{ x: 1, y: 1 }, { x: 2, y: 2 }, { x: 2, y: 1 }], sort: { x: -1, y: 1 }, slice: 2 }',
      undefined,
      [
        { x: 2, y: 1 },
        { x: 2, y: 2 },
      ],
    ],
  ])('push of %s to %j gives %j', async (modifiers, list, expected) => {
    const script = `
      await c.doc('a').update({ data: { list: _.push(${modifiers}) } });
      return (await c.doc('a').get()).data.list;`;
    expect(await withDocuments([{ _id: 'a', list }], script)).toEqual(expected);
  });

  test('an update that changes nothing counts as none, and one of nobody too', async () => {
    const script = `
      const same = await c.doc('a').update({ data: { n: 1 } });
      const nobody = await c.doc('b').update({ data: { n: 1 } });
      const short = await c.doc('a').update({ data: { list: _.push({ each: [], slice: -3 }) } });
      return [same, nobody, short].map(({ stats }) => stats.updated).concat((await c.count()).total);`;
    expect(await withDocuments([{ _id: 'a', n: 1, list: [1] }], script)).toEqual([0, 0, 0, 1]);
  });

  test('update and remove by where reach every match, and doc reaches one', async () => {
    const script = `
      const updated = await c.where({ n: _.gt(2) }).update({ data: { big: true } });
      const removed = await c.where({ n: _.gt(3) }).remove();
      const one = await c.doc('n1').remove();
      const { data } = await c.orderBy('n', 'asc').get();
      return [updated.stats.updated, removed.stats.removed, one.stats.removed, data];`;
    expect(await withDocuments(numbers, script)).toEqual([
      3,
      2,
      1,
      [
        { _id: 'n2', n: 2 },
        { _id: 'n3', n: 3, big: true },
      ],
    ]);
  });

  test('set replaces a document whole, and makes it where it is missing', async () => {
    const script = `
      const there = await c.doc('a').set({ data: { m: 2 } });
      const missing = await c.doc('b').set({ data: { m: 3 } });
      return [there.stats, missing.stats, (await c.orderBy('m', 'asc').get()).data];`;
    expect(await withDocuments([{ _id: 'a', n: 1 }], script)).toEqual([
      { updated: 1, created: 0 },
      { updated: 0, created: 1 },
      [
        { _id: 'a', m: 2 },
        { _id: 'b', m: 3 },
      ],
    ]);
  });

  test('updateAndReturn gives the new document of the first match, and none where nothing matches', async () => {
    const script = `
      const tcb = require('@cloudbase/node-sdk').init({ env: process.env.TCB_ENV }).database();
      await db.createCollection('counters');
      await db.collection('counters').add({ data: { _id: 'a', n: 4 } });
      const counters = tcb.collection('counters');
      const hit = await counters.where({ n: tcb.command.gt(3) }).updateAndReturn({ n: tcb.command.inc(10) });
      const miss = await counters.where({ n: 99 }).updateAndReturn({ n: 1 });
      const same = await counters.where({ n: 14 }).updateAndReturn({ n: 14 });
      return [hit.updated, hit.doc, miss.updated, miss.doc, same.updated];`;
    expect(await runScript(cloud, script)).toEqual([1, { _id: 'a', n: 14 }, 0, null, 1]);
  });

  test('200 increments at once are all counted', async () => {
    const script = `
      await Promise.all(Array.from({ length: 200 }, () => c.doc('a').update({ data: { n: _.inc(1) } })));
      return (await c.doc('a').get()).data.n;`;
    expect(await withDocuments([{ _id: 'a', n: 0 }], script)).toBe(200);
  });

  test('of many adds of one _id at once exactly one succeeds', async () => {
    const script = `
      const adds = Array.from({ length: 50 }, (_, n) => c.add({ data: { _id: 'a', n } }).then(() => 1, () => 0));
      const results = await Promise.all(adds);
      return [results.filter(Boolean).length, (await c.count()).total];`;
    expect(await withDocuments([], script)).toEqual([1, 1]);
  });

  test('an add of several documents stores all of them or none', async () => {
    const script = `
      const failed = await c.add({ data: [{ _id: 'b' }, { _id: 'a' }] }).then(() => false, () => true);
      return [failed, (await c.get()).data];`;
    expect(await withDocuments([{ _id: 'a' }], script)).toEqual([true, [{ _id: 'a' }]]);
  });

  test('a unique index refuses a second document, also by update, and frees what is gone', async () => {
    const script = `
      const people = db.collection('people');
      const outcome = (promise) => promise.then(() => 'done', (error) => error.errCode);
      await people.add({ data: { _id: 'a', contact: { phone: 1 } } });
      return [
        await outcome(people.add({ data: { _id: 'b', contact: { phone: 1 } } })),
        await outcome(people.add({ data: { _id: 'b', contact: { phone: 2 } } })),
        await outcome(people.doc('b').update({ data: { contact: { phone: 1 } } })),
        await outcome(people.doc('a').update({ data: { name: 'same phone' } })),
        await outcome(people.doc('a').update({ data: { contact: { phone: 3 } } })),
        await outcome(people.doc('b').update({ data: { contact: { phone: 1 } } })),
        await outcome(people.doc('a').remove()),
        await outcome(people.add({ data: { _id: 'c', contact: { phone: 3 } } })),
      ];`;
    expect(await runScript(cloud, script)).toEqual([
      -502001,
      'done',
      -502001,
      'done',
      'done',
      'done',
      'done',
      'done',
    ]);
  });
});

describe('Transactions through the SDK', () => {
  const accounts = [
    { _id: 'a', n: 100 },
    { _id: 'b', n: 0 },
  ];

  test('a transfer commits, one that is rolled back does not, and each gives what the cloud gives', async () => {
    const script = `
      const answers = await db.runTransaction(async (transaction) => {
        const t = transaction.collection(collectionName);
        const a = await t.doc('a').get();
        return [
          a.data,
          (await t.doc('a').update({ data: { n: _.inc(-10) } })).stats,
          (await t.doc('b').set({ data: { n: 10 } })).stats,
          (await t.add({ data: { _id: 'c', at: new Date(5) } }))._id,
          (await t.doc('c').get()).data.at instanceof Date,
          (await t.doc('c').remove()).stats,
        ];
      });
      const reason = await db.runTransaction(async (transaction) => {
        await transaction.collection(collectionName).doc('a').update({ data: { n: 0 } });
        await transaction.rollback('enough');
      }).catch((error) => error);
      return [answers, reason, (await c.orderBy('_id', 'asc').get()).data];`;
    const [answers, reason, documents] = (await withDocuments(accounts, script)) as unknown[];
    expect(answers).toEqual([
      { _id: 'a', n: 100 },
      { updated: 1 },
      expect.objectContaining({ updated: 1 }),
      'c',
      true,
      { removed: 1 },
    ]);
    expect(reason).toBe('enough');
    expect(documents).toEqual([
      { _id: 'a', n: 90 },
      { _id: 'b', n: 10 },
    ]);
  });

  // wx-server-sdk makes an error of its own of a conflict, without the code that the SDK below it looks for.
  test('transactions at once are run again by @cloudbase/node-sdk until each has counted', async () => {
    const script = `
      const tcb = require('@cloudbase/node-sdk').init({ env: process.env.TCB_ENV }).database();
      const add = () => tcb.runTransaction(async (transaction) => {
        const doc = transaction.collection(collectionName).doc('a');
        const { data } = await doc.get();
        await doc.update({ n: data.n + 1 });
      }, 50);
      await Promise.all(Array.from({ length: 8 }, add));
      return (await c.doc('a').get()).data.n;`;
    expect(await withDocuments(accounts, script)).toBe(108);
  });

  test('a conflict and a transaction that is over have the codes of the cloud', async () => {
    const script = `
      const [one, two] = [await db.startTransaction(), await db.startTransaction()];
      const doc = (transaction) => transaction.collection(collectionName).doc('a');
      const codeOf = (promise) => promise.then(() => 'done', (error) => [error.errCode, error.code, error.message].join());
      await doc(one).get();
      await doc(two).update({ data: { n: 1 } });
      const conflict = await codeOf(doc(one).update({ data: { n: 2 } }));
      await two.commit();
      return [conflict, await codeOf(doc(two).update({ data: { n: 3 } })), (await c.doc('a').get()).data.n];`;
    expect(await withDocuments(accounts, script)).toEqual([
      textWith('TransactionConflict'),
      textWith('TransactionNotExist'),
      1,
    ]);
  });
});

describe('Geography through the SDK', () => {
  const places = `
    const { Point, LineString, Polygon, MultiPolygon } = db.Geo;
    const square = (s) => new LineString([new Point(-s, -s), new Point(s, -s), new Point(s, s), new Point(-s, s), new Point(-s, -s)]);
    const points = { origin: new Point(0, 0), near: new Point(0, 1), far: new Point(0, 3), edge: new Point(2, 0) };
    for (const [_id, at] of Object.entries(points)) await c.add({ data: { _id, at } });
    await c.add({ data: { _id: 'line', at: new LineString([new Point(-5, 0.5), new Point(5, 0.5)]) } });
    const ids = async (query) => (await c.where({ at: query }).get()).data.map(({ _id }) => _id);`;

  test.each([
    ['_.geoNear({ geometry: new Point(0, 0.9), maxDistance: 200000 })', ['near', 'line', 'origin']],
    ['_.geoNear({ geometry: new Point(0, 3), minDistance: 1, maxDistance: 250000 })', ['near']],
    ['_.geoWithin({ geometry: new Polygon([square(2)]) })', ['origin', 'near', 'edge']],
    ['_.geoWithin({ geometry: new Polygon([square(2.5), square(1.5)]) })', ['edge']],
    [
      '_.geoWithin({ geometry: new MultiPolygon([new Polygon([square(0.5)]), new Polygon([square(0.1)])]) })',
      ['origin'],
    ],
    ['_.geoWithin({ centerSphere: [new Point(0, 1), 0.02] })', ['origin', 'near']],
    ['_.geoIntersects({ geometry: new Polygon([square(1)]) })', ['origin', 'near', 'line']],
    [
      '_.geoIntersects({ geometry: new LineString([new Point(0, 0), new Point(0, 1)]) })',
      ['origin', 'near', 'line'],
    ],
    ['_.geoIntersects({ geometry: new Point(0, 3) })', ['far']],
  ])('%s finds %j', async (query, expected) => {
    const found = await withDocuments([], `${places} return ids(${query})`);
    expect(found).toEqual(expected);
  });

  test('geoNear as a stage gives distances in metres, nearest first', async () => {
    const script = `${places}
      const { list } = await c.aggregate().geoNear({
        distanceField: 'way.metres', spherical: true, near: new Point(0, 0), query: { _id: _.neq('line') },
        key: 'at', includeLocs: 'place', distanceMultiplier: 2,
      }).limit(2).end();
      return list.map(({ _id, way, place }) => [_id, way.metres, place.coordinates || place]);`;
    const found = await withDocuments([], script);
    const metres = (degrees: number): number => ((degrees * Math.PI) / 180) * 6_378_100;
    expect(found).toEqual([
      ['origin', 0, expect.anything()],
      ['near', expect.closeTo(2 * metres(1), 6), expect.anything()],
    ]);
  });
});

test('An add takes more than 1000 documents', async () => {
  const script = `
    const { ids } = { ids: (await c.add({ data: Array.from({ length: 2500 }, (_, n) => ({ n })) }))._ids };
    return [ids.length, (await c.count()).total, (await c.where({ n: 2499 }).count()).total];`;
  expect(await withDocuments([], script)).toEqual([2500, 2500, 1]);
});

describe('Requests that the database refuses', () => {
  test.each([
    ["db.collection('absent').get()", -502005, 'absent'],
    ["db.collection('absent').add({ data: { n: 1 } })", -502005, 'absent'],
    ["db.createCollection('declared')", -1, 'declared'],
    ["c.add({ data: { _id: 'a' } })", -502001, 'E11000 duplicate key'],
    ["c.doc('a').update({ data: { text: _.inc(1) } })", -502001, '$inc on text'],
    ["c.doc('a').update({ data: { 'text.b': 1 } })", -502001, '$set on text.b'],
    ["c.doc('a').update({ data: { text: _.push(1) } })", -502001, '$push on text'],
    ['c.where({ n: { $bogus: 1 } }).get()', -502002, '$bogus'],
    ['c.where({ $where: "1" }).get()', -502001, '$where'],
    ['c.aggregate().match({ $expr: { $function: { body: "1" } } }).end()', -1, '$function'],
    ["c.add({ data: { _id: 'x'.repeat(2000) } })", -502001, '_id is longer'],
    ['c.add({ data: { $set: 1 } })', -502001, '$set'],
  ])('%s fails with %s', async (request, errCode, message) => {
    const script = `
      return ${request}.then(() => 'no error', (error) => ({ errCode: error.errCode, errMsg: error.message }))`;
    expect(await withDocuments([{ _id: 'a', text: 's' }], script)).toEqual({
      errCode,
      errMsg: textWith(message),
    });
  });

  test('no query reaches the prototype of objects', async () => {
    const script = `
      const outcomes = await Promise.all([
        c.doc('a').update({ data: { ['__proto__.polluted']: 1 } }),
        c.doc('a').update({ data: { ['constructor.prototype.polluted']: 1 } }),
        c.where(JSON.parse('{"__proto__":{"polluted":1}}')).get(),
      ].map((promise) => promise.then(() => 'done', () => 'refused')));
      return [outcomes.length, (await c.doc('a').get()).data];`;
    await expect(withDocuments([{ _id: 'a' }], script)).resolves.toBeDefined();
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
