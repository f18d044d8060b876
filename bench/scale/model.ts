/** Text in the two languages of the documents. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** Where a number comes from: measured or declared in this repository, written in a document, or assumed. */
export interface Source {
  readonly kind: 'measured' | 'documented' | 'declared' | 'assumed';
  readonly why: Text;
  /** Of the document. */
  readonly url?: string;
  /** When it was measured, or which state of the document was read. */
  readonly date?: string;
}

export interface ModelNumber extends Source {
  readonly value: number;
  readonly unit: Text;
  readonly what: Text;
}

const assumed = (en: string, zh: string): Source => ({ kind: 'assumed', why: { en, zh } });
const documented = (en: string, zh: string, url: string, date: string): Source => ({
  ...{ kind: 'documented', why: { en, zh }, url, date },
});
const declared: Source = {
  kind: 'declared',
  why: { en: '`cloudbaserc.json`', zh: '`cloudbaserc.json`' },
};
const measured = (en: string, zh: string): Source => ({
  ...{ kind: 'measured', why: { en, zh }, date: '2026-11-28' },
});

const text = (en: string, zh: string): Text => ({ en, zh });
const ms = text('ms', '毫秒');
const seconds = text('s', '秒');
const minutes = text('min', '分钟');
const times = text('', '次');
const pieces = text('', '个');
const share = text('', '');

const preset = 'https://docs.cloudbase.net/practices/scf-preset-concurrency';
const mechanism = 'https://docs.cloudbase.net/cloud-function/how-works';
/** The state of 2022, the newest whose text could be had. */
const documentOf = (commit: string, name: string): string =>
  `https://github.com/tencentyun/qcloud-documents/blob/${commit}/product/移动与通信/应用服务平台/购买指南/${name}.md`;
const prices = documentOf('021a9b8022ce22c6a1ba8c44ec4efc65ba439aae', '价格文档');
const reservedResources = documentOf('40383135fb97be4892c76f8af7fda398a03b63ca', '预留资源');

