import path from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { carryOut } from '../../src/database/actions';
import { asClient, type Permission } from '../../src/database/client';
import { openDatabase, type Database } from '../../src/database/database';
import { DatabaseError } from '../../src/database/database-error';
import { openStore } from '../../src/database/store';
import { newFolder } from '../project';
import { contentsOf } from './documents';

const mine = { _id: 'mine', _openid: 'me', n: 1, text: 'my secret' };
const others = [
  { _id: 'others', _openid: 'other', n: 1, text: 'their secret' },
  { _id: 'nobodys', n: 1, text: 'their secret' },
];

let database: Database;
beforeEach(async () => {
  database = openDatabase(openStore(path.join(newFolder(), 'data.mdb')));
  await database.write((writer) => {
    for (const name of ['PRIVATE', 'READONLY', 'ADMINWRITE', 'ADMINONLY', 'CUSTOM']) {
      const collection = writer.addCollection(name);
      for (const document of [mine, ...others]) writer.insert(collection, document);
    }
  });
});
afterEach(() => database.close());

const permissions: Readonly<Record<string, Permission>> = {
  READONLY: 'READONLY',
  ADMINWRITE: 'ADMINWRITE',
  ADMINONLY: 'ADMINONLY',
  CUSTOM: 'CUSTOM',
};

/** Asks as the user `me`; each collection is called by its permission. */
async function ask(
  action: string,
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const permissionOf = (name: string): Permission => permissions[name] ?? 'PRIVATE';
  const request = asClient(action, body, { openid: 'me', permissionOf });
  return carryOut(database, action, request, 0);
}

const json = JSON.stringify;
const requests: Record<string, (collectionName: string) => [string, Record<string, unknown>]> = {
  get: (collectionName) => ['database.getDocument', { collectionName }],
  count: (collectionName) => ['database.calculateDocument', { collectionName }],
  aggregate: (collectionName) => ['database.aggregateDocuments', { collectionName, stages: [] }],
  update: (collectionName) => [
    'database.modifyDocument',
    { collectionName, data: '{"$set":{"n":2}}', multi: true },
  ],
  remove: (collectionName) => ['database.removeDocument', { collectionName, multi: true }],
  add: (collectionName) => ['database.insertDocument', { collectionName, data: ['{"n":1}'] }],
};

/** How many documents a request found or changed; a code where it was refused. */
async function outcome(name: string, collection: string): Promise<unknown> {
  const [action, body] = requests[name]?.(collection) ?? ['', {}];
  try {
    const { data } = await ask(action, body);
    const [found] = Object.values(data as Record<string, unknown>);
    return Array.isArray(found) ? found.length : found;
  } catch (error) {
    return error instanceof DatabaseError ? error.code : error;
  }
}

const denied = 'DATABASE_PERMISSION_DENIED';

// Reference: developers.weixin.qq.com/miniprogram/dev/wxcloud/guide/database/permission.html
test.each([
  ['READONLY', [3, 3, 3, 1, 1, 1]],
  ['PRIVATE', [1, 1, 1, 1, 1, 1]],
  ['ADMINWRITE', [3, 3, 3, denied, denied, denied]],
  ['ADMINONLY', [denied, denied, denied, denied, denied, denied]],
  ['CUSTOM', [denied, denied, denied, denied, denied, denied]],
])(
  'In a collection that is %s a phone may read, and write, what the cloud says',
  async (permission, expected) => {
    const outcomes: unknown[] = [];
    for (const name of Object.keys(requests)) outcomes.push(await outcome(name, permission));
    expect(outcomes).toEqual(expected);
  },
);

test('The refusal of rules of its own says what to declare instead', async () => {
  await expect(ask('database.getDocument', { collectionName: 'CUSTOM' })).rejects.toThrow(
    /CUSTOM.*declare READONLY, PRIVATE, ADMINWRITE or ADMINONLY/,
  );
});

test('A phone gets 20 documents at most, and as many if it does not say', async () => {
  await database.write((writer) => {
    const collection = writer.collection('PRIVATE');
    for (let n = 0; n < 30; n += 1) writer.insert(collection, { _id: n, _openid: 'me' });
  });
  const sizes = [undefined, 0, 5, 20, 1000].map(async (limit) => {
    const { data } = await ask('database.getDocument', { collectionName: 'PRIVATE', limit });
    return (data as { list: unknown[] }).list.length;
  });
  expect(await Promise.all(sizes)).toEqual([20, 20, 5, 20, 20]);
});

