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

/** Puts an event on top of the log and drops what no longer fits. */
export function withEvent(log: readonly Entry[], event: SessionEvent): readonly Entry[] {
  const number = (log[0]?.number ?? 0) + 1;
  const entry: Entry =
    event.type === 'call'
      ? callEntry(number, event)
      : { kind: 'note', number, text: noteText(event) };
  return [entry, ...log].slice(0, CAPACITY);
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
    code: event.code === undefined ? '无返回' : String(event.code),
    ms: Math.round(event.ms),
    meaning: meaningOf(event),
    tone: toneOf(event.code),
  };
}

function meaningOf({ name, code, cause, revokes }: CallEvent): string {
  switch (code) {
    case undefined:
      return `没有收到云端的返回${reasonOf(cause)}`;
    case 1:
      if (name !== 'gettoken') return 'token 有效，数据返回';
      return revokes ? '已撤销 token' : '云端给出 token';
    case 400:
      return '请求格式有误';
    case 401:
      return '无法确认身份';
    case 409:
      return '登录态已更新';
    case 429:
      return '换取过于频繁';
    case 500:
      return '云端出错';
    case 903:
      return 'token 失效';
    default:
      return '未知的返回';
  }
}

/** What the platform says of a call that failed, cut to the length of a line or two: for the developer. */
function reasonOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  const said = 'errMsg' in cause ? cause.errMsg : 'message' in cause ? cause.message : '';
  return typeof said === 'string' && said ? `：${said.slice(0, 120)}` : '';
}

function toneOf(code: number | undefined): Tone {
  if (code === 1) return 'done';
  return code === 903 ? 'refused' : 'failed';
}

const reasons: Record<RefreshReason, string> = {
  absent: '本机没有 token，向 gettoken 领取',
  refused: 'token 被云端拒绝，向 gettoken 换取新的',
  ended: 'token 已过期，向 gettoken 换取新的',
  'near-end': 'token 快过期，在后台续期',
};

function noteText(event: Exclude<SessionEvent, CallEvent>): string {
  switch (event.type) {
    case 'refresh-started':
      return reasons[event.reason];
    case 'refresh-ended':
      // Of two tries that were both answered one token is taken: only this line says so.
      if (event.reason === undefined) {
        return event.waiters > 0 ? `新 token 到手，${event.waiters} 个请求继续` : '新 token 到手';
      }
      return event.reason === 'CLEARED'
        ? '用户离开，不再换取 token'
        : `没有换到新 token，${event.waiters} 个请求随之失败`;
    case 'call-repeated':
      return `带上新 token，重发 ${event.name}`;
    case 'loop-broken':
      return `新 token 也被拒绝，不再重发 ${event.name}`;
    case 'storage-failed':
      return '本机存储不可用，token 只留在内存';
  }
}
