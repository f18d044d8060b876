import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cheapest, dailyUse, monthlyUse } from './cost';
import { drawDay, drawJitter, drawLives, drawStorms, type Language } from './figures';
import { bins, type Measured } from './measures';
import { beyond, model, numberNames, numbers, plans, priceSources, type Source } from './model';
import type { Results, Run } from './results';
import { storms } from './storms';

/** A file of `docs/` as the results make it. */
export interface Made {
  readonly file: string;
  readonly content: string;
}

const docs = path.resolve(__dirname, '../../docs');
const languages: readonly Language[] = ['en', 'zh'];

/** The documents with their tables, and the pictures. */
export async function makeDocuments(results: Results): Promise<Made[]> {
  const made: Made[] = [];
  for (const language of languages) {
    made.push(makePage(results, language), ...(await makePictures(results, language)));
  }
  return made;
}

export function write(made: readonly Made[]): void {
  for (const { file, content } of made) writeFileSync(file, content);
}

/** The files that are not as they were made. */
export function differing(made: readonly Made[]): string[] {
  return made
    .filter(({ file, content }) => readFileSync(file, 'utf8') !== content)
    .map(({ file }) => path.relative(path.dirname(docs), file));
}

const ending: Record<Language, string> = { en: '', zh: '.zh-CN' };

/** The page as it is, with what stands between `<!-- made: name -->` and `<!-- /made -->` made anew. */
function makePage(results: Results, language: Language): Made {
  const file = path.join(docs, `scale${ending[language]}.md`);
  const page = readFileSync(file, 'utf8');
  const content = page.replace(
    /(<!-- made: (\w+) -->\n)[^]*?(<!-- \/made -->)/g,
    (_whole, before: string, name: string, after: string) => {
      const part = parts[name];
      if (part === undefined) throw new Error(`${file}: nothing is made that is called ${name}.`);
      return `${before}${part(results, language)}\n${after}`;
    },
  );
  return { file, content };
}

async function makePictures({ large, lives }: Results, language: Language): Promise<Made[]> {
  const of = (name: string) => measuredOf(large, name);
  const shown = (names: readonly string[]) =>
    names.map((name) => ({ title: titleOf(name, language), measured: of(name) }));
  const pictures: Record<string, Promise<string>> = {
    day: drawDay(of('day'), language),
    crowds: drawStorms(shown(['eight', 'eight-reserved', 'push']), 3, language),
    storms: drawStorms(shown(eveningStorms), 3, language),
    jitter: drawJitter(of('same-minute'), of('same-minute-no-jitter'), language),
    lives: drawLives(
      lives.map((life) => {
        const use = dailyUse(life.measured);
        return { hours: life.seconds / 3600, yuan: billOf(use, 1e6, life.seconds).yuan };
      }),
      language,
    ),
  };
  return Promise.all(
    Object.entries(pictures).map(async ([name, picture]) => ({
      file: path.join(docs, 'scale', `${name}${ending[language]}.svg`),
      content: await picture,
    })),
  );
}

const eveningStorms = [
  'evening',
  'cloud-down',
  'gettoken-down',
  'revoked-all',
  'salt-changed',
  'clocks-wrong',
  'slow-database',
  'release',
];

function measuredOf({ storms: all }: Run, name: string): Measured {
  const found = all.find((storm) => storm.name === name);
  if (found === undefined) throw new Error(`The results have no storm called ${name}.`);
  return found.measured;
}

function titleOf(name: string, language: Language): string {
  return storms.find((storm) => storm.name === name)?.title[language] ?? name;
}

/** `TOKEN_TTL_SECONDS` where nobody sets it. */
const usualLife = 7200;

function billOf(use: ReturnType<typeof dailyUse>, users: number, lifeSeconds = usualLife) {
  // A user has no more tokens at a time than visits within the life of one, and never more than the cap.
  const live = Math.min(10, 1 + (numbers.visitsPerDay * lifeSeconds) / 86_400);
  return cheapest(monthlyUse(use, users, live));
}

