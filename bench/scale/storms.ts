import { revokeEverything, type Environment } from './functions';
import type { Numbers } from './model';
import type { Phones } from './phones';
import type { Platform } from './platform';
import type { Random } from './random';

/** What a storm can do to the simulated world. Times are ms after the start of what is measured. */
export interface World {
  readonly count: number;
  readonly random: Random;
  readonly numbers: Numbers;
  readonly platform: Platform;
  readonly phones: Phones;
  readonly settings: Environment;
  readonly at: (time: number, run: () => void) => void;
  /** The same for many: `run` gets the place of each time. */
  readonly atAll: (times: Float64Array, run: (index: number) => void) => void;
  /** As many calls as a usual visit has. */
  readonly usualVisit: (phone: number) => void;
}

export interface Storm {
  readonly name: string;
  readonly title: { readonly en: string; readonly zh: string };
  /** When what is measured begins, in hours of the day, and how long it takes. */
  readonly hour: number;
  readonly minutes: number;
  /** How long phones come and go before that, in minutes. */
  readonly warmUp: number;
  /** Whether phones come as on any day beside what happens. */
  readonly isUsualDay: boolean;
  /** Numbers of the model that are others here. */
  readonly numbers?: Partial<Numbers>;
  /** Whether each token lives as long as the next. */
  readonly withoutJitter?: boolean;
  readonly happens: (world: World) => void;
}

const second = 1000;
const minute = 60 * second;
/** When it happens, after ten minutes of calm. */
const strike = 10 * minute;
const end = 20 * minute;

/** Forty minutes of the evening, when most phones come. */
const evening = { hour: 20, minutes: 40, warmUp: 10, isUsualDay: true } as const;

/** What CloudBase calls 预留资源: bought by the day, for what is known beforehand. */
export const reserved: Partial<Numbers> = {
  callsPerSecond: 9999,
  presetInstances: 5000,
  instancesPerFunction: 5000,
  newInstancesPerMinute: 1500,
  databaseConnections: 10_000,
  databasePerSecond: 30_000,
};

function everybodyAtEight({ count, random, numbers, atAll, usualVisit }: World): void {
  // Four uniform numbers make a bell around eight o'clock, five minutes into what is measured.
  const deviation = numbers.morningMinutes * minute * Math.sqrt(3);
  const bell = (): number => random.next() + random.next() + random.next() + random.next() - 2;
  const times = new Float64Array(count).map(() => Math.max(0, 5 * minute + bell() * deviation));
  atAll(times, usualVisit);
}

/** A crowd that is there the whole time: all log in within one minute, and their pages ask every minute. */
function sameMinute({ count, random, numbers, phones, at }: World): void {
  const crowd = Math.round(count * numbers.crowdShare);
  for (let phone = 0; phone < crowd; phone += 1) {
    const first = random.next() * minute;
    // Nothing happens while the tokens live: the calls go on when the first may end.
    const calls = Array.from({ length: 24 }, (_, call) => (100 + call) * minute + first);
    at(random.next() * minute, () => {
      phones.visit(phone, [0, ...calls]);
    });
  }
}

