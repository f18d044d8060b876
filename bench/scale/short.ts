import { billOf, dailyUse } from './cost';
import { tooManyPhones } from './experiments';
import type { Language } from './figures';
import { usualLife } from './functions';
import { bins, type Measured } from './measures';
import { beyond } from './model';
import { measuredOf, type Results } from './results';
import { count, decimals } from './tables';

/** What the figures say, in sentences. */
export function shortList({ large, lives, sensitivity }: Results, language: Language): string {
  const of = (name: string): Measured => measuredOf(large, name);
  const day = of('day');
  const perSecond = (name: string): number =>
    Math.max(...of(name).series.gettoken.slice(-bins / 4));
  const failedPart = (name: string): string => {
    const { failed, pageCalls } = of(name).totals;
    const digits = failed === 0 || failed > pageCalls / 100 ? 0 : 2;
    return `${decimals((failed / pageCalls) * 100, digits)} %`;
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
    small: count(tooManyPhones),
    smallFailed: `${decimals((sensitivity[0]?.failed ?? NaN) * 100, 0)} %`,
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
      `It breaks between 100,000 and 150,000 at 8:00: of the latter, as ${facts.small} phones with a twentieth of the limits show it, ${facts.smallFailed} of the calls fail. 1,000 QPS let in 333 visits of three calls a second.`,
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
      `8:00 的界限在 100,000 与 150,000 之间：后者用 ${facts.small} 部手机和二十分之一的限制来看，页面的调用有 ${facts.smallFailed} 失败。1,000 QPS 每秒放得进 333 次打开，每次三个调用。`,
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
