import { Decimal128, Long, ObjectId } from 'bson';
import fc from 'fast-check';
import { DatabaseError, withEngine } from '../../src/database/database-error';
import { encode, type Fields, type StoredDocument } from '../../src/database/document';
import { parseFields, stringify } from '../../src/database/ejson';
import { equal } from '../../src/database/engine/compare';
import { matcher, runStages } from '../../src/database/engine/engine';
import { ValueSet } from '../../src/database/engine/value-set';
import { project } from '../../src/database/project';
import { updateDocument } from '../../src/database/update';

/** What a query finds among documents, by their places. */
function found(query: Fields, documents: readonly Fields[]): number[] {
  const test = matcher(query);
  return documents.flatMap((document, index) => (test(document) ? [index] : []));
}

/** What a pipeline gives; without fields that have no value, as the SDK gets it. */
function stages(documents: readonly Fields[], ...pipeline: Fields[]): unknown[] {
  const result = withEngine(() => runStages(documents, pipeline, () => []));
  return result.map((document) => JSON.parse(stringify(document)) as unknown).map(relaxed);
}

function relaxed(value: unknown): unknown {
  return parseFields(JSON.stringify(value), '', 0);
}

/** What an expression gives for a document; 'nothing' if it is missing. */
function value(expression: unknown, document: Fields = {}): unknown {
  const [result] = withEngine(() =>
    runStages([document], [{ $project: { v: expression } }], () => []),
  );
  return result?.['v'] === undefined ? 'nothing' : result['v'];
}

function refusal(step: () => unknown): unknown {
  try {
    return step();
  } catch (error) {
    return error instanceof DatabaseError ? error.code : error;
  }
}

const date = (text: string): Date => new Date(`${text}Z`);
const values = [{ v: 1 }, { v: [1, 2] }, { v: 'a' }, { v: null }, {}, { v: [[1]] }, { v: [] }];

/** mongodb.com/docs/manual/reference/operator/query */
test.each<[rule: string, query: Fields, documents: readonly Fields[], expected: number[]]>([
  [
    'a scalar has no fields',
    { t: { $elemMatch: { x: { $exists: true } } } },
    [{ t: [1, 'a'] }, { t: [{ x: 1 }] }],
    [1],
  ],
  [
    'a missing field of a scalar is no match',
    { t: { $elemMatch: { x: null } } },
    [{ t: [1] }, { t: [{}] }],
    [1],
  ],
  [
    'operators are tried on the element',
    { t: { $elemMatch: { $gt: 1, $lt: 3 } } },
    [{ t: [0, 4] }, { t: [2] }],
    [1],
  ],
  ['$all takes a scalar for a list of one', { v: { $all: [1] } }, values, [0, 1]],
  ['$gte null finds what is missing', { v: { $gte: null } }, values, [3, 4]],
  ['$lte null finds what is missing', { v: { $lte: null } }, values, [3, 4]],
  ['$gt null finds nothing', { v: { $gt: null } }, values, []],
  ['$eq null finds what is missing', { v: null }, values, [3, 4]],
  ['$ne null is the rest', { v: { $ne: null } }, values, [0, 1, 2, 5, 6]],
  ['$in with null', { v: { $in: [null, 'a'] } }, values, [2, 3, 4]],
  ['$nin of an element', { v: { $nin: [1, null] } }, values, [2, 5, 6]],
  ['$in of an array', { v: { $in: [[1]] } }, values, [5]],
  [
    '$mod takes numbers alone',
    { v: { $mod: [2, 1] } },
    [{ v: true }, { v: new Date(1) }, { v: 3 }, { v: '3' }, { v: -3 }],
    [2],
  ],
  ['$mod cuts to whole numbers', { v: { $mod: [2.9, 1] } }, [{ v: 3.5 }, { v: 2 }], [0]],
  [
    'the order of keys counts',
    { v: { $eq: { y: 1, l: 2 } } },
    [{ v: { l: 2, y: 1 } }, { v: { y: 1, l: 2 } }],
    [1],
  ],
  ['types are bracketed', { v: { $lt: 'b' } }, values, [2]],
  ['booleans compare', { v: { $gt: false } }, [{ v: true }, { v: 1 }], [0]],
  [
    'a path enters arrays',
    { 'a.b': 1 },
    [{ a: [{ b: 1 }] }, { a: [{ b: [1] }] }, { a: { b: 1 } }, { a: [[{ b: 1 }]] }],
    [0, 1, 2],
  ],
  [
    'a path takes a position',
    { 'a.1': 2 },
    [{ a: [1, 2] }, { a: [2, 1] }, { a: { 1: 2 } }],
    [0, 2],
  ],
  [
    'null in documents of an array',
    { 'a.b': null },
    [{ a: [{ b: 1 }, {}] }, { a: [1] }, { a: [] }, { a: 1 }, {}],
    [0, 3, 4],
  ],
  [
    '$exists in documents of an array',
    { 'a.b': { $exists: true } },
    [{ a: [{}, { b: 0 }] }, { a: [{}] }],
    [0],
  ],
  ['$size', { v: { $size: 1 } }, values, [5]],
  ['$type by name', { v: { $type: 'array' } }, values, [1, 5, 6]],
  ['$type of an element', { v: { $type: 'number' } }, values, [0, 1]],
  ['$comment says nothing', { $comment: 'x', $and: [{ $comment: 'y', v: 1 }] }, values, [0, 1]],
  ['NaN is only equal to itself', { v: { $lt: 5 } }, [{ v: NaN }, { v: 1 }], [1]],
  [
    'numbers of every BSON type are numbers',
    { v: { $gte: 2 } },
    [{ v: Long.fromNumber(3) }, { v: Decimal128.fromString('1.5') }],
    [0],
  ],
  ['$not of a pattern', { v: { $not: /a/ } }, values, [0, 1, 3, 4, 5, 6]],
  ['a pattern in $in', { v: { $in: [/^A/i] } }, values, [2]],
])('Query: %s', (_, query, documents, expected) => {
  expect(found(query, documents)).toEqual(expected);
});