/** What the figures say, in sentences. */
function shortList({ large, lives }: Results, language: Language): string {
  const of = (name: string): Measured => measuredOf(large, name);
  const day = of('day');
  const perSecond = (name: string): number =>
    Math.max(...of(name).series.gettoken.slice(-bins / 4));
  const failedPart = (name: string): string => {
    const { failed, pageCalls } = of(name).totals;
    return `${decimals((failed / pageCalls) * 100, failed > pageCalls / 100 ? 0 : 2)} %`;
  };
  const yuan = (seconds: number): number => {
    const life = lives.find((each) => each.seconds === seconds);
    return life === undefined ? NaN : billOf(dailyUse(life.measured), 1e6, seconds).yuan;
  };
  const facts = {
    phones: count(large.phones),
    calls: count(Math.max(...day.series.orders) + Math.max(...day.series.gettoken)),
    instances: count(day.most.instances),
    requests: count(day.peaks.reads + day.peaks.writes),
    dayFailed: failedPart('day'),
    eight: failedPart('eight'),
    gaveUp: count(of('eight').totals.givenUp),
    away: count(of('eight').totals.turnedAway),
    reserved: failedPart('eight-reserved'),
    reservedYuan: count(beyond.yuanReservedDay),
    push: failedPart('push'),
    jitter: decimals(perSecond('same-minute'), 1),
    none: decimals(perSecond('same-minute-no-jitter'), 1),
    times: decimals(perSecond('same-minute-no-jitter') / perSecond('same-minute'), 1),
    refused: count(of('revoked-all').totals.refused),
    revokedP99: count(of('revoked-all').waiting.p99),
    eveningP99: count(of('evening').waiting.p99),
    down: failedPart('cloud-down'),
    tokenDown: failedPart('gettoken-down'),
    clocks: count(of('clocks-wrong').totals.gettoken - of('evening').totals.gettoken),
    clocksFailed: failedPart('clocks-wrong'),
    month: count(yuan(usualLife)),
    monthOfDay: count(yuan(86_400)),
  };
  const sentences: Record<Language, readonly string[]> = {
    en: [
      `A normal day of ${facts.phones} phones: about ${facts.calls} calls a second in its busiest minutes, ${facts.instances} instances, ${facts.requests} database requests in its busiest second; ${facts.dayFailed} of the calls of pages fail.`,
      `Everybody at 8:00: ${facts.eight} of the calls of pages fail, ${facts.gaveUp} users give up, and the platform turns ${facts.away} calls away. With what can be reserved for a day (${facts.reservedYuan} yuan, and the QPS limit raised to 9,999) ${facts.reserved} fail.`,
      `A push message that a tenth of all opens: ${facts.push} fail.`,
      `The jitter of 10 % is worth a factor of ${facts.times}: when the tokens of a crowd end that all logged in within one minute, gettoken gets at most ${facts.jitter} calls a second instead of ${facts.none} (means of ${binSeconds(of('same-minute'))} s).`,
      `Ending all tokens costs little: ${facts.refused} answers 903 in 40 minutes, and a p99 of ${facts.revokedP99} ms instead of ${facts.eveningP99}. Most visits need a new token anyway.`,
      `With the cloud down for 10 of 40 minutes ${facts.down} of the calls fail, with gettoken alone down ${facts.tokenDown}: few phones hold a token when they are opened.`,
      `Wrong clocks, off by up to a day and jumping every minute, cost ${facts.clocks} more calls of gettoken; ${facts.clocksFailed} of the calls of pages fail.`,
      `A million users cost about ${facts.month} yuan a month; with tokens that live for a day instead of two hours ${facts.monthOfDay}.`,
    ],
    zh: [
      `${facts.phones} 部手机平常的一天：最忙的几分钟里每秒约 ${facts.calls} 次调用，${facts.instances} 个实例，最忙的一秒有 ${facts.requests} 次数据库请求；页面的调用有 ${facts.dayFailed} 失败。`,
      `所有人都在 8:00 打开：页面的调用有 ${facts.eight} 失败，${facts.gaveUp} 个用户放弃，平台拒绝了 ${facts.away} 次调用。买下可以按天预留的资源（${facts.reservedYuan} 元，QPS 上限调到 9,999）之后，失败的是 ${facts.reserved}。`,
      `十分之一的用户打开推送：${facts.push} 失败。`,
      `10 % 的随机提前值 ${facts.times} 倍：一批用户在同一分钟登录，他们的 token 过期时，gettoken 每秒最多 ${facts.jitter} 次，没有它则是 ${facts.none} 次（${binSeconds(of('same-minute'))} 秒的平均）。`,
      `撤销全部 token 代价很小：40 分钟里 ${facts.refused} 次 903，p99 由 ${facts.eveningP99} 毫秒变为 ${facts.revokedP99} 毫秒。多数打开本来就要新的 token。`,
      `40 分钟里云端中断 10 分钟，${facts.down} 的调用失败；只有 gettoken 中断时是 ${facts.tokenDown}：打开小程序时手里有 token 的手机很少。`,
      `手机时钟差到一天、每分钟跳一次，多用 ${facts.clocks} 次 gettoken；页面的调用有 ${facts.clocksFailed} 失败。`,
      `一百万用户每月约 ${facts.month} 元；token 有效期从两小时改为一天，是 ${facts.monthOfDay} 元。`,
    ],
  };
  return sentences[language].map((sentence) => `- ${sentence}`).join('\n');
}