/** Every number that the simulation stands on. */
export const model = {
  visitsPerDay: {
    value: 1,
    unit: times,
    what: text('visits of a phone in a day', '每部手机每天打开的次数'),
    ...assumed('those who come every day', '按每天都来的用户计'),
  },
  callsPerVisit: {
    value: 2,
    unit: times,
    what: text('business calls of a visit', '每次打开的业务调用'),
    ...assumed('the list, and one page more', '列表，再翻一页'),
  },
  thinkSeconds: {
    value: 15,
    unit: seconds,
    what: text('between two calls of a visit, median', '一次打开中两次调用的间隔（中位数）'),
    ...assumed('somebody reads a screen', '读一屏的时间'),
  },
  retries: {
    value: 2,
    unit: times,
    what: text('how often a user tries again', '失败后用户重试的次数'),
    ...assumed('then he leaves', '之后离开'),
  },
  retryAfterSeconds: {
    value: 4,
    unit: seconds,
    what: text('until a user tries again, median', '用户多久后重试（中位数）'),
    ...assumed('reads the message, taps', '看完提示再点'),
  },
  ordersPerUser: {
    value: 5,
    unit: pieces,
    what: text('orders of a user', '每个用户的订单数'),
    ...assumed('less than a page', '不足一页'),
  },
  morningMinutes: {
    value: 2,
    unit: minutes,
    what: text(
      'how far around 8:00 everybody comes, standard deviation',
      '“都在 8:00 打开”的标准差',
    ),
    ...assumed('a reminder of the calendar', '像日历提醒那样'),
  },
  pushShare: {
    value: 0.1,
    unit: share,
    what: text('of all users open a push message', '打开推送的用户比例'),
    ...assumed('generous: most push messages get less', '偏高：多数推送达不到'),
  },
  pushMinutes: {
    value: 5,
    unit: minutes,
    what: text('until they open it, mean', '多久后打开（平均）'),
    ...assumed('exponential: half within 3.5 min', '指数分布：一半在 3.5 分钟之内'),
  },
  crowdShare: {
    value: 0.02,
    unit: share,
    what: text(
      'of all users are in the crowd that stays for two hours',
      '一直在线两小时的用户比例',
    ),
    ...assumed('an exam, a broadcast', '考试、直播一类'),
  },
  networkMs: {
    value: 30,
    unit: ms,
    what: text('phone to cloud, one way, median', '手机到云端单程（中位数）'),
    ...assumed(
      '4G or Wi-Fi inside China; 1 in 100 takes 3 times as long',
      '国内 4G 或 Wi-Fi；百分之一慢三倍以上',
    ),
  },
  callsPerSecond: {
    value: 1000,
    unit: times,
    what: text('calls of functions a second, in all (QPS)', '环境每秒调用次数（QPS）'),
    ...documented(
      'the largest plan listed; up to 9,999 with QPS 超限按量',
      '公开套餐中最高的一档；开启 QPS 超限按量可设到 9,999',
      prices,
      '2022',
    ),
  },
  instancesPerFunction: {
    value: 1000,
    unit: pieces,
    what: text('instances of one function', '单个函数的最大实例数'),
    ...documented('a call beyond that is not run', '超出的调用不会执行', mechanism, '2026-11-28'),
  },
  newInstancesPerMinute: {
    value: 500,
    unit: pieces,
    what: text('new instances in a minute, of all functions', '每分钟新启动的实例（全部函数）'),
    ...documented(
      'individuals; companies have 1,000. A call beyond that is refused (429 ResourceLimit)',
      '个人用户；企业为 1,000。超出时拒绝（429 ResourceLimit）',
      preset,
      '2026-11-28',
    ),
  },
  callsPerInstance: {
    value: 1,
    unit: times,
    what: text('calls at a time of one instance', '单个实例同时处理的调用'),
    ...documented(
      'of 云函数 V1; see “What breaks first” for V2',
      '云函数 V1；V2 见“先坏的是什么”',
      preset,
      '2026-11-28',
    ),
  },
  presetInstances: {
    value: 0,
    unit: pieces,
    what: text('instances of one function that are always warm', '单个函数的预置实例'),
    ...documented('预置并发, bought apart', '预置并发，另购', preset, '2026-11-28'),
  },
  keepSeconds: {
    value: 300,
    unit: seconds,
    what: text('until an idle instance is taken away', '空闲实例保留多久'),
    ...assumed(
      'the platform says that it varies and tells no number',
      '平台只说会动态调整，没有给出数字',
    ),
  },
  containerMs: {
    value: 300,
    unit: ms,
    what: text('for the container of a new instance, median', '新实例的容器准备（中位数）'),
    ...assumed(
      'no document tells it; the log of a function does (Coldstart)',
      '没有文档；函数日志里的 Coldstart 可以看到',
    ),
  },
  coldStartMs: {
    value: 95,
    unit: ms,
    what: text('from the start of its process to the first answer', '从进程启动到首次返回'),
    ...measured(
      '`npm run bench -- functions`, AMD EPYC, 2 cores, shared',
      '`npm run bench -- functions`，AMD EPYC 两核，有其他负载',
    ),
  },
  workMs: {
    value: 5,
    unit: ms,
    what: text('own work of a call in a warm instance', '热实例中一次调用自己的用时'),
    ...measured(
      '191 calls of orders a second of one warm instance, with the local database; as above',
      '一个热实例每秒 191 次 orders，含本地数据库；同上',
    ),
  },
  memoryMB: {
    value: 256,
    unit: text('MB', 'MB'),
    what: text('memory of an instance', '实例内存'),
    ...declared,
  },
  callTimeout: {
    value: 10,
    unit: seconds,
    what: text('time limit of gettoken and orders', 'gettoken 与 orders 的时限'),
    ...declared,
  },
  cleartokensTimeout: {
    value: 60,
    unit: seconds,
    what: text('time limit of cleartokens', 'cleartokens 的时限'),
    ...declared,
  },
  databaseConnections: {
    value: 1000,
    unit: pieces,
    what: text('database requests at a time', '数据库并发连接数'),
    ...documented(
      'a request beyond that is refused',
      '超出的请求被拒绝',
      reservedResources,
      '2022',
    ),
  },
  databasePerSecond: {
    value: 3333,
    unit: times,
    what: text('database requests a second', '数据库每秒请求数'),
    ...documented(
      'advised: 10,000 with 3,000 connections; so a third of that with 1,000',
      '建议值：3,000 连接对应 10,000；1,000 连接按三分之一计',
      reservedResources,
      '2022',
    ),
  },
  databaseMs: {
    value: 5,
    unit: ms,
    what: text('of a database request, there and back, median', '数据库请求往返（中位数）'),
    ...assumed(
      'the platform counts requests slower than 10, 50 and 100 ms as slow',
      '平台的监控从 10、50、100 毫秒起统计慢请求',
    ),
  },
  databaseDocumentMicroseconds: {
    value: 40,
    unit: text('µs', '微秒'),
    what: text('more for each document of a request', '请求中每个文档另加'),
    ...measured(
      '`npm run bench -- scale-cleartokens` on the local database',
      '`npm run bench -- scale-cleartokens`，本地数据库',
    ),
  },
  tokenBytes: {
    value: 380,
    unit: text('B', '字节'),
    what: text('of a token in the database', '数据库中一个 token'),
    ...measured('BSON of a document with a session_key', '带 session_key 的文档的 BSON'),
  },
  loginBytes: {
    value: 1873,
    unit: text('B', '字节'),
    what: text('of a login, at most', '一条登录记录（最大）'),
    ...measured(
      'BSON, with 20 times and 10 tokens, all renewed',
      'BSON：20 个时间、10 个续期的 token',
    ),
  },
  orderBytes: {
    value: 146,
    unit: text('B', '字节'),
    what: text('of an order', '一条订单'),
    ...measured('BSON', 'BSON'),
  },
} as const satisfies Record<string, ModelNumber>;

