import type { Markish } from '@observablehq/plot';
import { JSDOM } from 'jsdom';
import type { Measured, Series } from './measures';
import type { Text } from './model';

export type Language = keyof Text;

/** A line of a picture at one moment. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly line: string;
  readonly panel: string;
}

const words = {
  hour: { en: 'hour of the day', zh: '一天中的小时' },
  minutes: { en: 'minutes', zh: '分钟' },
  perSecond: { en: 'a second', zh: '每秒' },
  failed: { en: 'failed calls of pages', zh: '失败的业务调用' },
  life: { en: 'life of a token, hours', zh: 'token 有效期（小时）' },
  yuan: { en: 'yuan a month for a million users', zh: '一百万用户每月费用（元）' },
  withJitter: { en: 'gettoken, with the jitter', zh: 'gettoken，有随机提前' },
  withoutJitter: { en: 'gettoken, without', zh: 'gettoken，没有' },
} as const;

/** The plotting library is an ES module only. */
const loadPlot = () => import('@observablehq/plot');

const blue = '#1f77b4';
const orange = '#ff7f0e';
const red = '#d62728';
const colors = [blue, orange, red];

async function draw(options: object, marks: readonly Markish[]): Promise<string> {
  const Plot = await loadPlot();
  const { document } = new JSDOM('').window;
  const svg = Plot.plot({
    document,
    width: 880,
    marginLeft: 56,
    style: { background: 'white', color: '#222', fontFamily: 'sans-serif', fontSize: '11px' },
    ...options,
    marks: [...marks],
    figure: false,
  });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

function pointsOf(
  { binSeconds, ...series }: Series,
  lines: readonly (readonly [keyof Omit<Series, 'binSeconds'>, string])[],
  panel: string,
  unit: number,
): Point[] {
  // What never happens is no line along the axis.
  const happened = lines.filter(([name]) => series[name].some((value) => value > 0));
  return happened.flatMap(([name, line]) =>
    series[name].map((y, bin) => ({ x: (bin * binSeconds) / unit, y, line, panel })),
  );
}

/** A day: calls of both functions. */
export async function drawDay(day: Measured, language: Language): Promise<string> {
  const Plot = await loadPlot();
  const points = pointsOf(
    day.series,
    [
      ['orders', 'orders'],
      ['gettoken', 'gettoken'],
    ],
    '',
    3600,
  );
  return draw(
    {
      height: 260,
      color: { domain: ['orders', 'gettoken'], range: colors },
      x: { label: words.hour[language], ticks: 24 },
      y: { label: words.perSecond[language], grid: true },
    },
    [
      Plot.lineY(points, { x: 'x', y: 'y', stroke: 'line', strokeWidth: 1.5 }),
      ...['orders', 'gettoken'].map((line, index) =>
        Plot.text([line], {
          ...{ text: () => line, fill: colors[index] ?? blue },
          ...{ frameAnchor: 'top-left', dx: 8, dy: 8 + 14 * index },
        }),
      ),
      Plot.ruleY([0]),
    ],
  );
}

/** Storms beside each other, on one scale. */
export async function drawStorms(
  storms: readonly { readonly title: string; readonly measured: Measured }[],
  columns: number,
  language: Language,
): Promise<string> {
  const Plot = await loadPlot();
  const lines = ['orders', 'gettoken', words.failed[language]] as const;
  const points = storms.flatMap(({ title, measured }) =>
    pointsOf(
      measured.series,
      [
        ['orders', lines[0]],
        ['gettoken', lines[1]],
        ['failed', lines[2]],
      ],
      title,
      60,
    ),
  );
  /** Room for the titles. */
  const top = 1.25 * points.reduce((most, { y }) => Math.max(most, y), 0);
  const titles = storms.map(({ title }) => title);
  const column = (title: string): number => titles.indexOf(title) % columns;
  const row = (title: string): number => Math.floor(titles.indexOf(title) / columns);
  const facet = {
    fx: (point: Point) => column(point.panel),
    fy: (point: Point) => row(point.panel),
  };
  return draw(
    {
      height: 40 + 150 * Math.ceil(titles.length / columns),
      color: { domain: lines, range: colors },
      x: { label: words.minutes[language], ticks: 4 },
      y: { label: words.perSecond[language], grid: true, ticks: 4, domain: [0, top] },
      fx: { axis: null },
      fy: { axis: null },
    },
    [
      Plot.ruleY([0], { stroke: '#999' }),
      Plot.lineY(points, { x: 'x', y: 'y', stroke: 'line', ...facet }),
      Plot.text(titles, {
        fx: column,
        fy: row,
        text: (title: string) => title,
        ...{ frameAnchor: 'top-left', dx: 4, dy: 2, fontWeight: 'bold', lineWidth: 18 },
      }),
      ...lines.map((line, index) =>
        Plot.text([line], {
          ...{ fx: () => 0, fy: () => 0, text: () => line, fill: colors[index] ?? blue },
          ...{ frameAnchor: 'top-right', dx: -4, dy: 14 + 12 * index },
        }),
      ),
    ],
  );
}

/** Calls of gettoken with and without the jitter, in the time in which the tokens end. */
export async function drawJitter(
  jitter: Measured,
  none: Measured,
  language: Language,
): Promise<string> {
  const Plot = await loadPlot();
  const lines = [words.withJitter[language], words.withoutJitter[language]] as const;
  const points = [
    ...pointsOf(jitter.series, [['gettoken', lines[0]]], '', 60),
    ...pointsOf(none.series, [['gettoken', lines[1]]], '', 60),
  ].filter(({ x }) => x >= 98);
  return draw(
    {
      height: 260,
      color: { domain: lines, range: [blue, red] },
      x: { label: words.minutes[language] },
      y: { label: words.perSecond[language], grid: true },
    },
    [
      Plot.ruleY([0]),
      Plot.lineY(points, { x: 'x', y: 'y', stroke: 'line', strokeWidth: 1.5 }),
      ...lines.map((line, index) =>
        Plot.text([line], {
          ...{ text: () => line, fill: index === 0 ? blue : red },
          ...{ frameAnchor: 'top-left', dx: 8, dy: 8 + 14 * index },
        }),
      ),
    ],
  );
}

/** What a month costs by how long a token lives. */
export async function drawLives(
  lives: readonly { readonly hours: number; readonly yuan: number }[],
  language: Language,
): Promise<string> {
  const Plot = await loadPlot();
  return draw(
    {
      height: 270,
      marginBottom: 44,
      x: { label: words.life[language], type: 'point' },
      y: { label: words.yuan[language], grid: true, zero: true },
    },
    [Plot.ruleY([0]), Plot.lineY(lives, { x: 'hours', y: 'yuan', stroke: blue, marker: 'dot' })],
  );
}