/** mongodb.com/docs/manual/reference/operator/query/geoWithin/#2d-index-queries */
test.each<[shape: Fields, expected: number[] | string]>([
  [
    {
      $box: [
        [0, 0],
        [4, 2],
      ],
    },
    [0, 1, 2, 4],
  ],
  [
    {
      $box: [
        [4, 2],
        [0, 0],
      ],
    },
    [0, 1, 2, 4],
  ],
  [{ $center: [[0, 0], 5] }, [0, 1, 2, 4, 5]],
  [{ $centerSphere: [[0, 0], (3 * Math.PI) / 180] }, [0, 2]],
  [
    {
      $polygon: [
        [0, 0],
        [4, 0],
        [4, 4],
        [2, 1],
        [0, 4],
      ],
    },
    [0, 1, 2, 4, 5],
  ],
  [
    {
      $polygon: [
        [0, 0],
        [4, 0],
      ],
    },
    'DATABASE_REQUEST_FAILED',
  ],
  [{ $box: [[0, 0]] }, 'DATABASE_REQUEST_FAILED'],
  [{ $center: [[0, 0], -1] }, 'DATABASE_REQUEST_FAILED'],
])('$geoWithin %j', ($geoWithin, expected) => {
  const places = [
    [1, 1],
    { lng: 4, lat: 0 },
    { type: 'Point', coordinates: [1, 0.5] },
    [200, 300],
    [
      [9, 9],
      [3, 1],
    ],
    [0, 4],
    'nowhere',
    [2, 5],
  ].map((v) => ({ v }));
  expect(refusal(() => found({ v: { $geoWithin } }, places))).toEqual(expected);
});

test('A pattern with option x ignores white space and comments', () => {
  const query = parseFields('{"v":{"$regex":"a b # c\\n[ ]d\\\\ e","$options":"xi"}}', 'query', 0);
  expect(found(query, [{ v: 'AB D E' }, { v: 'a b d e' }])).toEqual([0]);
  const canonical = '{"v":{"$regularExpression":{"pattern":"a b","options":"x"}}}';
  expect(found(parseFields(canonical, 'query', 0), [{ v: 'ab' }])).toEqual([0]);
});