export type NumberName = keyof typeof model;
export type Numbers = Readonly<Record<NumberName, number>>;

/** The names of the numbers, as they are listed. */
export const numberNames = Object.keys(model).filter((name): name is NumberName => name in model);

/** The numbers without where they come from. */
export const numbers = Object.fromEntries(
  numberNames.map((name) => [name, model[name].value]),
) as Numbers;

/** Visits by the hour of the day, as shares; assumed: quiet nights, a peak at noon and a higher one in the evening. */
export const dayCurve: readonly number[] = [
  ...[6, 3, 2, 1, 1, 2, 8, 22, 36, 42, 45, 48],
  ...[58, 50, 44, 43, 45, 50, 58, 68, 75, 72, 52, 22],
];

/** What CloudBase asks for, in yuan. */
export interface Plan {
  readonly name: Text;
  readonly yuanPerMonth: number;
  /** 调用次数 of a month: calls of functions, and reads and writes of the database. */
  readonly calls: number;
  readonly gbSeconds: number;
  readonly gigabytes: number;
  /** Calls a second. */
  readonly qps: number;
}

const plan = (
  en: string,
  zh: string,
  yuanPerMonth: number,
  calls: number,
  gbSeconds: number,
  gigabytes: number,
  qps: number,
): Plan => ({ name: { en, zh }, yuanPerMonth, calls, gbSeconds, gigabytes, qps });

/** The plans of 价格文档, the cheapest first. */
export const plans: readonly Plan[] = [
  plan('personal (个人版)', '个人版', 19.9, 200_000, 100_000, 2, 500),
  plan('starter (入门版)', '入门版', 99, 5_000_000, 300_000, 30, 500),
  plan('start-up (初创版)', '初创版', 299, 10_000_000, 450_000, 100, 500),
  plan('business (商用版)', '商用版', 499, 20_000_000, 600_000, 200, 800),
  plan('team (团队版)', '团队版', 999, 50_000_000, 1_000_000, 300, 1000),
];

/** What goes beyond a plan. */
export const beyond = {
  yuanPerCall: 0.5 / 10_000,
  yuanPerGbSecond: 0.00011108,
  yuanPerGigabyteDay: 0.1,
  /** 资源包: so many calls, good for a month. */
  callPacks: [
    { calls: 100_000_000, yuan: 2500 },
    { calls: 50_000_000, yuan: 1500 },
    { calls: 10_000_000, yuan: 400 },
  ],
  /** 预留资源 for a day: functions with 10,000 warm instances, the database with 10,000 connections. */
  yuanReservedDay: 12_000 + 2240,
} as const;

/** Where the prices are written. */
export const priceSources: readonly (Source & { readonly what: Text })[] = [
  {
    what: text('plans, and what goes beyond them', '套餐与超出部分'),
    ...documented('', '', prices, '2022'),
  },
  {
    what: text('packs of calls', '调用次数资源包'),
    ...documented(
      '',
      '',
      'https://developers.weixin.qq.com/minigame/dev/wxcloud/billing/package.md',
      '2026-06-18',
    ),
  },
  {
    what: text('reserved resources', '预留资源'),
    ...documented('', '', reservedResources, '2022'),
  },
];