const binSeconds = ({ series }: Measured): number => series.binSeconds;

const parts: Record<string, (results: Results, language: Language) => string> = {
  short: shortList,
  storms: ({ large }, language) => stormTable(large, language),
  check: ({ check }, language) => stormTable(check, language),
  cost: costTable,
  lives: lifeTable,
  plans: (_, language) => planTable(language),
  prices: (_, language) =>
    priceSources
      .map((source) => `- ${source.what[language]}: ${describeSource(source, language)}`)
      .join('\n'),
  sensitivity: sensitivityTable,
  model: (_, language) => modelTable(language),
};

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const decimals = (value: number, digits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = `|${head.map((_, index) => (index === 0 ? ' --- ' : ' ---: ')).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const stormHead: Record<Language, readonly string[]> = {
  en: [
    'storm',
    'calls of pages',
    'failed',
    'wait p50 / p99 / worst, ms',
    'orders, most a second',
    'gettoken, most a second',
    'turned away',
    '903',
    '429',
    '500',
    'database reads / writes',
    'requests, most a second',
    'live tokens',
    'instances',
  ],
  zh: [
    '风暴',
    '页面的调用',
    '失败',
    '等待 p50 / p99 / 最长（毫秒）',
    'orders，每秒最多',
    'gettoken，每秒最多',
    '被平台拒绝',
    '903',
    '429',
    '500',
    '数据库读 / 写',
    '每秒最多请求',
    '有效 token',
    '实例',
  ],
};

function stormTable({ phones, seed, date, storms: all }: Run, language: Language): string {
  const title = {
    en: `### ${count(phones)} phones\n\nSeed ${seed}, ${date}.`,
    zh: `### ${count(phones)} 部手机\n\n种子 ${seed}，${date}。`,
  };
  const rows = table(
    stormHead[language],
    all.map(({ name, measured: { totals, peaks, waiting, most } }) => [
      titleOf(name, language),
      count(totals.pageCalls),
      count(totals.failed),
      [waiting.p50, waiting.p99, waiting.worst].map(count).join(' / '),
      count(peaks.orders),
      count(peaks.gettoken),
      count(totals.turnedAway),
      count(totals.refused),
      count(totals.tooMany),
      count(totals.cloudFailures),
      `${count(totals.reads)} / ${count(totals.writes)}`,
      count(peaks.reads + peaks.writes),
      count(most.liveTokens),
      count(most.instances),
    ]),
  );
  return `${title[language]}\n\n${rows}`;
}

function costTable({ lives }: Results, language: Language): string {
  const usual = lives.find(({ seconds }) => seconds === usualLife);
  if (usual === undefined)
    throw new Error('The results have no day with the usual life of a token.');
  const use = dailyUse(usual.measured);
  const head = {
    en: ['a month', '10³ users', '10⁵ users', '10⁶ users'],
    zh: ['每月', '10³ 用户', '10⁵ 用户', '10⁶ 用户'],
  };
  const names = {
    en: [
      'calls of functions',
      'database reads',
      'database writes',
      'GB-seconds',
      'storage, GB',
      '调用次数 (all calls)',
      'plan',
      'yuan',
      'yuan for 1,000 users',
    ],
    zh: [
      '云函数调用',
      '数据库读',
      '数据库写',
      '资源使用量 GBs',
      '存储 GB',
      '调用次数（合计）',
      '套餐',
      '元',
      '每千用户（元）',
    ],
  };
  const columns = [1e3, 1e5, 1e6].map((users) => {
    const { plan, yuan } = billOf(use, users);
    const month = monthlyUse(use, users, 1);
    return [
      count((use.orders + use.gettoken) * users * 30),
      count(use.reads * users * 30),
      count(use.writes * users * 30),
      count(month.gbSeconds),
      decimals(month.gigabytes, 3),
      count(month.calls),
      plan.name[language],
      count(yuan),
      decimals((yuan / users) * 1000, 2),
    ];
  });
  return table(
    head[language],
    names[language].map((name, row) => [name, ...columns.map((column) => column[row] ?? '')]),
  );
}