/** mongodb.com/docs/manual/reference/operator/query/jsonSchema */
test.each<[schema: Fields, expected: number[]]>([
  [{ required: ['v'] }, [0, 1, 2, 3, 5, 6]],
  [{ properties: { v: { bsonType: 'array' } }, required: ['v'] }, [1, 5, 6]],
  [{ properties: { v: { bsonType: ['int', 'string'] } }, required: ['v'] }, [0, 2]],
  [{ properties: { v: { type: 'number', minimum: 1, exclusiveMinimum: true } } }, [4]],
  [{ properties: { v: { items: { bsonType: 'int' }, minItems: 2 } } }, [0, 1, 2, 3, 4]],
  [{ properties: { v: { enum: [1, [1, 2]] } } }, [0, 1, 4]],
  [{ not: { required: ['v'] } }, [4]],
  [
    { oneOf: [{ required: ['v'] }, { properties: { v: { bsonType: 'null' } } }] },
    [0, 1, 2, 4, 5, 6],
  ],
  [{ additionalProperties: false }, [4]],
  [{ patternProperties: { '^v$': { pattern: '^a' } }, minProperties: 1 }, [0, 1, 2, 3, 5, 6]],
  [{ properties: { v: { uniqueItems: true, maxLength: 0 } } }, [0, 1, 3, 4, 5, 6]],
  [{ dependencies: { v: ['w'] } }, [4]],
])('$jsonSchema %j', ($jsonSchema, expected) => {
  expect(found({ $jsonSchema }, values)).toEqual(expected);
});

