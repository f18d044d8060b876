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
  const detail = wait > 0 ? `请等 ${wait} 秒再试。` : '现在可以重试。';
  return { heading: '请求过于频繁', detail, wait };
}

function describeAnswer(answer: FailureAnswer): Failure {
  const { code, requestId, retryAfter } = answer;
  switch (code) {
    case 400:
      return { heading: '请求没有被接受', detail: '小程序可能有新版本，请退出后重新打开。' };
    case 401:
      return { heading: '没有识别到微信身份', detail: '请在微信里重新打开小程序。' };
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
  const message = cause instanceof Error ? cause.message : '';
  if (message === 'Wrong shape') {
    return { heading: '云端的返回无法识别', detail: '小程序可能有新版本，请退出后重新打开。' };
  }
  // There is no `wx.cloud` to call, or none that can be called so.
  if (cause instanceof TypeError) {
    return { heading: '微信版本过低', detail: '请升级到最新版微信后再打开。' };
  }
  const code = errCodeOf(cause);
  if (code !== undefined && isOfTheCloud(code)) {
    const detail = `请稍后重试；若一直如此，请把错误码 ${code} 告诉客服。`;
    return { heading: '云端的服务没有准备好', detail };
  }
  const number = code === undefined ? '' : `（错误码 ${code}）`;
  return { heading: '没有收到云端的返回', detail: `请检查网络后重试。${number}` };
}

/** By -50xxxx the cloud says itself what is wrong: it has no such function or environment, or that failed. */
const isOfTheCloud = (code: number): boolean => code <= -500_000 && code > -600_000;

/** The number that `wx.cloud` gives its failures. */
function errCodeOf(cause: unknown): number | undefined {
  const numbered = typeof cause === 'object' && cause !== null && 'errCode' in cause;
  return numbered && typeof cause.errCode === 'number' ? cause.errCode : undefined;
}