export const storms: readonly Storm[] = [
  {
    name: 'day',
    title: { en: 'a normal day', zh: '平常的一天' },
    ...{ hour: 0, minutes: 24 * 60, warmUp: 0, isUsualDay: true },
    happens: () => undefined,
  },
  {
    name: 'evening',
    title: { en: 'a normal evening', zh: '平常的晚上' },
    ...evening,
    happens: () => undefined,
  },
  {
    name: 'eight',
    title: { en: 'everybody at 8:00', zh: '所有人都在 8:00 打开' },
    ...{ hour: 7 + 55 / 60, minutes: 20, warmUp: 0, isUsualDay: false },
    happens: everybodyAtEight,
  },
  {
    name: 'eight-reserved',
    title: { en: 'the same, with reserved resources', zh: '同上，已购预留资源' },
    ...{ hour: 7 + 55 / 60, minutes: 20, warmUp: 0, isUsualDay: false },
    numbers: reserved,
    happens: everybodyAtEight,
  },
  {
    name: 'push',
    title: { en: 'a push message to all', zh: '向所有人推送消息' },
    ...evening,
    happens({ count, random, numbers, at, usualVisit }) {
      for (let phone = 0; phone < count; phone += 1) {
        if (random.next() >= numbers.pushShare) continue;
        const wait = -Math.log(1 - random.next()) * numbers.pushMinutes * minute;
        at(strike + wait, () => {
          usualVisit(phone);
        });
      }
    },
  },
  {
    name: 'same-minute',
    title: { en: 'all tokens minted in one minute', zh: 'token 都在同一分钟签发' },
    ...{ hour: 19, minutes: 130, warmUp: 0, isUsualDay: false },
    happens: sameMinute,
  },
  {
    name: 'same-minute-no-jitter',
    title: { en: 'the same, without the jitter', zh: '同上，没有随机提前' },
    ...{ hour: 19, minutes: 130, warmUp: 0, isUsualDay: false },
    withoutJitter: true,
    happens: sameMinute,
  },
  {
    name: 'cloud-down',
    title: { en: 'the cloud down for 10 minutes', zh: '云端中断 10 分钟' },
    ...evening,
    happens({ platform, at }) {
      at(strike, () => {
        goDown(platform, true);
      });
      at(end, () => {
        goDown(platform, false);
      });
    },
  },
  {
    name: 'gettoken-down',
    title: { en: 'gettoken alone down for 10 minutes', zh: '只有 gettoken 中断 10 分钟' },
    ...evening,
    happens({ platform, at }) {
      at(strike, () => {
        platform.down.add('gettoken');
      });
      at(end, () => {
        platform.down.delete('gettoken');
      });
    },
  },
  {
    name: 'revoked-all',
    title: { en: 'all tokens revoked', zh: '撤销全部 token' },
    ...evening,
    happens({ platform, at }) {
      at(strike, () => {
        void revokeEverything(platform.administration);
      });
    },
  },
  {
    name: 'salt-changed',
    title: { en: 'the salt changed, without the old one', zh: '更换盐，不保留旧的' },
    ...evening,
    happens({ platform, settings, at }) {
      at(strike, () => {
        platform.settings = { ...settings, TOKEN_SALT: 'another-salt-of-the-simulation' };
        platform.replaceInstances();
      });
    },
  },
  {
    name: 'clocks-wrong',
    title: { en: 'the clocks of the phones wrong', zh: '手机时钟不准' },
    ...evening,
    happens({ phones, random, at }) {
      // Each is off by up to a day, and by another whenever it is looked at in another minute.
      const errors = Array.from({ length: 4096 }, () => (random.next() - 0.5) * 48 * 60 * minute);
      let minutes = 0;
      phones.clockError = (phone) => errors[(phone + 97 * minutes) % errors.length] ?? 0;
      for (let time = 0; time < 40 * minute; time += minute)
        at(time, () => {
          minutes += 1;
        });
    },
  },
  {
    name: 'slow-database',
    title: {
      en: 'each database request 1 s slower, for 10 minutes',
      zh: '数据库每次请求慢 1 秒，持续 10 分钟',
    },
    ...evening,
    happens({ platform, at }) {
      at(strike, () => {
        platform.databaseDelay = second;
      });
      at(end, () => {
        platform.databaseDelay = 0;
      });
    },
  },
  {
    name: 'release',
    title: { en: 'a release: every instance is new', zh: '发布新版本：所有实例都是新的' },
    ...evening,
    happens({ platform, at }) {
      at(strike, () => {
        platform.replaceInstances();
      });
    },
  },
];

function goDown(platform: Platform, isDown: boolean): void {
  for (const name of ['gettoken', 'orders'] as const) {
    if (isDown) platform.down.add(name);
    else platform.down.delete(name);
  }
}

export function titleOf(name: string, language: keyof Storm['title']): string {
  return storms.find((storm) => storm.name === name)?.title[language] ?? name;
}