/** mongodb.com/docs/manual/reference/operator/aggregation */
test.each<[rule: string, expression: unknown, document: Fields, expected: unknown]>([
  ['types compare in their order', { $gt: ['a', 5] }, {}, true],
  ['missing is not null', { $eq: ['$none', null] }, {}, false],
  ['missing is less than null', { $lt: ['$none', null] }, {}, true],
  ['an array compares as a whole', { $eq: ['$a', [1, 2]] }, { a: [1, 2] }, true],
  ['$abs of a list of one', { $abs: ['$n'] }, { n: -2 }, 2],
  ['$ceil of a list of one', { $ceil: ['$n'] }, { n: 1.2 }, 2],
  ['$floor of a list of one', { $floor: ['$n'] }, { n: -3.2 }, -4],
  ['$exp of a list of one', { $exp: [0] }, {}, 1],
  ['$ln of a list of one', { $ln: [1] }, {}, 0],
  ['$log10 of a list of one', { $log10: [100] }, {}, 2],
  ['$sqrt of a list of one', { $sqrt: [{ $add: ['$n', 7] }] }, { n: 2 }, 3],
  ['$size of a list of one', { $size: ['$a'] }, { a: [1, 2] }, 2],
  ['$sum of an array field', { $sum: ['$a'] }, { a: [1, 2] }, 3],
  ['$sum of several', { $sum: ['$n', '$m'] }, { n: 1, m: 2 }, 3],
  ['$avg of a list of one', { $avg: ['$a'] }, { a: [1, 2] }, 1.5],
  ['$max of a list of one', { $max: ['$a'] }, { a: [1, 2] }, 2],
  ['$min of a list of one', { $min: ['$a'] }, { a: [1, 2] }, 1],
  ['$trunc without a list', { $trunc: '$n' }, { n: 7.8 }, 7],
  ['$trunc with a place', { $trunc: ['$n', 1] }, { n: 7.85 }, 7.8],
  ['$stdDevPop of no number', { $stdDevPop: ['$a'] }, { a: ['x'] }, null],
  ['$stdDevSamp of one', { $stdDevSamp: ['$a'] }, { a: [1] }, null],
  ['$indexOfArray from a start', { $indexOfArray: ['$a', 1, 1] }, { a: [1, 2] }, -1],
  ['$indexOfBytes counts bytes', { $indexOfBytes: ['橙a', 'a'] }, {}, 3],
  ['$indexOfCP counts code points', { $indexOfCP: ['橙😀a', 'a'] }, {}, 2],
  ['$indexOfCP between', { $indexOfCP: ['abab', 'b', 2, 3] }, {}, -1],
  ['$substr to the end', { $substr: ['hello', 1, -1] }, {}, 'ello'],
  ['$substrBytes past the end', { $substrBytes: ['hello', 3, 9] }, {}, 'lo'],
  ['$substr of a number', { $substr: ['$n', 0, 2] }, { n: 1234 }, '12'],
  ['$toLower of null', { $toLower: null }, {}, ''],
  ['$toUpper', { $toUpper: '$t' }, { t: 'ab' }, 'AB'],
  ['$strcasecmp with null', { $strcasecmp: ['$t', null] }, { t: 'a' }, 1],
  [
    '$regexMatch with option x',
    { $regexMatch: { input: '$t', regex: 'a b # c', options: 'xi' } },
    { t: 'AB' },
    true,
  ],
  ['$regexMatch of nothing', { $regexMatch: { input: '$none', regex: 'a' } }, {}, false],
  [
    '$regexFind counts code points',
    { $regexFind: { input: '😀ab', regex: /(A)(x)?()/i } },
    {},
    { match: 'a', idx: 1, captures: ['a', null, ''] },
  ],
  ['$regexFind of null', { $regexFind: { input: null, regex: 'a' } }, {}, null],
  [
    '$regexFindAll has each in its place',
    { $map: { input: { $regexFindAll: { input: 'a1a2a', regex: '^a|\\d' } }, in: '$$this.idx' } },
    {},
    [0, 1, 3],
  ],
  [
    '$regexFindAll of what is empty',
    { $size: { $regexFindAll: { input: 'ab', regex: 'x*' } } },
    {},
    3,
  ],
  [
    '$regexMatch of a number',
    { $regexMatch: { input: 1, regex: 'a' } },
    {},
    'DATABASE_REQUEST_FAILED',
  ],
  ['$week begins on Sunday', { $week: '$d' }, { d: date('2019-05-14') }, 19],
  ['$week before the first Sunday', { $week: '$d' }, { d: date('2022-01-01') }, 0],
  ['$dayOfMonth of null', { $dayOfMonth: '$none' }, {}, null],
  [
    '$hour in a time zone',
    { $hour: { date: '$d', timezone: '+0830' } },
    { d: date('2019-05-14T20:00') },
    4,
  ],
  [
    '$hour in a named zone',
    { $hour: { date: '$d', timezone: 'Asia/Shanghai' } },
    { d: date('2019-05-14T20:00') },
    4,
  ],
  ['$isoWeekYear in January', { $isoWeekYear: '$d' }, { d: date('2021-01-02') }, 2020],
  ['$isoWeekYear in December', { $isoWeekYear: '$d' }, { d: date('2024-12-31') }, 2025],
  ['$isoWeek', { $isoWeek: '$d' }, { d: date('2021-01-02') }, 53],
  [
    '$dateFromParts of an ISO week',
    { $dateFromParts: { isoWeekYear: 2017, isoWeek: 6, isoDayOfWeek: 3 } },
    {},
    date('2017-02-08'),
  ],
  [
    '$dateFromParts that run over',
    { $dateFromParts: { year: 2017, month: 14, day: 1 } },
    {},
    date('2018-02-01'),
  ],
  [
    '$dateFromParts in a zone',
    { $dateFromParts: { year: 2017, hour: 8, timezone: '+08:00' } },
    {},
    date('2017-01-01'),
  ],
  [
    '$dateToString',
    { $dateToString: { date: '$d', format: '%Y %U %w %% %j %G-W%V-%u' } },
    { d: date('2021-01-02') },
    '2021 00 7 % 002 2020-W53-6',
  ],
  [
    '$dateToString in a zone',
    { $dateToString: { date: '$d', format: '%H:%M%z', timezone: '+09:00' } },
    { d: date('2021-01-02') },
    '09:00+0900',
  ],
  [
    '$dateToString as it stands',
    { $dateToString: { date: '$d' } },
    { d: date('2021-01-02') },
    '2021-01-02T00:00:00.000Z',
  ],
  [
    '$switch by a default',
    { $switch: { branches: [{ case: false, then: 1 }], default: 2 } },
    {},
    2,
  ],
  [
    '$switch without one',
    { $switch: { branches: [{ case: false, then: 1 }] } },
    {},
    'DATABASE_REQUEST_FAILED',
  ],
  ['a number in a path is no position', '$a.0', { a: [1, 2] }, []],
  ['a number in a path is a name', '$a.0', { a: { 0: 5 } }, 5],
  ['a path that leads nowhere is nothing', '$nope', {}, 'nothing'],
  ['$in compares wholly', { $in: [{ a: 1, b: 2 }, '$l'] }, { l: [{ b: 2, a: 1 }] }, false],
  ['$range', { $range: [0, '$n', 2] }, { n: 5 }, [0, 2, 4]],
  ['$range downwards', { $range: [3, 0, -2] }, {}, [3, 1]],
  ['$range the other way', { $range: [3, 0] }, {}, []],
  ['$range without end', { $range: [0, 2 ** 31 - 1] }, {}, 'DATABASE_REQUEST_FAILED'],
  ['$range by nothing', { $range: [0, 9, 0] }, {}, 'DATABASE_REQUEST_FAILED'],
  ['$type of nothing', { $type: '$none' }, {}, 'missing'],
  ['an unknown operator', { $frobnicate: 1 }, {}, 'DATABASE_INVALID_OPERRATOR'],
])('Expression: %s', (_, expression, document, expected) => {
  expect(refusal(() => value(expression, document))).toEqual(expected);
});

