import { isSessionError, type FailureAnswer } from '../../session/errors';

/** What went wrong, and what the user can do about it. */
export interface Failure {
  heading: string;
  detail: string;
  /** Seconds that `detail` asks to wait; while there are some, it has to be described anew. */
  wait?: number;
}

const reopen = '请重试；若一直如此，请退出小程序后重新打开。';

/**
 * Puts a failed call into words for the person who holds the phone. What the cloud says is not
 * repeated: it is written for developers. Its numbers are, since support can look them up.
 *
 * @param error - whatever `session.call` rejected with
 */
export function describeFailure(error: unknown): Failure {
  if (!isSessionError(error)) return { heading: '出了点意外', detail: reopen };
  switch (error.code) {
    case 'ANSWERED':
      return describeAnswer(error.answer);
    case 'CALL_FAILED':
      return describeSilence(error.cause);
    case 'TIMED_OUT':
      return { heading: '等待超时', detail: '网络可能不稳定，请重试。' };
    case 'REFRESH_FAILED': {
      const failure = describeFailure(error.cause);
      const detail = `${failure.heading}，${failure.detail}`;
      return { ...failure, heading: '登录没有成功', detail };
    }
    case 'REFUSED':
      return { heading: '登录状态无法恢复', detail: reopen };
    case 'CANCELLED':
    case 'CLEARED':
      return { heading: '请求已取消', detail: '请重试。' };
  }
}

/** When an answer was first described, in milliseconds: all calls of a cool-down share one answer. */
const firstSeen = new WeakMap<FailureAnswer, number>();

/** Asks to wait for as long as is left of `retryAfter`, which counts down from one call to the next. */
function describeWait(answer: FailureAnswer, retryAfter: number): Failure {
  const now = Date.now();
  const seen = firstSeen.get(answer) ?? now;
  firstSeen.set(answer, seen);
  const wait = Math.max(0, Math.ceil(retryAfter - (now - seen) / 1000));
  const detail = wait > 0 ? `请等 ${inWords(wait)}再试。` : '现在可以重试。';
  return { heading: '请求过于频繁', detail, wait };
}

/** So many seconds, in the unit that is read at a glance. */
function inWords(seconds: number): string {
  if (seconds <= 90) return `${seconds} 秒`;
  return seconds <= 5400 ? `${Math.ceil(seconds / 60)} 分钟` : `${Math.ceil(seconds / 3600)} 小时`;
}

function describeAnswer(answer: FailureAnswer): Failure {
  const { code, msg, requestId, retryAfter } = answer;
  switch (code) {
    case 400:
      return { heading: '请求没有被接受', detail: '小程序可能有新版本，请退出后重新打开。' };
    case 401:
      return {
        heading: '微信身份没有被接受',
        detail: `${msg || '请在微信里重新打开小程序'}。`,
      };
    case 409:
      return { heading: '登录态已更新', detail: '请再操作一次。' };
    case 429:
      return retryAfter === undefined
        ? { heading: '请求过于频繁', detail: '请稍后再试。' }
        : describeWait(answer, retryAfter);
    case 500:
      return {
        heading: '云端出了点问题',
        detail: requestId
          ? `请稍后重试；若一直如此，请把编号 ${requestId} 告诉客服。`
          : '请稍后重试。',
      };
    default:
      return { heading: '云端的返回无法识别', detail: `请稍后重试。（代码 ${code}）` };
  }
}

/** Why there was no answer, or none that could be read. */
function describeSilence(cause: unknown): Failure {
  const said = wordsOf(cause);
  if (said === 'Wrong shape') {
    return { heading: '云端的返回无法识别', detail: '小程序可能有新版本，请退出后重新打开。' };
  }
  if (cause instanceof TypeError && !Reflect.has(wx, 'cloud')) {
    return { heading: '微信版本过低', detail: '请升级到最新版微信后再打开。' };
  }
  const code = serviceCodeOf(cause, said);
  if (code !== undefined || /cloud\.init/.test(said)) {
    const words = code === undefined ? '请' : `请把错误码 ${code} `;
    const detail = `请稍后重试；若一直如此，${words}告诉客服。`;
    return { heading: '云端的服务不可用', detail };
  }
  const isOfTheLine = /request:fail|time.?out|network|网络/i.test(said);
  const detail = isOfTheLine ? '请检查网络后重试。' : '请稍后重试；若一直如此，请检查网络。';
  return { heading: '没有收到云端的返回', detail };
}

/** What `wx.cloud`, or whatever else failed, says of it. */
function wordsOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  const said = 'errMsg' in cause ? cause.errMsg : 'message' in cause ? cause.message : '';
  return typeof said === 'string' ? said : '';
}

/**
 * The number by which a service says what is wrong: six digits, the first of which tells whose it is (4 the
 * SDK's, 5 the cloud's, 6 WeChat's). The phone's own line has none; `-1` may be anything. Some base libraries
 * have the number in their words only.
 *
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/wxcloud/reference/errcode.html
 */
function serviceCodeOf(cause: unknown, said: string): number | undefined {
  const field = typeof cause === 'object' && cause !== null && 'errCode' in cause && cause.errCode;
  const code = typeof field === 'number' ? field : Number(/errCode: (-\d+)/.exec(said)?.[1]);
  return code <= -400_000 && code > -700_000 ? code : undefined;
}