test('What a phone adds or sets belongs to its user, and stays so', async () => {
  await ask('database.insertDocument', { collectionName: 'PRIVATE', data: ['{"_id":"new"}'] });
  const set = (_id: string): Promise<unknown> =>
    ask('database.modifyDocument', {
      collectionName: 'PRIVATE',
      query: json({ _id }),
      data: '{"n":{"$numberInt":"5"}}',
      merge: false,
      upsert: true,
    });
  await set('set');
  await set('mine');
  await expect(set('others')).rejects.toThrow(/duplicate key/);
  expect(contentsOf(database, 'PRIVATE')).toEqual([
    { _id: 'mine', _openid: 'me', n: 5 },
    ...others,
    { _id: 'new', _openid: 'me' },
    { _id: 'set', _openid: 'me', n: 5 },
  ]);
});

test.each([
  ['insertDocument', { data: ['{"_openid":"me"}'] }],
  ['modifyDocument', { data: '{"$set":{"_openid":"other"}}' }],
  ['modifyDocument', { data: '{"$unset":{"_openid.x":""}}' }],
  ['modifyDocument', { data: '{"$rename":{"n":"_openid"}}' }],
  ['modifyDocument', { data: '{"_openid":"other"}', merge: false, upsert: true }],
])('A phone cannot write _openid: %s %j', async (action, body) => {
  await expect(ask(`database.${action}`, { collectionName: 'PRIVATE', ...body })).rejects.toThrow(
    'Invalid Key Name: _openid',
  );
});

test.each([
  'database.addCollection',
  'database.startTransaction',
  'database.modifyAndReturnDoc',
  'database.other',
  '__proto__',
])('%s is not for a phone', async (action) => {
  await expect(ask(action, { collectionName: 'PRIVATE' })).rejects.toMatchObject({ code: denied });
});

test('No request of a phone is in a transaction', async () => {
  const transactionId = database.transactions.start();
  const body = { collectionName: 'PRIVATE', transactionId };
  await expect(ask('database.getDocument', body)).rejects.toMatchObject({ code: denied });
});

test('{openid} in a query is the user', async () => {
  const query = json({ _openid: '{openid}' });
  const { data } = await ask('database.calculateDocument', { collectionName: 'READONLY', query });
  expect(data).toEqual({ total: 1 });
});

describe('An aggregation', () => {
  const stage = (name: string, value: unknown): object => ({
    stageKey: `$${name}`,
    stageValue: json(value),
  });
  const aggregate = (collectionName: string, ...stages: object[]): Promise<unknown> =>
    ask('database.aggregateDocuments', { collectionName, stages });
  const lookup = (from: string): object => ({
    from,
    localField: 'n',
    foreignField: 'n',
    as: 'all',
  });

  test.each(['READONLY', 'ADMINWRITE'])('may look into a collection that is %s', async (from) => {
    const { data } = (await aggregate('PRIVATE', stage('lookup', lookup(from)))) as {
      data: { list: string[] };
    };
    expect(data.list.map((text) => (JSON.parse(text) as { all: unknown[] }).all.length)).toEqual([
      3,
    ]);
  });

  test.each(['PRIVATE', 'ADMINONLY', 'CUSTOM'])(
    'may not look into one that is %s, however deep',
    async (from) => {
      const inner = { from: 'READONLY', as: 'x', pipeline: [{ $lookup: lookup(from) }] };
      for (const stages of [
        [stage('lookup', lookup(from))],
        [stage('lookup', inner)],
        [stage('facet', { x: [{ $lookup: lookup(from) }] })],
        [stage('unionWith', from)],
        [stage('unionWith', { coll: from })],
        [stage('unionWith', { from: 'READONLY', coll: from })],
        [stage('lookup', { ...lookup('READONLY'), coll: from })],
        [stage('graphLookup', { ...lookup(from), startWith: '$n' })],
      ]) {
        await expect(aggregate('READONLY', ...stages)).rejects.toMatchObject({ code: denied });
      }
    },
  );

  test('by distance finds only what is the user’s', async () => {
    await database.write((writer) => {
      const place = { type: 'Point', coordinates: [1, 2] };
      const collection = writer.collection('PRIVATE');
      for (const _openid of ['me', 'other'])
        writer.insert(collection, { _id: _openid, _openid, place });
    });
    const near = {
      near: { type: 'Point', coordinates: [1, 2] },
      distanceField: 'd',
      key: 'place',
      spherical: true,
    };
    for (const geoNear of [near, { ...near, query: { _openid: 'other' } }]) {
      const { data } = (await aggregate('PRIVATE', stage('geoNear', geoNear))) as {
        data: { list: string[] };
      };
      expect(data.list.filter((text) => text.includes('other'))).toEqual([]);
    }
  });
});