const sales = [
  { _id: 1, p: 10, t: ['x'] },
  { _id: 2, p: 50 },
  { _id: 3, p: null, t: ['y', 'z'] },
];

/** mongodb.com/docs/manual/reference/operator/aggregation-pipeline */
test.each<[rule: string, documents: readonly Fields[], pipeline: Fields[], expected: unknown]>([
  ['$count of nothing is nothing', [], [{ $count: 'n' }], []],
  ['$count', sales, [{ $count: 'n' }], [{ n: 3 }]],
  [
    '$bucket: a boundary opens its bucket',
    [{ p: 50 }, { p: 10 }],
    [{ $bucket: { groupBy: '$p', boundaries: [0, 50, 100] } }],
    [
      { _id: 0, count: 1 },
      { _id: 50, count: 1 },
    ],
  ],
  [
    '$bucket: no empty bucket, but a default',
    sales,
    [
      {
        $bucket: {
          groupBy: '$p',
          boundaries: [0, 20, 40],
          default: 'other',
          output: { ids: { $push: '$_id' } },
        },
      },
    ],
    [
      { _id: 0, ids: [1] },
      { _id: 'other', ids: [2, 3] },
    ],
  ],
  [
    '$bucket: outside without a default',
    sales,
    [{ $bucket: { groupBy: '$p', boundaries: [0, 20] } }],
    'DATABASE_REQUEST_FAILED',
  ],
  [
    '$group: $push leaves out what is missing',
    sales,
    [
      {
        $group: {
          _id: null,
          t: { $push: '$t' },
          m: { $max: '$p' },
          s: { $sum: '$p' },
          n: { $sum: 1 },
        },
      },
    ],
    [{ _id: null, t: [['x'], ['y', 'z']], m: 50, s: 60, n: 3 }],
  ],
  [
    '$group: a field that is no accumulator',
    sales,
    [{ $group: { _id: null, n: '$p' } }],
    'DATABASE_REQUEST_FAILED',
  ],
  [
    '$group: an expression that is no accumulator',
    sales,
    [{ $group: { _id: null, n: { $abs: '$p' } } }],
    'DATABASE_INVALID_OPERRATOR',
  ],
  [
    '$group: an unknown accumulator',
    sales,
    [{ $group: { _id: null, n: { $bogus: '$p' } } }],
    'DATABASE_INVALID_OPERRATOR',
  ],
  [
    '$group: deviations',
    sales,
    [{ $group: { _id: '$_id', s: { $stdDevSamp: '$p' }, p: { $stdDevPop: '$t' } } }, { $limit: 1 }],
    [{ _id: 1, s: null, p: null }],
  ],
  [
    '$sort: an array by its greatest downwards',
    [{ v: [1, 9] }, { v: 5 }, { v: [] }, {}],
    [{ $sort: { v: -1 } }],
    [{ v: [1, 9] }, { v: 5 }, {}, { v: [] }],
  ],
  [
    '$sort: an array by its least upwards',
    [{ v: 5 }, { v: [9, 1] }, { v: 'a' }],
    [{ $sort: { v: 1 } }],
    [{ v: [9, 1] }, { v: 5 }, { v: 'a' }],
  ],
  [
    '$project: nothing stays away',
    sales,
    [{ $project: { b: '$nope', t: '$t', _id: 0 } }, { $limit: 2 }],
    [{ t: ['x'] }, {}],
  ],
  [
    '$project: in an array nothing is null',
    [{}],
    [{ $project: { b: ['$nope'] } }],
    [{ b: [null] }],
  ],
  [
    '$lookup: an absent collection is empty',
    sales,
    [
      { $match: { _id: 1 } },
      { $lookup: { from: 'absent', localField: '_id', foreignField: 'x', as: 'in.it' } },
      { $project: { in: 1 } },
    ],
    [{ _id: 1, in: { it: [] } }],
  ],
  [
    '$setWindowFields',
    sales,
    [
      {
        $setWindowFields: {
          sortBy: { _id: 1 },
          output: { sum: { $sum: '$p', window: { documents: ['unbounded', 'current'] } } },
        },
      },
      { $project: { sum: 1 } },
    ],
    [
      { _id: 1, sum: 10 },
      { _id: 2, sum: 60 },
      { _id: 3, sum: 60 },
    ],
  ],
  [
    'no function runs',
    sales,
    [
      {
        $setWindowFields: {
          sortBy: { _id: 1 },
          output: { x: { $sum: { $function: { body: '1' } } } },
        },
      },
    ],
    'DATABASE_INVALID_OPERRATOR',
  ],
  ['$out writes nothing', sales, [{ $out: 'x' }], 'DATABASE_INVALID_OPERRATOR'],
])('Stage %s', (_, documents, pipeline, expected) => {
  expect(refusal(() => stages(documents, ...pipeline))).toEqual(expected);
});