function lifeTable({ lives }: Results, language: Language): string {
  const head = {
    en: [
      'life of a token',
      'gettoken for each user and day',
      '调用次数 for each user and day',
      'yuan a month, 10⁵ users',
      'yuan a month, 10⁶ users',
    ],
    zh: [
      'token 有效期',
      '每用户每天 gettoken',
      '每用户每天调用次数',
      '10⁵ 用户每月（元）',
      '10⁶ 用户每月（元）',
    ],
  };
  const hours = { en: ' h', zh: ' 小时' };
  return table(
    head[language],
    lives.map(({ seconds, measured }) => {
      const use = dailyUse(measured);
      return [
        `${seconds / 3600}${hours[language]}`,
        decimals(use.gettoken, 2),
        decimals(use.orders + use.gettoken + use.reads + use.writes, 2),
        count(billOf(use, 1e5, seconds).yuan),
        count(billOf(use, 1e6, seconds).yuan),
      ];
    }),
  );
}

function planTable(language: Language): string {
  const head = {
    en: ['plan', 'yuan a month', '调用次数', 'GB-seconds', 'GB', 'QPS'],
    zh: ['套餐', '元/月', '调用次数', 'GBs', '容量 GB', 'QPS'],
  };
  return table(
    head[language],
    plans.map((plan) => [
      plan.name[language],
      String(plan.yuanPerMonth),
      ...[plan.calls, plan.gbSeconds, plan.gigabytes, plan.qps].map(count),
    ]),
  );
}

function sensitivityTable({ sensitivity }: Results, language: Language): string {
  const head = {
    en: [
      'number',
      'half: failed at 8:00',
      'twice: failed at 8:00',
      'p99 of an evening, ms',
      '调用次数 of an evening',
    ],
    zh: ['数字', '减半：8:00 失败', '加倍：8:00 失败', '晚上的 p99（毫秒）', '晚上的调用次数'],
  };
  const base = sensitivity.find(({ number }) => number === '');
  if (base === undefined) throw new Error('The results have no base of the sensitivity.');
  const percent = (part: number): string => `${decimals(part * 100, 1)} %`;
  const names = [...new Set(sensitivity.map(({ number }) => number))].filter((name) => name !== '');
  const rows = names.map((name) => {
    const [half = base, twice = base] = sensitivity.filter(({ number }) => number === name);
    const most = Math.max(...[half, twice].map(({ failed }) => Math.abs(failed - base.failed)));
    const relative = (value: number): string => `${decimals((value / base.calls - 1) * 100, 0)} %`;
    const what = numberNames.find((each) => each === name);
    const title = what === undefined ? name : model[what].what[language];
    return {
      most,
      cells: [
        title,
        percent(half.failed),
        percent(twice.failed),
        `${count(half.p99)} / ${count(twice.p99)}`,
        `${relative(half.calls)} / ${relative(twice.calls)}`,
      ],
    };
  });
  const none = {
    en: '(as in the model)',
    zh: '（模型原值）',
  };
  const first = [
    none[language],
    percent(base.failed),
    percent(base.failed),
    count(base.p99),
    '0 %',
  ];
  const sorted = [...rows].sort((a, b) => b.most - a.most).map(({ cells }) => cells);
  return table(head[language], [first, ...sorted]);
}

function modelTable(language: Language): string {
  const head = {
    en: ['number', 'value', 'from'],
    zh: ['数字', '值', '来源'],
  };
  return [
    `| ${head[language].join(' | ')} |`,
    '| --- | ---: | --- |',
    ...numberNames.map((name) => {
      const { what, value, unit, ...source } = model[name];
      const cells = [
        what[language],
        `${value.toLocaleString('en-US')} ${unit[language]}`.trim(),
        describeSource(source, language),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}

function describeSource({ kind, why, url, date }: Source, language: Language): string {
  const kinds = {
    en: {
      measured: 'measured',
      documented: 'documented',
      declared: 'declared',
      assumed: '**assumed**',
    },
    zh: { measured: '测得', documented: '文档', declared: '声明', assumed: '**假定**' },
  };
  const head =
    url === undefined ? kinds[language][kind] : `[${kinds[language][kind]}](${encodeURI(url)})`;
  const when = date === undefined ? '' : `, ${date}`;
  const detail = why[language] === '' ? '' : `${language === 'en' ? ': ' : '：'}${why[language]}`;
  return `${head}${when}${detail}`;
}
