import type { RefreshReason, SessionEvent } from '../../session/events';

/** How many lines the panel keeps: older ones go. */
const CAPACITY = 50;

type Tone = 'done' | 'refused' | 'failed';

/** A line of the panel; `number` counts from 1. */
export type Entry =
  | {
      kind: 'call';
      number: number;
      name: string;
      code: string;
      /** Whole milliseconds. */
      ms: number;
      /** What the code means, for somebody who does not know it. */
      meaning: string;
      tone: Tone;
    }
  /** What the session does about the call before. */
  | { kind: 'note'; number: number; text: string };

type CallEvent = Extract<SessionEvent, { type: 'call' }>;

/** Puts an event on top of the log, if it has something to tell, and drops what no longer fits. */
export function withEvent(log: readonly Entry[], event: SessionEvent): readonly Entry[] {
  const number = (log[0]?.number ?? 0) + 1;
  const entry = event.type === 'call' ? callEntry(number, event) : noteEntry(number, event);
  return entry ? [entry, ...log].slice(0, CAPACITY) : log;
}

/** The last call in a few letters, for the folded panel; empty when there is none. */
export function latestCall(log: readonly Entry[]): string {
  const call = log.find((entry) => entry.kind === 'call');
  return call ? `${call.name} → ${call.code}` : '';
}

function callEntry(number: number, event: CallEvent): Entry {
  return {
    kind: 'call',
    number,
    name: event.name,
    code: event.code === undefined ? '无应答' : String(event.code),
    ms: Math.round(event.ms),
    meaning: meaningOf(event),
    tone: toneOf(event.code),
  };
}

function meaningOf({ name, code }: CallEvent): string {
  switch (code) {
    case undefined:
      return '没有收到云端的应答';
    case 1:
      return name === 'gettoken' ? '换得新令牌' : '令牌有效，数据返回';
    case 400:
      return '请求格式有误';
    case 401:
      return '没有微信身份';
    case 429:
      return '换令牌过于频繁';
    case 500:
      return '云端出错';
    case 903:
      return '令牌失效';
    default:
      return '未知的应答';
  }
}

function toneOf(code: number | undefined): Tone {
  if (code === 1) return 'done';
  return code === 903 ? 'refused' : 'failed';
}

const reasons: Record<RefreshReason, string> = {
  absent: '本机没有令牌，向 gettoken 领取',
  refused: '令牌被云端拒绝，向 gettoken 换新',
  ended: '令牌已到期，向 gettoken 换新',
  'near-end': '令牌快到期，在后台向 gettoken 换新',
};

function noteEntry(number: number, event: Exclude<SessionEvent, CallEvent>): Entry | undefined {
  const text = noteText(event);
  return text === undefined ? undefined : { kind: 'note', number, text };
}

function noteText(event: Exclude<SessionEvent, CallEvent>): string | undefined {
  switch (event.type) {
    case 'refresh-started':
      return reasons[event.reason];
    case 'refresh-done':
      // The line of `gettoken` above says it already.
      return undefined;
    case 'refresh-failed':
      return `没有换到新令牌，${event.waiters} 个请求随之失败`;
    case 'call-repeated':
      return `带上新令牌，重发 ${event.name}`;
    case 'loop-broken':
      return `新令牌也被拒绝，不再重发 ${event.name}`;
    case 'storage-failed':
      return '本机存储不可用，令牌只留在内存';
  }
}