describe('$lookup', () => {
  const scalar = fc.constantFrom<unknown>(1, 2, 'a', null, undefined, NaN, { x: 1 }, { x: [1] });
  const field = fc.oneof(scalar, fc.array(scalar, { maxLength: 2 }));
  const rows = fc
    .array(fc.record({ f: field, g: fc.constantFrom(1, 2) }), { maxLength: 6 })
    .map((all) => all.map((row, _id) => ({ _id, ...row })));
  const own = fc.record({ _id: fc.constant('own'), v: field });
  const read = (others: readonly Fields[], query: Fields): Fields[] =>
    others.filter(matcher(query)).map((other) => ({ ...other }));

  test('joins by each element of an array, by null where there is nothing', () => {
    fc.assert(
      fc.property(own, rows, (document, others) => {
        const $lookup = { from: 'c', localField: 'v', foreignField: 'f', as: 'r' };
        const [result] = runStages([document], [{ $lookup }], (_, query) => read(others, query));
        const wanted: unknown[] = Array.isArray(document.v) ? document.v : [document.v];
        const ids = found({ f: { $in: wanted.map((each) => each ?? null) } }, others);
        const joined = ((result?.['r'] ?? []) as StoredDocument[]).map(({ _id }) => Number(_id));
        expect(joined.sort((a, b) => a - b)).toEqual(ids);
      }),
    );
  });

  test('reads less for a pipeline that begins with a condition, and gives the same', () => {
    const path = fc.constantFrom('$f', '$f.x', '$g', '$none');
    const equality = fc
      .tuple(path, fc.constantFrom('$$v', '$$v.x', '$$ROOT.f', 1))
      .map((all) => ({ $eq: all }));
    const condition = fc.oneof(
      equality.map(($expr) => ({ $expr })),
      fc.tuple(equality, equality).map(($and) => ({ $expr: { $and } })),
      fc.tuple(equality, fc.constantFrom(1, 2)).map(([$expr, g]) => ({ g, $expr })),
      equality.map(($expr) => ({ $and: [{ g: 1 }, { $expr }] })),
      equality.map(($expr) => ({ $or: [{ g: 1 }, { $expr }] })),
    );
    fc.assert(
      fc.property(fc.array(own, { maxLength: 2 }), rows, condition, (documents, others, $match) => {
        const pipeline = [
          { $lookup: { from: 'c', let: { v: '$v' }, pipeline: [{ $match }], as: 'r' } },
        ];
        const narrowed = runStages(documents, pipeline, (_, query) => read(others, query));
        expect(narrowed).toEqual(runStages(documents, pipeline, () => read(others, {})));
      }),
      { numRuns: 300 },
    );
  });
});

