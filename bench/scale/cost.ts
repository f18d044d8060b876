import { usualCap, usualLife } from './functions';
import type { Measured } from './measures';
import { beyond, numbers, plans, type Plan } from './model';

/** What a phone uses in a day, on average. */
export interface DailyUse {
  readonly orders: number;
  readonly gettoken: number;
  readonly reads: number;
  readonly writes: number;
  readonly gbSeconds: number;
}

export interface MonthlyUse {
  /** 调用次数: calls of functions, reads and writes. */
  readonly calls: number;
  readonly gbSeconds: number;
  readonly gigabytes: number;
}

export interface Bill {
  readonly plan: Plan;
  readonly yuan: number;
}

const days = 30;

/** Of a phone in a day, by its visits: how many there happen to be in a run is chance. */
export function dailyUse({ totals, runSeconds }: Measured): DailyUse {
  const phoneDays = totals.visits / numbers.visitsPerDay;
  return {
    orders: totals.orders / phoneDays,
    gettoken: totals.gettoken / phoneDays,
    reads: totals.reads / phoneDays,
    writes: totals.writes / phoneDays,
    gbSeconds: (runSeconds * numbers.memoryMB) / 1024 / phoneDays,
  };
}

/** @param liveTokens - of one user, on average at the busiest time */
export function monthlyUse(use: DailyUse, users: number, liveTokens: number): MonthlyUse {
  const { ordersPerUser, orderBytes, loginBytes, tokenBytes } = numbers;
  const bytes = ordersPerUser * orderBytes + loginBytes + liveTokens * tokenBytes;
  return {
    calls: (use.orders + use.gettoken + use.reads + use.writes) * users * days,
    gbSeconds: use.gbSeconds * users * days,
    gigabytes: (bytes * users) / 2 ** 30,
  };
}

/** The cheapest way to buy so much, as far as prices are published. */
export function cheapest(use: MonthlyUse): Bill {
  const bills = plans.map((plan) => ({ plan, yuan: priceOn(plan, use) }));
  return bills.reduce((best, bill) => (bill.yuan < best.yuan ? bill : best));
}

function priceOn(plan: Plan, use: MonthlyUse): number {
  const gbSeconds = Math.max(0, use.gbSeconds - plan.gbSeconds) * beyond.yuanPerGbSecond;
  const storage = Math.max(0, use.gigabytes - plan.gigabytes) * beyond.yuanPerGigabyteDay * days;
  return plan.yuanPerMonth + callsBeyond(use.calls - plan.calls) + gbSeconds + storage;
}

/** Packs, the largest first; the last one where it is cheaper than single calls. */
function callsBeyond(calls: number): number {
  let left = Math.max(0, calls);
  let yuan = 0;
  for (const pack of beyond.callPacks) {
    const whole = Math.floor(left / pack.calls);
    yuan += whole * pack.yuan;
    left -= whole * pack.calls;
  }
  const last = beyond.callPacks.filter((pack) => pack.calls >= left).map((pack) => pack.yuan);
  return yuan + Math.min(left * beyond.yuanPerCall, ...last);
}

/** What so many users cost in a month, when tokens live so many seconds. */
export function billOf(use: DailyUse, users: number, lifeSeconds = usualLife): Bill {
  // A user has no more tokens at a time than visits within the life of one, and never more than the cap.
  const live = Math.min(usualCap, 1 + (numbers.visitsPerDay * lifeSeconds) / 86_400);
  return cheapest(monthlyUse(use, users, live));
}
