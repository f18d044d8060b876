import { billOf, dailyUse, monthlyUse } from './cost';
import type { Language } from './figures';
import { usualLife } from './functions';
import { model, numberNames, plans, priceSources, type Source } from './model';
import type { Effect, Results, Run } from './results';
import { titleOf } from './storms';

export const count = (value: number): string => Math.round(value).toLocaleString('en-US');
export const decimals = (value: number, digits: number): string =>
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

export function stormTable({ phones, seed, date, storms: all }: Run, language: Language): string {
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

export function costTable({ lives }: Results, language: Language): string {
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

export function lifeTable({ lives }: Results, language: Language): string {
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

export function planTable(language: Language): string {
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

export function sensitivityTable({ sensitivity }: Results, language: Language): string {
  const head = {
    en: ['number', 'half: failed', 'twice: failed', 'half: wait p50 / p99, ms', 'twice'],
    zh: ['数字', '减半：失败', '加倍：失败', '减半：等待 p50 / p99（毫秒）', '加倍'],
  };
  const asItIs = { en: '(as in the model)', zh: '（模型原值）' };
  const failedOf = ({ failed }: Effect): string => `${decimals(failed * 100, 1)} %`;
  const waitOf = ({ p50, p99 }: Effect): string => `${count(p50)} / ${count(p99)}`;
  const base = sensitivity.find(({ number }) => number === '');
  if (base === undefined) throw new Error('The results have no base of the sensitivity.');
  const rows = numberNames.flatMap((name) => {
    const [half, twice] = sensitivity.filter(({ number }) => number === name);
    if (half === undefined || twice === undefined) return [];
    const title = model[name].what[language];
    return {
      most: Math.max(...[half, twice].map(({ failed }) => Math.abs(failed - base.failed))),
      cells: [title, failedOf(half), failedOf(twice), waitOf(half), waitOf(twice)],
    };
  });
  const first = [asItIs[language], failedOf(base), failedOf(base), waitOf(base), waitOf(base)];
  const sorted = [...rows].sort((a, b) => b.most - a.most).map(({ cells }) => cells);
  const three = sorted.slice(0, 3).map(([title = '']) => title);
  const most = {
    en: `Most change: ${three.join('; ')}.`,
    zh: `影响最大的三个：${three.join('；')}。`,
  };
  return `${table(head[language], [first, ...sorted])}\n\n${most[language]}`;
}

export function modelTable(language: Language): string {
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

/** Where the prices are written. */
export function priceList(language: Language): string {
  return priceSources
    .map((source) => `- ${source.what[language]}: ${describeSource(source, language)}`)
    .join('\n');
}