test('$sample takes no document twice', () => {
  const documents = Array.from({ length: 20 }, (_, _id) => ({ _id }));
  const sample = stages(documents, { $sample: { size: 30 } });
  expect(sample).toHaveLength(20);
  expect(new Set(sample.map((each) => JSON.stringify(each))).size).toBe(20);
  expect(stages(documents, { $sample: { size: 3 } })).toHaveLength(3);
});

/** mongodb.com/docs/manual/reference/operator/projection */
test.each<[projection: Fields, expected: Fields]>([
  [{ a: { $slice: 1 } }, { _id: 1, a: [1], b: { c: [5, 6] }, n: 1 }],
  [
    { a: { $slice: -2 }, n: 0 },
    { _id: 1, a: [2, 3], b: { c: [5, 6] } },
  ],
  [
    { 'b.c': { $slice: [1, 1] }, n: 1 },
    { _id: 1, b: { c: [6] }, n: 1 },
  ],
  [{ a: { $elemMatch: { $gt: 1 } } }, { _id: 1, a: [2] }],
  [{ a: 1, _id: 0 }, { a: [1, 2, 3] }],
])('field(%j)', (projection, expected) => {
  const document = { _id: 1, a: [1, 2, 3], b: { c: [5, 6] }, n: 1 };
  expect(project([document], projection, {})).toEqual([expected]);
  expect(document.b.c).toEqual([5, 6]);
});

const stored = { _id: 1, list: [1, { k: 3 }, { k: 1 }, [3]], n: 1, t: 'a', o: [{ x: 1, y: 2 }] };

