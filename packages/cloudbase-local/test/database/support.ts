import { writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * What the database can do beside the cloud's. DATABASE.md is made of it, and database-md.test.ts holds it against the
 * database: `npx tsx packages/cloudbase-local/test/database/support.ts` writes the two files anew.
 */
export type Language = 'en' | 'zh';
type Text = Readonly<Record<Language, string>>;

/** Names that the SDK has for one kind of operator. */
export interface Operators {
  readonly title: Text;
  /** Where the SDK has the names: `_`, `_.aggregate`, `_.project` or the stages of `aggregate()`. */
  readonly from: 'command' | 'aggregate' | 'project' | 'stages';
  readonly kind: 'query' | 'update' | 'expression' | 'projection' | 'stage';
  readonly supported: readonly string[];
  readonly missing: readonly string[];
}

const list = (names: string): string[] => names.trim().split(/\s+/);

export const operators: readonly Operators[] = [
  {
    title: { en: 'Conditions (`db.command`)', zh: '查询条件（`db.command`）' },
    from: 'command',
    kind: 'query',
    supported: list(
      'eq neq lt lte gt gte in nin all elemMatch exists size mod geoNear geoWithin geoIntersects and nor or not expr jsonSchema',
    ),
    missing: ['text'],
  },
  {
    title: { en: 'Changes (`db.command`)', zh: '更新操作（`db.command`）' },
    from: 'command',
    kind: 'update',
    supported: list(
      'set remove inc mul push pull pullAll pop shift unshift addToSet rename bit max min',
    ),
    missing: [],
  },
  {
    title: { en: 'Projections (`db.command.project`)', zh: '投影（`db.command.project`）' },
    from: 'project',
    kind: 'projection',
    supported: ['slice', 'elemMatch'],
    missing: [],
  },
  {
    title: { en: 'Stages (`aggregate()`)', zh: '聚合阶段（`aggregate()`）' },
    from: 'stages',
    kind: 'stage',
    supported: list(
      'addFields bucket bucketAuto count geoNear group limit match project lookup replaceRoot sample skip sort sortByCount unwind',
    ),
    missing: [],
  },
  {
    title: {
      en: 'Expressions and accumulators (`db.command.aggregate`)',
      zh: '表达式与累加器（`db.command.aggregate`）',
    },
    from: 'aggregate',
    kind: 'expression',
    supported: list(`
      abs add ceil divide exp floor ln log log10 mod multiply pow sqrt subtract trunc arrayElemAt arrayToObject
      concatArrays filter in indexOfArray isArray map range reduce reverseArray size slice zip and not or cmp eq gt gte lt
      lte neq cond ifNull switch dateFromParts dateFromString dayOfMonth dayOfWeek dayOfYear isoDayOfWeek isoWeek
      isoWeekYear millisecond minute month second hour week year literal mergeObjects objectToArray allElementsTrue
      anyElementTrue setDifference setEquals setIntersection setIsSubset setUnion concat dateToString indexOfBytes
      indexOfCP split strLenBytes strLenCP strcasecmp substr substrBytes substrCP toLower toUpper addToSet avg first last
      max min push stdDevPop stdDevSamp sum let`),
    missing: ['meta'],
  },
];

type State = 'same' | 'different' | 'missing';

/** One thing that the database does as the cloud, otherwise, or not. */
export interface Behaviour {
  readonly state: State;
  readonly what: Text;
  /** The test that shows it: a file, and words of its title. */
  readonly test?: readonly [file: string, title: string];
}

export const behaviours: readonly Behaviour[] = [
  {
    state: 'same',
    what: {
      en: 'Transactions: `startTransaction`, `runTransaction`; get, add, set, update, remove, updateAndReturn in them; commit, rollback. The snapshot is that of the first operation, write skew commits',
      zh: '事务：`startTransaction`、`runTransaction`；事务内 get、add、set、update、remove、updateAndReturn；提交与回滚。快照取自第一次操作；允许写偏斜',
    },
    test: ['transactions.test.ts', 'sees its own changes, by every operation'],
  },
  {
    state: 'same',
    what: {
      en: 'A write that conflicts fails at once with DATABASE_TRANSACTION_CONFLICT; a transaction that is over, or older than 30 s, with DATABASE_TRANSACTION_FAIL',
      zh: '写冲突立即返回 DATABASE_TRANSACTION_CONFLICT；已结束或超过 30 秒的事务返回 DATABASE_TRANSACTION_FAIL',
    },
    test: ['transactions.test.ts', 'lives for 30 seconds'],
  },
  {
    state: 'same',
    what: {
      en: 'A write from outside to a document that a transaction holds waits until that ends, as in MongoDB',
      zh: '事务外写入被事务占用的文档时，等待事务结束（同 MongoDB）',
    },
    test: ['transactions.test.ts', 'waits for a transaction that holds the document'],
  },
  {
    state: 'same',
    what: {
      en: 'Indexes of database/collections.json: for equal values, ranges and sorts, also by their first fields, on arrays, and for each part of an `or`; unique ones hold, also in transactions',
      zh: 'database/collections.json 声明的索引：用于等值、范围与排序，支持复合索引前缀、数组字段以及 `or` 的各分支；唯一索引在事务内外都有效',
    },
    test: ['indexes.test.ts', 'A query finds the same with indexes and without'],
  },
  {
    state: 'same',
    what: {
      en: 'A lookup reads the other collection by an index: by a field, by each element of an array, or by a pipeline with `let` that begins with `$expr` and `$eq`',
      zh: 'lookup 经索引读取另一个集合：按字段、按数组的每个元素，或按以 `$expr` 与 `$eq` 开头、带 `let` 的 pipeline',
    },
    test: ['indexes.test.ts', 'for a $lookup %s'],
  },
  {
    state: 'same',
    what: {
      en: 'An index of more than 10,000 documents is built while the cloud serves; until then queries do without it',
      zh: '为超过 10000 条文档建立索引时照常服务；建成之前，查询不使用它',
    },
    test: ['indexes.test.ts', 'of a large collection are built while it is read and written'],
  },
  {
    state: 'same',
    what: {
      en: 'geoNear in order of distance (a sphere with a radius of 6,378,100 m), geoWithin (on a plane too: `$box`, `$center`, `$polygon`), geoIntersects, the stage geoNear',
      zh: 'geoNear 按距离排序（半径 6378100 米的球面）、geoWithin（也支持平面图形 `$box`、`$center`、`$polygon`）、geoIntersects，以及 geoNear 聚合阶段',
    },
    test: ['database.built.test.ts', 'Geography through the SDK'],
  },
  {
    state: 'same',
    what: {
      en: 'A query gives 100 documents if it does not say, 1000 at most; an add takes any number of them',
      zh: '查询默认返回 100 条、最多 1000 条；一次 add 的条数不限',
    },
    test: ['properties.test.ts', 'A query gives 1000 documents at most'],
  },
  {
    state: 'same',
    what: {
      en: 'A slow request (over 100 ms) is logged with the index that it used and how much it read',
      zh: '慢请求（超过 100 毫秒）写入日志，注明所用索引与读取量',
    },
    test: ['indexes.test.ts', 'and a slow query says which in the log'],
  },
  {
    state: 'same',
    what: {
      en: 'wx-server-sdk makes an error of its own of a conflict, so its `runTransaction` does not run again; that of @cloudbase/node-sdk does',
      zh: 'wx-server-sdk 会把冲突包装成自己的错误，其 `runTransaction` 因此不会重试；@cloudbase/node-sdk 会重试',
    },
    test: ['database.built.test.ts', 'are run again by @cloudbase/node-sdk'],
  },
  {
    state: 'same',
    what: {
      en: 'For phones the permissions READONLY, PRIVATE, ADMINWRITE and ADMINONLY hold; `_openid` is written by the cloud alone; a query gives 20 documents at most',
      zh: '手机端遵守权限 READONLY、PRIVATE、ADMINWRITE、ADMINONLY；`_openid` 只由云端写入；一次查询最多返回 20 个文档',
    },
    test: ['client.test.ts', 'nothing of others is read, changed or made'],
  },
  {
    state: 'different',
    what: {
      en: 'An update or removal of many documents is all or nothing in a collection of up to 10,000. In a larger one each document is changed by itself, as in MongoDB; one that fails says how many were changed before it',
      zh: '文档不超过 10000 条的集合，批量更新或删除要么全部成功，要么全部不变；更大的集合同 MongoDB，逐个文档生效，中途失败会说明此前已更改的条数',
    },
    test: ['properties.test.ts', 'that fails leaves what it has changed before'],
  },
  {
    state: 'different',
    what: {
      en: 'Geography needs no geospatial index, and uses none: it reads all documents',
      zh: '地理查询不需要地理索引，也不使用索引：会读取全部文档',
    },
    test: ['database.built.test.ts', 'Geography through the SDK'],
  },
  {
    state: 'different',
    what: {
      en: 'Numbers are JavaScript’s: int, long and double are told apart by their value, and a long beyond 2^53 is rounded',
      zh: '数字采用 JavaScript 数字：int、long、double 按数值区分，超过 2^53 的 long 会舍入',
    },
    test: ['engine.test.ts', '$type of an element'],
  },
  {
    state: 'different',
    what: {
      en: 'A projection cannot name a field `constructor`',
      zh: '投影不能指定名为 `constructor` 的字段',
    },
    test: ['engine.test.ts', 'A projection reaches no prototype'],
  },
  {
    state: 'missing',
    what: {
      en: 'Code in queries (`$where`, `$function`, `$accumulator`), and stages that write (`$out`, `$merge`)',
      zh: '查询中的代码（`$where`、`$function`、`$accumulator`）与写出阶段（`$out`、`$merge`）',
    },
    test: ['engine.test.ts', '$out writes nothing'],
  },
  {
    state: 'missing',
    what: {
      en: '`watch`, security rules, collation, TTL and text indexes, count and aggregate in a transaction',
      zh: '`watch`、安全规则、collation、TTL 与全文索引、事务内的 count 与 aggregate',
    },
  },
];

const words = {
  title: { en: 'The database of the local cloud', zh: '本地云的数据库' },
  intro: {
    en: 'What it does beside the database of CloudBase. This file is made of `test/database/support.ts`, and `database-md.test.ts` holds each line against the database.',
    zh: '与 CloudBase 数据库的对照。本文件由 `test/database/support.ts` 生成，`database-md.test.ts` 逐项与数据库核对。',
  },
  operators: { en: 'Operators of the SDK', zh: 'SDK 的操作符' },
  head: { en: '| | supported | missing |', zh: '| | 支持 | 缺少 |' },
  behaviour: { en: 'Behaviour', zh: '行为' },
  behaviourHead: { en: '| what | beside the cloud |', zh: '| 内容 | 与云端相比 |' },
  storage: { en: 'Where the documents are', zh: '文档存放在哪里' },
  storageText: {
    en: `Documents and indexes lie on disk, in one LMDB file, and are read where they lie: memory does not grow with them, but for at most
32 MB of documents (as they lie on disk) that are kept decoded. A write is answered when it is on the disk; a process that is killed at any
moment loses nothing that was answered and leaves nothing half done; of an update in parts each part is whole. The start reads the whole file once, in a process of its
own, to find damage: that is the only thing that grows with the data. Measured on two quiet cores, with a million
documents of about 150 bytes: a start takes 3.4 s, the process has 33 MB of its own when idle and up to 300 MB after scans, 21 documents by
an index take 2 ms (46 ms at 50 side by side; as fast as with a thousand documents), without an index 3.3 s. What
takes long lets others have their turn, 10 ms at a time: an index of a million documents is built in 14 s while the cloud serves
(it waits up to 0.2 s), an update of 130,000 documents takes 11 s (others wait up to 0.1 s), and an index is taken away in parts too. An
aggregation holds all documents that its first \`match\` lets through, and works on them without a rest: 3 s for a \`group\` of a million.
The limit is the disk. \`npm run bench -- database\` measures it all.`,
    zh: `文档与索引都在磁盘上的一个 LMDB 文件里，就地读取：内存不随数据增长，只保留至多 32 MB（按磁盘上的大小）已解码的文档。写入落盘后才应答；
进程随时被杀，已应答的不丢，未完成的不留一半；分批执行的更新，每一批是完整的。启动时由单独的进程通读一遍文件以发现损坏：只有这一步的耗时随数据增长。
在空闲的双核机器上，一百万条约 150 字节的文档实测：启动 3.4 秒；进程自身内存空闲时 33 MB，全表扫描后至多 300 MB；经索引取 21 条
2 毫秒（50 路并发 46 毫秒，与一千条文档时一样快），无索引则 3.3 秒。耗时的操作每 10 毫秒让出一次：为一百万条文档建立索引需 14 秒，
期间照常服务（等待至多 0.2 秒）；一次更新 13 万条文档用时 11 秒（其他请求等待至多 0.1 秒）。删除索引也分批进行。聚合会把
首个 \`match\` 选中的文档全部放在内存里，处理时不让出：对一百万条文档 \`group\` 约 3 秒。上限是磁盘。以上都可用 \`npm run bench -- database\` 测量。`,
  },
};

const states: Readonly<Record<State, Text>> = {
  same: { en: 'as the cloud', zh: '相同' },
  different: { en: '**different**', zh: '**不同**' },
  missing: { en: '**missing**', zh: '**缺少**' },
};

export const files: Readonly<Record<Language, string>> = {
  en: path.resolve(__dirname, '../../DATABASE.md'),
  zh: path.resolve(__dirname, '../../DATABASE.zh-CN.md'),
};

export function render(language: Language): string {
  const names = (all: readonly string[]): string =>
    all.map((name) => `\`${name}\``).join(' ') || '–';
  const other = language === 'en' ? '[简体中文](DATABASE.zh-CN.md)' : '[English](DATABASE.md)';
  return [
    `# ${words.title[language]}`,
    other,
    words.intro[language],
    `## ${words.operators[language]}`,
    [
      words.head[language],
      '| --- | --- | --- |',
      ...operators.map(
        ({ title, supported, missing }) =>
          `| ${title[language]} | ${names(supported)} | ${names(missing)} |`,
      ),
    ].join('\n'),
    `## ${words.behaviour[language]}`,
    [
      words.behaviourHead[language],
      '| --- | --- |',
      ...behaviours.map(({ state, what }) => `| ${what[language]} | ${states[state][language]} |`),
    ].join('\n'),
    `## ${words.storage[language]}`,
    words.storageText[language],
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

if (require.main === module) {
  for (const language of ['en', 'zh'] as const) writeFileSync(files[language], render(language));
}