const value = fc.oneof(
  fc.constantFrom('me', 'other', 1, null, 'their secret', '{openid}'),
  fc.record({ $ne: fc.constantFrom('me', 'x') }),
  fc.constantFrom({ $exists: true }, { $in: ['other', 'me'] }, { $gt: '' }, { $eq: 'other' }),
);
const condition = fc.dictionary(
  fc.constantFrom('_openid', '_openid.x', '_id', 'n', 'text'),
  value,
  { maxKeys: 3 },
);
const query = fc.oneof(
  condition,
  fc.record({ $or: fc.array(condition, { minLength: 1, maxLength: 2 }) }),
  fc
    .tuple(condition, condition)
    .map(([one, two]) => ({ ...one, $or: [two, { n: 1 }], $and: [{ n: 1 }] })),
  fc.record({ $nor: fc.array(condition, { minLength: 1, maxLength: 2 }) }),
  fc.constant({ $expr: { $ne: ['$_openid', 'me'] } }),
);
const update = fc.dictionary(
  fc.constantFrom('$set', '$unset', '$rename', '$inc', '$push', '$setOnInsert', '_openid', 'text'),
  fc.oneof(
    fc.dictionary(
      fc.constantFrom('_openid', '_openid.x', 'n', 'text'),
      fc.constantFrom('other', '_openid', 1),
      {
        maxKeys: 2,
      },
    ),
    fc.constantFrom('other'),
  ),
  { maxKeys: 2 },
);
const request = fc.oneof(
  fc.record({
    action: fc.constantFrom('getDocument', 'calculateDocument', 'removeDocument'),
    query,
    multi: fc.boolean(),
  }),
  fc.record({
    action: fc.constant('modifyDocument'),
    query,
    data: update,
    multi: fc.boolean(),
    merge: fc.boolean(),
    upsert: fc.boolean(),
  }),
  fc.record({ action: fc.constant('insertDocument'), data: fc.tuple(fc.oneof(condition, update)) }),
  fc.record({ action: fc.constant('aggregateDocuments'), match: query }),
);

/** Lets the collection begin anew: what one run wrote must not meet the next. */
async function restore(): Promise<void> {
  await database.write((writer) => {
    const collection = writer.collection('PRIVATE');
    for (const found of [...writer.view.scan(collection)]) writer.remove(collection, found);
    for (const document of [mine, ...others]) writer.insert(collection, document);
  });
}

const listed = v.object({ data: v.object({ list: v.array(v.string()) }) });

test('Whatever a phone asks of a private collection, nothing of others is read, changed or made', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 6 }), async (asked) => {
      await restore();
      for (const { action, ...each } of asked) {
        const body: Record<string, unknown> = { collectionName: 'PRIVATE', ...each };
        if ('query' in each) body['query'] = json(each.query);
        if ('match' in each)
          body['stages'] = [{ stageKey: '$match', stageValue: json(each.match) }];
        if ('data' in each)
          body['data'] = Array.isArray(each.data)
            ? each.data.map((one) => json(one))
            : json(each.data);
        const answer = await ask(`database.${action}`, body).catch((error: unknown) => {
          if (!(error instanceof DatabaseError)) throw error;
          return error;
        });
        const found = v.is(listed, answer) ? answer.data.list : [];
        for (const text of found) expect(JSON.parse(text)).toMatchObject({ _openid: 'me' });
        const theirs = contentsOf(database, 'PRIVATE').filter(
          (document) => document['_openid'] !== 'me',
        );
        expect(theirs).toEqual(others);
      }
    }),
    { numRuns: 80 },
  );
});