/** mongodb.com/docs/manual/reference/operator/update */
test.each<[operators: Fields, changed: Fields | string]>([
  [{ $pull: { list: { k: { $gt: 2 } } } }, { list: [1, { k: 1 }, [3]] }],
  [{ $pull: { list: { $gte: 1 } } }, { list: [{ k: 3 }, { k: 1 }, [3]] }],
  [{ $pull: { o: { x: 1 } } }, { o: [] }],
  [
    { $addToSet: { o: { y: 2, x: 1 } } },
    {
      o: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  ],
  [{ $addToSet: { o: { x: 1, y: 2 } } }, 'nothing'],
  [{ $setOnInsert: { z: 1 } }, 'nothing'],
  [{ $set: { n: 2 }, $setOnInsert: { z: 1 } }, { n: 2 }],
  [{ $set: { 'list.foo': 1 } }, 'DATABASE_REQUEST_FAILED'],
  [{ $set: { 'list.0': 7 } }, { list: [7, { k: 3 }, { k: 1 }, [3]] }],
  [{ $max: { t: 5 } }, 'nothing'],
  [{ $min: { t: 5 } }, { t: 5 }],
  [{ $set: { n: 2 }, $inc: { n: 1 } }, 'DATABASE_REQUEST_FAILED'],
  [{ $set: { o: [{ y: 2, x: 1 }] } }, { o: [{ y: 2, x: 1 }] }],
  [{ $bogus: { n: 1 } }, 'DATABASE_INVALID_OPERRATOR'],
])('update %j', (operators, changed) => {
  const result = refusal(() => updateDocument(stored, operators, {}) ?? 'nothing');
  const expected = typeof changed === 'string' ? changed : { ...stored, ...changed };
  expect(typeof result === 'string' ? result : JSON.stringify(result)).toBe(
    typeof expected === 'string' ? expected : JSON.stringify(expected),
  );
});

test('Long lists are looked into, not gone through for each value', () => {
  const n = 20_000;
  const texts = (from: number) => Array.from({ length: n }, (_, at) => `t${from + at}`);
  const long = { _id: 1, list: texts(0) };
  const before = process.cpuUsage();
  const added = updateDocument(long, { $addToSet: { list: { $each: texts(n - 5) } } }, {});
  expect(added?.['list']).toHaveLength(2 * n - 5);
  const left = updateDocument(long, { $pullAll: { list: texts(5) } }, {});
  expect(left?.['list']).toEqual(['t0', 't1', 't2', 't3', 't4']);
  const documents = texts(n / 2).map((v) => ({ v }));
  expect(found({ v: { $in: texts(0) } }, documents)).toHaveLength(n / 2);
  // Each takes seconds if every value is compared with every other one.
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
});

test('A set of values finds what is equal to one of them', () => {
  const scalar = fc.oneof(
    fc.constantFrom<unknown>(null, undefined, true, 0, -0, NaN, '', '0', 'null', 'd0', /0/),
    fc.constantFrom(new Date(0), Long.fromNumber(0), Decimal128.fromString('1'), 1, 2),
    fc.constantFrom(new ObjectId('65f0000000000000000000aa'), 'o65f0000000000000000000aa'),
  );
  const any = fc.oneof(scalar, fc.array(scalar, { maxLength: 2 }), fc.record({ x: scalar }));
  fc.assert(
    fc.property(fc.array(any, { maxLength: 4 }), any, (members, value) => {
      expect(new ValueSet(members).has(value)).toBe(members.some((each) => equal(each, value)));
    }),
  );
});

test('A document has 16 MB at most', () => {
  const half = 'x'.repeat(8 * 1024 * 1024 - 100);
  const twice = updateDocument({ _id: 1, half }, { $set: { other: half } }, {});
  expect(() => encode({ ...twice })).not.toThrow();
  expect(refusal(() => encode({ ...twice, more: 'x'.repeat(200) }))).toBe(
    'DATABASE_REQUEST_FAILED',
  );
});

test('$setOnInsert counts where a document is made', () => {
  const made: StoredDocument = { _id: 1 };
  expect(updateDocument(made, { $set: { a: 1 }, $setOnInsert: { b: 2 } }, {}, true)).toEqual({
    _id: 1,
    a: 1,
    b: 2,
  });
});

test('An ObjectId is answered as its text, and what has no value is left out', () => {
  const id = new ObjectId('65f0000000000000000000aa');
  expect(stringify({ _id: id, nothing: undefined, list: [undefined, id] })).toBe(
    '{"_id":"65f0000000000000000000aa","list":[null,"65f0000000000000000000aa"]}',
  );
});

test('A projection reaches no prototype', () => {
  const documents = [{ _id: 1, constructor: { prototype: { polluted: 1 } } }];
  for (const projection of [{ 'constructor.prototype': 1 }, { constructor: { prototype: 1 } }]) {
    expect(refusal(() => stages(documents, { $project: projection }))).toBe(
      'DATABASE_REQUEST_FAILED',
    );
    expect(refusal(() => project(documents, projection, {}))).toBe('DATABASE_REQUEST_FAILED');
  }
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});
